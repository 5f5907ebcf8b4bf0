//! What goes wrong: the server's code, what to do, and an exit code for its kind.

use serde_json::Value;

use super::{Person, front};
use crate::registry::Registry;

#[test]
fn every_kind_of_refusal_has_its_exit_code_and_says_what_it_is_about() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    registry.ambar(&["grant", "org", "team", "--user", "anna", "--level", "read"]);
    let (admin, anna) = (Person::logged_in(&registry, "admin"), Person::logged_in(&registry, "anna"));
    registry.ambar(&["account", "create", "acme"]);
    let image = "team/tools";
    admin.text(&["image", "create", image]);
    let cases: [(&Person, &[&str], i32, &str); 27] = [
        (&admin, &["org", "show", "nope"], 3, "the organization does not exist (SVCSTG.SWR.4040058)"),
        (&admin, &["image", "show", &front()], 3, "the image does not exist (SVCSTG.SWR.4040010)"),
        (&admin, &["image", "list", "nope"], 3, "the organization does not exist"),
        (&admin, &["access", &front()], 3, "the repository does not exist (repository_not_found)"),
        (&admin, &["user", "show", "nope"], 3, "there is no user 'nope'"),
        (&admin, &["group", "delete", "nope"], 3, "there is no group 'nope'"),
        (&admin, &["login-command", "revoke", "AKEXAMPLE00000000001"], 3, "the login does not exist"),
        (&admin, &["org", "create", "team"], 1, "the organization already exists (SVCSTG.SWR.4090060)"),
        (&admin, &["org", "create", "Team!"], 2, "invalid value 'Team!'"),
        (&admin, &["tag", "show", "team/web"], 2, "organization/name:tag"),
        (&admin, &["tag", "show", "team/web@sha256:ab"], 2, "named by its tag here, organization/name:tag"),
        (&admin, &["tag", "list", "team/web:v1"], 2, "leave the tag or digest out, 'team/web'"),
        (&admin, &["access", "team/web@sha256:ab"], 2, "leave the tag or digest out, 'team/web'"),
        (&admin, &["share", "history", "team/web:v1"], 2, "leave the tag or digest out, 'team/web'"),
        (&admin, &["tag", "show", "web:v1"], 2, "an image is organization/name"),
        (&admin, &["image", "show", "web"], 2, "an image is organization/name"),
        (&admin, &["share", "add", image, "nobody"], 3, "the account does not exist (SVCSTG.SWR.4001041)"),
        (&admin, &["share", "add", image, "default"], 1, "(SVCSTG.SWR.4001041)"),
        (&admin, &["share", "remove", image, "acme"], 3, "is not shared with the account (SVCSTG.SWR.4001090)"),
        (&admin, &["share", "remove", image, "nobody"], 3, "the account does not exist"),
        (&admin, &["--profile", "nope", "org", "list"], 3, "there is no profile 'nope'"),
        (&admin, &["--profile", "nope", "logout"], 3, "there is no profile 'nope'"),
        (&admin, &["profile", "use", "nope"], 3, "there is no profile 'nope'"),
        (&admin, &["image", "set", image], 2, "nothing to change"),
        (&admin, &["user", "list", "--account", "default"], 2, "--account is for the operator"),
        (&anna, &["org", "delete", "team"], 4, "you do not have the permission (SVCSTG.SWR.4039002)"),
        (&anna, &["events", "list"], 4, "you do not have the permission (denied)"),
    ];
    for (person, arguments, code, expected) in cases {
        let (refused, said) = person.refused(arguments);
        assert!(refused == code && said.contains(expected), "{arguments:?} {refused} {said}");
        assert!(said.lines().count() == 1 || code == 2, "{said}");
    }
}

#[test]
fn programs_get_the_code_the_status_and_the_id_of_the_request() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let said: Value = serde_json::from_str(&person.refused(&["--json", "org", "show", "nope"]).1).unwrap();
    assert_eq!((&said["code"], &said["status"]), (&Value::from("SVCSTG.SWR.4040058"), &Value::from(404)));
    assert!(said["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{said}");
}

#[test]
fn a_server_that_is_gone_is_named_with_what_it_was_asked() {
    let mut registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    registry.server.process.kill().unwrap();
    let (code, said) = person.refused(&["org", "list"]);
    assert_eq!(code, 5);
    assert!(said.contains(&format!("GET {}/v2/manage/namespaces got no answer: ", registry.server.url)), "{said}");
}

#[test]
fn whoever_is_logged_in_nowhere_is_told_how_to() {
    let registry = Registry::start();
    let person = Person::new(&registry, "person");
    for arguments in [&["share", "received"][..], &["org", "show", "team"], &["image", "list"], &["image", "show", "team/web"]] {
        let (code, said) = person.refused(arguments);
        assert!(code == 4 && said.contains("works on a server only") && said.contains("`ambar login https://"), "{said}");
        assert!(said.contains("`ambar help` lists what works on a data directory"), "{said}");
    }
    let data = registry.options.data_dir.to_str().unwrap();
    for (place, expected) in [(&["--data-dir", data][..], 2), (&[], 4)] {
        let (code, said) = person.refused(&[place, &["share", "history"]].concat());
        assert!(code == expected && said.contains("on a data directory there is only `ambar share history IMAGE`"), "{said}");
    }
    // Nor does it take a home to have no profiles.
    let homeless = person.command().env_remove("XDG_CONFIG_HOME").env_remove("HOME").arg("quota").output().unwrap();
    assert_eq!(homeless.status.code(), Some(4), "{homeless:?}");
    // What the operator can do without a key looks for a data directory.
    let (code, said) = person.refused(&["org", "list"]);
    assert!(code == 3 && said.contains("there is no Ambar data in ambar-data") && said.contains("ambar login"), "{said}");
}

#[test]
fn a_variable_that_is_no_setting_is_none_of_a_clients_business() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let output = person.command().env("AMBAR_SOMETHING", "else").args(["--json", "org", "list"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
