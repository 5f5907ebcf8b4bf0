//! `/v3/users` and `/v3.0/OS-USER/users`: the users of an account, in the shape of Keystone and in that of the service's own
//! (requirements I1, I2). An administrator makes, changes and removes them; everybody may look at itself.

use ambar_domain::description::UserDescription;
use ambar_domain::names::UserName;
use ambar_projections::identity::{self, User};
use ambar_schemas::iam::access_mode::AccessMode;
use ambar_schemas::iam::user as wire;
use axum::response::Response;
use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;

use super::caller::Caller;
use super::error::IamError;
use super::request::read;
use super::respond::{empty, link, list_links, respond};
use super::{groups, projects};
use crate::operations::{self, UserChanges};

pub(super) async fn serve(caller: &Caller<'_>, path: &[&str], body: &[u8]) -> Result<Response, IamError> {
    match (&caller.call.parts.method, path) {
        (&Method::GET, []) => list(caller),
        (&Method::POST, []) => create(caller, body).await,
        (&Method::GET, [user]) => show(caller, user),
        (&Method::PATCH | &Method::PUT, [user]) => change(caller, user, body).await,
        (&Method::DELETE, [user]) => delete(caller, user).await,
        (&Method::POST, [user, "password"]) => change_password(caller, user, body).await,
        (&Method::GET, [user, "groups"]) => groups::list_of_user(caller, user),
        (&Method::GET, [user, "projects"]) => {
            caller.user(user)?;
            projects::list_own(caller.call, &caller.identity)
        }
        _ => Err(IamError::NothingHere),
    }
}

/// What a request says of a user. There is no place for mail addresses, telephone numbers and the like: they are passed over.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "IamUserGiven")]
struct Given {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    domain_id: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    access_mode: Option<AccessMode>,
    #[serde(default)]
    enabled: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "IamUserBody")]
pub(super) struct Body {
    user: Given,
}

fn list(caller: &Caller<'_>) -> Result<Response, IamError> {
    caller.require_administrator()?;
    let wanted = |user: &User| caller.wants("name", user.name.as_str()) && caller.wants("domain_id", user.account.as_str());
    let users = identity::list_users(&caller.reader()?, &caller.account)?;
    let users = users.iter().filter(|user| wanted(user) && caller.wants("enabled", "true")).map(|user| describe(caller, user)).collect();
    Ok(respond(StatusCode::OK, &wire::Users { links: list_links(caller.call, "/v3/users"), users }))
}

fn show(caller: &Caller<'_>, user: &str) -> Result<Response, IamError> {
    Ok(respond(StatusCode::OK, &wire::OneUser { user: describe(caller, &caller.user(user)?) }))
}

/// Both access methods are on unless something else is asked for; a password may come later.
async fn create(caller: &Caller<'_>, body: &[u8]) -> Result<Response, IamError> {
    let Body { user } = read(body)?;
    caller.require_own_domain(user.domain_id.as_deref())?;
    refuse_disabling(user.enabled)?;
    let name: UserName = user.name.unwrap_or_default().parse().map_err(IamError::Name)?;
    let description = read_description(user.description)?.unwrap_or_default();
    let mode = user.access_mode.unwrap_or(AccessMode { console: true, programmatic: true });
    let (state, context) = (caller.call.state(), caller.call.context());
    let id = match user.password {
        Some(password) if mode.console => {
            operations::create_user_with_password(state, &context, &caller.account, &name, mode.programmatic, &password).await?
        }
        Some(_) => return Err(IamError::Malformed { reason: "a user without console access has no password" }),
        None => operations::create_user(state, &context, &caller.account, &name, mode.console, mode.programmatic).await?,
    };
    operations::describe_user(state, &context, &id, description).await?;
    Ok(respond(StatusCode::CREATED, &wire::OneUser { user: describe(caller, &caller.user(id.as_str())?) }))
}

/// What is not given stays as it is; nothing is changed where one of them cannot be.
async fn change(caller: &Caller<'_>, user: &str, body: &[u8]) -> Result<Response, IamError> {
    caller.require_administrator()?;
    let user = caller.user(user)?;
    let Body { user: given } = read(body)?;
    caller.require_own_domain(given.domain_id.as_deref())?;
    refuse_disabling(given.enabled)?;
    if given.name.is_some_and(|name| name != user.name.as_str()) {
        return Err(IamError::Malformed { reason: "a user keeps its name" });
    }
    let changes = UserChanges {
        access_methods: given.access_mode.map(|mode| (mode.console, mode.programmatic)),
        description: read_description(given.description)?,
        password: given.password,
    };
    operations::change_user(caller.call.state(), &caller.call.context(), &user.user, changes).await?;
    show(caller, user.user.as_str())
}

fn read_description(description: Option<String>) -> Result<Option<UserDescription>, IamError> {
    description.map(|text| text.parse()).transpose().map_err(IamError::Description)
}

async fn delete(caller: &Caller<'_>, user: &str) -> Result<Response, IamError> {
    caller.require_administrator()?;
    let user = caller.user(user)?;
    operations::delete_user(caller.call.state(), &caller.call.context(), &user.user).await?;
    Ok(empty())
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PasswordChangeBody")]
pub(super) struct PasswordBody {
    user: Passwords,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PasswordChange")]
struct Passwords {
    password: String,
    original_password: String,
}

/// Users change their own password, and prove the one before: a session that was left open must not be enough.
async fn change_password(caller: &Caller<'_>, user: &str, body: &[u8]) -> Result<Response, IamError> {
    let user = caller.user(user)?;
    let PasswordBody { user: given } = read(body)?;
    if caller.identity.user() != Some(&user.user) {
        return Err(IamError::Denied);
    }
    super::sign_in::prove_password(caller.call, &user, &given.original_password).await?;
    operations::set_password(caller.call.state(), &caller.call.context(), &user.user, &given.password).await?;
    Ok(empty())
}

/// Users cannot be put aside as a whole: their access methods can.
fn refuse_disabling(enabled: Option<bool>) -> Result<(), IamError> {
    match enabled {
        Some(false) => Err(IamError::Malformed { reason: "a user is not disabled; change its access_mode instead" }),
        Some(true) | None => Ok(()),
    }
}

/// A user with the fields of both shapes: clients pass over those that they do not know.
pub(super) fn describe(caller: &Caller<'_>, user: &User) -> wire::User {
    wire::User {
        id: user.user.clone(),
        name: user.name.clone(),
        domain_id: user.account.clone(),
        enabled: true,
        description: user.description.clone(),
        access_mode: AccessMode { console: user.console_access, programmatic: user.programmatic_access },
        create_time: user.created_at,
        is_domain_owner: false,
        pwd_status: true,
        password_expires_at: None,
        links: link(caller.call, &format!("/v3/users/{}", user.user)),
    }
}
