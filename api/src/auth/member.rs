//! Who makes a call of an API: always a user of an account.

use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::policy::access::Caller;

use super::api_login::ApiAuthError;
use super::identity::Identity;

/// A user of an account.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) user: UserId,
    pub(crate) account: AccountId,
    pub(crate) administrator: bool,
}

impl Member {
    /// Nobody in particular makes no calls.
    pub(crate) fn prove(identity: &Identity) -> Result<Self, ApiAuthError> {
        match identity.caller() {
            Caller::Anonymous => Err(ApiAuthError::Missing),
            Caller::User { user, account, administrator } => {
                Ok(Self { user: user.clone(), account: account.clone(), administrator: *administrator })
            }
        }
    }

    /// As the policy knows it.
    pub(crate) fn caller(&self) -> Caller {
        Caller::User { user: self.user.clone(), account: self.account.clone(), administrator: self.administrator }
    }
}
