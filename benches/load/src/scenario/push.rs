//! Push of new small images: 13 requests each, 8 clients at once, each with a repository of its own.

use super::{Plan, Prepared, WARM_UP, one_thread, repositories};
use crate::client::Client;
use crate::content::{Image, Random};
use crate::measure::{Limit, Measurement, Worker, measure};
use crate::subject::Subject;
use anyhow::Result;
use tokio::runtime::Runtime;

const AT_ONCE: usize = 8;

pub(super) struct Push {
    subject: Subject,
    runtime: Runtime,
    repositories: Vec<String>,
    random: Random,
    limit: Limit,
}

struct Pusher {
    client: Client,
    repository: String,
    random: Random,
    prefix: u64,
    pushed: Vec<(String, Image)>,
}

impl Push {
    pub(super) fn prepare(subject: Subject, plan: &Plan) -> Result<Self> {
        let random = Random::new(plan.seed);
        let repositories = repositories("push", AT_ONCE);
        let mut push = Self { subject, runtime: one_thread()?, repositories, random, limit: WARM_UP };
        push.round()?;
        push.limit = Limit::Time(plan.time);
        Ok(push)
    }
}

impl Prepared for Push {
    fn round(&mut self) -> Result<Measurement> {
        let Self { subject, repositories, random, limit, .. } = self;
        self.runtime.block_on(async {
            let clients = subject.clients(AT_ONCE, repositories).await?;
            let pushers = clients.into_iter().zip(repositories.iter()).map(|(client, repository)| {
                let own = Random::new(random.next());
                Pusher { client, repository: repository.clone(), random: own, prefix: random.next(), pushed: Vec::new() }
            });
            let (measurement, pushers) = measure(subject.process, pushers.collect(), *limit).await?;
            for mut pusher in pushers {
                for (tag, image) in &pusher.pushed {
                    pusher.client.pull_image(&pusher.repository, tag, image).await?;
                }
            }
            Ok(measurement)
        })
    }
}

impl Worker for Pusher {
    async fn step(&mut self) -> Result<()> {
        let image = Image::random(&mut self.random);
        let tag = format!("t{:x}-{}", self.prefix, self.pushed.len());
        self.client.push_image(&self.repository, &tag, &image).await?;
        self.pushed.push((tag, image));
        Ok(())
    }
}
