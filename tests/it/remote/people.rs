//! Users, groups and access keys.

use serde_json::{Value, json};

use super::{Person, all};
use crate::registry::Registry;

fn time(text: &Value) -> chrono::DateTime<chrono::FixedOffset> {
    chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap()).unwrap()
}

/// The events of temporary keys that this person's account has.
fn issued(person: &Person) -> Vec<Value> {
    let listed = person.text(&["--json", "events", "list", "--type", "user.temporary_key_issued"]);
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn everybody_makes_temporary_access_keys_for_themselves_and_for_an_account_that_is_entrusted_to_theirs() {
    let registry = Registry::start();
    registry.ambar(&["account", "create", "acme"]);
    registry.ambar(&["user", "create", "otto", "--account", "acme", "--administrator"]);
    let (admin, otto) = (Person::logged_in(&registry, "admin"), Person::logged_in_of(&registry, "acme", "otto"));
    let key = otto.json(&["key", "temporary", "--minutes", "60"]);
    let event = &issued(&otto)[0];
    let lifetime = time(&key["until"]) - time(&event["time"]);
    assert!((chrono::Duration::minutes(59)..=chrono::Duration::minutes(60)).contains(&lifetime), "{lifetime}");
    assert!(["access_key", "secret_key", "security_token"].iter().all(|field| key[field].as_str().unwrap().len() >= 20), "{key}");
    assert_eq!(event["payload"]["access_key"], key["access_key"]);
    assert!(otto.text(&["key", "temporary"]).starts_with("access_key:"));

    admin.text(&["delegation", "grant", "nights", "--to", "acme", "--level", "edit"]);
    let key = otto.json(&["--on-behalf-of", "default", "key", "temporary"]);
    let of_all = issued(&otto);
    let event = of_all.iter().find(|event| event["payload"]["access_key"] == key["access_key"]).unwrap();
    assert_eq!(event["payload"]["on_behalf_of"], admin.json(&["account", "show"])["id"], "{event}");

    let refusals: [(&[&str], i32, &str); 2] =
        [(&["--minutes", "14"], 2, "14 is not in 15..=1440"), (&["--data-dir", "x"], 2, "this works on a server only")];
    for (arguments, code, expected) in refusals {
        let (refused, said) = otto.refused(&[&["key", "temporary"], arguments].concat());
        assert!(refused == code && said.contains(expected), "{arguments:?} {refused} {said}");
    }
    assert_eq!(otto.json(&["key", "list", "otto"]).as_array().unwrap().len(), 1, "it is none of the two that a user may have");
    assert_eq!(otto.json(&["login-command", "list"]), json!([]));
}

#[test]
fn users_are_managed() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    assert_eq!(person.json(&["user", "create", "anna", "--administrator", "--role", "swr-administrator"])["account"], "default");
    assert_eq!(person.json(&["user", "show", "anna"])["roles"], json!(["SWR Administrator"]));
    person.text(&["user", "administrator", "anna", "--revoke", "--role", "swr-administrator"]);
    person.text(&["user", "administrator", "anna", "--revoke", "--role", "swr-administrator"]);
    assert_eq!(person.json(&["user", "show", "anna"])["roles"], json!([]));
    assert!(person.with_input(&["user", "password", "anna", "--password-stdin"], "A long-enough 1 password\n").status.success());
    let listed = person.json(&["user", "list"]);
    assert_eq!((all(&listed, "user"), &listed[1]["console"]), (vec![json!("admin"), json!("anna")], &json!(true)));
    person.text(&["user", "access", "anna", "--programmatic", "true", "--console", "false"]);
    assert_eq!(person.json(&["user", "show", "anna"])["console"], false);

    person.text(&["user", "set", "anna", "--description", "of the web team"]);
    let described = person.json(&["user", "show", "anna"]);
    assert_eq!(
        (&described["description"], &person.json(&["user", "list"])[1]["description"]),
        (&json!("of the web team"), &described["description"])
    );
    registry.ambar(&["user", "set", "anna", "--description", "left"]);
    assert_eq!(person.json(&["user", "show", "anna"])["description"], "left");
    person.text(&["user", "delete", "anna"]);
    assert_eq!(all(&person.json(&["user", "list"]), "user"), ["admin"]);
}

#[test]
fn groups_are_managed() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let person = Person::logged_in(&registry, "admin");
    person.text(&["group", "create", "makers", "--administrator"]);
    person.text(&["group", "create", "others"]);
    assert_eq!(person.refused(&["group", "set", "makers"]).0, 2);
    assert!(person.refused(&["group", "set", "makers", "--rename", "others", "--description", "no"]).1.contains("409"));
    person.text(&["group", "set", "makers", "--rename", "builders", "--description", "build"]);
    registry.ambar(&["group", "set", "others", "--description", "rest"]);
    let groups = person.json(&["group", "list"]);
    assert_eq!(
        (all(&groups, "group"), all(&groups, "description")),
        (vec![json!("builders"), json!("others")], vec![json!("build"), json!("rest")])
    );
    assert_eq!(serde_json::from_str::<Value>(&registry.ambar(&["--json", "group", "list"])).unwrap(), groups);
    person.text(&["group", "delete", "others"]);
    person.text(&["group", "add", "builders", "anna"]);
    let groups = person.json(&["group", "list"]);
    assert_eq!((&groups[0]["members"], &groups[0]["roles"]), (&json!(["anna"]), &json!(["Tenant Administrator"])));
    assert!(person.text(&["user", "show", "anna"]).contains("groups:         builders\n"));
    person.text(&["group", "administrator", "builders", "--revoke"]);
    person.text(&["group", "remove", "builders", "anna"]);
    assert_eq!(person.json(&["group", "list"])[0]["members"], json!([]));
    person.text(&["group", "delete", "builders"]);
    assert_eq!(person.json(&["group", "list"]), json!([]));
}

#[test]
fn keys_are_managed() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let person = Person::logged_in(&registry, "admin");
    let key = person.json(&["key", "create", "anna"]);
    let access_key = key["access_key"].as_str().unwrap();
    assert_eq!(key["login_user"], format!("local@{access_key}"));
    person.text(&["key", "disable", access_key]);
    assert_eq!(person.json(&["key", "list", "anna"])[0]["state"], "disabled");
    person.text(&["key", "enable", access_key]);
    person.text(&["key", "delete", access_key]);
    assert!(person.json(&["key", "list", "anna"]).as_array().unwrap().is_empty());
}

#[test]
fn everybody_looks_after_their_own_password_and_key() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let (admin, anna) = (Person::logged_in(&registry, "admin"), Person::logged_in(&registry, "anna"));
    let (old, new) = ("A long-enough 1 password", "Another 2 long password");
    assert!(admin.with_input(&["user", "password", "anna", "--password-stdin"], &format!("{old}\n")).status.success());
    assert!(!anna.with_input(&["user", "password", "--password-stdin"], &format!("wrong\n{new}\n")).status.success());
    assert!(anna.with_input(&["user", "password", "--password-stdin"], &format!("{old}\n{new}\n")).status.success());
    assert_eq!(anna.json(&["key", "list", "anna"]).as_array().unwrap().len(), 1);
    assert_eq!(anna.json(&["user", "show"])["user"], "anna");
}
