use std::sync::Arc;

use ambar_domain::account::NewDelegation;
use ambar_domain::clock::ManualClock;
use ambar_domain::delegation::Trustee;
use ambar_domain::ids::DelegationId;
use ambar_domain::level::{Level, Visibility};
use ambar_projections::shares::{Ending, list_share_history, list_shares};
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{EventLog, Position};
use chrono::DateTime;
use uuid::Uuid;

use super::*;
use crate::counting_ids::CountingIds;

fn account(n: u8) -> AccountId {
    Uuid::from_bytes([n; 16]).into()
}

#[tokio::test]
async fn what_a_closed_account_was_given_ends_once_and_what_a_new_one_of_its_name_is_given_lasts() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
    let ids = Arc::new(CountingIds::default());
    let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.path().join("events.db")).unwrap());
    let views = Views::open(&folder.path().join("views"), log.clone()).unwrap();
    let aggregates = Aggregates::new(log.clone(), None, clock.clone(), ids.clone(), Arc::new(views.clone()));
    let context = || CommandContext::new(ids.uuid(), Actor::Operator { uid: 0 }, "r".to_owned(), "local".to_owned());
    let tell = async |n, command| aggregates.accounts.execute(account(n).as_str(), command, &context()).await.unwrap();
    let open = |name: &str| AccountCommand::Open {
        name: name.parse().unwrap(),
        project_name: "local".parse().unwrap(),
        project_id: ids.uuid().into(),
    };
    let repository = "team/web".parse().unwrap();
    let change = async |command| aggregates.repositories.execute("team/web", command, &context()).await;
    let share = |n| {
        let (description, now) = ("".parse().unwrap(), clock.now());
        RepositoryCommand::ShareWith { account: account(n), until: None, description, now }
    };
    let publish = || RepositoryCommand::ChangeProperties {
        visibility: Some(Visibility::Public),
        category: None,
        description: None,
        now: clock.now(),
    };
    let entrust = |n| {
        let delegation = DelegationId::from(ids.uuid());
        let (name, trustee, description) = ("nights".parse().unwrap(), Trustee::Account(account(n)), "".parse().unwrap());
        let new = NewDelegation { account: account(1), delegation, name, trustee, level: Some(Level::Read), until: None, description };
        AccountCommand::Delegate { new, now: clock.now() }
    };
    tell(1, open("owner")).await;
    tell(2, open("acme")).await;
    change(RepositoryCommand::Create { account: account(1), visibility: Visibility::Private }).await.unwrap();
    change(share(2)).await.unwrap();
    tell(1, entrust(2)).await;
    let run = async || reconcile(&views, &aggregates, &*clock, &*ids).await.unwrap();
    assert_eq!(run().await, Report::default());

    tell(2, AccountCommand::Close).await;
    tell(3, open("acme")).await;
    change(share(3)).await.unwrap();
    let receivers = || -> Vec<_> {
        let shares = list_shares(&views.reader().unwrap(), &repository, clock.now(), 0, 10).unwrap();
        shares.into_iter().map(|share| share.account).collect()
    };
    assert_eq!(receivers(), [account(3)], "recorded or not");
    let entrusted = || delegations::list_delegations(&views.reader().unwrap(), &account(1), clock.now()).unwrap().len();
    assert_eq!(entrusted(), 0, "recorded or not");

    assert_eq!(run().await, Report { shares_ended: 1, delegations_revoked: 1 });
    assert_eq!(run().await, Report::default());
    let last = log.read_all(Position::START, 100).await.unwrap().events.pop().unwrap();
    assert_eq!(last.event_type, "account.delegation_revoked");
    assert!(last.metadata.contains("worker:closed_accounts"), "{}", last.metadata);
    let history = list_share_history(&views.reader().unwrap(), &repository, None, 10).unwrap();
    let endings: Vec<_> =
        history.iter().map(|record| (record.share.account.clone(), record.ending.as_ref().map(|(ending, ..)| *ending))).collect();
    assert_eq!(endings, [(account(3), None), (account(2), Some(Ending::Ended))]);
    tell(1, entrust(3)).await;
    assert_eq!((receivers(), entrusted()), (vec![account(3)], 1));

    change(publish()).await.unwrap_err();
    tell(3, AccountCommand::Close).await;
    run().await;
    change(publish()).await.unwrap();
}
