//! What a manifest is made of, as far as the log remembers it: descriptors and the facts parsed from the bytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// Points at content: its type, digest and size in bytes (OCI image-spec, "Content Descriptors").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Descriptor {
    /// Media type of the content.
    pub media_type: String,
    /// Digest of the content.
    pub digest: Digest,
    /// Size of the content in bytes.
    pub size_bytes: u64,
}

/// What a program needs to run: operating system and CPU architecture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Platform {
    /// Operating system, such as `linux`.
    pub os: String,
    /// CPU architecture, such as `arm64`.
    pub architecture: String,
    /// Variant of the architecture, such as `v8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// The facts of a manifest: parsed once, when it is pushed, and kept in its event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManifestFacts {
    /// Media type the manifest was pushed with.
    pub media_type: String,
    /// Size of the manifest's own bytes.
    pub size_bytes: u64,
    /// What kind of artifact it is: its `artifactType`, or else its config's media type (distribution-spec, "Listing Referrers").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// Its config blob; an index has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Descriptor>,
    /// Its layer blobs that the registry must hold, in order. Non-distributable (foreign) layers are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Descriptor>,
    /// The manifests an index lists; they may be missing (distribution-spec allows sparse indexes).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Descriptor>,
    /// The manifest that this one refers to; it may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Digest>,
    /// The platforms it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<Platform>,
}

impl ManifestFacts {
    /// The blobs that must be linked in the repository before the manifest may be stored: config and layers.
    pub fn required_blobs(&self) -> impl Iterator<Item = &Descriptor> {
        self.config.iter().chain(&self.layers)
    }
}
