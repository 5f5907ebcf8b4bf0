//! A new temporary login for whoever asks, with the commands that use it (requirements L2 and L5).

use ambar_domain::login::{LoginRepository, LoginRight, LoginScope};
use ambar_domain::names::LoginName;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::user::UserError;
use ambar_projections::identity::{TemporaryLogin, list_logins};
use ambar_schemas::v1::login as wire;
use axum::response::Response;
use chrono::Duration;
use http::StatusCode;
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{item, owner, shown_end};
use crate::auth::{Member, authenticate_again};
use crate::call::Call;
use crate::login_commands::{Credentials, login_commands};
use crate::operations::{IssuedLogin, LoginClient, LoginOrder, OperationError, issue_login};
use crate::v1::authority::prove_login_right;
use crate::v1::body::read;
use crate::v1::error::V1Error;
use crate::v1::respond::respond;

/// A temporary login as it is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewLogin")]
pub(in crate::v1) struct New {
    /// What it is for; the client's name if nothing is said.
    #[serde(default)]
    name: Option<LoginName>,
    /// Which client comes first in the answer, and how long the login works if nothing is said. It is good for every client.
    #[serde(default)]
    client: LoginClient,
    /// How long it works.
    #[serde(default)]
    #[schemars(range(min = 900, max = 86400))]
    duration_seconds: Option<u32>,
    /// What it is good for, as far as its user has the right; whatever its user may do if nothing is said.
    #[serde(default, deserialize_with = "strictly")]
    #[schemars(with = "Option<Vec<LoginRepository>>", length(min = 1, max = 50))]
    repositories: LoginScope,
}

/// One of the repositories. Unlike in events, what is not known is refused: it might have been meant to limit the login further.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLimit {
    repository: RepositoryName,
    right: LoginRight,
}

fn strictly<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LoginScope, D::Error> {
    let limits = Option::<Vec<NewLimit>>::deserialize(deserializer)?;
    let limits =
        limits.map(|limits| limits.into_iter().map(|NewLimit { repository, right }| LoginRepository { repository, right }).collect());
    LoginScope::try_from(limits).map_err(D::Error::custom)
}

/// Each of the repositories must be one that the caller may do that on now: a login for something else would be a mistake.
pub(in crate::v1) async fn create(call: &Call, member: &Member, body: &[u8]) -> Result<Response, V1Error> {
    let New { name, client, duration_seconds, repositories: scope } = read(body)?;
    for limit in scope.repositories().unwrap_or_default() {
        prove_login_right(call, member, limit).await?;
    }
    let name = name.map_or_else(|| usual_name(client).parse(), Ok).map_err(|error| V1Error::Failed(Box::new(error)))?;
    let lifetime = duration_seconds.map(|seconds| Duration::seconds(seconds.into()));
    let order = LoginOrder { name, client, lifetime, scope };
    let issued = issue_login(call.state(), &call.context(), &member.user, order).await.map_err(refusal)?;
    // A password that was changed since the call was looked at does not stop what was issued behind that.
    authenticate_again(call)?;
    Ok(respond(StatusCode::CREATED, &answer(call, member, client, issued)?))
}

const fn usual_name(client: LoginClient) -> &'static str {
    match client {
        LoginClient::Docker => "docker login",
        LoginClient::Containerd => "containerd login",
    }
}

fn refusal(error: OperationError) -> V1Error {
    match error {
        OperationError::UserNotFound | OperationError::User(UserError::NotFound) => V1Error::UserNotFound,
        OperationError::User(UserError::NoProgrammaticAccess) => V1Error::Denied,
        OperationError::User(refusal @ (UserError::TooManyLogins | UserError::LoginLifetime)) => V1Error::LoginRefused(refusal),
        error => error.into(),
    }
}

/// As the list shows it, with the password and how to use it.
fn answer(call: &Call, member: &Member, client: LoginClient, issued: IssuedLogin) -> Result<wire::IssuedLogin, V1Error> {
    let (user, host) = (format!("{}@{}", issued.project_name, issued.login), call.host());
    let login = shown(call, member, &issued)?;
    let commands = login_commands(
        &Credentials {
            user: &user,
            password: &issued.login_key,
            host: &host,
            encrypted: call.is_encrypted(),
            image: login.repositories.iter().flatten().map(|limit| &limit.repository).next(),
        },
        client,
    );
    Ok(wire::IssuedLogin { login, user, password: issued.login_key, host, commands })
}

/// What stopped it meanwhile may have.
fn shown(call: &Call, member: &Member, issued: &IssuedLogin) -> Result<wire::TemporaryLogin, V1Error> {
    let (reader, now) = (call.state().views.reader()?, call.state().clock.now());
    let is_it = |login: &TemporaryLogin| login.login == issued.login;
    let login = list_logins(&reader, &member.user, now)?.into_iter().find(is_it).ok_or(V1Error::LoginNotFound)?;
    let until = shown_end(&call.state().views, &owner(&reader, &member.user)?, &login, now).ok_or(V1Error::LoginNotFound)?;
    item(&reader, login, until)
}
