//! What administrators do with the command line on a running server: groups, roles, permissions on images, the images themselves.

use ambar_domain::repository::RepositoryError;
use ambar_load::client::Client;
use ambar_load::content::{Image, Random};
use serde_json::{Value, json};

use crate::registry::{Login, ORGANIZATION, Registry};

fn rows(registry: &Registry, arguments: &[&str]) -> Vec<Value> {
    serde_json::from_str(&registry.ambar(&[&["--json"], arguments].concat())).unwrap()
}

/// One field of the row of that name.
fn field(registry: &Registry, what: &str, name: &str, field: &str) -> Value {
    let rows = rows(registry, &[what, "list"]);
    rows.iter().find(|row| row[what] == name).unwrap()[field].clone()
}

async fn client(registry: &Registry, login: &Login) -> Client {
    registry.subject(login).basic_clients(1).await.unwrap().remove(0)
}

#[test]
fn users_and_groups_are_made_administrators_by_either_role() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna", "--administrator", "--role", "swr-administrator"]);
    assert_eq!(field(&registry, "user", "anna", "roles"), json!(["SWR Administrator"]));
    registry.ambar(&["user", "administrator", "anna"]);
    assert_eq!(field(&registry, "user", "anna", "roles"), json!(["SWR Administrator", "Tenant Administrator"]));
    registry.ambar(&["user", "administrator", "anna", "--revoke", "--role", "swr-administrator"]);
    assert_eq!(field(&registry, "user", "anna", "roles"), json!(["Tenant Administrator"]));
    registry.ambar(&["user", "administrator", "anna", "--revoke"]);
    assert_eq!((field(&registry, "user", "anna", "roles"), field(&registry, "user", "anna", "administrator")), (json!([]), json!(false)));
    registry.server.command(&["user", "create", "otto", "--role", "swr-administrator"]).unwrap_err();

    registry.ambar(&["group", "create", "admins", "--administrator"]);
    registry.ambar(&["group", "administrator", "admins", "--role", "swr-administrator"]);
    registry.ambar(&["group", "administrator", "admins", "--revoke"]);
    assert_eq!(field(&registry, "group", "admins", "roles"), json!(["SWR Administrator"]));
    registry.ambar(&["group", "add", "admins", "anna"]);
    assert_eq!((field(&registry, "user", "anna", "roles"), field(&registry, "user", "anna", "administrator")), (json!([]), json!(true)));
}

#[test]
fn a_group_is_made_filled_emptied_and_deleted() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    registry.ambar(&["user", "create", "otto"]);
    registry.ambar(&["group", "create", "builders"]);
    registry.ambar(&["group", "add", "builders", "otto"]);
    registry.ambar(&["group", "add", "builders", "anna"]);
    assert_eq!(field(&registry, "group", "builders", "members"), json!(["anna", "otto"]));
    registry.ambar(&["group", "remove", "builders", "otto"]);
    assert_eq!(field(&registry, "group", "builders", "members"), json!(["anna"]));
    registry.ambar(&["group", "delete", "builders"]);
    assert!(rows(&registry, &["group", "list"]).is_empty());
    assert_eq!(field(&registry, "user", "anna", "user"), "anna");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_is_shared_with_one_user_with_everybody_and_deleted() {
    let registry = Registry::start();
    let (web, image) = (format!("{ORGANIZATION}/web"), Image::random(&mut Random::new(1)));
    let (administrator, anna, otto) = (registry.administrator(), registry.user("anna", None), registry.user("otto", None));
    client(&registry, &administrator).await.push_image(&web, "v1", &image).await.unwrap();
    assert_eq!(rows(&registry, &["repo", "list", ORGANIZATION]), [json!({ "repository": web })]);
    assert_eq!(rows(&registry, &["repo", "tags", &web]), [json!({ "tag": "v1" })]);

    client(&registry, &anna).await.pull_image(&web, "v1", &image).await.unwrap_err();
    registry.ambar(&["grant", "repo", &web, "--user", "anna", "--level", "read"]);
    assert_eq!(rows(&registry, &["grant", "list", &web]), [json!({ "user": "anna", "level": "read" })]);
    client(&registry, &anna).await.pull_image(&web, "v1", &image).await.unwrap();
    registry.ambar(&["grant", "repo", &web, "--user", "anna", "--level", "none"]);
    assert!(rows(&registry, &["grant", "list", &web]).is_empty());
    client(&registry, &anna).await.pull_image(&web, "v1", &image).await.unwrap_err();

    registry.ambar(&["repo", "visibility", &web, "public"]);
    client(&registry, &otto).await.pull_image(&web, "v1", &image).await.unwrap();
    registry.ambar(&["repo", "visibility", &web, "private"]);
    client(&registry, &otto).await.pull_image(&web, "v1", &image).await.unwrap_err();

    registry.ambar(&["repo", "delete", &web]);
    assert!(rows(&registry, &["repo", "list", ORGANIZATION]).is_empty());
    let gone = registry.server.command(&["repo", "delete", &web]).unwrap_err().to_string();
    assert!(gone.trim_end().ends_with(&RepositoryError::NotFound.to_string()), "{gone}");
}
