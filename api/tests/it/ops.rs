//! What operators watch.

use std::sync::atomic::Ordering;

use crate::support::{TestRegistry, image};

#[tokio::test]
async fn operators_see_that_it_lives_and_is_ready() {
    let registry = TestRegistry::start().await;
    assert_eq!(registry.get("/healthz").send().await.assert(200).body, "ok\n");
    assert_eq!(registry.get("/readyz").send().await.assert(200).body, "ready\n");
    let metrics = registry.get("/metrics").send().await;
    assert_eq!(metrics.assert(200).body, "some_metric 1\n");
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    assert!(!metrics.headers.contains_key("docker-distribution-api-version"));
}

#[tokio::test]
async fn a_server_that_is_about_to_stop_is_not_ready_and_serves_all_the_same() {
    let registry = TestRegistry::start().await;
    registry.state.stopping.store(true, Ordering::Relaxed);
    assert_eq!(registry.get("/readyz").send().await.assert(503).body, "the server is stopping\n");
    registry.get("/healthz").send().await.assert(200);
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
}

#[tokio::test]
async fn a_method_that_is_not_offered_is_refused_with_those_that_are() {
    let registry = TestRegistry::start().await;
    let refused = registry.post("/v2/team/web/manifests/v1").send().await;
    refused.assert_refused(405, "UNSUPPORTED");
    assert_eq!(refused.header("allow"), "GET, HEAD, PUT, DELETE");
}
