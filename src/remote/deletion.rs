//! `ambar tag delete`: versions of an image, several at once, or a manifest with every version on it (requirement M6).

use std::fmt;
use std::str::FromStr;

use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::{Reference, Tag};
use anyhow::Result;
use clap::Args;
use http::Method;
use serde_json::json;

use crate::admin::Reply;
use crate::client::{Client, Request};
use crate::refusal::Misuse;

const ALONE: &str = "a manifest is deleted alone: name neither a version nor another manifest beside it";

#[derive(Debug, Clone, Args)]
pub(crate) struct DeleteArgs {
    /// Versions of one image, organization/name:tag; or a manifest of it with every version on it, organization/name@sha256:…
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<NamedImage>,
}

/// `organization/name:tag` or `organization/name@digest`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NamedImage {
    repository: RepositoryName,
    reference: Reference,
}

impl FromStr for NamedImage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('@').or_else(|| text.rsplit_once(':'));
        let (repository, reference) =
            parts.ok_or("a version is given as organization/name:tag, a manifest as organization/name@sha256:…")?;
        let reference: Reference = reference.parse().map_err(|error| format!("{error}"))?;
        if text.contains('@') != matches!(reference, Reference::Digest(_)) {
            return Err("a digest stands behind '@', and a tag behind ':'".to_owned());
        }
        let repository = repository.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { repository, reference })
    }
}

/// What is deleted at once, each of it once.
struct Deletion<'a> {
    repository: &'a RepositoryName,
    what: What<'a>,
}

enum What<'a> {
    Manifest(&'a Digest),
    Versions(Vec<&'a Tag>),
}

impl DeleteArgs {
    /// What is asked before.
    ///
    /// # Errors
    /// [`Misuse`] if that cannot be deleted at once.
    pub(super) fn question(&self) -> Result<String> {
        let deletion = self.checked()?;
        let rest = if matches!(deletion.what, What::Manifest(_)) { " with every version on it" } else { "" };
        Ok(format!("Delete {deletion}{rest}?"))
    }

    pub(super) fn execute(&self, client: &Client) -> Result<Reply> {
        let deletion = self.checked()?;
        let body = match &deletion.what {
            What::Manifest(digest) => json!({ "digest": digest }),
            What::Versions(tags) => json!({ "tags": tags }),
        };
        client.send(Request::on_repository_v1(Method::POST, deletion.repository, &["deletions"]).json(body))?;
        Ok(Reply::done(format!("{deletion} deleted")))
    }

    fn checked(&self) -> Result<Deletion<'_>, Misuse> {
        let Some(NamedImage { repository, .. }) = self.images.first() else {
            return Err(Misuse("nothing is named that could be deleted".into()));
        };
        if self.images.iter().any(|image| image.repository != *repository) {
            return Err(Misuse("versions that are deleted at once are of one image".into()));
        }
        let (mut digests, mut tags) = (Vec::new(), Vec::new());
        for image in &self.images {
            match &image.reference {
                Reference::Digest(digest) if !digests.contains(&digest) => digests.push(digest),
                Reference::Tag(tag) if !tags.contains(&tag) => tags.push(tag),
                Reference::Digest(_) | Reference::Tag(_) => {}
            }
        }
        let what = match (digests.as_slice(), tags.is_empty()) {
            ([], _) => What::Versions(tags),
            ([digest], true) => What::Manifest(digest),
            _ => return Err(Misuse(ALONE.into())),
        };
        Ok(Deletion { repository, what })
    }
}

impl fmt::Display for Deletion<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { repository, what } = self;
        match what {
            What::Manifest(digest) => write!(formatter, "manifest '{repository}@{digest}'"),
            What::Versions(tags) => {
                let names: Vec<_> = tags.iter().map(|tag| format!("'{repository}:{tag}'")).collect();
                write!(formatter, "version{} {}", if names.len() == 1 { "" } else { "s" }, names.join(", "))
            }
        }
    }
}
