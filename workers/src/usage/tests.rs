use std::sync::Arc;

use ambar_domain::clock::{Clock, ManualClock, Timestamp};
use ambar_domain::level::Visibility;
use ambar_domain::manifest::{Descriptor, ManifestFacts};
use ambar_domain::tag::Reference;
use ambar_projections::Views;
use ambar_projections::usage::{count_pulls, count_pulls_of_manifests};
use ambar_storage::event_log::EventLog;
use ambar_storage::event_log::sqlite::SqliteEventLog;
use chrono::DateTime;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::counting_ids::CountingIds;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

/// A manifest that lists these.
fn facts(children: &[&Digest]) -> ManifestFacts {
    let media_type = "application/vnd.oci.image.manifest.v1+json".to_owned();
    let (artifact_type, config, subject) = (None, None, None);
    let child = |digest: &&Digest| Descriptor { media_type: media_type.clone(), digest: (*digest).clone(), size_bytes: 2 };
    let children = children.iter().map(child).collect();
    ManifestFacts { media_type, size_bytes: 2, artifact_type, config, layers: vec![], children, subject, platforms: vec![] }
}

struct Registry {
    usage: Usage,
    views: Views,
    aggregates: Aggregates,
    ids: Arc<CountingIds>,
    name: RepositoryName,
    _folder: TempDir,
}

impl Registry {
    /// With the repository `team/web`.
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
        let ids = Arc::new(CountingIds::default());
        let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.path().join("events.db")).unwrap());
        let views = Views::open(&folder.path().join("views"), log.clone()).unwrap();
        let aggregates = Aggregates::new(log, None, clock, ids.clone(), Arc::new(views.clone()));
        let registry = Self { usage: Usage::default(), views, aggregates, ids, name: "team/web".parse().unwrap(), _folder: folder };
        registry.tell(RepositoryCommand::Create { account: Uuid::from_u128(1).into(), visibility: Visibility::Private }).await;
        registry
    }

    async fn tell(&self, command: RepositoryCommand) {
        self.aggregates.repositories.execute(self.name.as_str(), command, &context::of_job("usage", &*self.ids)).await.unwrap();
    }

    async fn push(&self, digest: &Digest, manifest: ManifestFacts) {
        let (account, tags) = (Uuid::from_u128(1).into(), vec![]);
        self.tell(RepositoryCommand::PushManifest { account, digest: digest.clone(), manifest, tags }).await;
    }

    fn pulled_by_tag(&self, manifest: &Digest) {
        self.usage.pulled(&self.name, &Reference::Tag("v1".parse().unwrap()), manifest, AT);
    }

    fn pulled_by_digest(&self, manifest: &Digest) {
        self.usage.pulled(&self.name, &Reference::Digest(manifest.clone()), manifest, AT);
    }

    async fn reconcile(&self) -> Report {
        reconcile(&self.usage, &self.views, &self.aggregates, &*self.ids).await.unwrap()
    }

    /// Of the whole repository, and of each of these.
    fn counted(&self, manifests: &[Digest]) -> (u64, Vec<u64>) {
        let reader = self.views.reader().unwrap();
        let counted = count_pulls_of_manifests(&reader, &self.name, manifests).unwrap();
        let of_each = manifests.iter().map(|digest| counted.get(digest).copied().unwrap_or(0)).collect();
        (count_pulls(&reader, &self.name).unwrap(), of_each)
    }
}

fn digests(count: usize) -> Vec<Digest> {
    (0..count).map(|n| format!("sha256:{n:064x}").parse().unwrap()).collect()
}

#[tokio::test]
async fn what_was_pulled_is_recorded_once_however_many_manifests_it_was() {
    let registry = Registry::start().await;
    let digests = digests(MAX_MANIFESTS + 1);
    for digest in &digests {
        registry.push(digest, facts(&[])).await;
    }
    digests.iter().for_each(|digest| registry.pulled_by_digest(digest));
    registry.pulled_by_tag(&digests[0]);
    registry.usage.pulled(&"team/none".parse().unwrap(), &Reference::Digest(digests[0].clone()), &digests[0], AT);
    assert_eq!(registry.reconcile().await, Report { repositories: 2, access_keys: 0 });
    assert_eq!(registry.reconcile().await, Report::default());
    assert_eq!(registry.counted(&digests[..2]), (digests.len() as u64 + 1, vec![2, 1]));
}

#[tokio::test]
async fn an_image_of_several_architectures_is_pulled_once_by_who_goes_on_from_its_index() {
    let registry = Registry::start().await;
    let all = digests(3);
    let [index, amd64, arm64] = [&all[0], &all[1], &all[2]];
    registry.push(amd64, facts(&[])).await;
    registry.push(arm64, facts(&[])).await;
    registry.push(index, facts(&[amd64])).await;
    registry.pulled_by_tag(index);
    registry.pulled_by_digest(amd64);
    assert_eq!((registry.reconcile().await.repositories, registry.counted(&all)), (1, (1, vec![1, 0, 0])));
    // By the digest of the index, by a tag that one of its manifests has, and by the digest of one that no index lists.
    registry.pulled_by_digest(index);
    registry.pulled_by_tag(amd64);
    registry.pulled_by_digest(arm64);
    registry.reconcile().await;
    assert_eq!(registry.counted(&all), (4, vec![2, 1, 1]));
    registry.tell(RepositoryCommand::DeleteManifest { digest: index.clone() }).await;
    registry.pulled_by_digest(amd64);
    registry.reconcile().await;
    assert_eq!(registry.counted(&all[1..]).1, [2, 1]);
}
