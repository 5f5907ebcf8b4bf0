//! A stop: not ready first, then no more connections, and what is under way is finished.

use std::time::Duration;

use crate::raw::Raw;
use crate::registry::{Login, Registry};
use ambar_load::content::{Blob, Random, digest_of};
use ambar_test_support::wait;

const LIMIT: Duration = Duration::from_secs(30);

struct Slow {
    upload: Raw,
    bytes: Vec<u8>,
}

/// An upload in one request of which one half is sent and the other is not.
fn begin_upload(registry: &Registry, login: &Login) -> Slow {
    let bytes = Random::new(1).bytes(200_000);
    let mut upload = Raw::connect(registry);
    let (login, digest, length) = (Registry::authorization(login), digest_of(&bytes), bytes.len());
    upload.send(format!(
        "POST /v2/team/web/blobs/uploads/?digest={digest} HTTP/1.1\r\nHost: x\r\n{login}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    ));
    // The server asks for the body: the request is under way.
    assert!(upload.receive());
    upload.send(&bytes[..100_000]);
    Slow { upload, bytes }
}

/// The status of `/readyz` on a new connection; `None` when there is none to be had.
fn readiness(registry: &Registry) -> Option<u16> {
    let mut client = Raw::try_connect(registry).ok()?;
    client.send("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    client.head().map(|head| head.status)
}

#[test]
fn a_stopping_server_is_not_ready_before_it_takes_no_more_connections() {
    let mut registry = Registry::start_plain(&["--shutdown-delay-seconds", "600"]);
    assert_eq!(readiness(&registry), Some(200));
    registry.server.process.ask_to_stop().unwrap();
    wait::until("the server is not ready", LIMIT, || Ok((readiness(&registry) == Some(503)).then_some(()))).unwrap();
    registry.ambar(&["user", "create", "anna"]);
    // A second signal does not wait.
    let status = registry.server.process.stop(LIMIT).unwrap();
    assert!(status.success(), "{status}");
    assert!(registry.ambar(&["user", "list"]).contains("anna"));
}

#[tokio::test]
async fn an_upload_and_a_pull_under_way_are_finished_and_new_connections_refused() {
    let mut registry = Registry::start_plain(&[]);
    let login = registry.user("anna", Some("edit"));
    // Larger than what the connection holds on its way, so that the pull is under way until it is read.
    let large = Blob::random(&mut Random::new(2), 64 << 20);
    registry.client(&login, "team/web").await.push_blob("team/web", &large.digest, &[&large.bytes]).await.unwrap();
    let mut pull = Raw::connect(&registry);
    let authorization = Registry::authorization(&login);
    pull.send(format!("GET /v2/team/web/blobs/{} HTTP/1.1\r\nHost: x\r\n{authorization}\r\n", large.digest));
    assert_eq!(pull.head().unwrap().status, 200);
    let mut slow = begin_upload(&registry, &login);

    registry.server.process.ask_to_stop().unwrap();
    wait::until("no new connections are taken", LIMIT, || Ok(readiness(&registry).is_none().then_some(()))).unwrap();
    slow.upload.send(&slow.bytes[100_000..]);
    let answer = String::from_utf8(slow.upload.rest()).unwrap();
    assert!(answer.contains("201 Created"), "{answer}");
    assert!(pull.rest() == large.bytes, "the pull was cut off");
    let status = registry.server.process.stop(LIMIT).unwrap();
    assert!(status.success(), "{status}");

    registry.server = ambar_test_support::server::Server::start(&registry.options).unwrap();
    let blob = Blob::new(slow.bytes);
    registry.client(&login, "team/web").await.get_blob("team/web", &blob).await.unwrap();
}

#[test]
fn a_request_that_does_not_end_is_cut_off_when_its_time_is_over() {
    let mut registry = Registry::start_plain(&["--shutdown-seconds", "1"]);
    let login = registry.user("anna", Some("edit"));
    let slow = begin_upload(&registry, &login);
    let status = registry.server.process.stop(LIMIT).unwrap();
    assert!(status.success(), "{status}");
    assert!(!String::from_utf8_lossy(&slow.upload.rest()).contains("201"));
}
