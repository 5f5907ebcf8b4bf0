//! An upload goes on where it broke off: after a broken connection, and after the death of the server.

use std::time::Duration;

use crate::raw::Raw;
use crate::registry::{Login, Registry};
use ambar_load::connection::{Connection, Request, Response};
use ambar_load::content::{Blob, Random};
use ambar_test_support::server::Server;
use ambar_test_support::wait;

const LIMIT: Duration = Duration::from_secs(30);
const REPOSITORY: &str = "team/web";

/// The server says "100 Continue" when it begins to read the body: from then on the session is this request's.
const EXPECT: &str = "Expect: 100-continue\r\n";

struct Upload {
    registry: Registry,
    login: Login,
    blob: Blob,
    location: String,
}

impl Upload {
    fn start(blob: Blob) -> Self {
        let registry = Registry::start_plain(&[]);
        let login = registry.user("anna", Some("edit"));
        let mut raw = Raw::connect(&registry);
        let authorization = Registry::authorization(&login);
        raw.send(format!("POST /v2/{REPOSITORY}/blobs/uploads/ HTTP/1.1\r\nHost: x\r\n{authorization}Content-Length: 0\r\n\r\n"));
        let head = raw.head().unwrap();
        assert_eq!(head.status, 202);
        let location = head.field("location").unwrap().to_owned();
        // Without a host: it is good on whatever address the server has after a restart.
        assert!(location.starts_with("/v2/"), "{location}");
        Self { registry, login, blob, location }
    }

    /// Announces everything from `from` on, sends it up to `to` once the session is its own, and is gone.
    fn break_off(&self, from: usize, to: usize) {
        let mut raw = Raw::connect(&self.registry);
        let (authorization, length) = (Registry::authorization(&self.login), self.blob.bytes.len() - from);
        raw.send(format!(
            "PATCH {} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Range: {from}-{}\r\nContent-Length: {length}\r\n{EXPECT}\r\n",
            self.location,
            self.blob.bytes.len() - 1
        ));
        assert_eq!(raw.head().unwrap().status, 100);
        raw.send(&self.blob.bytes[from..to]);
    }

    async fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let login = ambar_load::login::Login { user: self.login.user.clone(), key: self.login.key.clone() };
        let endpoint = self.registry.endpoint().with_authorization(Some(login.basic()));
        Connection::new(endpoint.into()).send(&Request { method, target, headers, body: &[body] }).await.unwrap()
    }

    /// What the session says it has.
    async fn range(&self) -> String {
        let status = self.ask("GET", &self.location, &[], &[]).await;
        assert_eq!(status.head.status, 204);
        assert_eq!(status.head.field("location"), Some(&*self.location));
        status.head.field("range").unwrap().to_owned()
    }

    /// Waits until the server has noticed that the sender of bytes up to `to` is gone.
    async fn settled(&self, to: usize) {
        let deadline = std::time::Instant::now() + LIMIT;
        // An empty chunk is refused as long as another request has the session.
        while self.ask("PATCH", &self.location, &[], &[]).await.head.status != 202 || self.range().await != format!("0-{}", to - 1) {
            assert!(std::time::Instant::now() < deadline, "the session stands at {}", self.range().await);
            tokio::task::yield_now().await;
        }
    }

    async fn append(&self, from: usize, to: usize) -> Response {
        let range = format!("{from}-{}", to - 1);
        self.ask("PATCH", &self.location, &[("Content-Range", &range)], &self.blob.bytes[from..to]).await
    }

    async fn restart(&mut self) {
        self.registry.server.process.kill().unwrap();
        self.registry.server = Server::start(&self.registry.options).unwrap();
    }

    async fn stop_and_start(&mut self) {
        assert!(self.registry.server.process.stop(LIMIT).unwrap().success());
        self.registry.server = Server::start(&self.registry.options).unwrap();
    }

    async fn finish(&self, from: usize) {
        let target = format!("{}?digest={}", self.location, self.blob.digest);
        let answer = self.ask("PUT", &target, &[], &self.blob.bytes[from..]).await;
        assert_eq!(answer.head.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.head.field("docker-content-digest"), Some(&*self.blob.digest));
        self.registry.client(&self.login, REPOSITORY).await.get_blob(REPOSITORY, &self.blob).await.unwrap();
        assert_eq!(self.ask("GET", &self.location, &[], &[]).await.head.status, 404);
    }
}

#[tokio::test]
async fn an_upload_goes_on_after_a_broken_connection_and_after_kill_9() {
    let mut upload = Upload::start(Blob::random(&mut Random::new(1), 3_000_000));
    upload.break_off(0, 700_001);
    upload.settled(700_001).await;
    assert_eq!(upload.append(700_000, 800_000).await.head.status, 416, "what is there may not come again");
    upload.restart().await;
    assert_eq!(upload.range().await, "0-700000");
    assert_eq!(upload.append(700_001, 1_500_000).await.head.status, 202);
    upload.break_off(1_500_000, 2_000_000);
    upload.settled(2_000_000).await;
    upload.restart().await;
    assert_eq!(upload.range().await, "0-1999999");
    upload.finish(2_000_000).await;
}

#[tokio::test]
async fn an_upload_of_a_few_bytes_goes_on_after_a_stop_and_is_begun_again_after_kill_9() {
    let mut upload = Upload::start(Blob::random(&mut Random::new(3), 1_000));
    upload.stop_and_start().await;
    assert_eq!(upload.append(0, 300).await.head.status, 202);
    upload.stop_and_start().await;
    assert_eq!(upload.range().await, "0-299");
    upload.finish(300).await;

    let mut forgotten = Upload::start(Blob::random(&mut Random::new(4), 1_000));
    assert_eq!(forgotten.append(0, 300).await.head.status, 202);
    forgotten.restart().await;
    let unknown = forgotten.append(300, 1_000).await;
    assert_eq!(unknown.head.status, 404);
    assert!(String::from_utf8_lossy(&unknown.body).contains("BLOB_UPLOAD_UNKNOWN"));
}

#[tokio::test]
async fn an_upload_whose_server_is_killed_while_bytes_come_says_what_it_has() {
    // More than the state that is saved now and then, so that the hash is taken up in the middle.
    let mut upload = Upload::start(Blob::random(&mut Random::new(2), 24 << 20));
    assert_eq!(upload.append(0, 10 << 20).await.head.status, 202);
    let mut raw = Raw::connect(&upload.registry);
    let authorization = Registry::authorization(&upload.login);
    raw.send(format!("PATCH {} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Length: {}\r\n\r\n", upload.location, 14 << 20));
    raw.send(&upload.blob.bytes[10 << 20..18 << 20]);
    upload.restart().await;
    let range = upload.range().await;
    let last: usize = range.strip_prefix("0-").unwrap().parse().unwrap();
    assert!(((10 << 20) - 1..18 << 20).contains(&last), "{range}");
    upload.finish(last + 1).await;
}

#[test]
fn an_upload_that_is_broken_off_is_busy_until_the_server_has_noticed_and_no_longer() {
    // One that has gone without a word: its connection stays open and nothing comes.
    let registry = Registry::start_plain(&["--client-timeout-seconds", "1"]);
    let authorization = Registry::authorization(&registry.user("anna", Some("edit")));
    let request = |method: &str, target: &str, length: usize| {
        let mut raw = Raw::connect(&registry);
        raw.send(format!("{method} {target} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Length: {length}\r\n\r\n"));
        raw
    };
    let head = request("POST", &format!("/v2/{REPOSITORY}/blobs/uploads/"), 0).head().unwrap();
    let location = head.field("location").unwrap();
    let mut silent = Raw::connect(&registry);
    silent.send(format!("PATCH {location} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Length: 10\r\n{EXPECT}\r\n"));
    assert_eq!(silent.head().unwrap().status, 100);
    silent.send("hello");
    wait::until("the session is free", LIMIT, || {
        let status = request("GET", location, 0).head().unwrap();
        let free = request("PATCH", location, 0).head().unwrap().status;
        assert!(matches!(free, 202 | 409), "{free}");
        Ok((free == 202 && status.field("range") == Some("0-4")).then_some(()))
    })
    .unwrap();
}
