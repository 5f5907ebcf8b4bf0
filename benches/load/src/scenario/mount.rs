//! Cross-repository mounts: each client mounts the same blobs into a repository that is new in each round.

use super::{ORGANIZATION, Plan, Prepared, one_thread};
use crate::client::Client;
use crate::content::{Blob, Random};
use crate::measure::{Limit, Measurement, Worker, measure};
use crate::subject::Subject;
use anyhow::{Result, ensure};
use std::sync::Arc;
use tokio::runtime::Runtime;

const AT_ONCE: usize = 8;

pub(super) struct Mounts {
    subject: Subject,
    runtime: Runtime,
    source: String,
    digests: Arc<Vec<String>>,
    round: usize,
}

struct Mounter {
    client: Client,
    repository: String,
    source: String,
    digests: Arc<Vec<String>>,
    next: usize,
}

impl Mounts {
    pub(super) fn prepare(subject: Subject, plan: &Plan) -> Result<Self> {
        let runtime = one_thread()?;
        let source = format!("{ORGANIZATION}/mount-source");
        let mut random = Random::new(plan.seed);
        let mut digests = Vec::new();
        runtime.block_on(async {
            for mut client in subject.clients(1, std::slice::from_ref(&source)).await? {
                for _ in 0..plan.mounts {
                    let blob = Blob::random(&mut random, 64);
                    client.push_blob(&source, &blob.digest, &[&blob.bytes]).await?;
                    digests.push(blob.digest);
                }
            }
            anyhow::Ok(())
        })?;
        let mut prepared = Self { subject, runtime, source, digests: Arc::new(digests), round: 0 };
        prepared.round()?;
        Ok(prepared)
    }
}

impl Prepared for Mounts {
    fn round(&mut self) -> Result<Measurement> {
        self.round += 1;
        let mut repositories: Vec<String> = (0..AT_ONCE).map(|number| format!("{ORGANIZATION}/mount-{}-{number}", self.round)).collect();
        repositories.push(self.source.clone());
        self.runtime.block_on(async {
            let clients = self.subject.clients(AT_ONCE, &repositories).await?;
            let mounters = clients.into_iter().zip(&repositories).map(|(client, repository)| Mounter {
                client,
                repository: repository.clone(),
                source: self.source.clone(),
                digests: Arc::clone(&self.digests),
                next: 0,
            });
            let (measurement, mounters) =
                measure(self.subject.process, mounters.collect(), Limit::Each(u64::try_from(self.digests.len())?)).await?;
            for mut mounter in mounters {
                for digest in mounter.digests.iter() {
                    ensure!(mounter.client.has_blob(&mounter.repository, digest).await?, "a mounted blob is not there");
                }
            }
            Ok(measurement)
        })
    }
}

impl Worker for Mounter {
    async fn step(&mut self) -> Result<()> {
        let digest = &self.digests[self.next];
        self.next += 1;
        self.client.mount(&self.repository, digest, &self.source).await
    }
}
