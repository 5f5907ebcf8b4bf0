//! The registry protocol as its clients speak it; every answer is checked against what it must say.

use crate::connection::{Connection, Request, Response};
use crate::content::{Blob, Image, LargeLayer, LargeLayers, MANIFEST_TYPE};
use crate::endpoint::Endpoint;
use crate::head::Head;
use anyhow::{Context, Result, bail, ensure};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// An answer with another status than the one that was due.
#[derive(Debug)]
pub struct Refusal {
    /// The status it came with.
    pub status: u16,
    /// Its body, as text.
    pub body: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "answered {}: {}", self.status, self.body.trim_end())
    }
}

impl Error for Refusal {}

/// One page of a tag list.
#[derive(Debug)]
pub struct TagPage {
    /// How many tags it holds.
    pub count: usize,
    /// Path and query of the next page.
    pub next: Option<String>,
}

/// A client with one connection.
#[derive(Debug)]
pub struct Client {
    connection: Connection,
}

impl Client {
    /// A client whose connection opens with its first request.
    #[must_use]
    pub fn new(endpoint: Arc<Endpoint>) -> Self {
        Self { connection: Connection::new(endpoint) }
    }

    /// A client whose connection is open and whose login is good.
    pub async fn connected(endpoint: Arc<Endpoint>) -> Result<Self> {
        let mut client = Self::new(endpoint);
        client.expect("GET", "/v2/", 200).await?;
        Ok(client)
    }

    /// Sends a request without body and expects a status.
    pub async fn expect(&mut self, method: &str, target: &str, status: u16) -> Result<Response> {
        self.send(&Request { method, target, headers: &[], body: &[] }, status).await
    }

    async fn send(&mut self, request: &Request<'_>, status: u16) -> Result<Response> {
        let answer = self.connection.send(request).await?;
        if answer.head.status != status {
            let refusal = Refusal { status: answer.head.status, body: String::from_utf8_lossy(&answer.body).into_owned() };
            return Err(refusal).with_context(|| format!("{} {}", request.method, request.target));
        }
        Ok(answer)
    }

    /// Whether a repository holds a blob (HEAD).
    pub async fn has_blob(&mut self, repository: &str, digest: &str) -> Result<bool> {
        let target = format!("/v2/{repository}/blobs/{digest}");
        let answer = self.connection.send(&Request { method: "HEAD", target: &target, headers: &[], body: &[] }).await?;
        match answer.head.status {
            200 => Ok(true),
            404 => Ok(false),
            status => bail!("HEAD {target} answers {status}"),
        }
    }

    /// Opens an upload session and gives its location (POST).
    pub async fn begin_upload(&mut self, repository: &str) -> Result<String> {
        let answer = self.expect("POST", &format!("/v2/{repository}/blobs/uploads/"), 202).await?;
        location(&answer.head)
    }

    /// Sends bytes to an upload session and gives its location from then on (PATCH).
    pub async fn append(&mut self, upload: &str, pieces: &[&[u8]]) -> Result<String> {
        let headers = &[("Content-Type", "application/octet-stream")];
        let answer = self.send(&Request { method: "PATCH", target: upload, headers, body: pieces }, 202).await?;
        location(&answer.head)
    }

    /// Closes an upload session with the digest of what was sent (PUT).
    pub async fn finish_upload(&mut self, upload: &str, digest: &str) -> Result<()> {
        let joint = if upload.contains('?') { '&' } else { '?' };
        let target = format!("{upload}{joint}digest={digest}");
        let headers = &[("Content-Type", "application/octet-stream")];
        let answer = self.send(&Request { method: "PUT", target: &target, headers, body: &[] }, 201).await?;
        same_digest(&answer.head, digest)
    }

    /// Pushes a blob in three requests (POST, PATCH, PUT).
    pub async fn push_blob(&mut self, repository: &str, digest: &str, pieces: &[&[u8]]) -> Result<()> {
        let upload = self.begin_upload(repository).await?;
        let upload = self.append(&upload, pieces).await?;
        self.finish_upload(&upload, digest).await
    }

    /// Puts a manifest under a tag or its digest.
    pub async fn put_manifest(&mut self, repository: &str, reference: &str, manifest: &Blob) -> Result<()> {
        let target = format!("/v2/{repository}/manifests/{reference}");
        let headers = &[("Content-Type", MANIFEST_TYPE)];
        let answer = self.send(&Request { method: "PUT", target: &target, headers, body: &[&manifest.bytes] }, 201).await?;
        same_digest(&answer.head, &manifest.digest)
    }

    /// Pushes an image that the repository holds nothing of: 13 requests, as Docker makes them.
    pub async fn push_image(&mut self, repository: &str, tag: &str, image: &Image) -> Result<()> {
        for blob in &image.blobs {
            ensure!(!self.has_blob(repository, &blob.digest).await?, "{repository} holds {} already", blob.digest);
            self.push_blob(repository, &blob.digest, &[&blob.bytes]).await?;
        }
        self.put_manifest(repository, tag, &image.manifest).await
    }

    /// Pushes an image that the repository holds already: 4 requests.
    pub async fn push_image_again(&mut self, repository: &str, tag: &str, image: &Image) -> Result<()> {
        for blob in &image.blobs {
            ensure!(self.has_blob(repository, &blob.digest).await?, "{repository} does not hold {}", blob.digest);
        }
        self.put_manifest(repository, tag, &image.manifest).await
    }

    /// Asks for the digest of a manifest (HEAD).
    pub async fn head_manifest(&mut self, repository: &str, reference: &str, manifest: &Blob) -> Result<()> {
        let target = format!("/v2/{repository}/manifests/{reference}");
        let headers = &[("Accept", MANIFEST_TYPE)];
        let answer = self.send(&Request { method: "HEAD", target: &target, headers, body: &[] }, 200).await?;
        ensure!(answer.head.content_length()? == u64::try_from(manifest.bytes.len())?, "HEAD {target}: another length");
        same_digest(&answer.head, &manifest.digest)
    }

    /// Fetches a manifest and compares it byte for byte.
    pub async fn get_manifest(&mut self, repository: &str, reference: &str, manifest: &Blob) -> Result<()> {
        let target = format!("/v2/{repository}/manifests/{reference}");
        let headers = &[("Accept", MANIFEST_TYPE)];
        let answer = self.send(&Request { method: "GET", target: &target, headers, body: &[] }, 200).await?;
        ensure!(answer.body == manifest.bytes, "GET {target}: other bytes");
        same_digest(&answer.head, &manifest.digest)
    }

    /// Fetches a blob and compares it byte for byte.
    pub async fn get_blob(&mut self, repository: &str, blob: &Blob) -> Result<()> {
        let target = format!("/v2/{repository}/blobs/{}", blob.digest);
        let answer = self.expect("GET", &target, 200).await?;
        ensure!(answer.body == blob.bytes, "GET {target}: other bytes");
        same_digest(&answer.head, &blob.digest)
    }

    /// Pulls an image by its tag: manifest HEAD and GET, then each blob, 5 requests.
    pub async fn pull_image(&mut self, repository: &str, tag: &str, image: &Image) -> Result<()> {
        self.head_manifest(repository, tag, &image.manifest).await?;
        self.get_manifest(repository, &image.manifest.digest, &image.manifest).await?;
        for blob in &image.blobs {
            self.get_blob(repository, blob).await?;
        }
        Ok(())
    }

    /// Pulls a large layer and compares it byte for byte.
    pub async fn pull_layer(&mut self, repository: &str, layers: &LargeLayers, layer: &LargeLayer) -> Result<()> {
        let target = format!("/v2/{repository}/blobs/{}", layer.digest);
        let mut offset = 0;
        let compare = |piece: &[u8]| {
            ensure!(layers.matches(layer, offset, piece), "GET {target}: other bytes after {offset}");
            offset += piece.len();
            Ok(())
        };
        let head = self.connection.stream_body(&Request { method: "GET", target: &target, headers: &[], body: &[] }, compare).await?;
        ensure!(head.status == 200 && offset == layers.size(), "GET {target} answers {} and {offset} bytes", head.status);
        same_digest(&head, &layer.digest)
    }

    /// Mounts a blob of another repository.
    pub async fn mount(&mut self, repository: &str, digest: &str, from: &str) -> Result<()> {
        let target = format!("/v2/{repository}/blobs/uploads/?mount={digest}&from={from}");
        let answer = self.expect("POST", &target, 201).await?;
        same_digest(&answer.head, digest)
    }

    /// One page of a tag list; `target` is path and query.
    pub async fn tag_page(&mut self, target: &str) -> Result<TagPage> {
        let answer = self.expect("GET", target, 200).await?;
        let list: serde_json::Value = serde_json::from_slice(&answer.body).context("a tag list is JSON")?;
        let count = list["tags"].as_array().map_or(0, Vec::len);
        let next = answer.head.field("link").and_then(|link| link.split(['<', '>']).nth(1)).map(path_of);
        Ok(TagPage { count, next })
    }
}

fn location(head: &Head) -> Result<String> {
    Ok(path_of(head.field("location").context("an answer without Location")?))
}

/// Path and query of a URL that may be absolute.
fn path_of(url: &str) -> String {
    let path = url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|start| &rest[start..]));
    path.unwrap_or(url).to_owned()
}

fn same_digest(head: &Head, digest: &str) -> Result<()> {
    let said = head.field("docker-content-digest");
    ensure!(said == Some(digest), "Docker-Content-Digest is {said:?}, not {digest}");
    Ok(())
}
