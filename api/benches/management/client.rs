//! Clients that send one signed request over and over, each on a connection of its own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ambar_api::operations::NewAccessKey;
use ambar_domain::clock::Timestamp;
use futures::future::try_join_all;
use ring::{digest, hmac};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::registry::Outcome;

const HOST: &str = "registry.test";

/// A request as it stands on the wire. The query must be written in the form that is signed: nothing to escape, parameters sorted.
pub(crate) fn request(key: &NewAccessKey, path_and_query: &str, at: Timestamp) -> String {
    let date = at.format("%Y%m%dT%H%M%SZ");
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let canonical = format!("GET\n{path}/\n{query}\nhost:{HOST}\nx-sdk-date:{date}\n\nhost;x-sdk-date\n{}", sha256(b""));
    let text = format!("SDK-HMAC-SHA256\n{date}\n{}", sha256(canonical.as_bytes()));
    let signature = hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.secret_key.as_bytes()), text.as_bytes()).as_ref());
    let signed = format!("SDK-HMAC-SHA256 Access={}, SignedHeaders=host;x-sdk-date, Signature={signature}", key.access_key);
    format!("GET {path_and_query} HTTP/1.1\r\nhost: {HOST}\r\nx-sdk-date: {date}\r\nauthorization: {signed}\r\n\r\n")
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How long each answer took, sorted.
pub(crate) async fn ask(address: SocketAddr, request: &str, clients: usize, time: Duration) -> Outcome<Vec<Duration>> {
    let until = Instant::now() + time;
    let asked = try_join_all((0..clients).map(|_| ask_one_by_one(address, request, until))).await?;
    let mut times = asked.concat();
    times.sort_unstable();
    Ok(times)
}

/// The first answer, for which pages and connections are fetched, does not count.
async fn ask_one_by_one(address: SocketAddr, request: &str, until: Instant) -> Outcome<Vec<Duration>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    exchange(&mut stream, request).await?;
    let mut times = Vec::new();
    while times.is_empty() || Instant::now() < until {
        let begun = Instant::now();
        exchange(&mut stream, request).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// Fails unless the answer is a list with something in it.
async fn exchange(stream: &mut BufReader<TcpStream>, request: &str) -> Outcome<()> {
    stream.write_all(request.as_bytes()).await?;
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let begun = head.len();
        if stream.read_line(&mut head).await? == 0 {
            return Err("the server has closed the connection".into());
        }
        let line = head[begun..].trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(("content-length", number)) = line.split_once(": ") {
            length = number.parse()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    if head.starts_with("HTTP/1.1 200 ") && length > 100 {
        return Ok(());
    }
    Err(format!("{request} was answered with {head}{}", String::from_utf8_lossy(&body)).into())
}
