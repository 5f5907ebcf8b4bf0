//! Everything done with small images that are there already: manifests by tag, whole pulls, pushes once more.

use super::{Plan, Prepared, WARM_UP, one_thread, repositories};
use crate::client::Client;
use crate::content::{Image, Random};
use crate::measure::{Limit, Measurement, Worker, measure};
use crate::subject::Subject;
use anyhow::Result;
use std::sync::Arc;
use tokio::runtime::Runtime;

const REPOSITORIES: usize = 8;
/// Enough that they are not all one hot row, few enough to be pushed in moments.
const IMAGES: usize = 64;
const TAG: &str = "v";

#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    Get,
    Head,
    GetBasic,
    Pull,
    PushAgain,
}

pub(super) struct Images {
    subject: Subject,
    runtime: Runtime,
    repositories: Vec<String>,
    images: Arc<Vec<Placed>>,
    action: Action,
    limit: Limit,
}

struct Placed {
    repository: String,
    tag: String,
    image: Image,
}

struct User {
    client: Client,
    images: Arc<Vec<Placed>>,
    action: Action,
    next: usize,
}

impl Images {
    pub(super) fn prepare(subject: Subject, plan: &Plan, action: Action) -> Result<Self> {
        let runtime = one_thread()?;
        let repositories = repositories(&format!("{action:?}").to_ascii_lowercase(), REPOSITORIES);
        let mut random = Random::new(plan.seed);
        let placed = (0..IMAGES).map(|number| Placed {
            repository: repositories[number % REPOSITORIES].clone(),
            tag: format!("{TAG}{number}"),
            image: Image::random(&mut random),
        });
        let images: Arc<Vec<Placed>> = Arc::new(placed.collect());
        runtime.block_on(async {
            for mut client in subject.clients(1, &repositories).await? {
                for placed in images.iter() {
                    client.push_image(&placed.repository, &placed.tag, &placed.image).await?;
                }
            }
            anyhow::Ok(())
        })?;
        let mut prepared = Self { subject, runtime, repositories, images, action, limit: WARM_UP };
        prepared.round()?;
        prepared.limit = Limit::Time(plan.time);
        Ok(prepared)
    }
}

impl Prepared for Images {
    fn round(&mut self) -> Result<Measurement> {
        let at_once = if matches!(self.action, Action::PushAgain) { 8 } else { 16 };
        self.runtime.block_on(async {
            let clients = match self.action {
                Action::GetBasic => self.subject.basic_clients(at_once).await?,
                Action::Get | Action::Head | Action::Pull | Action::PushAgain => self.subject.clients(at_once, &self.repositories).await?,
            };
            let users = clients.into_iter().enumerate();
            let users = users.map(|(next, client)| User { client, images: Arc::clone(&self.images), action: self.action, next });
            Ok(measure(self.subject.process, users.collect(), self.limit).await?.0)
        })
    }
}

impl Worker for User {
    async fn step(&mut self) -> Result<()> {
        let Placed { repository, tag, image } = &self.images[self.next % self.images.len()];
        self.next += 1;
        match self.action {
            Action::Get | Action::GetBasic => self.client.get_manifest(repository, tag, &image.manifest).await,
            Action::Head => self.client.head_manifest(repository, tag, &image.manifest).await,
            Action::Pull => self.client.pull_image(repository, tag, image).await,
            Action::PushAgain => self.client.push_image_again(repository, tag, image).await,
        }
    }
}
