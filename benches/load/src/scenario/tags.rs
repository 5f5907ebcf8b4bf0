//! A long tag list, read in pages of 100. Distribution 2.8 ignores the page size and sends everything each time.

use super::{ORGANIZATION, Plan, Prepared, one_thread};
use crate::client::Client;
use crate::content::{Image, Random};
use crate::measure::{Limit, Measurement, Worker, measure};
use crate::subject::Subject;
use anyhow::{Result, ensure};
use tokio::runtime::Runtime;

const AT_ONCE: usize = 4;

pub(super) struct Tags {
    subject: Subject,
    runtime: Runtime,
    repository: String,
    count: usize,
    limit: Limit,
}

struct Tagger {
    client: Client,
    repository: String,
    image: Image,
    next: usize,
}

struct Reader {
    client: Client,
    first: String,
    target: String,
    seen: usize,
    count: usize,
}

impl Tags {
    pub(super) fn prepare(subject: Subject, plan: &Plan) -> Result<Self> {
        let runtime = one_thread()?;
        let repository = format!("{ORGANIZATION}/tags");
        let image = Image::random(&mut Random::new(plan.seed));
        runtime.block_on(async {
            let mut clients = subject.clients(AT_ONCE, std::slice::from_ref(&repository)).await?;
            for client in clients.iter_mut().take(1) {
                client.push_image(&repository, "t00000", &image).await?;
            }
            let taggers = clients.into_iter().enumerate();
            let taggers = taggers.map(|(next, client)| Tagger { client, repository: repository.clone(), image: image.clone(), next });
            measure(None, taggers.collect(), Limit::Each(u64::try_from(plan.tags / AT_ONCE)?)).await
        })?;
        Ok(Self { subject, runtime, repository, count: plan.tags / AT_ONCE * AT_ONCE, limit: Limit::Time(plan.time) })
    }
}

impl Prepared for Tags {
    fn round(&mut self) -> Result<Measurement> {
        self.runtime.block_on(async {
            let clients = self.subject.clients(AT_ONCE, std::slice::from_ref(&self.repository)).await?;
            let first = format!("/v2/{}/tags/list?n=100", self.repository);
            let readers = clients.into_iter();
            let readers = readers.map(|client| Reader { client, target: first.clone(), first: first.clone(), seen: 0, count: self.count });
            Ok(measure(self.subject.process, readers.collect(), self.limit).await?.0)
        })
    }
}

impl Worker for Tagger {
    async fn step(&mut self) -> Result<()> {
        let tag = format!("t{:05}", self.next);
        self.next += AT_ONCE;
        self.client.put_manifest(&self.repository, &tag, &self.image.manifest).await
    }
}

impl Worker for Reader {
    async fn step(&mut self) -> Result<()> {
        let page = self.client.tag_page(&self.target).await?;
        self.seen += page.count;
        if let Some(next) = page.next {
            ensure!(page.count == 100, "a page of {} tags before the last", page.count);
            self.target = next;
        } else {
            ensure!(self.seen == self.count, "{} tags in all, not {}", self.seen, self.count);
            self.seen = 0;
            self.target.clone_from(&self.first);
        }
        Ok(())
    }
}
