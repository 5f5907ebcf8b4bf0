use std::sync::Arc;

use ambar_domain::account::AccountCommand;
use ambar_domain::clock::ManualClock;
use ambar_domain::ids::AccountId;
use ambar_domain::level::Visibility;
use ambar_projections::shares::{Ending, list_share_history};
use ambar_storage::aggregate_store::{Actor, CommandContext};
use ambar_storage::event_log::EventLog;
use ambar_storage::event_log::sqlite::SqliteEventLog;
use chrono::{DateTime, Duration};
use uuid::Uuid;

use super::*;
use crate::counting_ids::CountingIds;

fn account(n: u8) -> AccountId {
    Uuid::from_bytes([n; 16]).into()
}

#[tokio::test]
async fn a_share_that_reaches_its_end_is_recorded_as_expired_once_and_one_that_lasts_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
    let ids = Arc::new(CountingIds::default());
    let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.path().join("events.db")).unwrap());
    let views = Views::open(&folder.path().join("views"), log.clone()).unwrap();
    let aggregates = Aggregates::new(log, None, clock.clone(), ids.clone(), Arc::new(views.clone()));
    let context = CommandContext::new(ids.uuid(), Actor::Operator { uid: 0 }, "r".to_owned(), "local".to_owned());
    let name = "team/web".parse().unwrap();
    let execute = async |command| {
        let context = CommandContext { command_id: ids.uuid(), ..context.clone() };
        aggregates.repositories.execute("team/web", command, &context).await.unwrap();
    };
    for n in [2, 3] {
        let (name, project_name) = (format!("receiver-{n}").parse().unwrap(), "local".parse().unwrap());
        let open = AccountCommand::Open { name, project_name, project_id: ids.uuid().into() };
        let context = CommandContext { command_id: ids.uuid(), ..context.clone() };
        aggregates.accounts.execute(account(n).as_str(), open, &context).await.unwrap();
    }
    execute(RepositoryCommand::Create { account: account(1), visibility: Visibility::Private }).await;
    for (receiver, days) in [(2, 1), (3, 2)] {
        let until = Some(clock.now() + Duration::days(days));
        let (account, description, now) = (account(receiver), "".parse().unwrap(), clock.now());
        execute(RepositoryCommand::ShareWith { account, until, description, now }).await;
    }
    let run = async || reconcile(&views, &aggregates, &*clock, &*ids).await.unwrap();

    assert_eq!(run().await, Report::default());
    clock.advance(Duration::days(1));
    assert_eq!(run().await, Report { shares_expired: 1 });
    assert_eq!(run().await, Report::default());
    let history = list_share_history(&views.reader().unwrap(), &name, None, 10).unwrap();
    let endings: Vec<_> = history.iter().map(|record| record.ending.as_ref().map(|(ending, ..)| *ending)).collect();
    assert_eq!(endings, [None, Some(Ending::Expired)]);
}
