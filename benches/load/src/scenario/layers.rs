//! Push and pull of large layers, some at once.

use super::{ORGANIZATION, Plan, Prepared, two_threads};
use crate::client::Client;
use crate::content::{LargeLayer, LargeLayers};
use crate::measure::{Limit, Measurement, Worker, measure};
use crate::subject::Subject;
use anyhow::Result;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Pulls in a round: enough for the clock of the processor time, 10 ms.
const PULLS: u64 = 16;

pub(super) struct Push {
    subject: Subject,
    runtime: Runtime,
    repository: String,
    layers: LargeLayers,
    at_once: usize,
}

pub(super) struct Pull {
    subject: Subject,
    runtime: Runtime,
    repository: String,
    layers: Arc<LargeLayers>,
    placed: Vec<LargeLayer>,
}

struct Pusher {
    client: Client,
    repository: String,
    layers: Arc<LargeLayers>,
    own: Vec<LargeLayer>,
    next: usize,
}

struct Puller {
    client: Client,
    repository: String,
    layers: Arc<LargeLayers>,
    layer: LargeLayer,
}

impl Push {
    pub(super) fn prepare(subject: Subject, plan: &Plan, at_once: usize) -> Result<Self> {
        let repository = format!("{ORGANIZATION}/layers-pushed-{at_once}");
        Ok(Self { subject, runtime: two_threads()?, repository, layers: LargeLayers::new(plan.layer_size, plan.seed), at_once })
    }
}

impl Prepared for Push {
    fn round(&mut self) -> Result<Measurement> {
        let each = if self.at_once == 1 { 2 } else { 1 };
        let waiting: Vec<Vec<LargeLayer>> = (0..self.at_once).map(|_| (0..each).map(|_| self.layers.next_layer()).collect()).collect();
        let layers = Arc::new(self.layers.clone());
        self.runtime.block_on(async {
            let clients = self.subject.clients(self.at_once, std::slice::from_ref(&self.repository)).await?;
            let pushers = clients.into_iter().zip(waiting).map(|(client, own)| Pusher {
                client,
                repository: self.repository.clone(),
                layers: Arc::clone(&layers),
                own,
                next: 0,
            });
            let (measurement, pushers) = measure(self.subject.process, pushers.collect(), Limit::Each(each)).await?;
            for mut pusher in pushers {
                for layer in &pusher.own {
                    pusher.client.pull_layer(&pusher.repository, &layers, layer).await?;
                }
            }
            Ok(measurement)
        })
    }
}

impl Pull {
    pub(super) fn prepare(subject: Subject, plan: &Plan, at_once: usize) -> Result<Self> {
        let runtime = two_threads()?;
        let repository = format!("{ORGANIZATION}/layers-{at_once}");
        let mut layers = LargeLayers::new(plan.layer_size, plan.seed);
        let placed: Vec<LargeLayer> = (0..at_once).map(|_| layers.next_layer()).collect();
        runtime.block_on(async {
            for mut client in subject.clients(1, std::slice::from_ref(&repository)).await? {
                for layer in &placed {
                    client.push_blob(&repository, &layer.digest, &layers.pieces(layer)).await?;
                    client.pull_layer(&repository, &layers, layer).await?;
                }
            }
            anyhow::Ok(())
        })?;
        Ok(Self { subject, runtime, repository, layers: Arc::new(layers), placed })
    }
}

impl Prepared for Pull {
    fn round(&mut self) -> Result<Measurement> {
        self.runtime.block_on(async {
            let clients = self.subject.clients(self.placed.len(), std::slice::from_ref(&self.repository)).await?;
            let pullers = clients.into_iter().zip(&self.placed).map(|(client, layer)| Puller {
                client,
                repository: self.repository.clone(),
                layers: Arc::clone(&self.layers),
                layer: layer.clone(),
            });
            Ok(measure(self.subject.process, pullers.collect(), Limit::Each(PULLS / u64::try_from(self.placed.len())?)).await?.0)
        })
    }
}

impl Worker for Pusher {
    async fn step(&mut self) -> Result<()> {
        let layer = &self.own[self.next];
        self.next += 1;
        self.client.push_blob(&self.repository, &layer.digest, &self.layers.pieces(layer)).await
    }
}

impl Worker for Puller {
    async fn step(&mut self) -> Result<()> {
        self.client.pull_layer(&self.repository, &self.layers, &self.layer).await
    }
}
