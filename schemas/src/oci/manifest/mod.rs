//! Reading manifests: the facts that the log keeps, and the annotations that listing referrers needs.
//!
//! Four kinds are taken: OCI manifest, OCI index, Docker schema 2 manifest, Docker manifest list. Unknown fields are allowed and stay in the
//! stored bytes; what would let two readers see two different things (a repeated field, an array for an object, an image with children, a
//! type that contradicts the request) is refused.

mod object;
mod wire;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ambar_domain::digest::InvalidDigest;
use ambar_domain::manifest::{Descriptor, ManifestFacts, Platform};
use serde::Deserialize;
use thiserror::Error;

use self::object::Object;
use self::wire::{Descriptors, MAX_DESCRIPTORS, MAX_TEXT_BYTES, WireManifest};
use super::media_type;

/// Why bytes are no manifest that the registry takes.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// No JSON object of a manifest's shape.
    #[error("the manifest is not well-formed: {reason}")]
    Malformed {
        /// Where and why, in the parser's words; never any content.
        reason: String,
    },
    /// The old Docker format.
    #[error("schema 1 manifests are not supported; use Docker 1.10 or newer, or convert the image")]
    Schema1,
    /// Neither the request nor the manifest says what it is.
    #[error("the media type of the manifest is missing")]
    MediaTypeMissing,
    /// A type that is none of the four.
    #[error("the manifest's media type '{media_type}' is not supported")]
    MediaTypeUnsupported {
        /// What was announced.
        media_type: String,
    },
    /// The request says one thing and the manifest another.
    #[error("the request says the manifest is '{announced}', and the manifest says '{stated}'")]
    MediaTypeMismatch {
        /// `Content-Type` of the request.
        announced: String,
        /// `mediaType` in the manifest.
        stated: String,
    },
    /// `schemaVersion` is not 2.
    #[error("the schema version must be 2")]
    SchemaVersion,
    /// A field that this kind of manifest must have is missing.
    #[error("the field '{field}' is missing")]
    FieldMissing {
        /// Which.
        field: &'static str,
    },
    /// A field that makes the manifest look like another kind.
    #[error("the field '{field}' does not belong into this kind of manifest")]
    FieldForeign {
        /// Which.
        field: &'static str,
    },
    /// A descriptor's digest is none.
    #[error("a digest in '{field}' is invalid")]
    Digest {
        /// Where.
        field: &'static str,
        /// Why.
        #[source]
        source: InvalidDigest,
    },
    /// More layers or children than any image has.
    #[error("'{field}' has {count} entries, and at most {limit} are taken")]
    TooManyDescriptors {
        /// Where.
        field: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A media type, or the name of a platform, that is none.
    #[error("a text in '{field}' is longer than {limit_bytes} bytes")]
    TextTooLong {
        /// Where.
        field: &'static str,
        /// The longest that is taken.
        limit_bytes: usize,
    },
    /// A descriptor's size is negative or too large to be true.
    #[error("a size in '{field}' is invalid")]
    Size {
        /// Where.
        field: &'static str,
    },
}

/// What kind of manifest it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Image,
    Index,
}

/// Reads a manifest that was announced as `content_type`.
///
/// # Errors
/// Says what is wrong with it.
pub fn parse(content_type: Option<&str>, bytes: &[u8]) -> Result<ManifestFacts, ManifestError> {
    let announced = content_type.map(media_type::essence).filter(|announced| !announced.is_empty());
    if announced.is_some_and(is_schema1) {
        return Err(ManifestError::Schema1);
    }
    if let Some(media_type) = announced {
        kind_of(media_type)?;
    }
    let Object(manifest): Object<WireManifest> =
        serde_json::from_slice(bytes).map_err(|error| ManifestError::Malformed { reason: position(&error) })?;
    let media_type = agree(announced, &manifest)?;
    let kind = kind_of(&media_type)?;
    if manifest.schema_version != Some(2) {
        return Err(ManifestError::SchemaVersion);
    }
    facts(kind, media_type, manifest, bytes.len())
}

/// The annotations of a manifest; none if it has none or is not one.
#[must_use]
pub fn annotations(bytes: &[u8]) -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Annotated {
        #[serde(default)]
        annotations: Option<BTreeMap<String, String>>,
    }
    serde_json::from_slice::<Object<Annotated>>(bytes).ok().and_then(|Object(manifest)| manifest.annotations).unwrap_or_default()
}

/// The platform that an image's configuration names; `None` if it names none.
#[must_use]
pub fn config_platform(bytes: &[u8]) -> Option<Platform> {
    serde_json::from_slice::<Object<wire::WirePlatform>>(bytes).ok().and_then(|Object(config)| config.into_platform())
}

/// The parser's message without the text it quotes: only what and where.
fn position(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Io => "it cannot be read",
        serde_json::error::Category::Syntax => "no JSON",
        serde_json::error::Category::Data => "a field is repeated or has the wrong type",
        serde_json::error::Category::Eof => "it ends too early",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

fn is_schema1(media_type: &str) -> bool {
    media_type == media_type::DOCKER_SCHEMA1 || media_type == media_type::DOCKER_SCHEMA1_SIGNED
}

fn kind_of(media_type: &str) -> Result<Kind, ManifestError> {
    match media_type {
        media_type::OCI_MANIFEST | media_type::DOCKER_MANIFEST => Ok(Kind::Image),
        media_type::OCI_INDEX | media_type::DOCKER_MANIFEST_LIST => Ok(Kind::Index),
        schema1 if is_schema1(schema1) => Err(ManifestError::Schema1),
        other => Err(ManifestError::MediaTypeUnsupported { media_type: other.chars().take(100).collect() }),
    }
}

/// The one media type that the request and the manifest agree on.
fn agree(announced: Option<&str>, manifest: &WireManifest) -> Result<String, ManifestError> {
    if manifest.schema_version == Some(1) {
        return Err(ManifestError::Schema1);
    }
    let stated = manifest.media_type.as_deref().filter(|stated| !stated.is_empty());
    match (announced, stated) {
        (Some(announced), Some(stated)) if announced != stated => {
            Err(ManifestError::MediaTypeMismatch { announced: announced.to_owned(), stated: stated.chars().take(100).collect() })
        }
        (Some(agreed), _) | (None, Some(agreed)) => Ok(agreed.to_owned()),
        (None, None) => Err(ManifestError::MediaTypeMissing),
    }
}

fn facts(kind: Kind, media_type: String, manifest: WireManifest, size: usize) -> Result<ManifestFacts, ManifestError> {
    let mut platforms = Vec::new();
    let (config, layers, children) = match kind {
        Kind::Image => {
            refuse(manifest.manifests.is_some(), "manifests")?;
            let config = manifest.config.ok_or(ManifestError::FieldMissing { field: "config" })?.0.check("config")?;
            let layers = manifest.layers.ok_or(ManifestError::FieldMissing { field: "layers" })?;
            (Some(config), check_all(layers, "layers")?, Vec::new())
        }
        Kind::Index => {
            refuse(manifest.config.is_some(), "config")?;
            refuse(manifest.layers.is_some(), "layers")?;
            let children = manifest.manifests.ok_or(ManifestError::FieldMissing { field: "manifests" })?;
            for platform in children.kept.iter().filter_map(|Object(child)| child.platform()) {
                if !platforms.contains(&platform) {
                    platforms.push(platform);
                }
            }
            (None, Vec::new(), check_all(children, "manifests")?)
        }
    };
    let artifact_type = manifest.artifact_type.filter(|stated| !stated.is_empty());
    if artifact_type.as_ref().is_some_and(|stated| stated.len() > MAX_TEXT_BYTES) {
        return Err(ManifestError::TextTooLong { field: "artifactType", limit_bytes: MAX_TEXT_BYTES });
    }
    Ok(ManifestFacts {
        media_type,
        size_bytes: size as u64,
        artifact_type: artifact_type.or_else(|| config.as_ref().map(|config| config.media_type.clone())),
        config,
        layers: layers.into_iter().filter(|layer| !media_type::is_nondistributable(&layer.media_type)).collect(),
        children,
        subject: manifest.subject.map(|Object(subject)| subject.check("subject")).transpose()?.map(|subject| subject.digest),
        platforms,
    })
}

fn refuse(present: bool, field: &'static str) -> Result<(), ManifestError> {
    if present { Err(ManifestError::FieldForeign { field }) } else { Ok(()) }
}

fn check_all(list: Descriptors, field: &'static str) -> Result<Vec<Descriptor>, ManifestError> {
    if list.count > MAX_DESCRIPTORS {
        return Err(ManifestError::TooManyDescriptors { field, count: list.count, limit: MAX_DESCRIPTORS });
    }
    list.kept.into_iter().map(|Object(descriptor)| descriptor.check(field)).collect()
}
