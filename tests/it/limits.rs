//! Limits and blocks of a running server: who is over them hears 503, who goes far over them is kept out, and the command line lets in again.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use ambar_test_support::server::Server;
use serde_json::Value;

use crate::registry::{Login, ORGANIZATION, Registry, succeed};

/// The status of a request, which may come by a proxy from somebody.
fn status(registry: &Registry, login: &Login, method: &str, path: &str, from: Option<&str>) -> String {
    let mut command = Command::new("curl");
    command.args(["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--request", method, "--cacert"]);
    command.arg(&registry.tls.authority).args(["--user", &format!("{}:{}", login.user, login.key)]);
    if let Some(address) = from {
        command.args(["--header", &format!("X-Forwarded-For: {address}")]);
    }
    succeed(command.arg(format!("{}{path}", registry.server.url)))
}

fn rows(registry: &Registry, arguments: &[&str]) -> Vec<Value> {
    serde_json::from_str(&registry.ambar(&[&["--json"], arguments].concat())).unwrap()
}

/// The types of all events.
fn events(registry: &Registry) -> Vec<String> {
    let events = registry.ambar(&["events", "tail", "--all"]);
    events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_fresh_server_tells_every_limit_that_can_be_set() {
    let metrics = Registry::start().curl("/metrics");
    let told = |line: &str| {
        let (limit, value) = line.strip_prefix("ambar_limit{limit=\"")?.split_once("\"} ")?;
        Some((limit.to_owned(), value.parse().unwrap()))
    };
    let told: BTreeMap<String, u64> = metrics.lines().filter_map(told).collect();
    let declared = include_str!("../../src/config/limits.rs").split("struct LimitArgs {").nth(1).unwrap().split("\n}").next().unwrap();
    let declared = declared.lines().filter_map(|line| line.trim().strip_prefix("pub(crate) ")?.split(':').next());
    let named = declared.map(|limit| match limit {
        "max_layer_bytes" => "layer_bytes",
        "organization_quota" => "organizations",
        limit => limit,
    });
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    assert_eq!(told.keys().collect::<Vec<_>>(), named);
    let defaults = [
        ("block_after_failed_logins", 120),
        ("block_after_refused_uploads", 600),
        ("block_minutes", 30),
        ("event_streams", 20),
        ("failed_logins_per_minute", 30),
        ("layer_bytes", 10 << 30),
        ("lock_key_after", 5),
        ("lock_key_minutes", 5),
        ("lock_reset_minutes", 0),
        ("lock_user_after", 5),
        ("lock_user_minutes", 15),
        ("organizations", 5),
        ("tokens_per_minute", 600),
        ("uploads_at_once", 20),
        ("uploads_per_second", 20),
    ];
    assert_eq!(told, defaults.map(|(limit, value)| (limit.to_owned(), value)).into());
}

#[test]
fn what_has_never_happened_is_in_the_metrics_as_nothing() {
    let registry = Registry::start_with(&[]);
    let metrics = registry.curl("/metrics");
    let uploads = ["uploads_at_once", "uploads_per_second", "layer_bytes"];
    let limits = ["failed_logins_per_minute", "tokens_per_minute", "event_streams", "organizations", "lock_user_after", "lock_key_after"];
    let refusals = uploads.iter().chain(&limits).map(|limit| format!("ambar_limit_refusals_total{{limit=\"{limit}\"}} 0"));
    let locks = [("user", "users"), ("key", "keys")]
        .into_iter()
        .flat_map(|(one, several)| [format!("ambar_locks_total{{what=\"{one}\"}} 0"), format!("ambar_locked{{what=\"{several}\"}} 0")]);
    for line in refusals.chain(locks).chain(["ambar_failed_logins_total 0".to_owned()]) {
        assert!(metrics.lines().any(|shown| shown == line), "{line} is not in {metrics}");
    }
}

#[test]
fn a_user_who_goes_far_over_the_limits_is_blocked_over_a_restart_until_the_command_line_lets_it_in() {
    let mut registry = Registry::start_with(&["--uploads-at-once", "1", "--block-after-refused-uploads", "2"]);
    let anna = registry.user("anna", Some("edit"));
    let upload = format!("/v2/{ORGANIZATION}/web/blobs/uploads/");
    let statuses = [(); 5].map(|()| status(&registry, &anna, "POST", &upload, None));
    assert_eq!(statuses, ["202", "503", "503", "503", "403"]);
    let metrics = registry.curl("/metrics");
    for line in [
        "ambar_limit{limit=\"uploads_at_once\"} 1",
        "ambar_limit{limit=\"uploads_per_second\"} 20",
        "ambar_limit_refusals_total{limit=\"uploads_at_once\"} 3",
        "ambar_blocks_total{what=\"user\",cause=\"refused_uploads\"} 1",
        "ambar_blocks_total{what=\"address\",cause=\"failed_logins\"} 0",
        "ambar_blocked{what=\"users\"} 1",
        "ambar_blocked{what=\"addresses\"} 0",
        "ambar_layer_uploads 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    registry.server.process.stop(Duration::from_secs(20)).unwrap();
    registry.server = Server::start(&registry.options).unwrap();
    assert_eq!(status(&registry, &anna, "GET", "/v2/", None), "403");
    let users = rows(&registry, &["user", "list"]);
    let blocked: Vec<_> = users.iter().filter(|user| !user["blocked_until"].is_null()).map(|user| user["user"].clone()).collect();
    assert_eq!(blocked, ["anna"]);
    assert_eq!(status(&registry, &registry.administrator(), "GET", "/v2/", None), "200");
    registry.ambar(&["user", "unblock", "anna", "--reason", "mended"]);
    assert_eq!(status(&registry, &anna, "GET", "/v2/", None), "200");
    registry.server.command(&["user", "unblock", "anna"]).unwrap_err();
    let blocks: Vec<_> = events(&registry).into_iter().filter(|event| event.ends_with("blocked")).collect();
    assert_eq!(blocks, ["user.blocked", "user.unblocked"]);
}

#[test]
fn an_address_that_hammers_logins_is_blocked_over_a_restart_until_the_command_line_lets_it_in() {
    let proxy = ["--behind-proxy", "--trusted-proxies", "127.0.0.1"];
    let limits = ["--failed-logins-per-minute", "2", "--block-after-failed-logins", "3"];
    let mut registry = Registry::start_with(&[&proxy[..], &limits[..]].concat());
    let login = registry.administrator();
    let wrong = Login { key: "0".repeat(64), ..registry.administrator() };
    let hostile = Some("203.0.113.66");
    let statuses = [(); 5].map(|()| status(&registry, &wrong, "GET", "/v2/", hostile));
    assert_eq!(statuses, ["401", "401", "429", "429", "403"]);
    assert_eq!(status(&registry, &login, "GET", "/v2/", Some("203.0.113.7")), "200");
    registry.server.process.stop(Duration::from_secs(20)).unwrap();
    registry.server = Server::start(&registry.options).unwrap();
    assert_eq!(status(&registry, &login, "GET", "/v2/", hostile), "403");
    let addresses = rows(&registry, &["address", "list"]);
    assert_eq!((addresses.len(), &addresses[0]["address"], &addresses[0]["cause"]), (1, &"203.0.113.66".into(), &"failed_logins".into()));
    registry.ambar(&["address", "unblock", "203.0.113.66"]);
    assert_eq!(status(&registry, &login, "GET", "/v2/", hostile), "200");
    assert!(rows(&registry, &["address", "list"]).is_empty());
    registry.server.command(&["address", "unblock", "203.0.113.66"]).unwrap_err();
}
