//! The versions of an image, each with what is known of it.

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Digest;
use ambar_domain::ids::UserId;
use ambar_domain::names::UserName;
use ambar_domain::tag::Tag;
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// A version of an image. What is counted is counted for its manifest, by whatever tag it was pulled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ImageVersion")]
pub struct Version {
    /// Its name.
    pub tag: Tag,
    /// The manifest that it points at.
    pub digest: Digest,
    /// That manifest's media type, which tells an image from an index of several.
    pub media_type: String,
    /// Size of its config and layers in bytes; of an index, of what the manifests in it have.
    pub size_bytes: u64,
    /// What it runs on: operating system, architecture and variant with `/` between them; empty where it does not say.
    pub platforms: Vec<String>,
    /// When it was pointed at that manifest.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub pushed_at: Timestamp,
    /// Who did that; null if it was no user, and for users of other accounts, who do not see who works on an image.
    pub pushed_by: Option<UserId>,
    /// The name of that user; null as well if it is one of another account.
    pub pushed_by_name: Option<UserName>,
    /// How often it was pulled, as far as that is recorded.
    pub pull_count: u64,
    /// The last time; null if it was never pulled.
    #[serde(serialize_with = "time::serialize_option")]
    pub last_pulled_at: Option<Timestamp>,
    /// The command that pulls it with Docker.
    pub docker_pull: String,
    /// The command that pulls it with containerd; where nobody pulls without a login, `--user` comes besides.
    pub containerd_pull: String,
    /// The command that pulls this very manifest with Docker, wherever the tag points by then.
    pub docker_pull_by_digest: String,
    /// The same with containerd.
    pub containerd_pull_by_digest: String,
}
