//! Public images, as the image centre lists them.

use ambar_domain::clock::Timestamp;
use ambar_domain::names::AccountName;
use ambar_domain::repository::Category;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// An image that every user may pull.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PublicImage {
    /// Its whole name.
    pub name: RepositoryName,
    /// The name of the account that owns it.
    pub account_name: AccountName,
    /// What kind of software it holds.
    pub category: Category,
    /// How what it is for begins: 500 characters of it.
    pub summary: String,
    /// Size of everything that a version names, in bytes.
    pub size_bytes: u64,
    /// How many versions it has.
    pub version_count: u64,
    /// How often it was pulled, as far as that is recorded.
    pub pull_count: u64,
    /// When it was changed last.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub updated_at: Timestamp,
    /// The version that was pushed last; null if there is none.
    pub newest: Option<NewestVersion>,
}

/// The version of an image that was pushed last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NewestVersion {
    /// Its name.
    pub tag: Tag,
    /// What it runs on: operating system, architecture and variant with `/` between them; empty where it does not say.
    pub architectures: Vec<String>,
    /// The command that pulls it with Docker.
    pub docker_pull: String,
    /// The command that pulls it with containerd; where nobody pulls without a login, `--user` comes besides.
    pub containerd_pull: String,
}
