//! `/v3.0/OS-CREDENTIAL/credentials`: permanent access keys (requirement I3). Users look after their own, administrators after everybody's.

use ambar_domain::ids::UserId;
use ambar_projections::identity::{self, AccessKey, User};
use axum::response::Response;
use chrono::SecondsFormat;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::Caller;
use super::error::IamError;
use super::request::read;
use super::respond::{empty, respond};
use crate::operations;

pub(super) async fn serve(caller: &Caller<'_>, path: &[&str], body: &[u8]) -> Result<Response, IamError> {
    match (&caller.call.parts.method, path) {
        (&Method::GET, []) => list(caller),
        (&Method::POST, []) => create(caller, body).await,
        (&Method::GET, [access_key]) => {
            let (user, key) = find(caller, access_key)?;
            let mut credential = describe(&user, &key);
            credential["last_use_time"] = json!(last_use(&key));
            Ok(respond(StatusCode::OK, &json!({ "credential": credential })))
        }
        (&Method::PUT, [access_key]) => change(caller, access_key, body).await,
        (&Method::DELETE, [access_key]) => {
            let (_, key) = find(caller, access_key)?;
            operations::delete_access_key(caller.call.state(), &caller.call.context(), &key.access_key).await?;
            Ok(empty())
        }
        _ => Err(IamError::NothingHere),
    }
}

#[derive(Deserialize)]
struct NewBody {
    credential: New,
}

#[derive(Deserialize)]
struct New {
    user_id: String,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Deserialize)]
struct ChangeBody {
    credential: Change,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    status: Option<Status>,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Inactive,
}

/// The keys of one user: the one that the query names, or the caller.
fn list(caller: &Caller<'_>) -> Result<Response, IamError> {
    let query = caller.call.query().first("user_id").filter(|id| !id.is_empty());
    let own = caller.identity.user().map(UserId::as_str).unwrap_or_default();
    let user = caller.user(query.as_deref().unwrap_or(own))?;
    let keys = identity::list_access_keys(&caller.reader()?, &user.user)?;
    let keys: Vec<_> = keys.iter().map(|key| describe(&user, key)).collect();
    Ok(respond(StatusCode::OK, &json!({ "credentials": keys })))
}

/// The one answer that ever has the secret in it.
async fn create(caller: &Caller<'_>, body: &[u8]) -> Result<Response, IamError> {
    let NewBody { credential } = read(body)?;
    let user = caller.user(&credential.user_id)?;
    let description = credential.description.unwrap_or_default().parse().map_err(IamError::Description)?;
    let new = operations::create_access_key(caller.call.state(), &caller.call.context(), &user.user, description).await?;
    let (user, key) = find(caller, new.access_key.as_str())?;
    let mut credential = describe(&user, &key);
    credential["secret"] = json!(new.secret_key);
    Ok(respond(StatusCode::CREATED, &json!({ "credential": credential })))
}

async fn change(caller: &Caller<'_>, access_key: &str, body: &[u8]) -> Result<Response, IamError> {
    let (_, key) = find(caller, access_key)?;
    let ChangeBody { credential } = read(body)?;
    if credential.description.is_some_and(|description| description != key.description.as_str()) {
        return Err(IamError::Malformed { reason: "an access key keeps its description" });
    }
    let (state, context) = (caller.call.state(), caller.call.context());
    match credential.status {
        Some(Status::Active) => operations::enable_access_key(state, &context, &key.access_key).await?,
        Some(Status::Inactive) => operations::disable_access_key(state, &context, &key.access_key).await?,
        None => {}
    }
    let (user, key) = find(caller, access_key)?;
    Ok(respond(StatusCode::OK, &json!({ "credential": describe(&user, &key) })))
}

/// A key of the caller, or for an administrator of anybody in the account; others are not there.
fn find(caller: &Caller<'_>, access_key: &str) -> Result<(User, AccessKey), IamError> {
    let missing = || IamError::NotFound { what: "access key" };
    let id = access_key.parse().map_err(|_| missing())?;
    let reader = caller.reader()?;
    let login = identity::find_login(&reader, &id)?.ok_or_else(missing)?;
    let user = caller.user(login.user.as_str()).map_err(|error| match error {
        // Of somebody else: nobody's business.
        IamError::Denied | IamError::NotFound { .. } => missing(),
        error => error,
    })?;
    let key = identity::list_access_keys(&reader, &user.user)?.into_iter().find(|key| key.access_key == id);
    Ok((user, key.ok_or_else(missing)?))
}

fn describe(user: &User, key: &AccessKey) -> Value {
    json!({
        "access": key.access_key,
        "user_id": user.user,
        "status": if key.enabled { "active" } else { "inactive" },
        "create_time": key.created_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "description": key.description,
    })
}

/// As the service writes it; empty for a key that was never used.
fn last_use(key: &AccessKey) -> String {
    key.used_at.map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}
