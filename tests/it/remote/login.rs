//! Logging in and out, and several servers.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::{Key, Person, mode};
use crate::registry::Registry;

#[test]
fn a_login_is_tried_and_kept_for_its_owner_alone_and_no_secret_is_printed() {
    let registry = Registry::start();
    let (person, key) = (Person::new(&registry, "person"), Key::create(&registry, "admin"));
    let output = person.login(&registry, &key, &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    let kept = "this is profile 'default', and is used from now on where none is named";
    assert_eq!(said, format!("logged in to {} as 'admin' of account 'default'; {kept}\n", registry.server.url));
    assert_eq!(mode(&person.profiles()), 0o600);
    let who = person.json(&["whoami"]);
    assert_eq!((&who["user"], &who["account"], &who["access_key"]), (&json!("admin"), &json!("default"), &json!(key.access_key)));
    for printed in [said, person.text(&["profile", "list"]), person.text(&["--json", "profile", "list"]), who.to_string()] {
        assert!(!printed.contains(&key.secret_key), "{printed}");
    }
}

#[test]
fn a_login_that_does_not_work_is_not_kept() {
    let registry = Registry::start();
    let (person, mut key) = (Person::new(&registry, "person"), Key::create(&registry, "admin"));
    let right = std::mem::replace(&mut key.secret_key, "wrong".to_owned());
    let output = person.login(&registry, &key, &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(said.contains(&format!("the secret key is not that of the access key {}", key.access_key)), "{said}");
    assert!(!person.profiles().exists());

    // An authority that did not sign the server's certificate, and the system's.
    let arguments = ["login", &registry.server.url, "--access-key", &key.access_key, "--sk-stdin"];
    let output = person.with_input(&arguments, &right);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(!person.profiles().exists());
    assert!(person.with_input(&[&arguments[..], &["--insecure"]].concat(), &right).status.success());
}

#[test]
fn a_key_that_is_disabled_is_told_from_one_with_a_wrong_secret() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let access_key = person.json(&["whoami"])["access_key"].as_str().unwrap().to_owned();
    registry.ambar(&["key", "disable", &access_key]);
    let (code, said) = person.refused(&["org", "list"]);
    assert_eq!(code, 4);
    assert!(said.contains(&format!("knows no working access key {access_key}")), "{said}");
    assert!(said.contains(&format!("`ambar --profile default login {}` takes another", registry.server.url)), "{said}");
}

#[test]
fn whoever_has_no_terminal_is_told_how_to_log_in_without_one() {
    let registry = Registry::start();
    let (person, authority) = (Person::new(&registry, "person"), registry.tls.authority.to_str().unwrap());
    for arguments in [&["--access-key", "AKEXAMPLE00000000001"][..], &[]] {
        let (code, said) = person.refused(&[&["login", &registry.server.url, "--ca", authority], arguments].concat());
        assert!(code == 2 && said.contains("give --access-key <AK> and --sk-stdin"), "{code} {said}");
    }
    let nothing =
        person.with_input(&["login", &registry.server.url, "--access-key", "AKEXAMPLE00000000001", "--sk-stdin", "--ca", authority], "");
    assert_eq!(nothing.status.code(), Some(2), "{nothing:?}");
    assert_eq!(person.with_input(&["login-key", "AKEXAMPLE00000000001"], "").status.code(), Some(2));
    let (code, said) = person.refused(&["login"]);
    assert!(code == 2 && said.contains("name the server"), "{code} {said}");
    let anna = Person::logged_in(&registry, "admin");
    assert!(anna.refused(&["user", "password"]).1.contains("give --password-stdin"));
}

#[test]
fn a_server_that_speaks_the_other_scheme_is_named_by_it() {
    let (secure, plain) = (Registry::start(), Registry::start_plain(&[]));
    let person = Person::new(&secure, "person");
    let said_of = |url: &str| {
        let output = person.with_input(&["login", url, "--access-key", "AKEXAMPLE00000000001", "--sk-stdin"], "sk\n");
        assert_eq!(output.status.code(), Some(5), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let said = said_of(&plain.server.url.replace("http:", "https:"));
    assert!(said.contains(&format!("the server speaks plain HTTP there, use {}", plain.server.url)), "{said}");
    let said = said_of(&secure.server.url.replace("https:", "http:"));
    assert!(said.contains(&format!("if the server speaks TLS there, use {}", secure.server.url)), "{said}");
}

#[test]
fn a_login_with_another_key_does_not_take_the_place_of_the_one_that_is_kept() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let person = Person::logged_in(&registry, "admin");
    let kept = std::fs::read(person.profiles()).unwrap();
    let output = person.login(&registry, &Key::create(&registry, "anna"), &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("keeps the access key") && said.contains("--profile"), "{said}");
    assert_eq!(std::fs::read(person.profiles()).unwrap(), kept);
}

#[test]
fn several_servers_are_told_apart_by_profiles_and_logging_out_forgets_one() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let person = Person::logged_in(&registry, "admin");
    assert!(person.login(&registry, &Key::create(&registry, "anna"), &["--profile", "second"]).status.success());
    let user = |arguments: &[&str]| person.json(&[arguments, &["whoami"]].concat())["user"].clone();
    assert_eq!((user(&[]), user(&["--profile", "default"])), (json!("anna"), json!("admin")));
    let by_variable = person.command().env("AMBAR_PROFILE", "default").args(["--json", "whoami"]).output().unwrap();
    assert!(String::from_utf8(by_variable.stdout).unwrap().contains("\"user\":\"admin\""));
    person.text(&["profile", "use", "default"]);
    assert_eq!(user(&[]), "admin");
    let listed = person.json(&["profile", "list"]);
    assert_eq!((&listed[0]["profile"], &listed[0]["current"], &listed[1]["current"]), (&json!("default"), &json!(true), &json!(false)));
    let key = person.json(&["whoami"])["access_key"].as_str().unwrap().to_owned();
    let said = person.text(&["logout"]);
    assert!(said.contains("profile 'default' is forgotten here; `ambar profile use` chooses another one; on https://"), "{said}");
    assert!(said.contains(&format!("its access key {key} works until")), "{said}");
    assert_eq!(person.json(&["profile", "list"]).as_array().unwrap().len(), 1);
    assert!(person.refused(&["profile", "use", "default"]).1.contains("there is no profile 'default'"));
    assert_eq!(person.refused(&["whoami"]).0, 4);
    let (code, said) = person.refused(&["logout"]);
    assert!(code == 2 && said.contains("no profile is current; name the one to forget with --profile"), "{said}");
    assert_eq!(person.refused(&["--profile", "default", "logout"]).0, 3);
    person.text(&["--profile", "second", "logout"]);
    assert_eq!(person.refused(&["logout"]), (4, "ambar: you are logged in nowhere\n".to_owned()));
}

#[test]
fn profiles_that_others_can_read_are_not_used() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    std::fs::set_permissions(person.profiles(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let (code, said) = person.refused(&["org", "list"]);
    assert!(code == 1 && said.contains("chmod 600"), "{said}");
}

#[test]
fn a_data_directory_that_is_named_is_meant_though_somebody_is_logged_in() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let data = registry.options.data_dir.to_str().unwrap();
    assert_eq!(person.json(&["--data-dir", data, "org", "list"]), json!([{ "organization": "team" }]));
    assert_eq!(person.json(&["org", "list"])[0]["level"], "manage");
    let by_variable = person.command().env("AMBAR_DATA_DIR", data).args(["--json", "org", "list"]).output().unwrap();
    assert_eq!(String::from_utf8(by_variable.stdout).unwrap(), "[{\"organization\":\"team\"}]\n");
    assert!(person.refused(&["--data-dir", data, "--profile", "default", "org", "list"]).1.contains("say which of them is meant"));
    assert!(person.refused(&["--data-dir", data, "quota"]).1.contains("name a profile, not a data directory"));
    assert!(person.refused(&["--profile", "default", "views", "status"]).1.contains("works on a data directory (--data-dir)"));
}

#[test]
fn plain_http_that_leaves_the_machine_is_refused_before_anything_is_sent() {
    let registry = Registry::start();
    let person = Person::new(&registry, "person");
    let output = person.with_input(&["login", "http://registry.example.com", "--access-key", "AKEXAMPLE00000000001", "--sk-stdin"], "sk");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("is not encrypted"), "{said}");
    let output = person.with_input(&["login", "https://registry.example.com/path"], "");
    assert_eq!(output.status.code(), Some(2));
}
