//! What a node remembers of who may do what tells everybody what they would be told by one that remembers nothing, after every change.

use ambar_api::operations::{self, OperationError, Properties};
use ambar_domain::account::{AccountCommand, DelegationChange};
use ambar_domain::block::BlockCause;
use ambar_domain::grants::Granting;
use ambar_domain::ids::{AccountId, DelegationId, GroupId, UserId};
use ambar_domain::level::{Level, Role, Visibility};
use ambar_domain::user::UserCommand;
use axum::Router;
use chrono::Duration;
use proptest::prelude::*;

use crate::support::{Ask, Login, TestRegistry, image};

const IMAGES: [&str; 3] = ["team/web", "team/db", "crew/app"];

/// A change of access. Users are counted: two of `acme`, then the administrator and another user of `globex`.
#[derive(Debug, Clone)]
enum Change {
    GrantOnOrganization(usize, bool, Option<Level>),
    GrantOnImage(usize, usize, Option<Level>),
    Administrator(usize, bool),
    GroupAdministrator(bool),
    Member(usize, bool),
    Publish(usize, bool),
    Share(usize, bool),
    Entrust(Option<Level>),
    Key(usize, bool),
    Programmatic(usize, bool),
    Block(usize, bool),
    DeleteImage(usize),
    Push(usize),
    DeleteUser(usize),
    CloseOther,
    Wait,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let (user, image) = (|| 0..4_usize, || 0..IMAGES.len());
    let level = || prop::option::of(prop::sample::select(vec![Level::Read, Level::Edit, Level::Manage]));
    let change = prop_oneof![
        4 => (user(), any::<bool>(), level()).prop_map(|(user, crew, level)| Change::GrantOnOrganization(user, crew, level)),
        4 => (user(), image(), level()).prop_map(|(user, image, level)| Change::GrantOnImage(user, image, level)),
        2 => (user(), any::<bool>()).prop_map(|(user, given)| Change::Administrator(user, given)),
        2 => any::<bool>().prop_map(Change::GroupAdministrator),
        2 => (user(), any::<bool>()).prop_map(|(user, added)| Change::Member(user, added)),
        3 => (image(), any::<bool>()).prop_map(|(image, public)| Change::Publish(image, public)),
        3 => (image(), any::<bool>()).prop_map(|(image, shared)| Change::Share(image, shared)),
        3 => level().prop_map(Change::Entrust),
        2 => (user(), any::<bool>()).prop_map(|(user, enabled)| Change::Key(user, enabled)),
        1 => (user(), any::<bool>()).prop_map(|(user, allowed)| Change::Programmatic(user, allowed)),
        1 => (user(), any::<bool>()).prop_map(|(user, blocked)| Change::Block(user, blocked)),
        1 => image().prop_map(Change::DeleteImage),
        3 => image().prop_map(Change::Push),
        1 => user().prop_map(Change::DeleteUser),
        1 => Just(Change::CloseOther),
        1 => Just(Change::Wait),
    ];
    prop::collection::vec(change, 1..24)
}

/// Two accounts, and everybody who asks.
struct World {
    registry: TestRegistry,
    globex: AccountId,
    group: GroupId,
    delegation: DelegationId,
    users: Vec<Login>,
    /// What comes in the header of those who say who they are.
    asking: Vec<(Login, Option<String>)>,
}

impl World {
    async fn new() -> Self {
        let registry = TestRegistry::start_with(|settings| {
            settings.anonymous_pull = true;
            settings.token_lifetime = Duration::days(1);
        })
        .await;
        let (state, operator) = (&registry.state, registry.operator());
        operations::create_organization(state, &operator, &registry.account, &"crew".parse().unwrap()).await.unwrap();
        for repository in IMAGES {
            registry.push(&registry.administrator, repository, "v1", &image(repository)).await.assert(201);
        }
        let (globex, foreign_root) = registry.other_account("globex").await;
        let (name, description) = ("leaders".parse().unwrap(), "".parse().unwrap());
        let group = operations::create_group(state, &operator, &registry.account, &name, &description).await.unwrap();
        let delegation = registry.entrust(&globex, Level::Read, None).await;
        let acting = registry.docker_login_on_behalf(&foreign_root).await;
        let [first, second] = [registry.user("first").await, registry.user("second").await];
        let visitor = foreign_user(&registry, &globex).await;
        let mut asking = Vec::new();
        for login in [&registry.administrator, &first, &second, &foreign_root, &visitor, &acting] {
            asking.push((login.clone(), None));
            let scopes = IMAGES.map(|image| format!("repository:{image}:pull,push")).join("&scope=");
            asking.push((login.clone(), Some(registry.token(login, &scopes).await)));
        }
        Self { users: vec![first, second, foreign_root, visitor], registry, globex, group, delegation, asking }
    }

    /// Refusals are changes of nothing.
    async fn make(&self, change: &Change) {
        let (state, operator) = (&self.registry.state, &self.registry.operator());
        let of = |number: &usize| &self.users[*number].user;
        let image = |number: &usize| IMAGES[*number].parse().unwrap();
        let role = Role::SwrAdministrator;
        let made = match change {
            Change::GrantOnOrganization(user, crew, level) => self.grant_on_organization(of(user), *crew, *level).await,
            Change::GrantOnImage(user, on, level) => self.grant_on_image(of(user), IMAGES[*on], *level).await,
            Change::Administrator(user, given) => operations::set_administrator(state, operator, of(user), role, *given).await,
            Change::GroupAdministrator(given) => operations::set_group_administrator(state, operator, &self.group, role, *given).await,
            Change::Member(user, true) => operations::add_member(state, operator, &self.group, of(user)).await,
            Change::Member(user, false) => operations::remove_member(state, operator, &self.group, of(user)).await,
            Change::Publish(on, public) => self.publish(IMAGES[*on], *public).await,
            Change::Share(on, shared) => self.share(IMAGES[*on], *shared).await,
            Change::Entrust(level) => self.entrust(*level).await,
            Change::Key(user, enabled) => self.enable_key(&self.users[*user], *enabled).await,
            Change::Programmatic(user, allowed) => operations::change_access_methods(state, operator, of(user), true, *allowed).await,
            Change::Block(user, blocked) => self.block(of(user), *blocked).await,
            Change::DeleteImage(on) => operations::delete_repository(state, operator, &image(on)).await,
            Change::DeleteUser(user) => operations::delete_user(state, operator, of(user)).await,
            Change::CloseOther => {
                let closed = state.aggregates.accounts.execute(self.globex.as_str(), AccountCommand::Close, operator).await;
                closed.map_err(OperationError::from)
            }
            Change::Push(on) => {
                let administrator = &self.registry.administrator;
                drop(self.registry.push(administrator, IMAGES[*on], "v1", &crate::support::image(IMAGES[*on])).await);
                Ok(())
            }
            Change::Wait => {
                self.registry.advance(Duration::minutes(4));
                Ok(())
            }
        };
        drop(made);
    }

    async fn grant_on_organization(&self, user: &UserId, crew: bool, level: Option<Level>) -> Result<(), OperationError> {
        let (state, operator) = (&self.registry.state, &self.registry.operator());
        let organization = if crew { "crew" } else { "team" }.parse().unwrap();
        let Some(level) = level else {
            return operations::revoke_on_organization(state, operator, &organization, vec![user.clone()]).await;
        };
        operations::grant_on_organization(state, operator, &organization, vec![(user.clone(), level)], Granting::Whatever).await
    }

    async fn grant_on_image(&self, user: &UserId, image: &str, level: Option<Level>) -> Result<(), OperationError> {
        let (state, operator, image) = (&self.registry.state, &self.registry.operator(), image.parse().unwrap());
        let Some(level) = level else {
            return operations::revoke_on_repository(state, operator, &image, vec![user.clone()]).await;
        };
        operations::grant_on_repository(state, operator, &image, vec![(user.clone(), level)], Granting::Whatever).await
    }

    async fn publish(&self, image: &str, public: bool) -> Result<(), OperationError> {
        let visibility = if public { Visibility::Public } else { Visibility::Private };
        let properties = Properties { visibility: Some(visibility), ..Properties::default() };
        operations::change_properties(&self.registry.state, &self.registry.operator(), &image.parse().unwrap(), properties).await
    }

    /// For as long as it takes to wait twice.
    async fn share(&self, image: &str, shared: bool) -> Result<(), OperationError> {
        let (state, operator, image) = (&self.registry.state, &self.registry.operator(), image.parse().unwrap());
        let (with, until) = ("globex".parse().unwrap(), Some(self.registry.now() + Duration::minutes(8)));
        if shared {
            operations::share_repository(state, operator, &image, &with, until, "".parse().unwrap()).await
        } else {
            operations::end_share(state, operator, &image, &with).await
        }
    }

    async fn entrust(&self, level: Option<Level>) -> Result<(), OperationError> {
        let (state, account) = (&self.registry.state, &self.registry.account);
        let change = DelegationChange { level: Some(level), until: None, description: None };
        operations::change_delegation(state, &self.registry.operator(), account, &self.delegation, change).await
    }

    async fn enable_key(&self, login: &Login, enabled: bool) -> Result<(), OperationError> {
        let (state, operator, key) = (&self.registry.state, &self.registry.operator(), &login.key.access_key);
        if enabled {
            operations::enable_access_key(state, operator, key).await
        } else {
            operations::disable_access_key(state, operator, key).await
        }
    }

    /// For as long as it takes to wait twice.
    async fn block(&self, user: &UserId, blocked: bool) -> Result<(), OperationError> {
        let (state, now) = (&self.registry.state, self.registry.now());
        if !blocked {
            return operations::unblock_user(state, &self.registry.operator(), user, "".parse().unwrap()).await;
        }
        let command = UserCommand::Block { cause: BlockCause::RefusedUploads, until: now + Duration::minutes(8), now };
        Ok(state.aggregates.users.execute(user.as_str(), command, &self.registry.operator()).await?)
    }

    /// What everybody is told about every image: when they pull, and when they begin to push.
    async fn told(&self, router: Option<&Router>) -> Vec<(usize, u16, u16)> {
        let mut told = Vec::new();
        let nobody = std::iter::once(None);
        for (number, who) in self.asking.iter().map(Some).chain(nobody).enumerate() {
            for repository in IMAGES {
                let pull = self.ask(router, http::Method::GET, &format!("/v2/{repository}/manifests/v1"), who).await;
                let push = self.ask(router, http::Method::POST, &format!("/v2/{repository}/blobs/uploads/"), who).await;
                told.push((number, pull, push));
            }
        }
        told
    }

    async fn ask(&self, router: Option<&Router>, method: http::Method, path: &str, who: Option<&(Login, Option<String>)>) -> u16 {
        let ask = match router {
            Some(router) => Ask::new(router.clone(), method, path),
            None => self.registry.ask(method, path),
        };
        let ask = match who {
            None => ask,
            Some((login, None)) => ask.login(login),
            Some((_, Some(token))) => ask.bearer(token),
        };
        ask.send().await.status.as_u16()
    }
}

async fn foreign_user(registry: &TestRegistry, account: &AccountId) -> Login {
    let (state, operator) = (&registry.state, registry.operator());
    let user = operations::create_user(state, &operator, account, &"visitor".parse().unwrap(), false, true).await.unwrap();
    let key = operations::create_access_key(state, &operator, &user, Default::default()).await.unwrap();
    Login { user, key }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn what_is_remembered_is_what_one_who_remembers_nothing_says_after_every_change(changes in changes()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            world.told(None).await;
            for change in changes {
                world.make(&change).await;
                let fresh = ambar_api::router(world.registry.state.clone());
                prop_assert_eq!(world.told(None).await, world.told(Some(&fresh)).await, "after {:?}", change);
            }
            Ok(())
        })?;
    }
}
