//! Clients that send little by little, nothing, too much or half of it: none holds the server, and none changes anything.

use std::time::Duration;

use crate::raw::Raw;
use crate::registry::Registry;
use ambar_load::content::{Blob, Random};
use ambar_test_support::wait;

const IMPATIENT: &[&str] = &["--client-timeout-seconds", "1"];

/// Sends a byte now and then, until the server has had enough.
fn trickle(registry: &Registry, start: &str) {
    let mut client = Raw::connect(registry);
    client.send(start);
    wait::until("the server closes the connection", Duration::from_secs(60), || Ok((!client.send("x")).then_some(()))).unwrap();
}

#[test]
fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let registry = Registry::start_plain(IMPATIENT);
    trickle(&registry, "GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    trickle(&registry, "");
    // Not on a connection that has been of use before, either.
    let mut client = Raw::connect(&registry);
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.head().unwrap().status, 200);
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n");
    client.rest();
}

#[test]
fn a_client_that_says_nothing_is_let_go() {
    let registry = Registry::start_plain(IMPATIENT);
    for start in ["", "P", "PRI * HTTP/2.0\r\n"] {
        let mut client = Raw::connect(&registry);
        client.send(start);
        client.rest();
    }
    let encrypted = Registry::start_with(IMPATIENT);
    Raw::connect(&encrypted).rest();
}

#[test]
fn a_body_that_stops_coming_is_not_waited_for() {
    let registry = Registry::start_plain(IMPATIENT);
    let login = Registry::authorization(&registry.user("anna", Some("edit")));
    let before = registry.ambar(&["events", "tail", "--all"]);
    for head in ["PUT /v2/team/web/manifests/v1", "POST /v2/team/web/blobs/uploads/?digest=sha256:00"] {
        let head = head.replace("sha256:00", &format!("sha256:{}", "0".repeat(64)));
        let mut client = Raw::connect(&registry);
        client.send(format!("{head} HTTP/1.1\r\nHost: x\r\n{login}Content-Length: 100\r\n\r\nhalf of it"));
        assert_eq!(client.head().unwrap().status, 400);
        assert!(String::from_utf8(client.rest()).unwrap().contains("SIZE_INVALID"));
    }
    assert_eq!(registry.ambar(&["events", "tail", "--all"]), before);
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_not_held_for_ever() {
    let registry = Registry::start_plain(IMPATIENT);
    let login = registry.user("anna", Some("edit"));
    // More than a connection holds on its way.
    let large = Blob::random(&mut Random::new(1), 64 << 20);
    registry.client(&login, "team/web").await.push_blob("team/web", &large.digest, &[&large.bytes]).await.unwrap();
    let authorization = Registry::authorization(&login);
    trickle(&registry, &format!("GET /v2/team/web/blobs/{} HTTP/1.1\r\nHost: x\r\n{authorization}\r\n", large.digest));
}

#[test]
fn a_client_that_sends_all_before_it_listens_hears_why_it_is_refused() {
    let registry = Registry::start_plain(&[]);
    let body = vec![0; 16 << 20];
    for (authorization, status) in [(String::new(), 401), (Registry::authorization(&registry.user("anna", Some("edit"))), 413)] {
        let mut client = Raw::connect(&registry);
        let length = body.len();
        client.send(format!("PUT /v2/team/web/manifests/v1 HTTP/1.1\r\nHost: x\r\n{authorization}Content-Length: {length}\r\n\r\n"));
        assert!(client.send(&body), "the connection was reset");
        assert_eq!(client.head().unwrap().status, status);
    }
    // One that asks first is told before it sends anything.
    let mut client = Raw::connect(&registry);
    client.send("PUT /v2/team/web/manifests/v1 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n");
    assert!(client.receive());
    assert_eq!(client.head().unwrap().status, 401);
}

#[test]
fn a_body_shorter_than_it_was_announced_changes_nothing() {
    let registry = Registry::start_plain(&[]);
    let login = Registry::authorization(&registry.user("anna", Some("edit")));
    let before = registry.ambar(&["events", "tail", "--all"]);
    let empty = ambar_load::content::digest_of(b"");
    let manifest = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
    for (head, body) in [("PUT /v2/team/web/manifests/v1", manifest), (&*format!("POST /v2/team/web/blobs/uploads/?digest={empty}"), "")] {
        let mut client = Raw::connect(&registry);
        client.send(format!("{head} HTTP/1.1\r\nHost: x\r\n{login}Content-Length: {}\r\n\r\n{body}", body.len() + 1));
        client.end();
        // There is nobody to answer where the connection is gone; where there is, it is a refusal.
        assert!(client.head().is_none_or(|head| head.status == 400));
    }
    assert_eq!(registry.ambar(&["events", "tail", "--all"]), before);
}

#[test]
fn a_head_that_is_too_large_or_none_at_all_is_refused_and_the_server_lives() {
    let mut registry = Registry::start_plain(&[]);
    let large = format!("GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Large: {}\r\n\r\n", "x".repeat(1 << 20));
    let many = format!("GET /v2/ HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Many: x\r\n".repeat(1000));
    let long = format!("GET /v2/{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(100_000));
    let negative = "PUT /v2/team/web/manifests/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n";
    let both = "PUT /v2/team/web/manifests/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
    let cases = [(&*large, 431), (&many, 431), (&long, 414), (negative, 400), (both, 400), ("\0\u{1}\u{2}\r\n\r\n", 400)];
    for (request, expected) in cases {
        let mut client = Raw::connect(&registry);
        client.send(request);
        let status = client.head().map(|head| head.status);
        // A server that closes while bytes still come may be heard or not.
        let unheard = request.len() > 10_000 && status.is_none();
        assert!(unheard || status == Some(expected), "{}: {status:?}", &request[..request.len().min(60)]);
        registry.server.process.check_running().unwrap();
    }
    let mut client = Raw::connect(&registry);
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.head().unwrap().status, 200);
    assert!(!registry.server.process.output().unwrap().contains("panicked"));
}
