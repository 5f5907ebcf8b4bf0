//! `ambar tag`: the versions of an image.

use std::fmt;
use std::str::FromStr;

use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use ambar_schemas::oci::media_type::{DOCKER_MANIFEST_LIST, OCI_INDEX};
use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use http::Method;
use serde_json::{Value, json};

use super::accessory;
use super::deletion::DeleteArgs;
use super::image::without_version;
use super::paging::{Paging, every};
use super::people::with_names;
use crate::admin::{self, AdminCommand, HistoryCommand, Reply};
use crate::client::{Client, Request};

/// What is listed of a version, and where the API has it.
const COLUMNS: [(&str, &str); 10] = [
    ("tag", "tag"),
    ("digest", "digest"),
    ("kind", "kind"),
    ("platforms", "platforms"),
    ("size_bytes", "size_bytes"),
    ("updated_at", "pushed_at"),
    ("pushed_by", "pushed_by"),
    ("pushed_by_name", "pushed_by_name"),
    ("downloads", "pull_count"),
    ("last_pulled_at", "last_pulled_at"),
];

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum TagCommand {
    /// List the versions of an image
    List(ListArgs),
    /// Show a version
    Show {
        /// The image with the tag, organization/name:tag
        image: TaggedImage,
    },
    /// List what belongs to a version: signatures, SBOMs and whatever else says so by its subject
    Accessories {
        /// The image with the tag, organization/name:tag
        image: TaggedImage,
    },
    /// List the tags of indexes that list a version
    References {
        /// The image with the tag, organization/name:tag
        image: TaggedImage,
    },
    /// Give a version a second name, on the server
    Copy {
        /// The image with the tag, organization/name:tag
        image: TaggedImage,
        /// The other name in the same image
        tag: Tag,
        /// Move the other name if it is there already
        #[arg(long)]
        replace: bool,
    },
    /// Delete versions of an image, all of them or none; or a manifest with every version on it
    Delete(DeleteArgs),
    /// List what a tag has pointed at, the newest first
    History {
        /// The image with the tag, organization/name:tag
        image: TaggedImage,
    },
    /// Point a tag at a manifest again that the image still holds
    Restore {
        /// The image with the tag, organization/name:tag
        image: TaggedImage,
        /// The manifest; `ambar tag history` lists them
        digest: Digest,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    /// The image, organization/name
    #[arg(value_parser = without_version)]
    repository: RepositoryName,
    /// Only with this in the tag
    #[arg(long, value_name = "TEXT")]
    tag: Option<String>,
    /// In which order
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    sort: Order,
    #[command(flatten)]
    paging: Paging,
}

/// In which order versions are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// What was pushed last comes first
    Newest,
    /// By tag
    Tag,
}

/// `organization/name:tag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaggedImage {
    pub(super) repository: RepositoryName,
    pub(super) tag: Tag,
}

impl FromStr for TaggedImage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            return Err("a version is named by its tag here, organization/name:tag; a digest is none".to_owned());
        }
        let (repository, tag) = text.rsplit_once(':').ok_or("a version is given as organization/name:tag")?;
        let repository = repository.parse().map_err(|error| format!("{error}"))?;
        let tag = tag.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { repository, tag })
    }
}

impl fmt::Display for TaggedImage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.repository, self.tag)
    }
}

impl TaggedImage {
    fn request(&self, method: Method) -> Request {
        Request::on_repository(method, &self.repository, &["tags", self.tag.as_str()])
    }

    fn request_v1(&self, method: Method, rest: &[&str]) -> Request {
        Request::on_repository_v1(method, &self.repository, &[&["tags", self.tag.as_str()], rest].concat())
    }
}

impl TagCommand {
    pub(super) fn on_data_dir(self) -> Option<AdminCommand> {
        match self {
            Self::List(ListArgs { repository, tag: None, sort: Order::Newest, paging }) if paging.is_default() => {
                Some(AdminCommand::Repo(admin::RepoCommand::Tags { repository }))
            }
            Self::History { image: TaggedImage { repository, tag } } => {
                Some(AdminCommand::History(HistoryCommand::Tag { repository, tag }))
            }
            Self::List(_)
            | Self::Show { .. }
            | Self::Accessories { .. }
            | Self::References { .. }
            | Self::Copy { .. }
            | Self::Delete(_)
            | Self::Restore { .. } => None,
        }
    }

    pub(super) fn question(&self) -> Result<Option<String>> {
        Ok(match self {
            Self::Delete(args) => Some(args.question()?),
            Self::Restore { image, digest } => Some(format!("Point '{image}' at {digest}?")),
            Self::Copy { image, tag, replace: true } => Some(format!("Point '{tag}' at what '{image}' is, wherever it points now?")),
            Self::List(_)
            | Self::Show { .. }
            | Self::Accessories { .. }
            | Self::References { .. }
            | Self::Copy { .. }
            | Self::History { .. } => None,
        })
    }

    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::List(args) => {
                let versions: Vec<_> = list(client, &args)?.into_iter().map(with_kind).collect();
                Ok(Reply::rows_of(&COLUMNS, &versions))
            }
            Self::Show { image } => show(client, &image),
            Self::Accessories { image } => accessory::list(client, &image),
            Self::References { image } => accessory::list_references(client, &image),
            Self::Copy { image, tag, replace } => {
                let create = Request::on_repository(Method::POST, &image.repository, &["tags"]);
                client.send(create.json(json!({ "source_tag": image.tag, "destination_tag": tag, "override": replace })))?;
                Ok(Reply::done(format!("'{}:{tag}' is '{image}'", image.repository)))
            }
            Self::Delete(args) => args.execute(client),
            Self::History { image } => history(client, &image),
            Self::Restore { image, digest } => {
                client.send(image.request_v1(Method::POST, &["restore"]).json(json!({ "digest": digest })))?;
                Ok(Reply::done(format!("'{image}' is {digest}")))
            }
        }
    }
}

/// All tags of an image, and nothing else of them.
pub(super) fn list_names(client: &Client, repository: &RepositoryName) -> Result<Reply> {
    let args = ListArgs { repository: repository.clone(), tag: None, sort: Order::Tag, paging: Paging::EVERYTHING };
    Ok(Reply::rows_of(&[("tag", "tag")], &list(client, &args)?))
}

fn list(client: &Client, args: &ListArgs) -> Result<Vec<Value>> {
    let order = match args.sort {
        Order::Newest => "newest",
        Order::Tag => "tag",
    };
    args.paging.list_by_cursor(client, || {
        Request::on_repository_v1(Method::GET, &args.repository, &["tags"]).with("tag", args.tag.as_deref()).with("order", Some(order))
    })
}

/// An image, or an index of several.
fn with_kind(mut version: Value) -> Value {
    let is_index = [OCI_INDEX, DOCKER_MANIFEST_LIST].iter().any(|known| version["media_type"] == *known);
    version["kind"] = if is_index { "index" } else { "image" }.into();
    version
}

/// What the management API tells of it, the manifest and since when the tag is there, and the own API the rest.
fn show(client: &Client, image: &TaggedImage) -> Result<Reply> {
    let (told, mut shown) = (client.ask(image.request(Method::GET))?, with_kind(client.ask(image.request_v1(Method::GET, &[]))?));
    for field in ["path", "created", "manifest"] {
        shown[field] = told[field].clone();
    }
    let told_besides = [("path", "path"), ("created_at", "created")];
    let pulls = ["docker_pull", "docker_pull_by_digest", "containerd_pull", "containerd_pull_by_digest"].map(|field| (field, field));
    let fields = [&COLUMNS[..], &told_besides, &pulls, &[("manifest", "manifest")]].concat();
    Ok(Reply::record_of(&fields, &shown))
}

fn history(client: &Client, image: &TaggedImage) -> Result<Reply> {
    let mut listed = every(client, || image.request_v1(Method::GET, &["history"]))?;
    with_names(client, &["pushed_by", "ended_by"], &mut listed)?;
    let fields = ["digest", "from", "until", "held", "pushed_by", "pushed_by_name", "ended_by", "ended_by_name"];
    let columns: Vec<_> = admin::TAG_COLUMNS.into_iter().zip(fields).collect();
    Ok(Reply::rows_of(&columns, &listed))
}
