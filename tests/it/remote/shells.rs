//! Completions, and the help that they come from.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::Person;
use crate::registry::Registry;

#[test]
fn completions_are_there_for_every_shell_and_bash_accepts_its_own() {
    let registry = Registry::start();
    let person = Person::new(&registry, "person");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = person.text(&["completions", shell]);
        assert!(script.contains("login-command") && script.contains("history"), "{shell}");
    }
    let mut bash = Command::new("bash").args(["-n", "-s"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(person.text(&["completions", "bash"]).as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let completed =
        "source <(\"$0\" completions bash); COMP_WORDS=(ambar tag res); COMP_CWORD=2; _ambar ambar res tag; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").args(["-c", completed, crate::registry::AMBAR]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "restore\n");
}

#[test]
fn help_says_where_commands_work_and_what_exit_codes_mean() {
    let registry = Registry::start();
    let help = Person::new(&registry, "person").text(&["help"]);
    assert!(help.contains("Where a command works:") && help.contains("Exit codes:"), "{help}");
}
