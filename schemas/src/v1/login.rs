//! Temporary logins, without what proves them.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::AccountId;
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
    /// Its end: its own, or that of what the account that it acts for has entrusted.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub until: Timestamp,
    /// The id of the account that whoever uses it acts for; null if that is its user's own.
    pub on_behalf_of: Option<AccountId>,
    /// What it is limited to; null if it is good for whatever its user may do.
    pub repositories: Option<Vec<LoginRepository>>,
}
