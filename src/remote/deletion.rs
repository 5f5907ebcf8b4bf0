//! `ambar tag delete`: versions of an image, several at once, or a manifest with every version on it (requirement M6).

use std::str::FromStr;

use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Reference;
use anyhow::{Result, bail};
use clap::Args;
use http::Method;
use serde_json::{Value, json};

use crate::admin::Reply;
use crate::client::{Client, Request};

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
    text: String,
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
        Ok(Self { repository, reference, text: text.to_owned() })
    }
}

impl DeleteArgs {
    pub(super) fn question(&self) -> String {
        match self.images.as_slice() {
            [NamedImage { reference: Reference::Digest(_), text, .. }] => format!("Delete manifest '{text}' with every version on it?"),
            [NamedImage { text, .. }] => format!("Delete version '{text}'?"),
            _ => format!("Delete {}?", self.what()),
        }
    }

    pub(super) fn execute(&self, client: &Client) -> Result<Reply> {
        let Some(NamedImage { repository, .. }) = self.images.first() else { bail!("nothing is named that could be deleted") };
        if self.images.iter().any(|image| image.repository != *repository) {
            bail!("versions that are deleted at once are of one image");
        }
        client.send(Request::on_repository_v1(Method::POST, repository, &["tags", "delete"]).json(self.body()?))?;
        Ok(Reply::done(format!("{} deleted", self.what())))
    }

    fn body(&self) -> Result<Value> {
        if let [NamedImage { reference: Reference::Digest(digest), .. }] = self.images.as_slice() {
            return Ok(json!({ "digest": digest }));
        }
        let tag = |image: &NamedImage| match &image.reference {
            Reference::Tag(tag) => Ok(tag.to_string()),
            Reference::Digest(_) => bail!("a manifest is deleted alone"),
        };
        Ok(json!({ "tags": self.images.iter().map(tag).collect::<Result<Vec<_>>>()? }))
    }

    fn what(&self) -> String {
        let kind = match self.images.as_slice() {
            [NamedImage { reference: Reference::Digest(_), .. }] => "manifest",
            [_] => "version",
            _ => "versions",
        };
        let names: Vec<_> = self.images.iter().map(|image| format!("'{}'", image.text)).collect();
        format!("{kind} {}", names.join(", "))
    }
}
