//! The access keys of a user (requirement I3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{UserError, UserEvent};
use crate::access_key::{AccessKeyId, LoginKeyHash, SealedSecret};
use crate::aggregate::unless;
use crate::clock::Timestamp;
use crate::description::AccessKeyDescription;

/// How many access keys a user may have (requirement I3).
pub const MAX_ACCESS_KEYS: usize = 2;

/// The access keys of a user, with whether each works.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct AccessKeys(BTreeMap<AccessKeyId, bool>);

impl AccessKeys {
    pub(super) fn create(
        &self,
        access_key: AccessKeyId,
        login_key_hash: LoginKeyHash,
        sealed_secret: SealedSecret,
        description: AccessKeyDescription,
    ) -> Result<UserEvent, UserError> {
        if self.holds(&access_key) {
            return Err(UserError::AccessKeyExists);
        }
        if self.0.len() >= MAX_ACCESS_KEYS {
            return Err(UserError::TooManyAccessKeys);
        }
        Ok(UserEvent::AccessKeyCreated { access_key, login_key_hash, sealed_secret, description })
    }

    pub(super) fn reseal(&self, access_key: AccessKeyId, sealed_secret: SealedSecret) -> Result<UserEvent, UserError> {
        self.is_enabled(&access_key)?;
        Ok(UserEvent::AccessKeyResealed { access_key, sealed_secret })
    }

    pub(super) fn disable(&self, access_key: AccessKeyId) -> Result<Vec<UserEvent>, UserError> {
        Ok(unless(!self.is_enabled(&access_key)?, UserEvent::AccessKeyDisabled { access_key }))
    }

    pub(super) fn enable(&self, access_key: AccessKeyId) -> Result<Vec<UserEvent>, UserError> {
        Ok(unless(self.is_enabled(&access_key)?, UserEvent::AccessKeyEnabled { access_key }))
    }

    pub(super) fn delete(&self, access_key: AccessKeyId) -> Result<UserEvent, UserError> {
        self.is_enabled(&access_key)?;
        Ok(UserEvent::AccessKeyDeleted { access_key })
    }

    pub(super) fn note_use(&self, access_key: AccessKeyId, used_at: Timestamp) -> Result<UserEvent, UserError> {
        self.is_enabled(&access_key)?;
        Ok(UserEvent::AccessKeyUsed { access_key, used_at })
    }

    pub(super) fn holds(&self, access_key: &AccessKeyId) -> bool {
        self.0.contains_key(access_key)
    }

    fn is_enabled(&self, access_key: &AccessKeyId) -> Result<bool, UserError> {
        self.0.get(access_key).copied().ok_or(UserError::AccessKeyNotFound)
    }

    pub(super) fn set(&mut self, access_key: AccessKeyId, enabled: bool) {
        self.0.insert(access_key, enabled);
    }

    pub(super) fn remove(&mut self, access_key: &AccessKeyId) {
        self.0.remove(access_key);
    }
}
