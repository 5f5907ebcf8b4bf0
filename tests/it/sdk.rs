//! The management API under the SDK that others wrote: the cases of `tests/clients/sdk`, a subject or some on a server of their own, so that
//! logins that have to fail in one do not lock out the others.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use ambar_load::content::{Image, Random};
use serde_json::{Value, json};

use crate::registry::{ORGANIZATION, Registry, succeed};

/// The account that the cases act in; the first start opens it, with the administrator and the project named here.
const ACCOUNT: &str = "default";
const ADMINISTRATOR: &str = "admin";
const PROJECT: &str = "local";
/// The account that is a stranger to it, and its administrator.
const OTHER_ACCOUNT: &str = "acme";
const OTHER_ADMINISTRATOR: &str = "root";
/// The receivers of shares of one image: one more than it may have.
const RECEIVERS: usize = 501;

/// Everything a management API can be asked that does not depend on failing logins.
const MANAGEMENT: &[&str] = &["organizations", "permissions", "repositories", "tags", "overview", "later"];
const SHARING: &[&str] = &["sharing"];
const REFUSALS: &[&str] = &["bad_input", "strangers"];
const AUTHENTICATION: &[&str] = &["authentication"];
const LOGINS: &[&str] = &["logins"];
const IDENTITY: &[&str] = &["identity"];
const AGENCIES: &[&str] = &["agencies"];

/// The script, in the virtual environment that `make clients` makes.
fn script() -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(root.join(".cache/sdk/bin/python"));
    command.arg(root.join("tests/clients/sdk/run.py"));
    command
}

fn answer(registry: &Registry, arguments: &[&str]) -> Value {
    serde_json::from_str(&registry.ambar(&[&["--json"], arguments].concat())).unwrap()
}

/// A user with a new access key, as the script takes it.
fn actor(registry: &Registry, account: &str, user: &str) -> Value {
    let users = answer(registry, &["user", "list", "--account", account]);
    let row = users.as_array().unwrap().iter().find(|row| row["user"] == user).unwrap();
    let key = answer(registry, &["key", "create", user, "--account", account]);
    json!({ "ak": key["access_key"], "sk": key["secret_key"], "user_id": row["id"], "user_name": user, "account_name": account })
}

/// The id of the first account's project, from the event of its opening.
fn project_id(registry: &Registry) -> Value {
    let events = registry.ambar(&["events", "tail", "--all"]);
    let mut events = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.find(|event| event["type"] == "account.opened").unwrap()["payload"]["project_id"].clone()
}

/// Names of new accounts.
fn accounts(registry: &Registry, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count).map(|number| format!("receiver-{number}")).collect();
    for name in &names {
        registry.ambar(&["account", "create", name]);
    }
    names
}

/// A server with an image, and who acts on it, in the form that `tests/clients/sdk/README.md` describes.
async fn start(receivers: usize) -> (Registry, Value) {
    let registry = Registry::start();
    let image = format!("{ORGANIZATION}/web/front");
    let mut client = registry.subject(&registry.administrator()).basic_clients(1).await.unwrap().remove(0);
    client.push_image(&image, "v1", &Image::random(&mut Random::new(1))).await.unwrap();
    registry.ambar(&["user", "create", "reader"]);
    registry.ambar(&["account", "create", OTHER_ACCOUNT]);
    registry.ambar(&["user", "create", OTHER_ADMINISTRATOR, "--account", OTHER_ACCOUNT, "--administrator"]);
    let actors = json!({
        "endpoint": registry.server.url,
        "registry": registry.server.host(),
        "certificate_authority": registry.tls.authority,
        "project_id": project_id(&registry),
        "project_name": PROJECT,
        "account_name": ACCOUNT,
        "image": format!("{image}:v1"),
        "administrator": actor(&registry, ACCOUNT, ADMINISTRATOR),
        "reader": actor(&registry, ACCOUNT, "reader"),
        "other_account": actor(&registry, OTHER_ACCOUNT, OTHER_ADMINISTRATOR),
        "further_accounts": accounts(&registry, receivers),
    });
    (registry, actors)
}

/// Runs the cases of some subjects; the script says which of them failed, and how.
async fn pass(subjects: &[&str], receivers: usize) {
    let (registry, actors) = start(receivers).await;
    let file = registry.path().join("actors.json");
    std::fs::write(&file, actors.to_string()).unwrap();
    succeed(script().arg(&file).args(subjects.iter().map(|subject| format!("{subject}."))));
}

#[test]
fn every_subject_of_the_script_is_run_here() {
    let listed = succeed(script().arg("--list"));
    let listed: BTreeSet<&str> = listed.lines().filter_map(|name| Some(name.split_once('.')?.0)).collect();
    let run: BTreeSet<&str> = [MANAGEMENT, SHARING, REFUSALS, AUTHENTICATION, LOGINS, IDENTITY, AGENCIES].concat().into_iter().collect();
    assert_eq!(listed, run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unmodified_client_manages_organizations_permissions_images_and_versions() {
    pass(MANAGEMENT, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unmodified_client_shares_images_with_500_accounts_and_no_more() {
    pass(SHARING, RECEIVERS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unmodified_client_is_refused_bad_input_and_what_is_not_its_own() {
    pass(REFUSALS, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unmodified_client_is_refused_with_a_bad_signature() {
    pass(AUTHENTICATION, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unmodified_client_gets_login_commands_that_work() {
    pass(LOGINS, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unmodified_client_manages_users_groups_keys_and_tokens() {
    pass(IDENTITY, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unmodified_client_of_another_account_acts_under_an_agency() {
    pass(AGENCIES, 0).await;
}
