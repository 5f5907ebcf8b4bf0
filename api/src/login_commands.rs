//! Lines for a shell that use a temporary login, for the clients that people have (requirements L2, L3 and L5).
//!
//! Each works in bash and zsh as it stands, but for the image, where one is pulled. Of each client the first keeps the password out of the
//! shell's history; those that do not say so.

use ambar_domain::repository_name::RepositoryName;
use ambar_schemas::v1::login::{LoginCommand, RegistryClient};

use crate::operations::LoginClient;

/// What the lines are made of.
pub(crate) struct Credentials<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    /// The registry as clients name it.
    pub(crate) host: &'a str,
    /// Whether it is reached over TLS. Most clients want to be told that it is not.
    pub(crate) encrypted: bool,
    /// An image that the login is good for, if it is limited to some.
    pub(crate) image: Option<&'a RepositoryName>,
}

const PASTE: &str =
    "For bash or zsh. Waits for the password without a word: paste it and press Enter. It is not shown, and not in the shell's history.";
const PROMPT: &str = "Asks for the password and does not show it. What is in capitals is the image's to fill in; `ctr images push` takes the same \
                      options.";
const IN_PROCESSES: &str = "For bash or zsh. Waits for the password without a word: paste it and press Enter. It is in no history, but the list of processes \
                            shows it as long as this runs.";
const IN_HISTORY: &str = "The password stays in the shell's history, and the list of processes shows it. A space before the line keeps it out \
                          of the history where HISTCONTROL has ignorespace (bash) or HIST_IGNORE_SPACE is set (zsh).";

/// All of them, those for `first` at the beginning.
pub(crate) fn login_commands(credentials: &Credentials<'_>, first: LoginClient) -> Vec<LoginCommand> {
    let (docker, containerd) = (docker_commands(credentials), containerd_commands(credentials));
    let in_order = match first {
        LoginClient::Docker => [docker, containerd],
        LoginClient::Containerd => [containerd, docker],
    };
    in_order.concat()
}

fn docker_commands(credentials: &Credentials<'_>) -> Vec<LoginCommand> {
    let &Credentials { user, password, host, encrypted, .. } = credentials;
    let (user, host, password) = (quoted(user), quoted(host), quoted(password));
    let insecure = if encrypted { "" } else { " --tls-verify=false" };
    vec![
        command(RegistryClient::Docker, PASTE, piped(&format!("docker login -u {user} --password-stdin {host}"))),
        command(RegistryClient::Docker, IN_HISTORY, format!("docker login -u {user} -p {password} {host}")),
        command(RegistryClient::Podman, PASTE, piped(&format!("podman login{insecure} -u {user} --password-stdin {host}"))),
    ]
}

fn containerd_commands(credentials: &Credentials<'_>) -> Vec<LoginCommand> {
    let &Credentials { user, password, host, encrypted, image } = credentials;
    let image = quoted(&format!("{host}/{}:TAG", image.map_or("ORGANIZATION/IMAGE", RepositoryName::as_str)));
    let (plain, insecure) = if encrypted { ("", "") } else { (" --plain-http", " --insecure-registry") };
    let with_password = quoted(&format!("{user}:{password}"));
    let (user, host) = (quoted(user), quoted(host));
    vec![
        command(RegistryClient::Ctr, PROMPT, format!("ctr images pull{plain} --user {user} {image}")),
        command(RegistryClient::Ctr, IN_HISTORY, format!("ctr images pull{plain} --user {with_password} {image}")),
        command(RegistryClient::Crictl, IN_PROCESSES, format!("(read -rs PASSWORD && crictl pull --creds {user}:\"$PASSWORD\" {image})")),
        command(RegistryClient::Nerdctl, PASTE, piped(&format!("nerdctl{insecure} login -u {user} --password-stdin {host}"))),
    ]
}

fn command(client: RegistryClient, note: &str, command: String) -> LoginCommand {
    LoginCommand { client, command, note: note.to_owned() }
}

/// Reads the password without showing it, and hands it to a command that takes it from its standard input. The shell that knows it ends with
/// the line, whose exit code is the command's.
fn piped(command: &str) -> String {
    format!("(read -rs PASSWORD && printf %s \"$PASSWORD\" | {command})")
}

/// Text as one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%_-+:,./".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "0123456789abcdef";

    fn made(host: &str, encrypted: bool, image: Option<&RepositoryName>, first: LoginClient) -> Vec<LoginCommand> {
        login_commands(&Credentials { user: "tr west@AK1", password: PASSWORD, host, encrypted, image }, first)
    }

    #[test]
    fn every_client_has_a_line_and_its_first_does_not_have_the_password_in_it() {
        let image: RepositoryName = "team/web".parse().unwrap();
        let lines: Vec<_> = made("registry.test", true, Some(&image), LoginClient::Docker).into_iter().map(|made| made.command).collect();
        assert_eq!(
            lines,
            [
                r#"(read -rs PASSWORD && printf %s "$PASSWORD" | docker login -u 'tr west@AK1' --password-stdin registry.test)"#,
                "docker login -u 'tr west@AK1' -p 0123456789abcdef registry.test",
                r#"(read -rs PASSWORD && printf %s "$PASSWORD" | podman login -u 'tr west@AK1' --password-stdin registry.test)"#,
                "ctr images pull --user 'tr west@AK1' registry.test/team/web:TAG",
                "ctr images pull --user 'tr west@AK1:0123456789abcdef' registry.test/team/web:TAG",
                r#"(read -rs PASSWORD && crictl pull --creds 'tr west@AK1':"$PASSWORD" registry.test/team/web:TAG)"#,
                r#"(read -rs PASSWORD && printf %s "$PASSWORD" | nerdctl login -u 'tr west@AK1' --password-stdin registry.test)"#,
            ]
        );
    }

    #[test]
    fn whoever_puts_the_password_into_the_history_is_warned() {
        for first in [LoginClient::Docker, LoginClient::Containerd] {
            let commands = made("registry.test", true, None, first);
            assert!(!commands[0].command.contains(PASSWORD));
            for made in commands {
                assert_eq!(made.command.contains(PASSWORD), made.note == IN_HISTORY, "{}", made.command);
                // What a POSIX shell does not know.
                assert_eq!(made.command.contains("read -rs"), made.note.starts_with("For bash or zsh."), "{}", made.command);
            }
        }
    }

    #[test]
    fn the_client_that_is_asked_for_comes_first_and_clients_that_must_know_are_told_of_plain_http() {
        let commands = made("[::1]:5000", false, None, LoginClient::Containerd);
        let clients: Vec<_> = commands.iter().map(|made| made.client).collect();
        let expected = {
            use RegistryClient::{Crictl, Ctr, Docker, Nerdctl, Podman};
            [Ctr, Ctr, Crictl, Nerdctl, Docker, Docker, Podman]
        };
        assert_eq!(clients, expected);
        assert_eq!(commands[0].command, "ctr images pull --plain-http --user 'tr west@AK1' '[::1]:5000/ORGANIZATION/IMAGE:TAG'");
        assert!(commands[3].command.contains("nerdctl --insecure-registry login"));
        assert!(commands[6].command.ends_with("podman login --tls-verify=false -u 'tr west@AK1' --password-stdin '[::1]:5000')"));
    }

    #[test]
    fn whatever_a_text_is_made_of_it_stays_one_word() {
        assert_eq!(["a-b@c:5000/d", "", "a b", "it's", "$(x)"].map(quoted), ["a-b@c:5000/d", "''", "'a b'", r"'it'\''s'", "'$(x)'"]);
    }
}
