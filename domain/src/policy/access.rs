//! Who may do what on a repository, and why (requirements I1, I5, G1, G2, M4, S2, S3).
//!
//! The effective level is the highest of: account administrator, grant on the organization, grant on the repository, delegation, share with
//! the caller's account, public.

use crate::clock::Timestamp;
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
    /// A user of one account that acts for another one, which has entrusted its registry to the user's.
    Delegate {
        /// The user.
        user: UserId,
        /// The user's own account.
        home: AccountId,
        /// The account that the user acts for.
        account: AccountId,
        /// What that account has entrusted.
        level: Level,
        /// The moment from which it counts no more; without it, it lasts.
        until: Option<Timestamp>,
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
    /// The share of the caller's account, whether it has reached its end or not.
    pub share: Option<Share>,
}

/// That a repository is shared with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The moment from which it counts no more; without it, it lasts.
    pub until: Option<Timestamp>,
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
    /// The owning account has entrusted its registry to the caller's.
    Delegation,
    /// The repository is shared with the caller's account.
    Share,
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
    /// The moment from which it has to be decided anew even if no fact has changed; without it, it holds as long as the facts do.
    pub until: Option<Timestamp>,
}

/// The caller's level on a repository at the moment `now`, whether it exists or is yet to be, and why. `None` is no access at all.
///
/// A grant counts only for a user of the owning account, a share only for one of another, and what is on a repository only while there is one.
/// Who acts for an account has what that has entrusted, and nothing by a grant or share: what others share with an account is not for it to
/// pass on.
#[must_use]
pub fn access(caller: &Caller, facts: &AccessFacts, anonymous_pull: bool, now: Timestamp) -> Option<Access> {
    let owner = facts.owner.as_ref()?;
    let public = (facts.visibility == Some(Visibility::Public)).then_some(Access::of(Level::Read, Because::Public));
    let at_home = match caller {
        Caller::Anonymous => return public.filter(|_| anonymous_pull),
        Caller::User { account, .. } => account == owner,
        Caller::Delegate { .. } => true,
    };
    let share = facts.share.filter(|share| !at_home && facts.visibility.is_some() && share.until.is_none_or(|until| now < until));
    let shared = share.map(|share| Access { until: share.until, ..Access::of(Level::Read, Because::Share) });
    highest([at_home_access(caller, facts, now), shared, public])
}

/// Whether the caller may push a repository that is yet to be (requirement P6) at the moment `now`: edit or manage on the organization or on
/// behalf of the owning account, or administrator.
///
/// A grant on another repository, or on one that existed before under the name, is not enough.
#[must_use]
pub fn may_create(caller: &Caller, facts: &AccessFacts, now: Timestamp) -> bool {
    let on_organization = AccessFacts { visibility: None, repository_grant: None, ..facts.clone() };
    at_home_access(caller, &on_organization, now).is_some_and(|access| access.level >= Level::Edit)
}

/// What the caller has as a user of the owning account, or of one that acts for it.
fn at_home_access(caller: &Caller, facts: &AccessFacts, now: Timestamp) -> Option<Access> {
    let administrator = match caller {
        Caller::User { account, administrator, .. } if Some(account) == facts.owner.as_ref() => *administrator,
        Caller::Delegate { account, level, until, .. } if Some(account) == facts.owner.as_ref() => {
            let lasts = until.is_none_or(|until| now < until);
            return lasts.then_some(Access { until: *until, ..Access::of(*level, Because::Delegation) });
        }
        Caller::User { .. } | Caller::Delegate { .. } | Caller::Anonymous => return None,
    };
    highest([
        administrator.then_some(Access::of(Level::Manage, Because::AccountAdministrator)),
        facts.organization_grant.map(|level| Access::of(level, Because::OrganizationGrant)),
        facts.repository_grant.filter(|_| facts.visibility.is_some()).map(|level| Access::of(level, Because::RepositoryGrant)),
    ])
}

/// The first of the highest: `max_by_key` would take the last.
fn highest(reasons: [Option<Access>; 3]) -> Option<Access> {
    reasons.into_iter().flatten().reduce(|best, next| if next.level > best.level { next } else { best })
}

impl Access {
    fn of(level: Level, because: Because) -> Self {
        Self { level, because, until: None }
    }
}

#[cfg(test)]
mod tests;
