//! What accounts entrust to each other, and acting on behalf of one that did.

use serde_json::{Value, json};

use super::{Person, front, push};
use crate::registry::Registry;

/// The administrators of the account that owns `team`, and of `acme`.
fn two(registry: &Registry) -> (Person, Person) {
    registry.ambar(&["account", "create", "acme", "--project", "acme"]);
    registry.ambar(&["user", "create", "otto", "--account", "acme", "--administrator"]);
    (Person::logged_in(registry, "admin"), Person::logged_in_of(registry, "acme", "otto"))
}

/// The same on behalf of the account that owns `team`.
fn acting<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["--on-behalf-of", "default"], arguments].concat()
}

#[test]
fn a_registry_is_entrusted_listed_on_both_sides_and_taken_back() {
    let registry = Registry::start();
    let (admin, otto) = two(&registry);
    let grant =
        ["delegation", "grant", "nights", "--to", "acme", "--level", "edit", "--until", "2100-01-31T00:00:00Z", "--description", "trial"];
    assert_eq!(admin.json(&grant)["account"], "default");
    let expected = json!([{ "delegation": "nights", "account": "default", "to": "acme", "level": "edit", "until": "2100-01-31T00:00:00.000000Z",
        "description": "trial" }]);
    assert_eq!(admin.json(&["delegation", "list"]), expected);
    assert_eq!(otto.json(&["delegation", "list", "--received"]), expected);
    assert_eq!(
        serde_json::from_str::<Value>(&registry.ambar(&["--json", "delegation", "list", "--account", "default"])).unwrap(),
        expected
    );
    assert!(admin.text(&["delegation", "list"]).contains("2100-01-31T00:00:00Z"));
    admin.text(&["delegation", "grant", "ours", "--service", "op_svc_swr", "--level", "read"]);
    assert_eq!(admin.json(&["delegation", "list"])[1]["to"], "op_svc_swr");

    let refusals: [(&[&str], i32, &str); 6] = [
        (&grant, 1, "delegation_exists"),
        (&["delegation", "grant", "more", "--to", "nobody", "--level", "read"], 3, "account_not_found"),
        (&["delegation", "grant", "more", "--to", "default", "--level", "read"], 1, "delegation_invalid"),
        (&["delegation", "grant", "more", "--to", "acme", "--level", "read", "--until", "2100"], 2, "2027-01-31T18:00:00Z, or 'forever'"),
        (&["delegation", "revoke", "more"], 3, "there is no delegation 'more'"),
        (&["delegation", "list", "--account", "default"], 2, "--account is for the operator"),
    ];
    for (arguments, code, expected) in refusals {
        let (refused, said) = admin.refused(arguments);
        assert!(refused == code && said.contains(expected), "{arguments:?} {refused} {said}");
    }
    admin.text(&["delegation", "set", "nights", "--level", "read", "--until", "forever"]);
    let changed = &otto.json(&["delegation", "list", "--received"])[0];
    assert_eq!((&changed["level"], &changed["until"], &changed["description"]), (&json!("read"), &Value::Null, &json!("trial")));
    registry.ambar(&["delegation", "set", "nights", "--until", "2099-12-31", "--account", "default"]);
    let changed = &otto.json(&["delegation", "list", "--received"])[0];
    assert_eq!((&changed["level"], &changed["until"]), (&json!("read"), &json!("2100-01-01T00:00:00.000000Z")));
    assert_eq!(admin.refused(&["delegation", "set", "nights"]).0, 2);
    admin.text(&["delegation", "revoke", "nights"]);
    assert_eq!(otto.json(&["delegation", "list", "--received"]), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_entrusted_with_a_registry_works_on_it_until_that_ends() {
    let registry = Registry::start();
    push(&registry, "v1", 1).await;
    let (admin, otto) = two(&registry);
    admin.text(&["delegation", "grant", "nights", "--to", "acme", "--level", "edit"]);
    assert_eq!(otto.json(&["org", "list"]), json!([]));
    assert_eq!(otto.json(&acting(&["org", "list"]))[0]["organization"], "team");
    assert_eq!(otto.json(&acting(&["image", "list"]))[0]["repository"], front());
    otto.text(&acting(&["image", "set", &front(), "--description", "ours"]));
    assert_eq!(admin.json(&["image", "show", &front()])["description"], "ours");
    let who = otto.json(&acting(&["whoami"]));
    assert_eq!((&who["user"], &who["account"], &who["on_behalf_of"]), (&json!("otto"), &json!("acme"), &json!("default")));
    assert_eq!(otto.json(&acting(&["account", "show"]))["account"], "default");
    assert_eq!(otto.json(&["account", "show"])["account"], "acme");
    let login = otto.json(&acting(&["login-command", "create"]));
    assert!(login["user"].as_str().unwrap().starts_with("local@"), "of the project of the other account: {login}");
    otto.text(&["login-command", "create", "--name", "own"]);
    let listed = otto.json(&["login-command", "list"]);
    let acted_for: Vec<_> = listed.as_array().unwrap().iter().map(|login| &login["on_behalf_of_name"]).collect();
    assert_eq!(acted_for, [&json!("default"), &Value::Null]);
    let table = otto.text(&["login-command", "list"]);
    assert!(table.contains("ON_BEHALF_OF") && table.lines().nth(1).unwrap().contains("  everything  default  "), "{table}");
    assert!(otto.text(&acting(&["login-command", "create"])).contains("on_behalf_of:  default\n"));
    let by_variable = otto.command().env("AMBAR_ON_BEHALF_OF", "default").args(["--json", "org", "list"]).output().unwrap();
    assert!(String::from_utf8(by_variable.stdout).unwrap().contains("\"team\""));
    let done: Vec<Value> = admin
        .text(&["--json", "events", "list", "--type", "repository.description_changed"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let account = admin.json(&["account", "show"])["id"].clone();
    assert_eq!((&done[0]["actor"], &done[0]["on_behalf_of"]), (&who["id"], &account));

    let refusals: [(&[&str], i32, &str); 4] = [
        (&["image", "delete", &front()], 4, "you do not have the permission"),
        (&["user", "list"], 4, ""),
        (&["grant", "set", "team", "--user", "otto", "--level", "read"], 4, "only administrators of the account"),
        (&["--data-dir", "x", "org", "list"], 2, "--on-behalf-of (or AMBAR_ON_BEHALF_OF) is for a server"),
    ];
    for (arguments, code, expected) in refusals {
        let (refused, said) = otto.refused(&acting(arguments));
        assert!(refused == code && said.contains(expected), "{arguments:?} {refused} {said}");
    }
    assert_eq!(
        otto.refused(&["--on-behalf-of", "nobody", "org", "list"]),
        (3, "ambar: account 'nobody' has entrusted nothing to yours\n".to_owned())
    );
    admin.text(&["delegation", "revoke", "nights"]);
    assert_eq!(otto.refused(&acting(&["org", "list"])).0, 3);
    registry.ambar(&["user", "create", "eva", "--account", "acme"]);
    let (code, said) = Person::logged_in_of(&registry, "acme", "eva").refused(&acting(&["org", "list"]));
    assert!(code == 4 && said.contains("what account 'default' has entrusted to yours"), "{said}");
}

#[test]
fn accounts_are_opened_on_a_data_directory_and_shown_over_the_api() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let shown = person.json(&["account", "show"]);
    assert_eq!((&shown["account"], &shown["project"]), (&json!("default"), &json!("local")));
    let on_data_dir: Value = serde_json::from_str(&registry.ambar(&["--json", "account", "show"])).unwrap();
    assert_eq!(shown, on_data_dir);
    for arguments in [&["account", "list"][..], &["account", "create", "acme"], &["address", "list"], &["views", "status"]] {
        let (code, said) = person.refused(&[&["--profile", "default"], arguments].concat());
        assert!(code == 2 && said.contains("this is for the operator"), "{said}");
    }
}
