//! What an account entrusts to another one, or to a service (requirement I5): the words of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::description::description;
use crate::ids::AccountId;
use crate::names::ServiceName;
use crate::newtype::checked_text;

description! {
    /// What a delegation is for: 0–255 characters.
    DelegationDescription, 255
}

/// To whom an account entrusts its registry. As a text `account:<id>` or `service:<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Trustee {
    /// Another account, whose administrators act.
    Account(AccountId),
    /// A service of the region, which acts by itself.
    Service(ServiceName),
}

/// The text names no trustee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a trustee is 'account:' and an account's id, or 'service:' and a service's name")]
pub struct InvalidTrustee;

impl Trustee {
    /// The account, if it is one.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Account(account) => Some(account),
            Self::Service(_) => None,
        }
    }

    /// The service, if it is one.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceName> {
        match self {
            Self::Account(_) => None,
            Self::Service(service) => Some(service),
        }
    }
}

impl fmt::Display for Trustee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => write!(f, "account:{account}"),
            Self::Service(service) => write!(f, "service:{service}"),
        }
    }
}

impl FromStr for Trustee {
    type Err = InvalidTrustee;
    fn from_str(text: &str) -> Result<Self, InvalidTrustee> {
        match text.split_once(':') {
            Some(("account", account)) => account.parse().map(Self::Account).map_err(|_| InvalidTrustee),
            Some(("service", service)) => service.parse().map(Self::Service).map_err(|_| InvalidTrustee),
            _ => Err(InvalidTrustee),
        }
    }
}

impl TryFrom<String> for Trustee {
    type Error = InvalidTrustee;
    fn try_from(text: String) -> Result<Self, InvalidTrustee> {
        text.parse()
    }
}

impl From<Trustee> for String {
    fn from(trustee: Trustee) -> Self {
        trustee.to_string()
    }
}

impl schemars::JsonSchema for Trustee {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Trustee".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(account:[0-9a-f]{32}|service:.+)$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{account, parsed};

    #[test]
    fn a_trustee_is_the_text_it_is_written_as() {
        for trustee in [Trustee::Account(account(7)), Trustee::Service(parsed("op_svc_swr"))] {
            assert_eq!(trustee.to_string().parse(), Ok(trustee));
        }
        for wrong in ["", "account", "account:", "account:7", "service:", "service:a:b", "user:op_svc_swr"] {
            assert_eq!(wrong.parse::<Trustee>(), Err(InvalidTrustee), "{wrong}");
        }
    }
}
