//! Every surface under schemathesis, which makes calls out of the OpenAPI document: no failure of the server, and no answer that is not in the
//! document (requirement B2).

use std::path::Path;
use std::process::Command;

use ambar_load::content::{Image, Random};
use serde_json::{Value, json};

use crate::registry::{ORGANIZATION, Registry, succeed};

/// The account of the first start, and its administrator.
const ACCOUNT: &str = "default";
const ADMINISTRATOR: &str = "admin";
const OTHER_ACCOUNT: &str = "acme";

/// So that no call waits for others. Failed logins from this machine count for nobody.
const NO_UPLOAD_LIMITS: [&str; 6] = ["--uploads-at-once", "0", "--uploads-per-second", "0", "--block-after-refused-uploads", "0"];

fn answer(registry: &Registry, arguments: &[&str]) -> Value {
    serde_json::from_str(&registry.ambar(&[&["--json"], arguments].concat())).unwrap()
}

/// A user with a new access key, as the script takes it.
fn actor(registry: &Registry, user: &str) -> Value {
    let users = answer(registry, &["user", "list", "--account", ACCOUNT]);
    let row = users.as_array().unwrap().iter().find(|row| row["user"] == user).unwrap();
    let key = answer(registry, &["key", "create", user, "--account", ACCOUNT]);
    json!({
        "user_id": row["id"], "user_name": user,
        "ak": key["access_key"], "sk": key["secret_key"], "login": key["login_user"], "login_key": key["login_key"],
    })
}

/// So that one of everything is as much as may be, and a client is the one that a proxy names; nobody is blocked.
const TINY_LIMITS: &str = "--uploads-at-once 1 --event-streams 1 --failed-logins-per-minute 1 --block-after-refused-uploads 0 \
    --block-after-failed-logins 0 --behind-proxy --trusted-proxies 127.0.0.1";

/// Runs the script, in the virtual environment that `make clients` makes. It says which call was answered how.
async fn pass(login: &str, limits: &[&str]) -> Registry {
    let registry = Registry::start_with(limits);
    let (name, image) = (format!("{ORGANIZATION}/web"), Image::random(&mut Random::new(1)));
    let mut client = registry.subject(&registry.administrator()).basic_clients(1).await.unwrap().remove(0);
    client.push_image(&name, "v1", &image).await.unwrap();
    registry.ambar(&["user", "create", "reader", "--account", ACCOUNT]);
    registry.ambar(&["account", "create", OTHER_ACCOUNT]);
    let actors = json!({
        "endpoint": registry.server.url,
        "certificate_authority": registry.tls.authority,
        "account_name": ACCOUNT,
        "other_account": OTHER_ACCOUNT,
        "image": format!("{name}:v1"),
        "administrator": actor(&registry, ADMINISTRATOR),
        "reader": actor(&registry, "reader"),
    });
    let file = registry.path().join("actors.json");
    std::fs::write(&file, actors.to_string()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    succeed(Command::new(root.join(".cache/openapi/bin/python")).arg(root.join("tests/clients/openapi/run.py")).arg(&file).arg(login));
    registry
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_takes_a_token_answers_every_call_as_the_document_says() {
    pass("token", &NO_UPLOAD_LIMITS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_takes_a_registry_login_answers_every_call_as_the_document_says() {
    pass("login", &NO_UPLOAD_LIMITS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_over_a_limit_is_answered_as_the_document_says() {
    let registry = pass("limited", &TINY_LIMITS.split(' ').collect::<Vec<_>>()).await;
    let metrics = registry.curl("/metrics");
    for limit in ["uploads_at_once", "event_streams", "failed_logins_per_minute"] {
        let refused = metrics.lines().find_map(|line| line.strip_prefix(&format!("ambar_limit_refusals_total{{limit=\"{limit}\"}} ")));
        assert!(refused.is_some_and(|refused| refused != "0"), "nothing was over {limit}: {metrics}");
    }
}
