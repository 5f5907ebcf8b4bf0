//! The surfaces, asked in process.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ambar_api::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::header::{ACCEPT, AUTHORIZATION, HOST};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::callers::Caller;
use crate::registry::Outcome;

/// The only form of manifests that a request takes, which Ambar has not.
const SCHEMA_1: &str = "application/vnd.docker.distribution.manifest.v1+json";

/// What everybody asks.
pub(crate) struct Surfaces(Router);

impl Surfaces {
    pub(crate) fn new(state: AppState) -> Self {
        Self(ambar_api::router(state))
    }

    /// A token for pulling a repository.
    pub(crate) async fn token(&self, caller: &Caller, repository: &str) -> Outcome<String> {
        let path = format!("/token?scope=repository:{repository}:pull");
        let response = self.0.clone().oneshot(request(&path, caller.login.as_deref())?).await?;
        let answer: serde_json::Value = serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?;
        let token = answer["token"].as_str().ok_or_else(|| format!("{} gets no token: {answer}", caller.name))?;
        Ok(format!("Bearer {token}"))
    }

    /// How long a request takes that is refused right behind the check.
    pub(crate) async fn with_check(&self, repository: &str, authorization: Option<&str>) -> Outcome<Duration> {
        self.time(&format!("/v2/{repository}/manifests/v1"), authorization, "MANIFEST_UNKNOWN").await
    }

    /// How long one takes that is refused before it.
    pub(crate) async fn without_check(&self, repository: &str, authorization: Option<&str>) -> Outcome<Duration> {
        self.time(&format!("/v0/{repository}/manifests/v1"), authorization, "NOT_FOUND").await
    }

    /// Fails unless the answer has the code.
    async fn time(&self, path: &str, authorization: Option<&str>, code: &str) -> Outcome<Duration> {
        let (router, request) = (self.0.clone(), request(path, authorization)?);
        let begun = Instant::now();
        let response = router.oneshot(request).await?;
        let took = begun.elapsed();
        is_refusal(response, code).await.map_err(|answer| format!("{path} was answered with {answer}"))?;
        Ok(took)
    }
}

async fn is_refusal(response: Response, code: &str) -> Result<(), String> {
    let status = response.status();
    let body = response.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
    let text = String::from_utf8_lossy(&body);
    if status == StatusCode::NOT_FOUND && text.contains(code) { Ok(()) } else { Err(format!("{status} {text}")) }
}

fn request(path: &str, authorization: Option<&str>) -> Outcome<Request<Body>> {
    let from = ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 50_000)));
    let request = Request::get(path).header(HOST, "registry.test").header(ACCEPT, SCHEMA_1).extension(from);
    let request = authorization.into_iter().fold(request, |request, value| request.header(AUTHORIZATION, value));
    Ok(request.body(Body::empty())?)
}
