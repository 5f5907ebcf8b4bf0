//! The part of the identity service that clients of a registry use: tokens, projects, users, groups, roles and access keys, in the shapes of
//! Keystone and of the service's own extensions (requirements I1 to I6).
//!
//! An account is a *domain* there and its id the domain's. Every answer, refusals too, is written here: clients expect other shapes of it
//! than the registry's.

mod agencies;
mod assume_role;
mod caller;
mod claims;
mod credentials;
mod error;
mod groups;
pub(crate) mod openapi;
mod projects;
mod request;
mod respond;
mod roles;
mod security_tokens;
mod sign_in;
mod status;
mod tokens;
mod users;

use axum::body::Body;
use axum::response::Response;
use http::Method;

use crate::body::read_within;
use crate::call::Call;
use crate::extract::require_route;

use caller::Caller;
pub(crate) use claims::{Holder, find_holder};
use error::IamError;
pub(crate) use security_tokens::{TemporaryKey, find_temporary};

/// The largest body that is read.
const MAX_BODY_BYTES: usize = 64 << 10;

/// Every route with its methods; a segment in braces stands for any.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET, POST", "/v3/auth/tokens"),
    ("GET", "/v3/auth/projects"),
    ("GET", "/v3/auth/domains"),
    ("GET", "/v3/projects"),
    ("GET", "/v3/projects/{project}"),
    ("GET", "/v3/projects/{project}/groups/{group}/roles"),
    ("HEAD, PUT, DELETE", "/v3/projects/{project}/groups/{group}/roles/{role}"),
    ("GET", "/v3/projects/{project}/users/{user}/roles"),
    ("HEAD, PUT, DELETE", "/v3/projects/{project}/users/{user}/roles/{role}"),
    ("GET", "/v3/domains/{domain}/groups/{group}/roles"),
    ("HEAD, PUT, DELETE", "/v3/domains/{domain}/groups/{group}/roles/{role}"),
    ("GET", "/v3/domains/{domain}/users/{user}/roles"),
    ("HEAD, PUT, DELETE", "/v3/domains/{domain}/users/{user}/roles/{role}"),
    ("GET", "/v3/roles"),
    ("GET", "/v3/roles/{role}"),
    ("GET, POST", "/v3/users"),
    ("GET, PATCH, DELETE", "/v3/users/{user}"),
    ("POST", "/v3/users/{user}/password"),
    ("GET", "/v3/users/{user}/groups"),
    ("GET", "/v3/users/{user}/projects"),
    ("GET, POST", "/v3/groups"),
    ("GET, PATCH, DELETE", "/v3/groups/{group}"),
    ("GET", "/v3/groups/{group}/users"),
    ("HEAD, PUT, DELETE", "/v3/groups/{group}/users/{user}"),
    ("POST", "/v3.0/OS-USER/users"),
    ("GET, PUT", "/v3.0/OS-USER/users/{user}"),
    ("POST", "/v3.0/OS-CREDENTIAL/securitytokens"),
    ("GET, POST", "/v3.0/OS-CREDENTIAL/credentials"),
    ("GET, PUT, DELETE", "/v3.0/OS-CREDENTIAL/credentials/{access_key}"),
    ("GET, POST", "/v3.0/OS-AGENCY/agencies"),
    ("GET, PUT, DELETE", "/v3.0/OS-AGENCY/agencies/{agency}"),
    ("GET", "/v3.0/OS-AGENCY/domains/{domain}/agencies/{agency}/roles"),
    ("HEAD, PUT, DELETE", "/v3.0/OS-AGENCY/domains/{domain}/agencies/{agency}/roles/{role}"),
    ("GET", "/v3.0/OS-AGENCY/projects/{project}/agencies/{agency}/roles"),
    ("HEAD, PUT, DELETE", "/v3.0/OS-AGENCY/projects/{project}/agencies/{agency}/roles/{role}"),
];

/// Answers whatever is below `/v3` and `/v3.0`, but for what the registry's management has there.
pub(crate) async fn serve(call: &Call, body: Body) -> Response {
    match dispatch(call, body).await {
        Ok(response) => response,
        Err(error) => error.into_response(&call.request_id),
    }
}

async fn dispatch(call: &Call, body: Body) -> Result<Response, IamError> {
    let method = &call.parts.method;
    let path: Vec<_> = call.parts.uri.path().trim_matches('/').split('/').collect();
    require_route(ROUTES, method, &path)?;
    let body = read_within(body, MAX_BODY_BYTES, call.state().settings.body_pause).await;
    let body = body.map_err(|_| IamError::BodyBrokenOff)?.ok_or(IamError::BodyTooLarge)?;
    if (method, path.as_slice()) == (&Method::POST, &["v3", "auth", "tokens"]) {
        return tokens::create(call, &body).await;
    }
    let caller = Caller::prove(call, &body)?;
    if caller.identity.delegation().is_some() && !is_for_delegates(&path) {
        return Err(IamError::Denied);
    }
    match path.as_slice() {
        ["v3", "auth", "tokens"] => tokens::show(call, &caller.identity),
        ["v3", "auth", "projects"] => projects::list_own(call, &caller.identity),
        ["v3", "auth", "domains"] => projects::list_own_domains(call, &caller.identity),
        ["v3", "projects"] => projects::list(call, &caller.identity),
        ["v3", "projects", project] => projects::show(&caller, project),
        ["v3", "projects", project, rest @ ..] => {
            projects::require_own(&caller, project)?;
            roles::serve_assignments(&caller, rest).await
        }
        ["v3", "domains", domain, rest @ ..] => {
            caller.require_own_domain(Some(domain))?;
            roles::serve_assignments(&caller, rest).await
        }
        ["v3", "roles", rest @ ..] => roles::serve(&caller, rest),
        ["v3", "users", rest @ ..] | ["v3.0", "OS-USER", "users", rest @ ..] => users::serve(&caller, rest, &body).await,
        ["v3", "groups", rest @ ..] => groups::serve(&caller, rest, &body).await,
        ["v3.0", "OS-AGENCY", rest @ ..] => agencies::serve(&caller, rest, &body).await,
        ["v3.0", "OS-CREDENTIAL", "securitytokens"] => security_tokens::create(&caller, &body).await,
        ["v3.0", "OS-CREDENTIAL", "credentials", rest @ ..] => credentials::serve(&caller, rest, &body).await,
        _ => Err(IamError::NothingHere),
    }
}

/// What who acts for another account may ask: who it is, and what the account's project is. Users, keys and agencies are not entrusted to anybody.
fn is_for_delegates(path: &[&str]) -> bool {
    matches!(path, ["v3", "auth" | "roles", ..] | ["v3", "projects"] | ["v3", "projects", _])
}
