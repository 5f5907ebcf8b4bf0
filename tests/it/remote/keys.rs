//! Temporary access keys.

use serde_json::{Value, json};

use super::Person;
use crate::registry::Registry;

fn until(key: &Value) -> chrono::DateTime<chrono::FixedOffset> {
    chrono::DateTime::parse_from_rfc3339(key["until"].as_str().unwrap()).unwrap()
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
    let before = chrono::Utc::now();
    let key = otto.json(&["key", "temporary", "--minutes", "60"]);
    let minutes = (until(&key).to_utc() - before).num_minutes();
    assert!((59..=60).contains(&minutes), "{minutes}");
    assert!(["access_key", "secret_key", "security_token"].iter().all(|field| key[field].as_str().unwrap().len() >= 20), "{key}");
    assert_eq!(issued(&otto)[0]["payload"]["access_key"], key["access_key"]);
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
