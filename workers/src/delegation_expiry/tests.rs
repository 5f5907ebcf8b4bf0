use std::sync::Arc;

use ambar_domain::account::NewDelegation;
use ambar_domain::clock::ManualClock;
use ambar_domain::delegation::Trustee;
use ambar_domain::level::Level;
use ambar_storage::aggregate_store::{Actor, CommandContext};
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{EventLog, Position};
use chrono::{DateTime, Duration};
use uuid::Uuid;

use super::*;
use crate::counting_ids::CountingIds;

fn account(n: u8) -> AccountId {
    Uuid::from_bytes([n; 16]).into()
}

#[tokio::test]
async fn a_delegation_that_reaches_its_end_is_recorded_as_expired_once_and_one_that_lasts_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
    let ids = Arc::new(CountingIds::default());
    let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.path().join("events.db")).unwrap());
    let views = Views::open(&folder.path().join("views"), log.clone()).unwrap();
    let aggregates = Aggregates::new(log.clone(), None, clock.clone(), ids.clone(), Arc::new(views.clone()));
    let execute = async |command| {
        let context = CommandContext::new(ids.uuid(), Actor::Operator { uid: 0 }, "r".to_owned(), "local".to_owned());
        aggregates.accounts.execute(account(1).as_str(), command, &context).await.unwrap();
    };
    let (name, project_name) = ("acme".parse().unwrap(), "local".parse().unwrap());
    execute(AccountCommand::Open { name, project_name, project_id: ids.uuid().into() }).await;
    for (trustee, days) in [(2, 1), (3, 2)] {
        let new = NewDelegation {
            account: account(1),
            delegation: ids.uuid().into(),
            name: format!("to {trustee}").parse().unwrap(),
            trustee: Trustee::Account(account(trustee)),
            level: Some(Level::Read),
            until: Some(clock.now() + Duration::days(days)),
            description: "".parse().unwrap(),
        };
        execute(AccountCommand::Delegate { new, now: clock.now() }).await;
    }
    let run = async || reconcile(&views, &aggregates, &*clock, &*ids).await.unwrap();

    assert_eq!(run().await, Report::default());
    clock.advance(Duration::days(1));
    assert_eq!(run().await, Report { delegations_expired: 1 });
    assert_eq!(run().await, Report::default());
    let last = log.read_all(Position::START, 100).await.unwrap().events.pop().unwrap();
    assert_eq!(last.event_type, "account.delegation_expired");
    assert!(last.metadata.contains("worker:delegation_expiry"), "{}", last.metadata);
}
