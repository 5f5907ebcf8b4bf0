//! Temporary logins (requirement L2): how long they may last, and what one is good for.

use std::collections::BTreeSet;

use chrono::{Duration, SubsecRound};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;
use crate::level::Level;
use crate::repository_name::RepositoryName;

/// The shortest time that a temporary login is issued for.
pub const MIN_LOGIN_LIFETIME: Duration = Duration::minutes(15);

/// The longest time that a temporary login is issued for.
pub const MAX_LOGIN_LIFETIME: Duration = Duration::hours(24);

/// How many repositories a temporary login can be limited to.
pub const MAX_LOGIN_REPOSITORIES: usize = 50;

/// When a login that is issued now ends; `None` if it may not last that long or that shortly.
#[must_use]
pub fn login_end(now: Timestamp, lifetime: Duration) -> Option<Timestamp> {
    let allowed = (MIN_LOGIN_LIFETIME..=MAX_LOGIN_LIFETIME).contains(&lifetime);
    // Cut to what views and answers can tell.
    allowed.then(|| (now + lifetime).trunc_subsecs(6))
}

/// What a temporary login may do in a repository, as far as its user may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoginRight {
    /// Pull.
    Pull,
    /// Push, which includes pull.
    Push,
}

impl LoginRight {
    /// The highest level that the login is good for.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Pull => Level::Read,
            Self::Push => Level::Edit,
        }
    }
}

/// One repository that a temporary login is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoginRepository {
    /// Which, existing or yet to be.
    pub repository: RepositoryName,
    /// For what.
    pub right: LoginRight,
}

/// What a temporary login is good for: whatever its user may do, or some repositories and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Option<Vec<LoginRepository>>", into = "Option<Vec<LoginRepository>>")]
pub struct LoginScope(Option<Vec<LoginRepository>>);

/// The repositories are no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a login is limited to 1 to 50 repositories, each named once")]
pub struct InvalidLoginScope;

impl LoginScope {
    /// Whatever its user may do.
    pub const EVERYTHING: Self = Self(None);

    /// These repositories and nothing else.
    ///
    /// # Errors
    /// [`InvalidLoginScope`] if there are none, more than [`MAX_LOGIN_REPOSITORIES`], or one twice.
    pub fn only(repositories: Vec<LoginRepository>) -> Result<Self, InvalidLoginScope> {
        let names: BTreeSet<&str> = repositories.iter().map(|limit| limit.repository.as_str()).collect();
        let valid = (1..=MAX_LOGIN_REPOSITORIES).contains(&repositories.len()) && names.len() == repositories.len();
        if valid { Ok(Self(Some(repositories))) } else { Err(InvalidLoginScope) }
    }

    /// The repositories it is limited to; `None` if it is not.
    #[must_use]
    pub fn repositories(&self) -> Option<&[LoginRepository]> {
        self.0.as_deref()
    }

    /// Whether it is not limited.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.0.is_none()
    }

    /// The highest level that it is good for on a repository; `None` if it is good for nothing there.
    #[must_use]
    pub fn highest_level(&self, repository: &RepositoryName) -> Option<Level> {
        let Some(repositories) = &self.0 else { return Some(Level::Manage) };
        repositories.iter().find(|limit| limit.repository == *repository).map(|limit| limit.right.level())
    }
}

impl TryFrom<Option<Vec<LoginRepository>>> for LoginScope {
    type Error = InvalidLoginScope;
    fn try_from(repositories: Option<Vec<LoginRepository>>) -> Result<Self, Self::Error> {
        repositories.map_or(Ok(Self::EVERYTHING), Self::only)
    }
}

impl From<LoginScope> for Option<Vec<LoginRepository>> {
    fn from(scope: LoginScope) -> Self {
        scope.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, parsed};

    fn limit(repository: &str, right: LoginRight) -> LoginRepository {
        LoginRepository { repository: parsed(repository), right }
    }

    #[test]
    fn a_login_lasts_from_fifteen_minutes_to_a_day() {
        for (seconds, end) in [(899, None), (900, Some(at(900))), (86_400, Some(at(86_400))), (86_401, None), (-900, None)] {
            assert_eq!(login_end(at(0), Duration::seconds(seconds)), end, "{seconds}");
        }
    }

    #[test]
    fn a_scope_allows_what_it_names_and_nothing_else() {
        let scope = LoginScope::only(vec![limit("team/web", LoginRight::Pull), limit("team/app", LoginRight::Push)]).unwrap();
        let levels = ["team/web", "team/app", "team/other"].map(|name| scope.highest_level(&parsed(name)));
        assert_eq!(levels, [Some(Level::Read), Some(Level::Edit), None]);
        assert_eq!(LoginScope::EVERYTHING.highest_level(&parsed("team/other")), Some(Level::Manage));
    }

    #[test]
    fn a_scope_names_some_repositories_and_each_once() {
        let many = |count: usize| (0..count).map(|n| limit(&format!("team/web{n}"), LoginRight::Pull)).collect::<Vec<_>>();
        assert!(LoginScope::only(many(1)).is_ok() && LoginScope::only(many(50)).is_ok());
        for wrong in [vec![], many(51), vec![limit("team/web", LoginRight::Pull), limit("team/web", LoginRight::Push)]] {
            assert_eq!(LoginScope::only(wrong), Err(InvalidLoginScope));
        }
    }
}
