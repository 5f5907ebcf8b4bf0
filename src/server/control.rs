//! The control socket: a running server carries out the commands of `ambar user`, `ambar org` and the like.
//!
//! A Unix socket in the data directory that only its owner can use: who can could as well open the stores. One request a
//! connection: a line with an [`AdminCommand`] in JSON, answered by a line with an [`Answer`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::node::Node;
use super::socket_path::SocketPath;
use crate::admin::{AdminCommand, Reply};

/// Longest request line; the longest real one is a few hundred bytes.
const MAX_REQUEST_BYTES: u64 = 64 * 1024;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ok(Reply),
    Error(String),
}

/// There is no server to ask.
#[derive(Debug)]
pub(crate) enum NoServer {
    /// None has this data directory open.
    NotRunning(PathBuf),
    /// One has, and does not answer at this socket: it is stopping, or stuck.
    NoAnswer(PathBuf),
}

impl fmt::Display for NoServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRunning(path) => write!(formatter, "no server is running on {}, so there is nothing to wait for", path.display()),
            Self::NoAnswer(path) => {
                write!(formatter, "the data directory is in use, but its server does not answer at {}", path.display())
            }
        }
    }
}

impl std::error::Error for NoServer {}

/// Opens the socket; one that a killed server left behind is replaced (the directory's lock is ours).
pub(crate) fn listen(path: &Path) -> Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).context("the old control socket cannot be removed");
        }
        Ok(()) | Err(_) => {}
    }
    SocketPath::to(path)
        .and_then(|socket| UnixListener::bind(&socket))
        .with_context(|| format!("the control socket {} cannot be opened", path.display()))
}

/// Answers requests until stopped; each connection is a task of its own. A change that has begun is finished and answered.
pub(crate) async fn serve(listener: UnixListener, node: Arc<Node>, tasks: TaskTracker, stop: CancellationToken) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) => {
                let (node, stop) = (node.clone(), stop.clone());
                tasks.spawn(async move {
                    if let Err(error) = answer(stream, &node, &stop).await {
                        tracing::warn!(error = format!("{error:#}"), "a control connection broke off");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "a control connection could not be accepted"),
        }
    }
}

/// A stop is not waited for while the request comes; a change that has begun is carried out to its end.
async fn answer(stream: UnixStream, node: &Node, stop: &CancellationToken) -> Result<()> {
    let context = node.operated_by(stream.peer_cred().context("who is there cannot be found out")?.uid());
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut request = BufReader::new(read.take(MAX_REQUEST_BYTES));
    let Some(read) = stop.run_until_cancelled(request.read_line(&mut line)).await else { return Ok(()) };
    read?;
    let answer = match serde_json::from_str::<AdminCommand>(&line) {
        Err(error) => Err(anyhow!("the request is malformed: {error}")),
        Ok(command) if command.only_waits() => match stop.run_until_cancelled(command.execute(node, &context)).await {
            Some(answer) => answer,
            None => return Ok(()),
        },
        Ok(command) => command.execute(node, &context).await,
    };
    let answer = answer.map_or_else(|error| Answer::Error(format!("{error:#}")), Answer::Ok);
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    write.write_all(&line).await?;
    Ok(())
}

/// Sends a command to the running server and waits for its answer.
pub(crate) async fn send(path: &Path, command: &AdminCommand) -> Result<Reply> {
    let unreachable = || NoServer::NoAnswer(path.to_owned());
    let socket = SocketPath::to(path).with_context(unreachable)?;
    let mut stream = UnixStream::connect(&socket).await.with_context(unreachable)?;
    let mut line = serde_json::to_vec(command)?;
    line.push(b'\n');
    stream.write_all(&line).await.with_context(unreachable)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.with_context(unreachable)?;
    match serde_json::from_str(&answer).with_context(unreachable)? {
        Answer::Ok(reply) => Ok(reply),
        Answer::Error(text) => Err(anyhow!(text)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{FileConfig, ServeArgs, ServeConfig};
    use crate::server::{DataDir, Locked, NodeSettings};

    fn command(command: serde_json::Value) -> AdminCommand {
        serde_json::from_value(command).unwrap()
    }

    /// A node with one account over a folder.
    async fn node(folder: &Path) -> Arc<Node> {
        let Locked::Here(directory) = DataDir::lock(folder).unwrap() else { panic!("somebody else has the folder") };
        let config = ServeConfig::resolve(ServeArgs::default(), FileConfig::default()).unwrap();
        let node = Arc::new(Node::open(directory, NodeSettings::from(&config), None).unwrap());
        let account = command(json!({ "Account": { "Create": { "name": "acme", "project": "local" } } }));
        account.execute(&node, &node.operated_by(0)).await.unwrap();
        node
    }

    #[tokio::test]
    async fn a_command_that_has_begun_is_finished_and_answered_when_the_server_stops() {
        let folder = tempfile::tempdir().unwrap();
        let (node, socket) = (node(folder.path()).await, folder.path().join("socket"));
        let (tasks, stop, mut appended) = (TaskTracker::new(), CancellationToken::new(), node.log().wakeups());
        tasks.spawn(serve(listen(&socket).unwrap(), node.clone(), tasks.clone(), stop.clone()));
        // Three appends: the name, the user, the role.
        let create = command(
            json!({ "User": { "Create": { "name": "anna", "account": null, "administrator": true, "role": "TenantAdministrator" } } }),
        );
        let before = node.log().head().await.unwrap();
        let stop_behind_the_first = async {
            appended.wait_for(|position| *position > before).await.unwrap();
            stop.cancel();
        };
        let (answer, ()) = tokio::join!(send(&socket, &create), stop_behind_the_first);
        tasks.close();
        tasks.wait().await;
        assert!(answer.unwrap().to_text().contains("anna"));
        let users = command(json!({ "User": { "List": { "account": null } } })).execute(&node, &node.operated_by(0)).await.unwrap();
        assert_eq!(users.to_json()[0]["administrator"], true);
    }

    #[tokio::test]
    async fn who_says_nothing_and_who_waits_for_events_keep_no_server_from_stopping() {
        let folder = tempfile::tempdir().unwrap();
        let (node, socket) = (node(folder.path()).await, folder.path().join("socket"));
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(serve(listen(&socket).unwrap(), node.clone(), tasks.clone(), stop.clone()));
        let after = node.log().head().await.unwrap().to_string();
        let wait = command(json!({ "EventsPage": { "after": after, "limit": 10, "wait_seconds": 60 } }));
        let _silent = UnixStream::connect(&socket).await.unwrap();
        let stopped = async {
            // Both connections have been taken when there are three tasks.
            while tasks.len() < 3 {
                tokio::task::yield_now().await;
            }
            stop.cancel();
            tasks.close();
            tasks.wait().await;
        };
        let (answer, ()) = tokio::join!(send(&socket, &wait), stopped);
        answer.unwrap_err();
    }
}
