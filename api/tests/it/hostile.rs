//! Input that is malformed, oversized or meant to do harm: an answer with a code, always.

use http::Method;

use crate::support::{TestRegistry, digest, image};

#[tokio::test]
async fn strange_paths_are_answered() {
    let registry = TestRegistry::start().await;
    let long = format!("/v2/team/{}/tags/list", "a".repeat(20_000));
    let paths = [
        "/v2/../../etc/passwd",
        "/v2/team/../web/tags/list",
        "/v2/team/..%2f..%2fetc/blobs/sha256:0",
        "/v2//////",
        "/v2/team//tags/list",
        "/v2/team/web/manifests/%00",
        "/v2/team/web/manifests/%ff%fe",
        "/v2/team/web/manifests/",
        "/v2/team/web/blobs/",
        "/v2/team/web/blobs/uploads/%2e%2e",
        "/v2/team/web/referrers/",
        "/v2/%74eam/web/tags/list",
        "/v2/team/web/manifests/'%20OR%201=1",
        &long,
    ];
    let before = registry.head_of_log().await;
    for path in paths {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::POST, Method::PATCH, Method::DELETE, Method::OPTIONS] {
            let answer = registry.ask(method.clone(), path).login(&registry.administrator).send().await;
            assert!(answer.status.is_client_error(), "{method} {path}: {answer:?}");
            assert!(method == Method::HEAD || !answer.code().is_empty());
        }
    }
    assert_eq!(registry.head_of_log().await, before);
}

#[tokio::test]
async fn strange_headers_are_answered() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let web = image("web");
    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    let blob = format!("/v2/team/web/blobs/{}", digest(&web.layer));
    let values: [&[u8]; 6] = [b"", b"\xff\xfe", b"bytes=99999999999999999999999999-", b"a,b,c;=\"", b"*/*;q=nan", &[b'x'; 30_000]];
    for value in values {
        for header in ["range", "if-range", "if-none-match", "accept", "x-request-id", "user-agent", "content-range", "x-forwarded-for"] {
            for path in ["/v2/team/web/manifests/v1", &blob] {
                let answer = registry.get(path).login(admin).raw_header(header, value).send().await;
                assert!(matches!(answer.status.as_u16(), 200 | 206 | 304 | 416), "{header} {value:?}: {answer:?}");
            }
        }
        let answer = registry.get("/v2/").raw_header("authorization", value).send().await;
        answer.assert_refused(401, "UNAUTHORIZED");
        let answer =
            registry.put("/v2/team/web/manifests/v2").login(admin).raw_header("content-type", value).body(web.bytes()).send().await;
        assert!(matches!(answer.status.as_u16(), 201 | 400), "{answer:?}");
    }
}

#[tokio::test]
async fn a_request_id_is_taken_over_if_it_is_sane() {
    let registry = TestRegistry::start().await;
    assert_eq!(registry.get("/healthz").header("x-request-id", "my-id.1").send().await.header("x-request-id"), "my-id.1");
    let made = registry.get("/healthz").header("x-request-id", "my id").send().await;
    assert_eq!(made.header("x-request-id").len(), 32);
}

#[tokio::test]
async fn a_strange_host_does_not_get_into_the_challenge() {
    let registry = TestRegistry::start_with(|settings| settings.behind_proxy = true).await;
    for host in ["evil\",service=\"x", "a b", "", "a/b"] {
        let answer = registry.get("/v2/").header("x-forwarded-host", host).send().await;
        answer.assert(401);
        assert_eq!(answer.header("www-authenticate"), "Basic realm=\"ambar\"", "{answer:?}");
    }
}
