use std::sync::Arc;

use ambar_domain::account::{AccountCommand, NewDelegation};
use ambar_domain::clock::ManualClock;
use ambar_domain::delegation::Trustee;
use ambar_domain::ids::DelegationId;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::organization::OrganizationCommand;
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_projections::delegations::list_delegations;
use ambar_projections::organizations::find_organization;
use ambar_projections::repositories::find_account;
use ambar_projections::shares::{Ending, list_share_history, list_shares};
use ambar_storage::aggregate_store::{Actor, CommandError};
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{EventLog, Position, RecordedEvent};
use chrono::DateTime;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::counting_ids::CountingIds;

fn account(n: u8) -> AccountId {
    Uuid::from_bytes([n; 16]).into()
}

struct Registry {
    clock: Arc<ManualClock>,
    ids: Arc<CountingIds>,
    log: Arc<dyn EventLog>,
    views: Views,
    aggregates: Aggregates,
    _folder: TempDir,
}

impl Registry {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
        let ids = Arc::new(CountingIds::default());
        let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.path().join("events.db")).unwrap());
        let views = Views::open(&folder.path().join("views"), log.clone()).unwrap();
        let aggregates = Aggregates::new(log.clone(), None, clock.clone(), ids.clone(), Arc::new(views.clone()));
        Self { clock, ids, log, views, aggregates, _folder: folder }
    }

    fn context(&self) -> CommandContext {
        CommandContext::new(self.ids.uuid(), Actor::Operator { uid: 0 }, "r".to_owned(), "local".to_owned())
    }

    async fn tell(&self, n: u8, command: AccountCommand) {
        self.aggregates.accounts.execute(account(n).as_str(), command, &self.context()).await.unwrap();
    }

    async fn open(&self, n: u8, name: &str) {
        let (name, project_name) = (name.parse().unwrap(), "local".parse().unwrap());
        self.tell(n, AccountCommand::Open { name, project_name, project_id: self.ids.uuid().into() }).await;
    }

    async fn tell_organization(&self, name: &str, command: OrganizationCommand) {
        self.aggregates.organizations.execute(name, command, &self.context()).await.unwrap();
    }

    async fn change(&self, repository: &str, command: RepositoryCommand) -> Result<(), CommandError<RepositoryError>> {
        self.aggregates.repositories.execute(repository, command, &self.context()).await
    }

    async fn create(&self, n: u8, repository: &str) {
        self.change(repository, RepositoryCommand::Create { account: account(n), visibility: Visibility::Private }).await.unwrap();
    }

    async fn share(&self, n: u8) {
        let (description, now) = ("".parse().unwrap(), self.clock.now());
        self.change("team/web", RepositoryCommand::ShareWith { account: account(n), until: None, description, now }).await.unwrap();
    }

    async fn publish(&self) -> Result<(), CommandError<RepositoryError>> {
        let (visibility, category, description) = (Some(Visibility::Public), None, None);
        self.change("team/web", RepositoryCommand::ChangeProperties { visibility, category, description, now: self.clock.now() }).await
    }

    async fn entrust(&self, n: u8) {
        let (account, delegation) = (account(1), DelegationId::from(self.ids.uuid()));
        let (name, trustee, description) = ("nights".parse().unwrap(), Trustee::Account(self::account(n)), "".parse().unwrap());
        let new = NewDelegation { account, delegation, name, trustee, level: Some(Level::Read), until: None, description };
        self.tell(1, AccountCommand::Delegate { new, now: self.clock.now() }).await;
    }

    /// Whom `team/web` is shared with.
    fn receivers(&self) -> Vec<AccountId> {
        let shares = list_shares(&self.views.reader().unwrap(), &"team/web".parse().unwrap(), self.clock.now(), 0, 10).unwrap();
        shares.into_iter().map(|share| share.account).collect()
    }

    fn delegations(&self) -> usize {
        list_delegations(&self.views.reader().unwrap(), &account(1), self.clock.now()).unwrap().len()
    }

    async fn run(&self) -> Report {
        reconcile(&self.views, &self.aggregates, &*self.clock, &*self.ids).await.unwrap()
    }

    async fn last_event(&self) -> RecordedEvent {
        self.log.read_all(Position::START, 100).await.unwrap().events.pop().unwrap()
    }
}

#[tokio::test]
async fn what_a_closed_account_was_given_ends_once_and_what_a_new_one_of_its_name_is_given_lasts() {
    let registry = Registry::start();
    registry.open(1, "owner").await;
    registry.open(2, "acme").await;
    registry.create(1, "team/web").await;
    registry.share(2).await;
    registry.entrust(2).await;
    assert_eq!(registry.run().await, Report::default());

    registry.tell(2, AccountCommand::Close).await;
    registry.open(3, "acme").await;
    registry.share(3).await;
    assert_eq!((registry.receivers(), registry.delegations()), (vec![account(3)], 0), "recorded or not");

    assert_eq!(registry.run().await, Report { shares_ended: 1, delegations_revoked: 1, ..Report::default() });
    assert_eq!(registry.run().await, Report::default());
    let last = registry.last_event().await;
    assert_eq!(last.event_type, "account.delegation_revoked");
    assert!(last.metadata.contains("worker:closed_accounts"), "{}", last.metadata);
    let history = list_share_history(&registry.views.reader().unwrap(), &"team/web".parse().unwrap(), None, 10).unwrap();
    let endings: Vec<_> =
        history.iter().map(|record| (record.share.account.clone(), record.ending.as_ref().map(|(ending, ..)| *ending))).collect();
    assert_eq!(endings, [(account(3), None), (account(2), Some(Ending::Ended))]);
    registry.entrust(3).await;
    assert_eq!((registry.receivers(), registry.delegations()), (vec![account(3)], 1));

    registry.publish().await.unwrap_err();
    registry.tell(3, AccountCommand::Close).await;
    registry.run().await;
    registry.publish().await.unwrap();
}

/// An organization of the account, with these repositories, and with names that it has admitted and has no repository for.
async fn organization(registry: &Registry, n: u8, name: &str, repositories: &[&str], admitted: &[&str]) {
    registry.tell_organization(name, OrganizationCommand::Create { account: account(n) }).await;
    for repository in repositories.iter().chain(admitted) {
        let repository = repository.parse().unwrap();
        registry.tell_organization(name, OrganizationCommand::AdmitRepository { account: account(n), repository }).await;
    }
    for repository in repositories {
        registry.create(n, repository).await;
    }
}

#[tokio::test]
async fn what_a_creation_or_a_push_at_the_moment_of_the_closing_has_left_to_the_account_is_deleted_and_its_name_is_free() {
    let registry = Registry::start();
    registry.open(1, "owner").await;
    registry.open(2, "acme").await;
    organization(&registry, 1, "team", &["team/web"], &["team/next"]).await;
    registry.tell(2, AccountCommand::Close).await;
    organization(&registry, 2, "half", &["half/web", "half/api"], &["half/next"]).await;
    organization(&registry, 2, "empty", &[], &[]).await;
    // A crash has stopped whoever deleted it.
    organization(&registry, 2, "leaving", &["leaving/web"], &[]).await;
    let begin = OrganizationCommand::BeginReleaseOfRepository { repository: "leaving/web".parse().unwrap() };
    registry.tell_organization("leaving", begin).await;
    registry.change("leaving/web", RepositoryCommand::Delete { account: None }).await.unwrap();
    // Its organization is another account's by now, or nobody's.
    registry.create(2, "team/old").await;
    registry.create(2, "gone/web").await;

    assert_eq!(registry.run().await, Report { repositories_deleted: 4, organizations_deleted: 3, ..Report::default() });
    assert_eq!(registry.run().await, Report::default());
    let last = registry.last_event().await;
    assert_eq!(last.event_type, "organization.deleted");
    assert!(last.metadata.contains("worker:closed_accounts"), "{}", last.metadata);
    let owner = |repository: &str| find_account(&registry.views.reader().unwrap(), &repository.parse().unwrap()).unwrap();
    assert_eq!(["team/web", "team/old", "gone/web", "half/web"].map(owner), [Some(account(1)), None, None, None]);
    organization(&registry, 1, "half", &["half/web"], &[]).await;
    let team = find_organization(&registry.views.reader().unwrap(), &"team".parse().unwrap()).unwrap();
    assert_eq!(team.map(|organization| organization.account), Some(account(1)));
    assert_eq!(registry.run().await, Report::default());
}
