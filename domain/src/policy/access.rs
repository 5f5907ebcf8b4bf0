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

/// The caller's level on a repository, whether it exists or is yet to be, and why. `None` is no access at all.
///
/// A grant counts only for a user of the owning account, and one on a repository only while there is a repository.
#[must_use]
pub fn access(caller: &Caller, facts: &AccessFacts, anonymous_pull: bool) -> Option<Access> {
    let owner = facts.owner.as_ref()?;
    let public = (facts.visibility == Some(Visibility::Public)).then_some(Level::Read);
    let (at_home, administrator) = match caller {
        Caller::Anonymous => return public.filter(|_| anonymous_pull).map(|level| Access { level, because: Because::Public }),
        Caller::User { account, administrator, .. } => (account == owner, *administrator),
    };
    let reasons = [
        (Because::AccountAdministrator, (at_home && administrator).then_some(Level::Manage)),
        (Because::OrganizationGrant, facts.organization_grant.filter(|_| at_home)),
        (Because::RepositoryGrant, facts.repository_grant.filter(|_| at_home && facts.visibility.is_some())),
        (Because::Public, public),
    ];
    let granted = reasons.into_iter().filter_map(|(because, level)| Some(Access { level: level?, because }));
    // The first of the highest: `max_by_key` would take the last.
    granted.reduce(|best, next| if next.level > best.level { next } else { best })
}

#[cfg(test)]
mod tests;
