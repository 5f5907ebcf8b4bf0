//! Who makes a call of an API: always a user of an account, in that or for another one.

use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Level;
use ambar_domain::policy::access::Caller;

use super::api_auth_error::ApiAuthError;
use super::identity::Identity;

/// A user in an account.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) user: UserId,
    /// The user's own account, or the one that it acts for.
    pub(crate) account: AccountId,
    /// May do everything in the account. Who acts for it may not, whatever is entrusted to it.
    pub(crate) administrator: bool,
    caller: Caller,
}

impl Member {
    /// Nobody in particular makes no calls.
    pub(crate) fn prove(identity: &Identity) -> Result<Self, ApiAuthError> {
        let (user, account, administrator) = match identity.caller() {
            Caller::Anonymous => return Err(ApiAuthError::Missing),
            Caller::User { user, account, administrator } => (user, account, *administrator),
            Caller::Delegate { user, account, .. } => (user, account, false),
        };
        Ok(Self { user: user.clone(), account: account.clone(), administrator, caller: identity.caller().clone() })
    }

    /// As the policy knows it.
    pub(crate) fn caller(&self) -> Caller {
        self.caller.clone()
    }

    /// What another account has entrusted, if the user acts for one.
    pub(crate) fn entrusted(&self) -> Option<Level> {
        match &self.caller {
            Caller::Anonymous | Caller::User { .. } => None,
            Caller::Delegate { level, .. } => Some(*level),
        }
    }

    /// Whether it sees all that the account has, and not only what it was granted something on.
    pub(crate) fn sees_everything(&self) -> bool {
        self.administrator || self.entrusted().is_some()
    }
}
