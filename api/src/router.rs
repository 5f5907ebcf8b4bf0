//! From a request to its endpoint and back: one route for every path, so that a path is read once and by our own rules.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{CONTENT_LENGTH, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Method};

use crate::auth::{Deleter, Puller, Pusher, Uploader};
use crate::call::{Call, X_REQUEST_ID};
use crate::error::{ApiError, Challenge};
use crate::extract::{Route, parse_route};
use crate::limits::{Limit, count_refusal, judge};
use crate::linger::lingering;
use crate::registry::Registry;
use crate::state::AppState;
use crate::{iam, manage, oci, openapi, ops, token, v1};

const DOCKER_DISTRIBUTION_API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");

/// Every surface on one router.
///
/// Give it the peer's address with `into_make_service_with_connect_info::<SocketAddr>()`, so that events and the access log have it.
pub fn router(state: AppState) -> Router {
    metrics::describe_counter!("ambar_http_requests_total", "Requests answered, by endpoint, method and status.");
    metrics::describe_histogram!(
        "ambar_http_request_duration_seconds",
        metrics::Unit::Seconds,
        "From a request's head to its answer's head."
    );
    Router::new().fallback(serve).with_state(Arc::new(Registry::new(state)))
}

async fn serve(State(registry): State<Arc<Registry>>, request: Request) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let body = lingering(&parts, body);
    let call = Call::new(registry, parts);
    let route = parse_route(call.parts.uri.path());
    let answered = if call.headers().get_all(HOST).iter().nth(1).is_some() {
        // RFC 9112, 3.2: whoever is in between may have meant another of them.
        Err(ApiError::SeveralHosts)
    } else if (route.is_registry() || route == Route::Token) && call.is_address_blocked() {
        // The other surfaces say it in their own shapes.
        Err(ApiError::Blocked)
    } else {
        dispatch(&call, &route, body).await
    };
    let mut response = match answered {
        Ok(response) => response,
        Err(error) => refuse(&call, error),
    };
    let headers = response.headers_mut();
    if let Ok(request_id) = HeaderValue::from_str(&call.request_id) {
        headers.insert(X_REQUEST_ID, request_id);
    }
    if route.is_registry() {
        headers.insert(DOCKER_DISTRIBUTION_API_VERSION, HeaderValue::from_static("registry/2.0"));
    }
    record(&call, &route, &response, started);
    if let Some(offence) = call.offence() {
        Box::pin(judge(&call, offence)).await;
    }
    response
}

async fn dispatch(call: &Call, route: &Route<'_>, body: Body) -> Result<Response, ApiError> {
    let method = &call.parts.method;
    let is_read = method == Method::GET || method == Method::HEAD;
    match route {
        Route::Manifest { repository, reference } if is_read => {
            oci::manifests::get(call, &Puller::prove(call, repository).await?, reference).await
        }
        Route::Blob { repository, digest } if is_read => oci::blobs::get(call, &Puller::prove(call, repository).await?, digest).await,
        Route::Tags { repository } if is_read => oci::list_tags(call, &Puller::prove(call, repository).await?).await,
        Route::Base if is_read => oci::base(call),
        Route::Catalog if is_read => Err(oci::catalog(call)),
        Route::Token if method == Method::GET => token::get(call),
        Route::Health if is_read => Ok(ops::health()),
        Route::Ready if is_read => Ok(ops::ready(call)),
        Route::Metrics if is_read => Ok(ops::metrics(call)),
        Route::File(file) if is_read => Ok(openapi::serve(call, *file)),
        // Boxed, so that the short requests above do not carry the room that these need.
        _ => Box::pin(dispatch_long(call, route, body)).await,
    }
}

async fn dispatch_long(call: &Call, route: &Route<'_>, body: Body) -> Result<Response, ApiError> {
    let method = &call.parts.method;
    match (route, method) {
        // These answer their own refusals: their clients know other shapes.
        (Route::Manage { version, path }, _) => Ok(manage::serve(call, *version, path, body).await),
        (Route::Iam, _) => Ok(iam::serve(call, body).await),
        (Route::V1 { path }, _) => Ok(v1::serve(call, path, body).await),
        (Route::Versions, &Method::GET | &Method::HEAD) => Ok(manage::list_versions(call)),
        (Route::Version(id), &Method::GET | &Method::HEAD) => Ok(manage::show_version(call, id)),
        (Route::Referrers { repository, digest }, &Method::GET | &Method::HEAD) => {
            oci::list_referrers(call, &Puller::prove(call, repository).await?, digest).await
        }
        (Route::Manifest { repository, reference }, &Method::PUT) => {
            oci::manifests::put(call, &Pusher::prove(call, repository).await?, reference, body).await
        }
        (Route::Manifest { repository, reference }, &Method::DELETE) => {
            oci::manifests::delete(call, &Deleter::prove(call, repository).await?, reference).await
        }
        (Route::Blob { repository, digest }, &Method::DELETE) => {
            oci::blobs::delete(call, &Deleter::prove(call, repository).await?, digest).await
        }
        (Route::Uploads { repository }, &Method::POST) => oci::uploads::start(call, &Pusher::prove(call, repository).await?, body).await,
        (Route::Upload { repository, session }, &Method::GET | &Method::HEAD) => {
            oci::uploads::status(call, &Uploader::prove(call, repository, session).await?, session).await
        }
        (Route::Upload { repository, session }, &Method::PATCH) => {
            oci::uploads::append(call, &Uploader::prove(call, repository, session).await?, session, body).await
        }
        (Route::Upload { repository, session }, &Method::PUT) => {
            oci::uploads::finish(call, &Uploader::prove(call, repository, session).await?, session, body).await
        }
        (Route::Upload { repository, session }, &Method::DELETE) => {
            oci::uploads::cancel(call, &Uploader::prove(call, repository, session).await?).await
        }
        (Route::Token, &Method::POST) => token::post(call, body).await,
        (Route::Nothing | Route::NoRegistryEndpoint, _) => Err(ApiError::NothingHere),
        (route, _) => Err(ApiError::MethodNotAllowed { allow: allowed(route) }),
    }
}

/// The methods of an endpoint.
pub(crate) fn allowed(route: &Route<'_>) -> &'static str {
    match route {
        Route::Manifest { .. } => "GET, HEAD, PUT, DELETE",
        Route::Blob { .. } => "GET, HEAD, DELETE",
        Route::Uploads { .. } => "POST",
        Route::Upload { .. } => "GET, HEAD, PATCH, PUT, DELETE",
        Route::Token => "GET, POST",
        Route::Manage { .. } | Route::Iam | Route::V1 { .. } => "GET, POST, PATCH, DELETE",
        Route::Base
        | Route::Catalog
        | Route::Versions
        | Route::Version(_)
        | Route::Tags { .. }
        | Route::Referrers { .. }
        | Route::NoRegistryEndpoint
        | Route::Health
        | Route::Ready
        | Route::Metrics
        | Route::File(_)
        | Route::Nothing => "GET, HEAD",
    }
}

fn refuse(call: &Call, error: ApiError) -> Response {
    if let ApiError::BlobTooLarge { .. } = error {
        count_refusal(Limit::LayerBytes);
    }
    let base_url = matches!(error, ApiError::Unauthenticated { .. }).then(|| call.base_url()).flatten();
    error.into_response(&Challenge { base_url: base_url.as_deref(), request_id: &call.request_id })
}

/// One line in the access log and the request's metrics.
fn record(call: &Call, route: &Route<'_>, response: &Response, started: Instant) {
    let took = started.elapsed();
    let status = response.status();
    let (route, method) = (route.name(), method_name(&call.parts.method));
    metrics::counter!("ambar_http_requests_total", "route" => route, "method" => method, "status" => status_text(status.as_u16()))
        .increment(1);
    metrics::histogram!("ambar_http_request_duration_seconds", "route" => route, "method" => method).record(took.as_secs_f64());
    if tracing::enabled!(target: "ambar::access", tracing::Level::INFO) {
        let identity = call.identity();
        tracing::info!(
            target: "ambar::access",
            request_id = call.request_id,
            method,
            path = call.parts.uri.path(),
            status = status.as_u16(),
            duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()),
            access_key = identity.and_then(|identity| identity.access_key()).map(AsRef::<str>::as_ref),
            source = call.source_address(),
            user_agent = call.header(USER_AGENT),
            "request"
        );
    }
}

/// Names for metrics: a client must not be able to invent new ones.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn status_text(status: u16) -> &'static str {
    match status {
        200 => "200",
        201 => "201",
        202 => "202",
        204 => "204",
        206 => "206",
        304 => "304",
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        406 => "406",
        409 => "409",
        413 => "413",
        416 => "416",
        429 => "429",
        500 => "500",
        501 => "501",
        503 => "503",
        507 => "507",
        _ => "other",
    }
}
