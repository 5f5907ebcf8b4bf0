//! A whole registry in a temporary folder, and words for what tests do with it.

mod ask;
mod content;
mod delegates;
mod documented;
mod faulty_log;
mod ids;
mod logged;
mod scene;
mod sign;
mod trace;

use std::sync::Arc;

use ambar_api::operations::{self, NewAccessKey, Properties};
use ambar_api::{AppState, Keys, Limits, MasterKey, Settings};
use ambar_domain::clock::{Clock, ManualClock};
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::grants::Granting;
use ambar_domain::ids::{AccountId, IdSource, UserId};
use ambar_domain::level::{Level, Role, Visibility};
use ambar_projections::Views;
use ambar_projections::identity::find_account;
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext};
use ambar_storage::blobs::disk::DiskBlobs;
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{EventLog, Position};
use axum::Router;
use chrono::{DateTime, Duration};
use http::Method;
use tempfile::TempDir;

pub(crate) use ask::{Answer, Ask};
pub(crate) use content::{Image, digest, image, index, sha512};
pub(crate) use documented::documented_operations;
use faulty_log::FaultyLog;
use ids::SeededIds;
pub(crate) use logged::Logged;
pub(crate) use scene::{Expected, Scene, require_answers};

/// A registry with one account `acme`, its administrator, and the organization `team`.
pub(crate) struct TestRegistry {
    pub(crate) state: AppState,
    pub(crate) account: AccountId,
    pub(crate) administrator: Login,
    clock: Arc<ManualClock>,
    log: Arc<FaultyLog>,
    router: Router,
    _folder: TempDir,
}

/// A user with an access key.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: UserId,
    pub(crate) key: NewAccessKey,
}

impl TestRegistry {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
        let ids: Arc<dyn IdSource> = Arc::new(SeededIds::new());
        let log = Arc::new(FaultyLog::new(SqliteEventLog::open(&folder.path().join("events.db")).unwrap()));
        let views = Views::open(&folder.path().join("views"), log.clone()).unwrap();
        let blobs = Arc::new(DiskBlobs::open(&folder.path().join("content"), clock.clone()).unwrap());
        let aggregates = Aggregates::new(log.clone(), None, clock.clone(), ids.clone(), Arc::new(views.clone()));
        // The clock stands still, so no second of it ever has room for more.
        let limits = Limits { uploads_at_once: None, uploads_per_second: None, ..Limits::default() };
        let mut settings = Settings { organization_quota: 50, limits, ..Settings::default() };
        change(&mut settings);
        let state = AppState {
            aggregates: Arc::new(aggregates),
            views,
            log: log.clone(),
            blobs: blobs.clone(),
            uploads: blobs,
            usage: Arc::default(),
            clock: clock.clone(),
            ids,
            keys: Arc::new(Keys::new(&MasterKey::new([9; 32]), None)),
            passwords: Arc::default(),
            settings: Arc::new(settings),
            metrics: Arc::new(|| "some_metric 1\n".to_owned()),
            stopping: Arc::default(),
        };
        let operator = operator(&state);
        let account = operations::create_account(&state, &operator, &"acme".parse().unwrap(), &"tr-west-1".parse().unwrap()).await.unwrap();
        let administrator = create_user(&state, &account, "root", true).await;
        operations::create_organization(&state, &operator, &account, &"team".parse().unwrap()).await.unwrap();
        let router = ambar_api::router(state.clone());
        Self { state, account, administrator, clock, log, router, _folder: folder }
    }

    /// Another account with an administrator of its own.
    pub(crate) async fn other_account(&self, name: &str) -> (AccountId, Login) {
        let project = format!("{name}-project").parse().unwrap();
        let account = operations::create_account(&self.state, &self.operator(), &name.parse().unwrap(), &project).await.unwrap();
        let administrator = create_user(&self.state, &account, "root", true).await;
        (account, administrator)
    }

    /// A user of `acme` without any right.
    pub(crate) async fn user(&self, name: &str) -> Login {
        create_user(&self.state, &self.account, name, false).await
    }

    /// A user of `acme` with a level on the organization `team`.
    pub(crate) async fn member(&self, name: &str, level: Level) -> Login {
        let login = self.user(name).await;
        self.grant("team", &login, Some(level)).await;
        login
    }

    pub(crate) async fn grant(&self, organization: &str, login: &Login, level: Option<Level>) {
        let organization = organization.parse().unwrap();
        let (state, operator, user) = (&self.state, self.operator(), login.user.clone());
        match level {
            Some(level) => {
                operations::grant_on_organization(state, &operator, &organization, vec![(user, level)], Granting::Whatever).await
            }
            None => operations::revoke_on_organization(state, &operator, &organization, vec![user]).await,
        }
        .unwrap();
    }

    pub(crate) async fn grant_on(&self, repository: &str, login: &Login, level: Option<Level>) {
        let repository = repository.parse().unwrap();
        let (state, operator, user) = (&self.state, self.operator(), login.user.clone());
        match level {
            Some(level) => operations::grant_on_repository(state, &operator, &repository, vec![(user, level)], Granting::Whatever).await,
            None => operations::revoke_on_repository(state, &operator, &repository, vec![user]).await,
        }
        .unwrap();
    }

    pub(crate) async fn publish(&self, repository: &str) {
        self.change_visibility(repository, Visibility::Public).await;
    }

    pub(crate) async fn change_visibility(&self, repository: &str, visibility: Visibility) {
        let properties = Properties { visibility: Some(visibility), ..Properties::default() };
        operations::change_properties(&self.state, &self.operator(), &repository.parse().unwrap(), properties).await.unwrap();
    }

    /// Shares an image with another account for ever.
    pub(crate) async fn share(&self, repository: &str, with: &AccountId) {
        let account = find_account(&self.state.views.reader().unwrap(), with).unwrap().unwrap();
        let (repository, description) = (repository.parse().unwrap(), "".parse().unwrap());
        operations::share_repository(&self.state, &self.operator(), &repository, &account.name, None, description).await.unwrap();
    }

    /// The context of the operator, who may do everything.
    pub(crate) fn operator(&self) -> CommandContext {
        operator(&self.state)
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask {
        Ask::new(self.router.clone(), method, path)
    }

    /// A request to the identity service.
    pub(crate) fn iam(&self, method: Method, path: &str) -> Ask {
        self.ask(method, path)
    }

    pub(crate) fn get(&self, path: &str) -> Ask {
        self.ask(Method::GET, path)
    }

    pub(crate) fn head(&self, path: &str) -> Ask {
        self.ask(Method::HEAD, path)
    }

    pub(crate) fn post(&self, path: &str) -> Ask {
        self.ask(Method::POST, path)
    }

    pub(crate) fn put(&self, path: &str) -> Ask {
        self.ask(Method::PUT, path)
    }

    pub(crate) fn patch(&self, path: &str) -> Ask {
        self.ask(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Ask {
        self.ask(Method::DELETE, path)
    }

    /// As after a restart: what was in memory alone is forgotten.
    pub(crate) fn restart(&mut self) {
        self.router = ambar_api::router(self.state.clone());
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub(crate) fn now(&self) -> ambar_domain::clock::Timestamp {
        self.clock.now()
    }

    /// Changes when something is recorded.
    pub(crate) fn wakeups(&self) -> tokio::sync::watch::Receiver<Position> {
        self.log.wakeups()
    }

    /// Has the log refuse one of the next appends, counted from 1.
    pub(crate) fn refuse_append(&self, number: u64) {
        self.log.refuse(number);
    }

    /// Where the log ends.
    pub(crate) async fn head_of_log(&self) -> Position {
        self.log.head().await.unwrap()
    }

    /// Who the newest event says caused it, and from where.
    pub(crate) async fn metadata_of_last_event(&self) -> serde_json::Value {
        let events = self.log.read_all(Position::START, 10_000).await.unwrap().events;
        serde_json::from_str(&events.last().unwrap().metadata).unwrap()
    }

    /// What the events behind a position are recorded with.
    pub(crate) async fn metadata_since(&self, position: Position) -> Vec<serde_json::Value> {
        let events = self.log.read_all(position, 10_000).await.unwrap().events;
        events.iter().map(|event| serde_json::from_str(&event.metadata).unwrap()).collect()
    }

    /// How many events there are.
    pub(crate) async fn count_events(&self) -> usize {
        self.log.read_all(Position::START, 10_000).await.unwrap().events.len()
    }

    /// Payloads and metadata of all events, as they stand in the log.
    pub(crate) async fn everything_recorded(&self) -> String {
        let page = self.log.read_all(Position::START, 10_000).await.unwrap();
        page.events.into_iter().map(|event| format!("{} {}\n", event.payload, event.metadata)).collect()
    }

    /// The payloads of all events of a type, in the order of the log.
    pub(crate) async fn events(&self, event_type: &str) -> Vec<serde_json::Value> {
        let page = self.log.read_all(Position::START, 10_000).await.unwrap();
        let events = page.events.into_iter().filter(|event| event.event_type == event_type);
        events.map(|event| serde_json::from_str(&event.payload).unwrap()).collect()
    }

    /// A bearer token for a scope.
    pub(crate) async fn token(&self, login: &Login, scope: &str) -> String {
        let answer = self.get(&format!("/token?service=ambar&scope={scope}")).login(login).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["token"].as_str().unwrap().to_owned()
    }
}

fn operator(state: &AppState) -> CommandContext {
    CommandContext::new(state.ids.uuid(), Actor::Operator { uid: 0 }, "setting-up", "local")
}

async fn create_user(state: &AppState, account: &AccountId, name: &str, administrator: bool) -> Login {
    let operator = operator(state);
    let user = operations::create_user(state, &operator, account, &name.parse().unwrap(), false, true).await.unwrap();
    if administrator {
        operations::set_administrator(state, &operator, &user, Role::TenantAdministrator, true).await.unwrap();
    }
    let key = operations::create_access_key(state, &operator, &user, AccessKeyDescription::default()).await.unwrap();
    Login { user, key }
}
