//! Users that are kept out for a while: an administrator sees who and until when, and lets them in again.

use std::process::Command;

use serde_json::Value;

use super::Person;
use crate::registry::{ORGANIZATION, Registry, succeed};

#[test]
fn an_administrator_sees_who_is_blocked_and_until_when_and_lets_the_user_in() {
    let registry = Registry::start_with(&["--uploads-at-once", "1", "--block-after-refused-uploads", "2"]);
    let (admin, anna) = (Person::logged_in(&registry, "admin"), registry.user("anna", Some("edit")));
    let blocked = |person: &Person| person.json(&["user", "list", "--blocked"]).as_array().unwrap().clone();
    assert!(blocked(&admin).is_empty());
    for _ in 0..4 {
        let mut upload = Command::new("curl");
        upload.args(["--silent", "--request", "POST", "--cacert"]).arg(&registry.tls.authority);
        upload.args(["--user", &format!("{}:{}", anna.user, anna.key)]);
        succeed(upload.arg(format!("{}/v2/{ORGANIZATION}/web/blobs/uploads/", registry.server.url)));
    }
    let listed = blocked(&admin);
    assert_eq!((listed.len(), &listed[0]["user"]), (1, &Value::from("anna")));
    assert_eq!(admin.json(&["user", "show", "anna"])["blocked_until"], listed[0]["blocked_until"]);
    assert_eq!(admin.json(&["user", "list"]).as_array().unwrap().len(), 2);
    let on_data_dir: Value = serde_json::from_str(&registry.ambar(&["--json", "user", "list", "--blocked"])).unwrap();
    assert_eq!((on_data_dir.as_array().unwrap().len(), &on_data_dir[0]["blocked_until"]), (1, &listed[0]["blocked_until"]));

    admin.text(&["user", "unblock", "anna", "--reason", "mended"]);
    assert!(blocked(&admin).is_empty());
    assert_eq!(admin.refused(&["user", "unblock", "anna"]).0, 3);
}
