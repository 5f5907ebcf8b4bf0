//! The control socket: a running server carries out the commands of `ambar user`, `ambar org` and the like.
//!
//! A Unix socket in the data directory that only its owner can use: who can could as well open the stores. One request a
//! connection: a line with an [`AdminCommand`] in JSON, answered by a line with an [`Answer`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ambar_storage::aggregate_store::CommandContext;
use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::node::Node;
use super::socket_path::SocketPath;
use crate::admin::{AdminCommand, Reply};
use crate::refusal::Told;

/// Longest request line; the longest real one is a few hundred bytes.
const MAX_REQUEST_BYTES: u64 = 64 * 1024;

/// How long a stop waits for a client to take its answer.
const READING_GRACE: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ok(Reply),
    Error(Told),
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
        Ok(command) => match carry_out(command, node, &context, stop).await {
            Some(answer) => answer,
            None => return Ok(()),
        },
    };
    let answer = answer.map_or_else(|error| Answer::Error(Told::from(&error)), Answer::Ok);
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    deliver(&mut write, &line, stop, READING_GRACE).await
}

/// `None` is a command that the stop has cut short, which only those are that record nothing.
async fn carry_out(command: AdminCommand, node: &Node, context: &CommandContext, stop: &CancellationToken) -> Option<Result<Reply>> {
    if command.only_waits() {
        stop.run_until_cancelled(command.execute(node, context)).await
    } else {
        Some(command.execute(node, context).await)
    }
}

/// Writes an answer; when the server stops, a client that does not read it is not waited for much longer.
async fn deliver(write: &mut (impl AsyncWrite + Unpin), line: &[u8], stop: &CancellationToken, grace: Duration) -> Result<()> {
    let is_over = async {
        stop.cancelled().await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        biased;
        written = write.write_all(line) => Ok(written?),
        () = is_over => bail!("the client did not read its answer before the server stopped"),
    }
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
        Answer::Error(told) => Err(told.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::task::{self, Waker};

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
        let node = Arc::new(Node::open(directory, NodeSettings::from(&config), None).await.unwrap());
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
    async fn who_says_nothing_keeps_no_server_from_stopping() {
        let folder = tempfile::tempdir().unwrap();
        let (node, socket) = (node(folder.path()).await, folder.path().join("socket"));
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(serve(listen(&socket).unwrap(), node, tasks.clone(), stop.clone()));
        let _silent = UnixStream::connect(&socket).await.unwrap();
        // The connection has been taken when there are two tasks.
        while tasks.len() < 2 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }

    #[tokio::test]
    async fn who_waits_for_events_keeps_no_server_from_stopping() {
        let folder = tempfile::tempdir().unwrap();
        let (node, stop) = (node(folder.path()).await, CancellationToken::new());
        let (after, context) = (node.log().head().await.unwrap().to_string(), node.operated_by(0));
        let wait = command(json!({ "EventsPage": { "after": after, "limit": 10, "wait_seconds": 60 } }));
        let mut waiting = Box::pin(carry_out(wait, &node, &context, &stop));
        // It has begun once it has been asked to go on.
        assert!(waiting.as_mut().poll(&mut task::Context::from_waker(Waker::noop())).is_pending());
        stop.cancel();
        assert!(waiting.await.is_none());
    }

    #[tokio::test]
    async fn who_does_not_read_its_answer_keeps_no_server_from_stopping() {
        let (_client, mut server) = UnixStream::pair().unwrap();
        let (line, stop) = (vec![b'x'; 16 << 20], CancellationToken::new());
        stop.cancel();
        deliver(&mut server, &line, &stop, Duration::ZERO).await.unwrap_err();
    }

    #[tokio::test]
    async fn who_reads_its_answer_gets_it_though_the_server_stops() {
        let (mut client, mut server) = UnixStream::pair().unwrap();
        let (line, stop, mut read) = (vec![b'x'; 16 << 20], CancellationToken::new(), vec![0; 16 << 20]);
        stop.cancel();
        let grace = Duration::from_secs(60);
        let (delivered, taken) = tokio::join!(deliver(&mut server, &line, &stop, grace), client.read_exact(&mut read));
        delivered.unwrap();
        taken.unwrap();
        assert!(read == line);
    }
}
