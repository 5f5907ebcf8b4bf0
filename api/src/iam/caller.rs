//! Who asks, and what of its account it may look at: administrators everything, everybody else what is its own.
//!
//! Ids of other accounts are not there for anybody. What is changed is checked again by the operation that changes it.

use std::sync::Arc;

use ambar_domain::ids::AccountId;
use ambar_projections::Reader;
use ambar_projections::identity::{self, Account, Group, User};

use super::error::IamError;
use crate::auth::{ApiAuthError, Identity, authenticate_api};
use crate::call::Call;

/// A user who has proved who it is.
pub(super) struct Caller<'a> {
    pub(super) call: &'a Call,
    pub(super) identity: Arc<Identity>,
    pub(super) account: AccountId,
}

impl<'a> Caller<'a> {
    pub(super) fn prove(call: &'a Call, body: &[u8]) -> Result<Self, IamError> {
        let identity = authenticate_api(call, body)?;
        let account = identity.account().ok_or(ApiAuthError::Missing)?.clone();
        Ok(Self { call, identity, account })
    }

    pub(super) fn reader(&self) -> Result<Reader, IamError> {
        Ok(self.call.state().views.reader()?)
    }

    pub(super) fn is_administrator(&self) -> bool {
        self.identity.is_administrator_of(&self.account)
    }

    pub(super) fn require_administrator(&self) -> Result<(), IamError> {
        if self.is_administrator() { Ok(()) } else { Err(IamError::Denied) }
    }

    pub(super) fn account(&self) -> Result<Account, IamError> {
        identity::find_account(&self.reader()?, &self.account)?.ok_or(IamError::NotFound { what: "domain" })
    }

    /// A user of the account: the caller itself, or anybody for an administrator.
    pub(super) fn user(&self, id: &str) -> Result<User, IamError> {
        if self.identity.user().is_none_or(|own| own.as_str() != id) {
            self.require_administrator()?;
        }
        let missing = || IamError::NotFound { what: "user" };
        let found = identity::find_user_by_id(&self.reader()?, &id.parse().map_err(|_| missing())?)?;
        found.filter(|user| user.account == self.account).ok_or_else(missing)
    }

    /// A group of the account, for an administrator.
    pub(super) fn group(&self, id: &str) -> Result<Group, IamError> {
        self.require_administrator()?;
        let missing = || IamError::NotFound { what: "group" };
        let found = identity::find_group_by_id(&self.reader()?, &id.parse().map_err(|_| missing())?)?;
        found.filter(|group| group.account == self.account).ok_or_else(missing)
    }

    /// Refuses a domain that is given and is not the caller's account.
    pub(super) fn require_own_domain(&self, domain: Option<&str>) -> Result<(), IamError> {
        if domain.is_none_or(|domain| domain.is_empty() || domain == self.account.as_str()) {
            Ok(())
        } else {
            Err(IamError::NotFound { what: "domain" })
        }
    }

    /// Whether a parameter of the query is not given, or is this.
    pub(super) fn wants(&self, parameter: &str, actual: &str) -> bool {
        self.call.query().first(parameter).is_none_or(|wanted| wanted.is_empty() || wanted == actual)
    }
}
