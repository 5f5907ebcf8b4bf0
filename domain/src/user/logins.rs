//! The temporary logins of a user (requirement L2).
//!
//! A login that has reached its end counts no more; that it has is recorded nowhere, since its end was when it was issued.

use std::collections::BTreeMap;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{UserError, UserEvent};
use crate::access_key::{AccessKeyId, LoginKeyHash};
use crate::clock::Timestamp;
use crate::ids::AccountId;
use crate::login::{LoginScope, MAX_LOGIN_LIFETIME, login_end};
use crate::names::LoginName;

/// How many temporary logins of a user may work at once.
pub const MAX_LOGINS: usize = 100;

/// A login as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLogin {
    /// The public id, as that of an access key.
    pub login: AccessKeyId,
    /// What it is for.
    pub name: LoginName,
    /// What it is checked with.
    pub login_key_hash: LoginKeyHash,
    /// How long it works.
    pub lifetime: Duration,
    /// The access key that it is asked for with, and works no longer than.
    pub access_key: Option<AccessKeyId>,
    /// What it is good for.
    pub scope: LoginScope,
    /// The account that whoever uses it acts for, if it is another than the user's.
    pub on_behalf_of: Option<AccountId>,
    /// The present moment.
    pub now: Timestamp,
}

/// The temporary logins of a user, some that have ended among them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Logins(BTreeMap<AccessKeyId, Issued>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Issued {
    until: Timestamp,
    access_key: Option<AccessKeyId>,
}

impl Logins {
    pub(super) fn issue(&self, new: NewLogin) -> Result<UserEvent, UserError> {
        let NewLogin { login, name, login_key_hash, lifetime, access_key, scope, on_behalf_of, now } = new;
        let until = login_end(now, lifetime).ok_or(UserError::LoginLifetime)?;
        if self.lasts(&login, now) {
            return Err(UserError::LoginExists);
        }
        if self.0.values().filter(|issued| now < issued.until).count() >= MAX_LOGINS {
            return Err(UserError::TooManyLogins);
        }
        Ok(UserEvent::LoginIssued { login, name, login_key_hash, until, access_key, scope, on_behalf_of })
    }

    pub(super) fn revoke(&self, login: AccessKeyId, now: Timestamp) -> Result<UserEvent, UserError> {
        if self.lasts(&login, now) { Ok(UserEvent::LoginRevoked { login }) } else { Err(UserError::LoginNotFound) }
    }

    fn lasts(&self, login: &AccessKeyId, now: Timestamp) -> bool {
        self.0.get(login).is_some_and(|issued| now < issued.until)
    }

    pub(super) fn add(&mut self, login: AccessKeyId, until: Timestamp, access_key: Option<AccessKeyId>) {
        // No login lasts longer than the longest: one whose end is that long before this one's had ended when this one was issued.
        self.0.retain(|_, issued| until - MAX_LOGIN_LIFETIME < issued.until);
        self.0.insert(login, Issued { until, access_key });
    }

    pub(super) fn remove(&mut self, login: &AccessKeyId) {
        self.0.remove(login);
    }

    /// Those that were asked for with an access key go with it.
    pub(super) fn remove_made_by(&mut self, access_key: &AccessKeyId) {
        self.0.retain(|_, issued| issued.access_key.as_ref() != Some(access_key));
    }
}

#[cfg(test)]
mod tests;
