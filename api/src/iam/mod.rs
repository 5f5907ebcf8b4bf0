//! The part of the identity service that clients of a registry use: tokens, projects and accounts, in the shapes of Keystone (requirement I6).
//!
//! An account is a *domain* there and its id the domain's. Every answer, refusals too, is written here: clients expect other shapes of it
//! than the registry's.

mod claims;
mod error;
mod projects;
mod request;
mod respond;
mod roles;
mod sign_in;
mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::Method;

use crate::auth::authenticate_api;
use crate::body::read_within;
use crate::call::Call;
use crate::registry::Registry;
use crate::state::AppState;

pub(crate) use claims::find_holder;
use error::IamError;

/// The largest body that is read.
const MAX_BODY_BYTES: usize = 64 << 10;

/// Every route with its methods; a segment in braces stands for any.
pub(crate) const ROUTES: &[(&str, &str)] =
    &[("GET, POST", "/v3/auth/tokens"), ("GET", "/v3/projects"), ("GET", "/v3/auth/projects"), ("GET", "/v3/auth/domains")];

/// This surface alone, as a router.
pub fn iam_router(state: AppState) -> Router {
    Router::new().fallback(serve_request).with_state(Arc::new(Registry::new(state)))
}

async fn serve_request(State(registry): State<Arc<Registry>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    serve(&Call::new(registry, parts), body).await
}

/// Answers whatever is below `/v3` and `/v3.0`, but for what the registry's management has there.
pub(crate) async fn serve(call: &Call, body: Body) -> Response {
    match dispatch(call, body).await {
        Ok(response) => response,
        Err(error) => error.into_response(&call.request_id),
    }
}

async fn dispatch(call: &Call, body: Body) -> Result<Response, IamError> {
    let body = read_within(body, MAX_BODY_BYTES, call.state().settings.body_pause).await;
    let body = body.map_err(|_| IamError::BodyBrokenOff)?.ok_or(IamError::BodyTooLarge)?;
    let path: Vec<_> = call.parts.uri.path().trim_matches('/').split('/').collect();
    match (&call.parts.method, path.as_slice()) {
        (&Method::POST, ["v3", "auth", "tokens"]) => tokens::create(call, &body).await,
        (&Method::GET, ["v3", "auth", "tokens"]) => tokens::show(call, &*authenticate_api(call, &body)?),
        (&Method::GET, ["v3", "projects"]) => projects::list(call, &*authenticate_api(call, &body)?),
        (&Method::GET, ["v3", "auth", "projects"]) => projects::list_own(call, &*authenticate_api(call, &body)?),
        (&Method::GET, ["v3", "auth", "domains"]) => projects::list_own_domains(call, &*authenticate_api(call, &body)?),
        (_, path) => Err(elsewhere(path)),
    }
}

/// Why there is nothing for a request: the address or its method.
fn elsewhere(path: &[&str]) -> IamError {
    let is_at = |route: &str| {
        let route = route.trim_matches('/').split('/');
        route.clone().count() == path.len() && route.zip(path).all(|(expected, segment)| expected == *segment || expected.starts_with('{'))
    };
    match ROUTES.iter().find(|(_, route)| is_at(route)) {
        Some((methods, _)) => IamError::MethodNotAllowed { allow: methods },
        None => IamError::NothingHere,
    }
}
