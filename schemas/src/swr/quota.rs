//! Quotas, feature gates and the account's figures.

use schemars::JsonSchema;
use serde::Serialize;

/// The account's quotas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Quotas {
    /// Each.
    pub quotas: Vec<Quota>,
}

/// How much of something an account may have, and has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Quota {
    /// What.
    pub quota_key: &'static str,
    /// How much it may have.
    pub quota_limit: u64,
    /// How much it has.
    pub used: u64,
    /// Always empty.
    pub unit: &'static str,
}

/// What the registry can do, for consoles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say what is switched on, and the API gives no more")]
pub struct FeatureGates {
    pub enable_experience: bool,
    pub enable_hss_service: bool,
    pub enable_image_scan: bool,
    pub enable_sm3: bool,
    pub enable_image_sync: bool,
    pub enable_cci_service: bool,
    pub enable_image_label: bool,
    pub enable_pipeline: bool,
    pub enable_authorization_token: bool,
    pub enable_resource: bool,
    pub enable_list_v3: bool,
    pub enable_image_quota: bool,
    pub enable_cosign_signature: bool,
    pub enable_enterprise_edition_link: bool,
    pub enable_customize_validity_period: bool,
    /// Where the product's upload tool can be had. Always empty: there is none here.
    pub swr_util_download_url: &'static str,
}

/// The account's figures.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Overview {
    /// The account.
    pub domain_id: String,
    /// Its name.
    pub domain_name: String,
    /// How many organizations it has. The name is the API's own.
    pub namspace_num: u64,
    /// How many repositories.
    pub repo_num: u64,
    /// How many tags.
    pub image_num: u64,
    /// Bytes stored.
    pub store_space: f64,
    /// Bytes pulled.
    pub downflow_size: f64,
}

/// One day of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportDay {
    /// The day, as `2024-09-01`.
    #[schemars(extend("format" = "date"))]
    pub date: String,
    /// How many bytes.
    pub value: u64,
}

/// Whether another service may act for the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Agency {
    /// The account.
    pub domain_id: String,
    /// Whether one may.
    pub is_agency: bool,
}
