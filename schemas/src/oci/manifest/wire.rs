//! The shape of all four kinds of manifest in one, as far as the registry reads it.

use ambar_domain::manifest::{Descriptor, Platform};
use serde::Deserialize;

use super::ManifestError;
use super::object::Object;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireManifest {
    pub(super) schema_version: Option<u64>,
    pub(super) media_type: Option<String>,
    pub(super) artifact_type: Option<String>,
    pub(super) config: Option<Object<WireDescriptor>>,
    pub(super) layers: Option<Vec<Object<WireDescriptor>>>,
    pub(super) manifests: Option<Vec<Object<WireDescriptor>>>,
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

#[derive(Debug, Clone, Deserialize)]
pub(super) struct WirePlatform {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
}

impl WirePlatform {
    pub(super) fn into_platform(self) -> Option<Platform> {
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
        let digest = self.digest.ok_or(ManifestError::FieldMissing { field: "digest" })?;
        let size = self.size.ok_or(ManifestError::FieldMissing { field: "size" })?;
        Ok(Descriptor {
            media_type: self.media_type.filter(|stated| !stated.is_empty()).ok_or(ManifestError::FieldMissing { field: "mediaType" })?,
            digest: digest.parse().map_err(|source| ManifestError::Digest { field, source })?,
            size_bytes: u64::try_from(size).map_err(|_| ManifestError::Size { field })?,
        })
    }
}
