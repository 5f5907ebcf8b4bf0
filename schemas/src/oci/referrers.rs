//! The list of referrers (distribution-spec, "Listing Referrers"): an image index of the manifests whose subject is given.

use std::collections::BTreeMap;

use ambar_domain::digest::Digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::media_type;

/// One manifest that refers to the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Referrer {
    /// Media type of the manifest.
    pub media_type: String,
    /// Digest of the manifest.
    pub digest: Digest,
    /// Size of the manifest in bytes.
    pub size: u64,
    /// What kind of artifact it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The manifest's annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// An image index that lists referrers; an empty one when there are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferrersIndex {
    /// Always 2.
    pub schema_version: u8,
    /// Always [`media_type::OCI_INDEX`].
    pub media_type: String,
    /// The referrers.
    pub manifests: Vec<Referrer>,
}

impl ReferrersIndex {
    /// Lists `manifests`.
    #[must_use]
    pub fn new(manifests: Vec<Referrer>) -> Self {
        Self { schema_version: 2, media_type: media_type::OCI_INDEX.to_owned(), manifests }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_is_a_whole_index() {
        let json = serde_json::to_string(&ReferrersIndex::new(Vec::new())).unwrap();
        assert_eq!(json, r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#);
    }
}
