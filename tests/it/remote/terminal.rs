//! On a terminal: questions before something is lost, and secrets that are not shown.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use super::{Key, Person};
use crate::registry::{AMBAR, Registry};

/// A command on a terminal of its own, which `script` makes.
pub(super) struct Terminal {
    child: Child,
    shown: String,
}

impl Terminal {
    fn start(person: &Person, arguments: &str) -> Self {
        let prepared = person.command();
        let mut command = Self::of(&format!("{AMBAR} {arguments}"));
        command.current_dir(&person.folder);
        for (name, value) in prepared.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Self::open(command)
    }

    /// What runs this line of a shell on a terminal.
    pub(super) fn of(line: &str) -> Command {
        let mut command = Command::new("script");
        command.args(["-qec", line, "/dev/null"]);
        command
    }

    /// Starts what [`of`](Self::of) made.
    pub(super) fn open(mut command: Command) -> Self {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        Self { child, shown: String::new() }
    }

    /// Waits for a question and answers it.
    pub(super) fn answer(&mut self, question: &str, answer: &str) {
        let out = self.child.stdout.as_mut().unwrap();
        let from = self.shown.len();
        while !self.shown[from..].contains(question) {
            let mut byte = [0];
            assert_eq!(out.read(&mut byte).unwrap(), 1, "no question '{question}': {}", self.shown);
            self.shown.push(char::from(byte[0]));
        }
        writeln!(self.child.stdin.as_mut().unwrap(), "{answer}").unwrap();
    }

    /// Everything that was shown, and whether the command succeeded.
    pub(super) fn end(mut self) -> (bool, String) {
        self.child.stdout.as_mut().unwrap().read_to_string(&mut self.shown).unwrap();
        (self.child.wait().unwrap().success(), self.shown)
    }
}

#[test]
fn something_is_deleted_on_a_terminal_only_when_somebody_says_yes() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let question = format!("{}: Delete organization 'team'? [y/N] ", registry.server.url);
    for answer in ["", "n", "whatever"] {
        let mut terminal = Terminal::start(&person, "org delete team");
        terminal.answer(&question, answer);
        let (done, shown) = terminal.end();
        assert!(!done && shown.contains("nothing was changed"), "{shown}");
    }
    assert_eq!(person.json(&["org", "list"]).as_array().unwrap().len(), 1);
    let mut terminal = Terminal::start(&person, "org delete team");
    terminal.answer(&question, "y");
    assert!(terminal.end().0);
    person.text(&["org", "create", "team"]);
    assert!(Terminal::start(&person, "org delete team --yes").end().0);
    assert!(person.json(&["org", "list"]).as_array().unwrap().is_empty());
}

#[test]
fn an_account_is_closed_on_a_terminal_only_when_somebody_says_yes() {
    let registry = Registry::start();
    registry.ambar(&["account", "create", "acme"]);
    let (person, data) = (Person::new(&registry, "person"), registry.options.data_dir.display());
    let command = format!("--data-dir {data} account close acme");
    let question = "Close account 'acme' for ever, with its users and keys? [y/N] ";
    for (answer, closes) in [("", false), ("y", true)] {
        let mut terminal = Terminal::start(&person, &command);
        terminal.answer(question, answer);
        assert_eq!(terminal.end().0, closes);
    }
    assert!(!registry.ambar(&["account", "list"]).contains("acme"));
    registry.ambar(&["account", "create", "acme"]);
    assert!(Terminal::start(&person, &format!("{command} --yes")).end().0);
}

#[test]
fn a_secret_key_is_typed_without_being_shown() {
    let registry = Registry::start();
    let (person, key) = (Person::new(&registry, "person"), Key::create(&registry, "admin"));
    let authority = registry.tls.authority.to_str().unwrap();
    let mut terminal = Terminal::start(&person, &format!("login {} --ca {authority}", registry.server.url));
    terminal.answer("Access key (AK): ", &key.access_key);
    terminal.answer("Secret key (SK): ", &key.secret_key);
    let (done, shown) = terminal.end();
    assert!(done && shown.contains("logged in to") && !shown.contains(&key.secret_key), "{shown}");
    assert_eq!(person.json(&["whoami"])["user"], "admin");
}
