//! The command line as people and programs meet it: what it says of things that do not exist, in JSON, into a pipe.

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::registry::{AMBAR, Registry, succeed};
use ambar_test_support::wait;
use serde_json::Value;

/// Long enough for a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

pub(crate) fn ambar(registry: &Registry) -> Command {
    let mut command = Command::new(AMBAR);
    command.arg("--data-dir").arg(&registry.options.data_dir);
    command
}

pub(crate) fn answer(registry: &Registry, arguments: &[&str]) -> Output {
    ambar(registry).args(arguments).output().unwrap()
}

pub(crate) fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(text)))
}

#[test]
fn asking_for_what_does_not_exist_fails_and_says_what() {
    let registry = Registry::start();
    let questions: [(&[&str], &str); 17] = [
        (&["grant", "list", "nope"], "there is no organization 'nope'"),
        (&["grant", "list", "nope/web"], "there is no repository 'nope/web'"),
        (&["grant", "list", "team/none"], "there is no repository 'team/none'"),
        (&["repo", "list", "nope"], "there is no organization 'nope'"),
        (&["repo", "tags", "team/none"], "there is no repository 'team/none'"),
        (&["tag", "history", "team/none:v1"], "there is no repository 'team/none'"),
        (&["share", "history", "team/none"], "there is no repository 'team/none'"),
        (&["account", "show", "--account", "nope"], "there is no account 'nope'"),
        (&["user", "delete", "nope"], "account 'default' has no user 'nope'"),
        (&["group", "delete", "nope"], "account 'default' has no group 'nope'"),
        (&["delegation", "revoke", "nope"], "account 'default' has no delegation 'nope'"),
        (&["org", "delete", "nope"], "the organization does not exist"),
        (&["repo", "delete", "team/none"], "the repository does not exist"),
        (&["key", "delete", "AKEXAMPLE00000000001"], "the access key does not exist"),
        (&["user", "unblock", "admin"], "the user is not blocked"),
        (&["address", "unblock", "203.0.113.7"], "the address is not blocked"),
        (&["grant", "org", "nope", "--user", "admin", "--level", "read"], "the organization does not exist"),
    ];
    for (arguments, expected) in questions {
        let answer = answer(&registry, arguments);
        assert_eq!(answer.status.code(), Some(3), "{arguments:?}");
        assert_eq!(String::from_utf8(answer.stderr).unwrap(), format!("ambar: {expected}\n"));
        assert!(answer.stdout.is_empty());
    }
    assert!(answer(&registry, &["repo", "list", "team"]).status.success());
    assert!(answer(&registry, &["grant", "list", "team"]).status.success());
}

#[test]
fn exit_codes_are_the_same_whoever_carries_a_command_out() {
    let mut registry = Registry::start();
    let code = |registry: &Registry, arguments: &[&str]| answer(registry, arguments).status.code();
    let cases: [(&[&str], i32); 3] = [(&["org", "delete", "nope"], 3), (&["org", "create", "team"], 1), (&["org", "create", "Team!"], 2)];
    for (arguments, expected) in cases {
        assert_eq!(code(&registry, arguments), Some(expected), "{arguments:?}");
    }
    registry.server.process.stop(LIMIT).unwrap();
    for (arguments, expected) in cases {
        assert_eq!(code(&registry, arguments), Some(expected), "{arguments:?}");
    }
}

#[test]
fn a_command_that_has_to_say_more_is_a_wrong_command_line() {
    let mut registry = Registry::start();
    registry.ambar(&["account", "create", "acme"]);
    let asks_for_more = |registry: &Registry| {
        let refused = answer(registry, &["user", "list"]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(2) && said.contains("name one with --account"), "{said}");
    };
    asks_for_more(&registry);
    registry.server.process.stop(LIMIT).unwrap();
    asks_for_more(&registry);
    registry.options.data_dir = registry.path().join("nowhere");
    assert_eq!(answer(&registry, &["user", "list"]).status.code(), Some(3));
    assert!(!registry.options.data_dir.exists());
}

#[test]
fn a_log_filter_that_would_silence_the_log_is_an_error_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for filter in ["inof", "verbose", "ambar_api=loud", ""] {
        let mut serve = Command::new(AMBAR);
        serve.current_dir(folder.path()).env("AMBAR_LOG", filter).arg("--data-dir").arg(&data).arg("serve");
        let refused = serve.output().unwrap();
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(2) && said.contains("give a level (error, warn, info"), "{said}");
    }
    std::fs::write(folder.path().join("ambar.toml"), "log = 'inof'").unwrap();
    let refused = Command::new(AMBAR).current_dir(folder.path()).arg("--data-dir").arg(&data).arg("serve").output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && said.contains("give a level (error, warn, info"), "{said}");
    assert!(!data.exists());
}

#[test]
fn a_server_that_is_told_what_cannot_be_is_a_wrong_command_line_unless_the_file_says_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let refused = |file: &str, arguments: &[&str]| {
        std::fs::write(folder.path().join("ambar.toml"), file).unwrap();
        let output =
            Command::new(AMBAR).current_dir(folder.path()).arg("--data-dir").arg(&data).arg("serve").args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let open = "listen = '0.0.0.0:5000'";
    let cases: [(&str, &[&str], i32, &str); 13] = [
        ("", &["--lock-user-minutes", "0"], 2, "lock_user_minutes is 0, and must be from 1 to 10080"),
        ("", &["--listen", "0.0.0.0:5000"], 2, "0.0.0.0:5000 is not a loopback address"),
        ("", &["--tls-cert", "x"], 2, "tls_cert and tls_key go together"),
        ("", &["--trusted-proxies", "10.0.0.0/8"], 2, "trusted_proxies are of use only with behind_proxy"),
        ("", &["--public-url", "https://a.example/registry"], 2, "public_url has no path"),
        ("", &["--public-url", "registry.example.com"], 2, "public_url starts with"),
        ("", &["--master-key-file", "x", "--master-key-variable", "X"], 2, "several are named"),
        ("", &["--master-key-variable", "AMBAR_KEY"], 2, "cannot be in a variable that begins with AMBAR_"),
        // What the file says is right without the flag, and wrong with it.
        ("trusted_proxies = ['10.0.0.0/8']\nbehind_proxy = true", &["--behind-proxy", "false"], 2, "trusted_proxies are of use only"),
        (open, &["--tls-cert", "x"], 2, "tls_cert and tls_key go together"),
        (open, &[], 1, "is not a loopback address"),
        ("limits.lock_user_minutes = 0", &["--anonymous-pull"], 1, "lock_user_minutes is 0, and must be from 1 to 10080"),
        ("master_key.variable = 'AMBAR_KEY'", &[], 1, "cannot be in a variable that begins with AMBAR_"),
    ];
    for (file, arguments, code, expected) in cases {
        let (refused, said) = refused(file, arguments);
        assert!(refused == code && said.contains(expected), "{file:?} {arguments:?} {refused} {said}");
    }
    assert!(!data.exists());
}

#[test]
fn a_variable_that_is_no_setting_is_an_error_where_settings_are_read_and_nowhere_else() {
    let registry = Registry::start();
    let with_typo =
        |arguments: &[&str]| Command::new(AMBAR).current_dir(registry.path()).env("AMBAR_LISTN", "x").args(arguments).output().unwrap();
    let data = registry.options.data_dir.to_str().unwrap();
    for arguments in [&["serve"][..], &["--data-dir", data, "org", "list"], &["--data-dir", data, "events", "tail"]] {
        let refused = with_typo(arguments);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(2) && said.contains("AMBAR_LISTN is no setting of Ambar"), "{arguments:?} {said}");
    }
    for arguments in [&["completions", "bash"][..], &["profile", "list"]] {
        assert!(with_typo(arguments).status.success(), "{arguments:?}");
    }
}

#[test]
fn a_user_whose_name_has_a_space_in_it_is_managed_as_any_other() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "Anna Maria"]);
    registry.ambar(&["grant", "org", "team", "--user", "Anna Maria", "--level", "read"]);
    assert!(registry.ambar(&["grant", "list", "team"]).contains("Anna Maria  read"));
    for name in ["1 ", " a", "a  b", "a/b"] {
        assert_eq!(answer(&registry, &["user", "create", name]).status.code(), Some(2), "{name}");
    }
}

#[test]
fn a_user_has_two_access_keys_at_most_and_the_list_says_when_each_was_used() {
    let registry = Registry::start();
    let keys = json(registry.ambar(&["--json", "key", "list", "admin"]).as_bytes());
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]["state"], &keys[0]["used_at"]), (1, &"enabled".into(), &Value::Null));
    registry.ambar(&["key", "create", "admin"]);
    assert_eq!(answer(&registry, &["key", "create", "admin"]).status.code(), Some(1));
}

#[test]
fn a_registry_is_entrusted_listed_on_both_sides_and_taken_back() {
    let registry = Registry::start();
    registry.ambar(&["account", "create", "umbrella", "--project", "umbrella"]);
    let own = json(registry.ambar(&["--json", "account", "list"]).as_bytes());
    let own =
        own.as_array().unwrap().iter().find(|account| account["account"] != "umbrella").unwrap()["account"].as_str().unwrap().to_owned();
    let until = "2100-01-31T00:00:00.000000Z";
    let grant = ["delegation", "grant", "nights", "--to", "umbrella", "--level", "edit", "--until", until, "--account", &own];
    registry.ambar(&grant);
    for list in [["--account", &own].as_slice(), &["--account", "umbrella", "--received"]] {
        let listed = json(registry.ambar(&[["--json", "delegation", "list"].as_slice(), list].concat()).as_bytes());
        assert_eq!(
            (&listed[0]["delegation"], &listed[0]["to"], &listed[0]["level"]),
            (&"nights".into(), &"umbrella".into(), &"edit".into())
        );
        assert_eq!((&listed[0]["until"], listed[0]["account"].as_str()), (&until.into(), Some(own.as_str())));
    }
    let again = answer(&registry, &grant);
    assert_eq!(String::from_utf8(again.stderr).unwrap(), "ambar: the account has a delegation of that name already\n");
    registry.ambar(&["delegation", "revoke", "nights", "--account", &own]);
    let gone = answer(&registry, &["delegation", "revoke", "nights", "--account", &own]);
    assert_eq!(String::from_utf8(gone.stderr).unwrap(), format!("ambar: account '{own}' has no delegation 'nights'\n"));
    assert_eq!(json(registry.ambar(&["--json", "delegation", "list", "--account", &own]).as_bytes()), serde_json::json!([]));
}

#[test]
fn an_account_is_closed_with_or_without_a_server_and_its_name_is_free_again() {
    let mut registry = Registry::start();
    let refused = |registry: &Registry, name: &str| {
        let answer = answer(registry, &["account", "close", name]);
        (answer.status.code(), String::from_utf8(answer.stderr).unwrap())
    };
    let gone = (Some(3), "ambar: the account does not exist\n".to_owned());
    assert_eq!(refused(&registry, "default"), (Some(1), "ambar: the account still has organizations\n".to_owned()));
    assert_eq!(refused(&registry, "umbrella"), gone);
    registry.ambar(&["account", "create", "umbrella"]);
    registry.ambar(&["delegation", "grant", "nights", "--to", "umbrella", "--level", "edit", "--account", "default"]);
    assert_eq!(registry.ambar(&["account", "close", "umbrella"]), "account 'umbrella' closed\n");
    assert_eq!(refused(&registry, "umbrella"), gone);
    wait::until("what others entrusted to it is taken back", LIMIT, || {
        Ok(registry.ambar(&["events", "tail", "-n", "1"]).contains("account.delegation_revoked").then_some(()))
    })
    .unwrap();
    registry.ambar(&["account", "create", "umbrella"]);
    registry.server.process.stop(LIMIT).unwrap();
    assert_eq!(succeed(ambar(&registry).args(["account", "close", "umbrella"])), "account 'umbrella' closed\n");
    assert_eq!(refused(&registry, "umbrella"), gone);
    succeed(ambar(&registry).args(["account", "create", "umbrella"]));
}

#[test]
fn programs_get_real_booleans_and_lists_and_people_get_words() {
    let registry = Registry::start();
    registry.ambar(&["group", "create", "builders"]);
    registry.ambar(&["group", "add", "builders", "admin"]);
    let users = json(registry.ambar(&["--json", "user", "list"]).as_bytes());
    assert_eq!(
        (&users[0]["administrator"], &users[0]["programmatic"], &users[0]["console"]),
        (&Value::from(true), &true.into(), &false.into())
    );
    let groups = json(registry.ambar(&["--json", "group", "list"]).as_bytes());
    assert_eq!((&groups[0]["administrator"], &groups[0]["members"]), (&Value::from(false), &serde_json::json!(["admin"])));
    let for_people = registry.ambar(&["user", "list"]);
    assert!(for_people.contains("yes") && !for_people.contains("true"), "{for_people}");
}

#[test]
fn programs_get_errors_as_json_too() {
    let registry = Registry::start();
    let answer = answer(&registry, &["--json", "repo", "list", "nope"]);
    assert_eq!(answer.status.code(), Some(3));
    assert_eq!(json(&answer.stderr)["error"], "there is no organization 'nope'");
}

#[test]
fn a_reader_that_has_read_enough_ends_a_command_quietly() {
    let registry = Registry::start();
    let mut tail = ambar(&registry).args(["events", "tail", "--all"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(tail.stdout.take());
    let ended = tail.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap()), (Some(0), String::new()));
}
