//! The shape of all four kinds of manifest in one, as far as the registry reads it.

use ambar_domain::manifest::{Descriptor, Platform};
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::ManifestError;
use super::object::Object;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireManifest {
    pub(super) schema_version: Option<u64>,
    pub(super) media_type: Option<String>,
    pub(super) artifact_type: Option<String>,
    pub(super) config: Option<Object<WireDescriptor>>,
    pub(super) layers: Option<Descriptors>,
    pub(super) manifests: Option<Descriptors>,
    pub(super) subject: Option<Object<WireDescriptor>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireDescriptor {
    media_type: Option<String>,
    digest: Option<String>,
    size: Option<i64>,
    platform: Option<Object<WirePlatform>>,
}

/// The most layers or children of a manifest: many times what any image has, and an event that names them all stays small.
pub(super) const MAX_DESCRIPTORS: usize = 4096;

/// The longest text in a descriptor besides its digest: both names of a media type may have 127 characters (RFC 6838, section 4.2).
pub(super) const MAX_TEXT_BYTES: usize = 255;

/// The first [`MAX_DESCRIPTORS`] of a list, and how many there are: a few bytes each, that many would take a lot of memory.
#[derive(Debug)]
pub(super) struct Descriptors {
    pub(super) kept: Vec<Object<WireDescriptor>>,
    pub(super) count: usize,
}

impl<'de> Deserialize<'de> for Descriptors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(DescriptorsVisitor)
    }
}

struct DescriptorsVisitor;

impl<'de> Visitor<'de> for DescriptorsVisitor {
    type Value = Descriptors;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list of descriptors")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Descriptors, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < MAX_DESCRIPTORS {
            let Some(descriptor) = list.next_element()? else { return Ok(Descriptors { count: kept.len(), kept }) };
            kept.push(descriptor);
        }
        let mut count = kept.len();
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Descriptors { kept, count })
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct WirePlatform {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
}

impl WirePlatform {
    fn texts(&self) -> [Option<&str>; 3] {
        [self.os.as_deref(), self.architecture.as_deref(), self.variant.as_deref()]
    }

    /// `None` as well for names that are none.
    pub(super) fn into_platform(self) -> Option<Platform> {
        if self.texts().into_iter().flatten().any(|text| text.len() > MAX_TEXT_BYTES) {
            return None;
        }
        let os = self.os.filter(|os| !os.is_empty())?;
        let architecture = self.architecture.filter(|architecture| !architecture.is_empty())?;
        Some(Platform { os, architecture, variant: self.variant.filter(|variant| !variant.is_empty()) })
    }
}

impl WireDescriptor {
    pub(super) fn platform(&self) -> Option<Platform> {
        self.platform.clone().and_then(|Object(platform)| platform.into_platform())
    }

    pub(super) fn check(self, field: &'static str) -> Result<Descriptor, ManifestError> {
        let texts = [self.media_type.as_deref()].into_iter().chain(self.platform.iter().flat_map(|Object(platform)| platform.texts()));
        if texts.flatten().any(|text| text.len() > MAX_TEXT_BYTES) {
            return Err(ManifestError::TextTooLong { field, limit_bytes: MAX_TEXT_BYTES });
        }
        let digest = self.digest.ok_or(ManifestError::FieldMissing { field: "digest" })?;
        let size = self.size.ok_or(ManifestError::FieldMissing { field: "size" })?;
        Ok(Descriptor {
            media_type: self.media_type.filter(|stated| !stated.is_empty()).ok_or(ManifestError::FieldMissing { field: "mediaType" })?,
            digest: digest.parse().map_err(|source| ManifestError::Digest { field, source })?,
            size_bytes: u64::try_from(size).map_err(|_| ManifestError::Size { field })?,
        })
    }
}
