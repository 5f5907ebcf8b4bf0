//! The own API, `/v1`, for what goes past the product's: the account's events, who can do what and why, histories, public images,
//! versions, temporary logins (requirements E3, G4, L2, L4, L5, M2, M5 to M8, S4), and what accounts entrust to each other (I5).
//!
//! Every call is signed or has a token, as those of the other management surfaces. Lists are pages: `limit` items, and a cursor for the next.
//! A `/` in a repository's name is escaped in a path, or written `$`.

mod access;
mod account;
mod authority;
mod blocks;
mod body;
mod center;
mod delegations;
mod error;
mod event;
mod events;
mod export;
mod follow;
mod logins;
pub(crate) mod openapi;
mod parameters;
mod pull;
mod respond;
mod shares;
mod tags;
mod versions;

use ambar_domain::level::Level;
use axum::body::Body;
use axum::response::Response;
use http::Method;

use self::authority::{Auditor, OnRepository};
use self::error::V1Error;
pub use self::event::render as render_event;
use crate::auth::{Member, authenticate_api};
use crate::call::Call;
use crate::extract::{decode, require_route};

/// Every route with its methods; a segment in braces stands for any.
pub const ROUTES: &[(&str, &str)] = &[
    ("DELETE", "account"),
    ("GET, POST", "delegations"),
    ("GET", "delegations/received"),
    ("PATCH, DELETE", "delegations/{id}"),
    ("GET", "blocks"),
    ("DELETE", "blocks/{user}"),
    ("GET", "center/images"),
    ("GET", "events"),
    ("GET", "events/stream"),
    ("GET, POST", "logins"),
    ("DELETE", "logins/{login}"),
    ("GET", "repositories/{name}/access"),
    ("POST", "repositories/{name}/deletions"),
    ("GET", "repositories/{name}/shares/history"),
    ("GET", "repositories/{name}/tags"),
    ("GET", "repositories/{name}/tags/{tag}"),
    ("GET", "repositories/{name}/tags/{tag}/history"),
    ("POST", "repositories/{name}/tags/{tag}/restore"),
    ("GET", "shares/history"),
];

/// Answers a call to what is behind `/v1/`.
pub(crate) async fn serve(call: &Call, path: &str, body: Body) -> Response {
    match answer(call, path, body).await {
        Ok(response) => response,
        Err(error) => error.into_response(&call.request_id),
    }
}

async fn answer(call: &Call, path: &str, body: Body) -> Result<Response, V1Error> {
    let body = body::take(call, body).await?;
    let identity = authenticate_api(call, &body)?;
    let member = Member::prove(&identity)?;
    let path: Vec<_> = path.trim_end_matches('/').split('/').collect();
    require_route(ROUTES, &call.parts.method, &path)?;
    match path.as_slice() {
        ["account"] => account::close(call, &Auditor::prove(&member)?).await,
        ["delegations", rest @ ..] => serve_delegations(call, &Auditor::prove(&member)?, rest, &body).await,
        ["blocks"] => blocks::list(call, &Auditor::prove(&member)?),
        ["blocks", user] => blocks::lift(call, &Auditor::prove(&member)?, user).await,
        ["center", "images"] => center::list(call).await,
        ["events"] => events::list(call, &Auditor::prove(&member)?).await,
        ["events", "stream"] => follow::stream(call, &Auditor::prove(&member)?),
        ["logins"] if call.parts.method == Method::POST => logins::create(call, &member, &body).await,
        ["logins"] => logins::list(call, &member),
        ["logins", login] => logins::revoke(call, &decode(login, false)).await,
        ["repositories", name, rest @ ..] => serve_repository(call, &member, &decode(name, false).replace('$', "/"), rest, &body).await,
        ["shares", "history"] => shares::list_given(call, &Auditor::prove(&member)?),
        _ => Err(V1Error::NothingHere),
    }
}

async fn serve_repository(call: &Call, member: &Member, name: &str, path: &[&str], body: &[u8]) -> Result<Response, V1Error> {
    let prove = |level| OnRepository::prove(call, member, name, level);
    let prove_at_home = |level| OnRepository::prove_at_home(call, member, name, level);
    match (&call.parts.method, path) {
        (_, ["access"]) => access::list(call, &prove_at_home(Level::Manage).await?),
        (_, ["shares", "history"]) => shares::list_history(call, &prove_at_home(Level::Manage).await?),
        (_, ["tags"]) => versions::list(call, member, &prove(Level::Read).await?),
        (_, ["deletions"]) => versions::delete(call, &prove(Level::Manage).await?, body).await,
        (_, ["tags", tag]) => versions::show(call, member, &prove(Level::Read).await?, &decode(tag, false)).await,
        (_, ["tags", tag, "history"]) => tags::list_history(call, &prove_at_home(Level::Read).await?, &decode(tag, false)),
        (_, ["tags", tag, "restore"]) => tags::restore(call, &prove(Level::Edit).await?, &decode(tag, false), body).await,
        _ => Err(V1Error::NothingHere),
    }
}

async fn serve_delegations(call: &Call, auditor: &Auditor, path: &[&str], body: &[u8]) -> Result<Response, V1Error> {
    match (&call.parts.method, path) {
        (&Method::GET, []) => delegations::list(call, auditor),
        (&Method::POST, []) => delegations::create(call, auditor, body).await,
        (&Method::GET, ["received"]) => delegations::list_received(call, auditor),
        (&Method::PATCH, [id]) => delegations::change(call, auditor, id, body).await,
        (&Method::DELETE, [id]) => delegations::revoke(call, auditor, id).await,
        _ => Err(V1Error::NothingHere),
    }
}
