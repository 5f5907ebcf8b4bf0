//! Temporary logins, without what proves them.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::login::LoginRepository;
use ambar_domain::names::LoginName;
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// A temporary login that works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TemporaryLogin {
    /// Its id.
    pub login: AccessKeyId,
    /// What it is for.
    pub name: LoginName,
    /// The access key that it was asked for with; null if it was none.
    pub access_key: Option<AccessKeyId>,
    /// When it was issued.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub issued_at: Timestamp,
    /// Its end.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub until: Timestamp,
    /// What it is limited to; null if it is good for whatever its user may do.
    pub repositories: Option<Vec<LoginRepository>>,
}
