//! Temporary logins: made, listed and stopped by command, and their lines run by the real clients as they are printed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ambar_test_support::dockerd::Dockerd;
use serde_json::{Value, json};

use super::terminal::Terminal;
use super::{Person, front, push};
use crate::images::layout;
use crate::registry::{Login, ORGANIZATION, Registry, refuse, succeed};

fn login(issued: &Value) -> Login {
    let text = |field: &str| issued[field].as_str().unwrap().to_owned();
    Login { user: text("user"), key: text("password"), access_key: text("login") }
}

/// The lines for a client.
fn lines(issued: &Value, client: &str) -> Vec<String> {
    let commands = issued["commands"].as_array().unwrap().iter().filter(|command| command["client"] == client);
    commands.map(|command| command["command"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_makes_lists_and_stops_temporary_logins_and_administrators_those_of_others() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let (admin, anna) = (Person::logged_in(&registry, "admin"), Person::logged_in(&registry, "anna"));
    let printed = anna.text(&["login-command", "create", "--minutes", "15", "--name", "ci of the web team"]);
    let issued = anna.json(&["login-command", "create"]);
    let used = login(&issued);
    let mut client = registry.subject(&used).basic_clients(1).await.unwrap().remove(0);
    client.expect("GET", "/v2/", 200).await.unwrap();

    let listed = anna.json(&["login-command", "list"]);
    assert_eq!(admin.json(&["login-command", "list", "--user", "anna"]), listed);
    assert_eq!(admin.json(&["login-command", "list"]), json!([]));
    assert_eq!(anna.refused(&["login-command", "list", "--user", "admin"]).0, 4);
    let [first, second] = listed.as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&first["name"], &first["repositories"]), (&json!("ci of the web team"), &Value::Null));
    // What a new login says of itself, the list says in the same words.
    assert!(second.as_object().unwrap().iter().all(|(field, value)| issued[field] == *value), "{second} {issued}");
    assert!(anna.text(&["login-command", "list"]).contains("ci of the web team  everything"));
    assert!(second["name"].as_str().unwrap().starts_with("ambar on "), "{second}");
    assert_eq!(second["login"], used.access_key);
    let id = first["login"].as_str().unwrap();
    let titles = ["login:", "name:      ci of the web team", "scope:     everything", "until:", "user:", "password:"];
    assert!(titles.iter().zip(printed.lines()).all(|(title, line)| line.starts_with(title)), "{printed}");
    assert!(printed.contains(&format!("`ambar login-command revoke {id}` stops the login")), "{printed}");
    let commands: Vec<_> = printed.lines().filter(|line| line.starts_with("  ")).collect();
    assert!(commands[0].contains("| docker login -u") && commands[0].contains("--password-stdin"), "{printed}");
    assert!(
        commands[1].starts_with("  docker login -u") && printed.contains("docker: The password stays in the shell's history"),
        "{printed}"
    );

    anna.text(&["login-command", "revoke", &used.access_key]);
    client.expect("GET", "/v2/", 401).await.unwrap();
    anna.text(&["login-command", "create", "--name", "ci of the web team"]);
    let (code, said) = anna.refused(&["login-command", "revoke", "ci of the web team"]);
    assert!(code == 2 && said.contains("2 logins have the name") && said.contains(id), "{said}");
    admin.text(&["login-command", "revoke", id]);
    anna.text(&["login-command", "revoke", "ci of the web team"]);
    assert_eq!(anna.json(&["login-command", "list"]), json!([]));
    assert_eq!(anna.refused(&["login-command", "revoke", "ci of the web team"]).0, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_login_is_for_how_long_and_for_which_client_is_said_and_shown() {
    let registry = Registry::start_with(&["--containerd-login-minutes", "30"]);
    push(&registry, "v1", 1).await;
    let person = Person::logged_in(&registry, "admin");
    let pull_and_push = [&format!("{}:push", front()), "team/new:push"];
    let issued =
        person.json(&["login-command", "create", "--image", pull_and_push[0], "--image", pull_and_push[1], "--client", "containerd"]);
    assert_eq!(issued["commands"][0]["client"], "ctr");
    let listed = person.json(&["login-command", "list"]);
    assert_eq!(listed[0]["repositories"], issued["repositories"]);
    assert!(person.text(&["login-command", "list"]).contains(&format!("  team/new:push, {}:push  ", front())));
    let time = |field: &str| chrono::DateTime::parse_from_rfc3339(issued[field].as_str().unwrap()).unwrap();
    let lifetime = time("until") - time("issued_at");
    assert!((chrono::Duration::minutes(29)..=chrono::Duration::minutes(30)).contains(&lifetime), "{lifetime}");
    assert_eq!(person.json(&["login-command", "create", "--image", &front()])["repositories"][0]["right"], "pull");

    let limits: Vec<_> = (0..=50).flat_map(|number| ["--image".to_owned(), format!("team/image{number}")]).collect();
    let limits: Vec<_> = limits.iter().map(String::as_str).collect();
    let refusals: [(&[&str], i32, &str); 7] = [
        (&["--minutes", "14"], 2, "14 is not in 15..=1440"),
        (&["--minutes", "1441"], 2, "1441 is not in 15..=1440"),
        (&["--image", "team/new", "--image", "team/new:push"], 2, "the image 'team/new' is named twice; name it once, as 'team/new:push'"),
        (&limits, 2, "at most 50 images, not 51"),
        (&["--image", "team/none"], 3, "the repository does not exist"),
        (&["--image", "team/web/front:delete"], 2, "behind an image stands pull or push, not 'delete'"),
        (&["--client", "podman"], 2, "docker, containerd"),
    ];
    for (arguments, code, expected) in refusals {
        let (refused, said) = person.refused(&[&["login-command", "create"], arguments].concat());
        assert!(refused == code && said.contains(expected), "{arguments:?} {refused} {said}");
    }
}

/// Somebody at a shell, with clients that keep everything in a folder.
struct Shell {
    folder: PathBuf,
    docker: Dockerd,
}

impl Shell {
    fn open(folder: &Path) -> Self {
        let storage = folder.join("podman");
        let settings = format!("[storage]\ndriver = 'vfs'\ngraphroot = '{0}/root'\nrunroot = '{0}/run'\n", storage.display());
        std::fs::write(folder.join("storage.conf"), settings).unwrap();
        std::fs::write(folder.join("containers.conf"), "[engine]\ncgroup_manager = 'cgroupfs'\nevents_logger = 'file'\n").unwrap();
        Self { docker: Dockerd::start(&folder.join("docker")).unwrap(), folder: folder.to_owned() }
    }

    fn prepare(&self, mut command: Command) -> Command {
        command.current_dir(&self.folder).env("HOME", &self.folder).env("NO_PROXY", "*");
        command
            .env("DOCKER_HOST", format!("unix://{}", self.docker.socket.display()))
            .env("DOCKER_CONFIG", self.folder.join("docker-config"));
        command
            .env("CONTAINERS_STORAGE_CONF", self.folder.join("storage.conf"))
            .env("CONTAINERS_CONF", self.folder.join("containers.conf"));
        command.env("REGISTRY_AUTH_FILE", self.folder.join("auth.json")).env("CONTAINERD_ADDRESS", &self.docker.containerd.socket);
        command.env("CONTAINERD_NAMESPACE", "test").env("CONTAINERD_SNAPSHOTTER", "native");
        command
    }

    /// A line as it is pasted, and what is typed behind it.
    fn line(&self, line: &str, typed: &str) -> Command {
        let file = self.folder.join("typed");
        std::fs::write(&file, format!("{typed}\n")).unwrap();
        let mut command = Command::new("bash");
        command.args(["-c", line]).stdin(Stdio::from(std::fs::File::open(file).unwrap()));
        self.prepare(command)
    }

    fn run(&self, line: &str) -> String {
        succeed(&mut self.line(line, ""))
    }

    /// The same on a terminal, where a question is answered.
    fn answer(&self, line: &str, question: &str, answer: &str) -> (bool, String) {
        let mut terminal = Terminal::open(self.prepare(Terminal::of(line)));
        terminal.answer(question, answer);
        terminal.end()
    }
}

#[test]
fn the_printed_lines_log_docker_podman_and_containerd_in_as_they_stand_and_only_for_what_the_login_is_for() {
    let registry = Registry::start_plain(&[]);
    let (person, shell) = (Person::logged_in(&registry, "admin"), Shell::open(registry.path()));
    let (host, image) = (registry.server.host(), format!("{ORGANIZATION}/hello"));
    let (hello, other) = (format!("{host}/{image}:v1"), format!("{host}/{ORGANIZATION}/other:v1"));

    let pusher = person.json(&["login-command", "create", "--image", &format!("{image}:push")]);
    let said = succeed(&mut shell.line(&lines(&pusher, "podman")[0], &login(&pusher).key));
    assert!(said.contains("Login Succeeded"), "{said}");
    layout(registry.path());
    let id = shell.run("podman pull --quiet oci:layout:image");
    shell.run(&format!("podman push --tls-verify=false {} {hello}", id.trim()));
    let refused = refuse(&mut shell.line(&format!("podman push --tls-verify=false {} {other}", id.trim()), ""));
    assert!(refused.contains("403 (Forbidden)"), "{refused}");

    let puller = person.json(&["login-command", "create", "--image", &image]);
    let docker = lines(&puller, "docker");
    for (line, typed) in [(&docker[0], login(&puller).key), (&docker[1], String::new())] {
        let said = succeed(&mut shell.line(line, &typed));
        assert!(said.contains("Login Succeeded"), "{said}");
        shell.run(&format!("docker pull {hello} && docker tag {hello} {other} && docker logout {host}"));
        refuse(&mut shell.line(&format!("docker pull {hello}"), ""));
    }
    let wrong = refuse(&mut shell.line(&docker[0], "wrong"));
    assert!(wrong.contains("unauthorized"), "{wrong}");
    succeed(&mut shell.line(&docker[0], &login(&puller).key));
    for name in [&hello, &other] {
        let refused = refuse(&mut shell.line(&format!("docker push {name}"), ""));
        assert!(refused.contains("denied"), "{refused}");
    }

    let containerd = person.json(&["login-command", "create", "--image", &image, "--client", "containerd"]);
    let ctr = lines(&containerd, "ctr").iter().map(|line| line.replace(":TAG", ":v1")).collect::<Vec<_>>();
    let (done, shown) = shell.answer(&ctr[0], "Password:", &login(&containerd).key);
    assert!(done, "{shown}");
    shell.run(&format!("ctr images remove --sync {hello}"));
    shell.run(&ctr[1]);
    refuse(&mut shell.line(&ctr[1].replace("hello", "other"), ""));
}
