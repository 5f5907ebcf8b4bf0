//! Where each command works, as the help tells it: on a server over its API, on a data directory, or on both.

/// What `ambar help` says of it, behind the list of commands.
pub(super) const HELP: &str = "\
Where a command works:
  Once you are logged in with `ambar login`, on that server over its API; --profile names another one. With --data-dir (or
  --config), and as long as you are logged in to no server, on a data directory: the server that runs on it carries the
  command out, or the command does so itself.
  On a server and on a data directory:
    account (show, close), delegation, grant, group, image (list ORGANIZATION, tags, visibility, delete),
    key (create, list, enable, disable, delete), org (create, list, delete), share history IMAGE,
    tag (list IMAGE, history), user (create, list, set, administrator, access, unblock, delete)
  On a data directory only, for the operator, whom the API does not know:
    account (create, list), address, events tail, master-key, views
  On a server only:
    access, center, events (list, export, follow), features, image (search, show, create, set), key temporary,
    login-command, org show, overview, quota, report, share (list, received, add, set, remove),
    tag (show, accessories, references, copy, delete, restore), user (show, password), whoami;
    and `image list` without an organization, `share history` without an image, and these and `tag list` with options";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::events::EventsCommand;
    use crate::cli::{Cli, Command};

    /// The headings of the lists in the help.
    const BOTH: &str = "On a server and on a data directory";
    const DATA_DIRECTORY: &str = "On a data directory only, for the operator, whom the API does not know";
    const SERVER: &str = "On a server only";

    /// Every command with the arguments that it needs, but for those that work anywhere.
    const COMMANDS: &str = "\
        account create acme|account list|account show|account close acme|address list|address unblock 192.0.2.1|access team/web|center search|\
        delegation grant nights --to acme --level read|delegation set nights --level read|delegation list|delegation revoke nights|\
        events tail|events list|events export|events follow|grant set team --user anna --level read|grant remove team --user anna|\
        grant org team --user anna --level read|grant repo team/web --user anna --level read|grant list team|group create a|group list|group set a --rename b|\
        group add a anna|group remove a anna|group administrator a|group delete a|image list team|image search a|image show team/web|\
        image create team/web|image set team/web|image visibility team/web public|image tags team/web|image delete team/web|\
        key create anna|key list anna|key enable AKEXAMPLE00000000001|key disable AKEXAMPLE00000000001|key delete AKEXAMPLE00000000001|key temporary|\
        login-command create|login-command list|login-command revoke a|features|master-key status|master-key rotate|org create team|org list|\
        org delete team|org show team|overview|quota|report stored|share list|share received|share add team/web acme|\
        share set team/web acme --until forever|share remove team/web acme|share history team/web|tag list team/web|tag show team/web:v1|tag accessories team/web:v1|\
        tag references team/web:v1|\
        tag copy team/web:v1 v2|tag delete team/web:v1|tag history team/web:v1|\
        tag restore team/web:v1 sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855|user create anna|user list|user set anna --description a|\
        user administrator anna|user access anna --programmatic true --console true|user unblock anna|user delete anna|user show|user password|views status|views rebuild|whoami";

    /// Forms of commands that work on both, but not so.
    const SERVER_FORMS: [&str; 5] = [
        "image list",
        "image list team --sort name",
        "share history",
        "share history team/web --state valid",
        "tag list team/web --sort tag",
    ];

    /// The heading under which a command has to stand.
    fn heading(line: &str) -> &'static str {
        let cli = Cli::try_parse_from(["ambar"].into_iter().chain(line.split(' '))).unwrap_or_else(|error| panic!("{line}: {error}"));
        match cli.command {
            Command::Admin(_) | Command::Events(EventsCommand::Tail(_)) => DATA_DIRECTORY,
            Command::Events(_) => SERVER,
            Command::Remote(command) if command.is_for_operators() => DATA_DIRECTORY,
            Command::Remote(command) => command.on_data_dir().map_or(SERVER, |_| BOTH),
            command => panic!("{command:?} works anywhere"),
        }
    }

    /// The commands under a heading: `a (b, c), d` is `a b`, `a c` and `d`. What stands in capitals is an argument.
    fn listed(under: &str) -> Vec<String> {
        let list = HELP.split_once(&format!("  {under}:\n")).unwrap().1;
        let lines = list.lines().take_while(|line| line.starts_with("    ")).collect::<Vec<_>>().join(" ");
        let (mut found, mut noun) = (Vec::new(), None);
        for item in lines.split(';').next().unwrap().split(", ") {
            let words = |text: &str| text.split(' ').filter(|word| word.chars().any(char::is_lowercase)).collect::<Vec<_>>().join(" ");
            if let Some((of, _)) = item.split_once(" (") {
                noun = Some(words(of));
            }
            let verb = words(item.rsplit_once('(').map_or(item, |(_, verb)| verb).trim_end_matches([')', ',']));
            found.push(noun.as_ref().map_or(verb.clone(), |noun| format!("{noun} {verb}")));
            noun = noun.filter(|_| !item.ends_with(')'));
        }
        found
    }

    #[test]
    fn forms_of_a_command_that_work_on_a_server_only_are_listed_as_well() {
        let named: BTreeSet<_> = HELP.split_once(";\n    and ").unwrap().1.split('`').skip(1).step_by(2).collect();
        let path = |form: &str| form.split(' ').take(2).collect::<Vec<_>>().join(" ");
        assert_eq!(SERVER_FORMS.map(path).iter().map(String::as_str).collect::<BTreeSet<_>>(), named);
        for form in SERVER_FORMS {
            let usual = COMMANDS.split('|').find(|line| line.starts_with(&path(form))).unwrap();
            assert_eq!((heading(form), heading(usual)), (SERVER, BOTH), "{form}");
        }
    }

    fn leaves(command: &clap::Command, path: &str) -> Vec<String> {
        let path = format!("{path} {}", command.get_name()).trim_start().to_owned();
        let below: Vec<_> = command.get_subcommands().flat_map(|below| leaves(below, &path)).collect();
        if below.is_empty() { vec![path] } else { below }
    }

    #[test]
    fn every_command_is_listed_where_it_works() {
        let anywhere = ["serve", "login", "logout", "profile", "login-key", "completions"];
        let command = Cli::command();
        let commands = command.get_subcommands().filter(|command| !anywhere.contains(&command.get_name()));
        for path in commands.flat_map(|command| leaves(command, "")) {
            let line = COMMANDS.split('|').find(|line| line.starts_with(&path)).unwrap_or_else(|| panic!("{path} is not in the table"));
            let stands = |under: &&str| listed(under).iter().any(|listed| path == *listed || path.starts_with(&format!("{listed} ")));
            assert_eq!([BOTH, DATA_DIRECTORY, SERVER].into_iter().filter(stands).collect::<Vec<_>>(), [heading(line)], "{path}");
        }
    }
}
