use std::sync::Arc;

use ambar_domain::clock::{Clock, ManualClock};
use ambar_domain::level::Visibility;
use ambar_domain::manifest::ManifestFacts;
use ambar_projections::Views;
use ambar_projections::usage::{count_pulls, count_pulls_of_manifests};
use ambar_storage::event_log::EventLog;
use ambar_storage::event_log::sqlite::SqliteEventLog;
use chrono::DateTime;
use uuid::Uuid;

use super::*;
use crate::counting_ids::CountingIds;

fn facts() -> ManifestFacts {
    let media_type = "application/vnd.oci.image.manifest.v1+json".to_owned();
    let (artifact_type, config, subject) = (None, None, None);
    ManifestFacts { media_type, size_bytes: 2, artifact_type, config, layers: vec![], children: vec![], subject, platforms: vec![] }
}

#[tokio::test]
async fn what_was_pulled_is_recorded_once_however_many_manifests_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
    let ids = Arc::new(CountingIds::default());
    let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.path().join("events.db")).unwrap());
    let views = Views::open(&folder.path().join("views"), log.clone()).unwrap();
    let aggregates = Aggregates::new(log, None, clock, ids.clone(), Arc::new(views.clone()));
    let name: RepositoryName = "team/web".parse().unwrap();
    let create = RepositoryCommand::Create { account: Uuid::from_u128(1).into(), visibility: Visibility::Private };
    aggregates.repositories.execute("team/web", create, &context(&*ids)).await.unwrap();
    let digests: Vec<Digest> = (0..MAX_MANIFESTS + 1).map(|n| format!("sha256:{n:064x}").parse().unwrap()).collect();
    for digest in &digests {
        let (account, tags) = (Uuid::from_u128(1).into(), vec![]);
        let push = RepositoryCommand::PushManifest { account, digest: digest.clone(), manifest: facts(), tags };
        aggregates.repositories.execute("team/web", push, &context(&*ids)).await.unwrap();
    }
    let usage = Usage::default();
    let at = |second| DateTime::from_timestamp(second, 0).unwrap();
    digests.iter().for_each(|digest| usage.pulled(&name, digest, at(1)));
    usage.pulled(&name, &digests[0], at(2));
    usage.pulled(&"team/none".parse().unwrap(), &digests[0], at(3));
    let run = async || reconcile(&usage, &aggregates, &*ids).await.unwrap();

    assert_eq!(run().await, Report { repositories: 2, access_keys: 0 });
    assert_eq!(run().await, Report::default());
    let reader = views.reader().unwrap();
    assert_eq!(count_pulls(&reader, &name).unwrap(), digests.len() as u64 + 1);
    let counted = count_pulls_of_manifests(&reader, &name, &digests[..2]).unwrap();
    assert_eq!((counted[&digests[0]], counted[&digests[1]]), (2, 1));
}
