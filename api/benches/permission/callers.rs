//! Who pulls, and why each of them may.

use ambar_api::AppState;
use ambar_api::operations::{self, DelegationOrder, LoginClient, LoginOrder, Properties};
use ambar_domain::delegation::Trustee;
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::grants::Granting;
use ambar_domain::ids::{AccountId, DelegationId, UserId};
use ambar_domain::level::{Level, Role, Visibility};
use ambar_domain::login::LoginScope;
use ambar_storage::aggregate_store::{Actor, CommandContext};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;

use crate::changes::Right;
use crate::data::DataSet;
use crate::registry::{Outcome, operator};

/// Somebody who may pull.
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    /// The `Authorization` header of a login; nobody logs in without.
    pub(crate) login: Option<String>,
    /// Why it may.
    pub(crate) right: Right,
    /// What is pulled, one after the other.
    pub(crate) repositories: Vec<String>,
}

/// Gives everybody what the table says they hold.
pub(crate) async fn arrange(state: &AppState, data: &DataSet) -> Outcome<Vec<Caller>> {
    let image = |number| vec![data.repository(number)];
    let all: Vec<String> = (0..data.repositories).map(|number| data.repository(number)).collect();
    let [root, foreign_root] = [administrator(state, &data.account, "root").await?, administrator(state, &data.other, "root").await?];
    let [leader, member, holder] = [
        create_user(state, &data.account, "leader").await?,
        create_user(state, &data.account, "member").await?,
        create_user(state, &data.account, "holder").await?,
    ];
    let foreigner = create_user(state, &data.other, "foreigner").await?;
    lead(state, data, &leader).await?;
    let (organization, reading) = (data.organization(1).parse()?, |user: &UserId| vec![(user.clone(), Level::Read)]);
    operations::grant_on_organization(state, &operator(), &organization, reading(&member), Granting::Whatever).await?;
    operations::grant_on_repository(state, &operator(), &data.repository(2).parse()?, reading(&holder), Granting::Whatever).await?;
    let until = Some(state.clock.now() + Duration::days(30));
    operations::share_repository(state, &operator(), &data.repository(3).parse()?, &"other".parse()?, until, "".parse()?).await?;
    let public = Properties { visibility: Some(Visibility::Public), ..Properties::default() };
    operations::change_properties(state, &operator(), &data.repository(4).parse()?, public).await?;
    let (delegation, delegate) = delegate(state, data, &foreign_root).await?;
    let role = Right::Role(root.clone());
    let [of_leader, of_member, of_holder] = [&leader, &member, &holder].map(|user| Right::Grant(user.clone()));
    let [root, leader, member] = [login(state, &root).await?, login(state, &leader).await?, login(state, &member).await?];
    let [holder, foreigner] = [login(state, &holder).await?, login(state, &foreigner).await?];
    let caller =
        |name, login: &String, right: &Right, repositories| Caller { name, login: Some(login.clone()), right: right.clone(), repositories };
    Ok(vec![
        caller("administrator", &root, &role, image(0)),
        caller("administrator by a group's role", &leader, &of_leader, image(0)),
        caller("grant on the organization", &member, &of_member, image(1)),
        caller("grant on the image", &holder, &of_holder, image(2)),
        caller("share with the account", &foreigner, &Right::Share, image(3)),
        caller("public image, by a user of another account", &foreigner, &Right::Public, image(4)),
        caller("delegate", &delegate, &Right::Delegation(delegation), image(5)),
        Caller { name: "public image, by nobody", login: None, right: Right::Public, repositories: image(4) },
        caller("administrator, every time another of all images", &root, &role, all),
        caller("grant on the organization, every time another of its images", &member, &of_member, data.beside(1)),
    ])
}

pub(crate) async fn create_user(state: &AppState, account: &AccountId, name: &str) -> Outcome<UserId> {
    Ok(operations::create_user(state, &operator(), account, &name.parse()?, false, true).await?)
}

async fn administrator(state: &AppState, account: &AccountId, name: &str) -> Outcome<UserId> {
    let user = create_user(state, account, name).await?;
    operations::set_administrator(state, &operator(), &user, Role::TenantAdministrator, true).await?;
    Ok(user)
}

async fn lead(state: &AppState, data: &DataSet, user: &UserId) -> Outcome<()> {
    let group = operations::create_group(state, &operator(), &data.account, &"leaders".parse()?, &"".parse()?).await?;
    operations::set_group_administrator(state, &operator(), &group, Role::SwrAdministrator, true).await?;
    Ok(operations::add_member(state, &operator(), &group, user).await?)
}

async fn login(state: &AppState, user: &UserId) -> Outcome<String> {
    let key = operations::create_access_key(state, &operator(), user, AccessKeyDescription::default()).await?;
    Ok(basic(&key.login_user, &key.login_key))
}

/// Lets the other account act for this one, and logs its administrator in for that.
async fn delegate(state: &AppState, data: &DataSet, user: &UserId) -> Outcome<(DelegationId, String)> {
    let (name, trustee, level) = ("pulling".parse()?, Trustee::Account(data.other.clone()), Some(Level::Read));
    let order = DelegationOrder { name, trustee, level, until: None, description: "".parse()? };
    let delegation = operations::grant_delegation(state, &operator(), &data.account, order).await?;
    let actor = CommandContext {
        actor: Actor::User(user.clone()),
        on_behalf_of: Some(data.account.clone()),
        actor_account: Some(data.other.clone()),
        ..operator()
    };
    let order = LoginOrder { name: "pulling".parse()?, client: LoginClient::Docker, lifetime: None, scope: LoginScope::EVERYTHING };
    let issued = operations::issue_login(state, &actor, user, order).await?;
    Ok((delegation, basic(&format!("{}@{}", issued.project_name, issued.login), &issued.login_key)))
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}
