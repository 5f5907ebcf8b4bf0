//! Who may do what on a repository, and why (requirements I1, G1, G2, M4).
//!
//! The effective level is the highest of: account administrator, grant on the organization, grant on the repository, public.

use crate::ids::{AccountId, UserId};
use crate::level::{Level, Visibility};

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody has said who.
    Anonymous,
    /// A user that has proved who it is.
    User {
        /// The user.
        user: UserId,
        /// The user's account.
        account: AccountId,
        /// Holds an administrator role, directly or through a group.
        administrator: bool,
    },
}

/// What the views know about a caller and a repository (or, where `visibility` is `None`, an organization's future one).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessFacts {
    /// The account that owns the organization; `None` if there is no such organization.
    pub owner: Option<AccountId>,
    /// The repository's visibility; `None` if there is no such repository.
    pub visibility: Option<Visibility>,
    /// The caller's grant on the organization.
    pub organization_grant: Option<Level>,
    /// The caller's grant on the repository.
    pub repository_grant: Option<Level>,
}

/// Why a caller has a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// An administrator of the owning account.
    AccountAdministrator,
    /// A grant on the organization.
    OrganizationGrant,
    /// A grant on the repository.
    RepositoryGrant,
    /// The repository is public.
    Public,
}

/// A level and its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The effective level.
    pub level: Level,
    /// What gives it. Where several do, the first in the order of [`Because`].
    pub because: Because,
}
// pub fn access(caller: &Caller, facts: &AccessFacts, anonymous_pull: bool) -> Option<Access>   — level on an existing or future repository
// pub fn may_create(caller, facts) -> bool  — pushing a NEW repository needs edit or manage on the ORGANIZATION (or account administrator) (P6)
