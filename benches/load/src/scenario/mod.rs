//! What is measured: each scenario prepares what it needs on a registry once and can then be run in rounds.

mod images;
mod layers;
mod mount;
mod push;
mod tags;

use crate::measure::{Limit, Measurement};
use crate::subject::Subject;
use anyhow::Result;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// The organization that everything measured lies in.
pub const ORGANIZATION: &str = "bench";

/// A thing that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// Push of new small images, 8 at once.
    Push,
    /// A manifest by tag, 16 at once.
    ManifestGet,
    /// The digest of a manifest by tag, 16 at once.
    ManifestHead,
    /// As `ManifestGet`, with user and key in each request instead of a token.
    ManifestGetBasic,
    /// Whole small images, 16 at once.
    Pull,
    /// Push of images that are there already, 8 at once.
    PushAgain,
    /// Cross-repository mounts, 8 at once.
    Mount,
    /// A tag list in pages of 100, 4 at once.
    Tags,
    /// Push of large layers, so many at once.
    LayerPush(usize),
    /// Pull of large layers, so many at once.
    LayerPull(usize),
}

/// How much of everything.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How long a round of small operations lasts.
    pub time: Duration,
    /// Size of a large layer in bytes.
    pub layer_size: usize,
    /// Length of the tag list.
    pub tags: usize,
    /// Blobs that each of the 8 clients mounts in a round.
    pub mounts: usize,
    /// What all random content is made from.
    pub seed: u64,
}

/// A scenario prepared on one registry.
pub trait Prepared {
    /// Runs one round.
    fn round(&mut self) -> Result<Measurement>;
}

impl Scenario {
    /// Puts on the registry what the scenario needs.
    pub fn prepare(self, subject: &Subject, plan: &Plan) -> Result<Box<dyn Prepared>> {
        let subject = subject.clone();
        Ok(match self {
            Self::Push => Box::new(push::Push::prepare(subject, plan)?),
            Self::ManifestGet => Box::new(images::Images::prepare(subject, plan, images::Action::Get)?),
            Self::ManifestHead => Box::new(images::Images::prepare(subject, plan, images::Action::Head)?),
            Self::ManifestGetBasic => Box::new(images::Images::prepare(subject, plan, images::Action::GetBasic)?),
            Self::Pull => Box::new(images::Images::prepare(subject, plan, images::Action::Pull)?),
            Self::PushAgain => Box::new(images::Images::prepare(subject, plan, images::Action::PushAgain)?),
            Self::Mount => Box::new(mount::Mounts::prepare(subject, plan)?),
            Self::Tags => Box::new(tags::Tags::prepare(subject, plan)?),
            Self::LayerPush(at_once) => Box::new(layers::Push::prepare(subject, plan, at_once)?),
            Self::LayerPull(at_once) => Box::new(layers::Pull::prepare(subject, plan, at_once)?),
        })
    }
}

/// A runtime for many small requests: one thread leaves the other core to the server.
fn one_thread() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// A runtime for few large transfers, where the client's share (TLS, comparing) would not fit one core.
fn two_threads() -> Result<Runtime> {
    Ok(Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

fn repositories(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{ORGANIZATION}/{name}-{number}")).collect()
}

/// Long enough for a warm-up of code and caches, short against a round.
const WARM_UP: Limit = Limit::Time(Duration::from_millis(200));
