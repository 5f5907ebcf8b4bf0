//! A caller that has proved who it is, or nobody.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Level;
use ambar_domain::login::LoginScope;
use ambar_domain::policy::access::{Caller, access};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::access::{Stamp, access_facts};
use ambar_projections::{Views, ViewsError};

use crate::extract::{Actions, Scope};
use crate::state::AppState;

/// How many repositories' levels an identity remembers, some 280 bytes each.
const MAX_LEVELS: usize = 64;

/// What a caller holds on a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) level: Level,
    /// The account that owns the organization.
    pub(crate) owner: AccountId,
    /// The moment from which it has to be looked up anew: the end of a share (requirement S3).
    until: Option<Timestamp>,
    stamp: Stamp,
}

impl Held {
    /// Whether it is held still by whoever is who it was.
    pub(super) fn is_current(&self, state: &AppState) -> bool {
        self.until.is_none_or(|until| state.clock.now() < until) && state.views.is_current(&self.stamp)
    }
}

/// Who is asking.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(super) caller: Caller,
    pub(super) access_key: Option<AccessKeyId>,
    /// What a token was made for; `None` for a login, which may be used for everything.
    pub(super) scopes: Option<Vec<Scope>>,
    /// When the token ends; `None` for a login.
    pub(super) expires_at: Option<Timestamp>,
    /// When the temporary login ends that was logged in with, or that the token was made from; or what another account has entrusted, if that
    /// ends before.
    pub(super) login_until: Option<Timestamp>,
    /// When the temporary access key ends that proves who this is, or that the token was got with; `None` if something else does.
    pub(super) temporary_until: Option<Timestamp>,
    /// When the user's newest block ends, or did.
    pub(super) blocked_until: Option<Timestamp>,
    /// What that login is good for, whatever its user may do.
    pub(super) login_scope: LoginScope,
    /// Until when this is remembered; `None` for what is not.
    pub(super) stamp: Option<Stamp>,
    /// What it held on repositories when it was asked last.
    pub(super) levels: Mutex<HashMap<Box<str>, Held>>,
}

impl Identity {
    /// Nobody.
    pub(crate) fn anonymous() -> Self {
        Self {
            caller: Caller::Anonymous,
            access_key: None,
            scopes: None,
            expires_at: None,
            login_until: None,
            temporary_until: None,
            blocked_until: None,
            login_scope: LoginScope::EVERYTHING,
            stamp: None,
            levels: Mutex::default(),
        }
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        self.caller == Caller::Anonymous
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(crate) fn user(&self) -> Option<&UserId> {
        match &self.caller {
            Caller::Anonymous => None,
            Caller::User { user, .. } | Caller::Delegate { user, .. } => Some(user),
        }
    }

    /// The account that the user acts in: its own, or the one that it acts for.
    pub(crate) fn account(&self) -> Option<&AccountId> {
        match &self.caller {
            Caller::Anonymous => None,
            Caller::User { account, .. } | Caller::Delegate { account, .. } => Some(account),
        }
    }

    /// The user's own account and the one that it acts for, if that is another.
    pub(crate) fn delegation(&self) -> Option<(&AccountId, &AccountId)> {
        match &self.caller {
            Caller::Anonymous | Caller::User { .. } => None,
            Caller::Delegate { home, account, .. } => Some((home, account)),
        }
    }

    /// Whether the user may do everything in the account.
    pub(crate) fn is_administrator_of(&self, of: &AccountId) -> bool {
        matches!(&self.caller, Caller::User { account, administrator: true, .. } if account == of)
    }

    /// When the login ends that proves who this is; `None` if it does not end by itself.
    pub(crate) fn login_until(&self) -> Option<Timestamp> {
        self.login_until
    }

    /// Whether that end has come.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.login_until.is_some_and(|until| until <= now)
    }

    /// When the temporary access key ends that proves who this is. What lasts longer than that is not for it to make.
    pub(crate) fn temporary_until(&self) -> Option<Timestamp> {
        self.temporary_until
    }

    /// The user's access key that the request came with, or a token of the identity service was got with; no temporary login, and no token of one.
    pub(crate) fn permanent_key(&self) -> Option<(&UserId, &AccessKeyId)> {
        if self.expires_at.is_some() || self.login_until.is_some() { None } else { self.user().zip(self.access_key()) }
    }

    /// Whether the user is kept out (requirement P8).
    pub(super) fn is_blocked(&self, now: Timestamp) -> bool {
        self.blocked_until.is_some_and(|until| now < until)
    }

    pub(crate) fn access_key(&self) -> Option<&AccessKeyId> {
        self.access_key.as_ref()
    }

    /// Whether the token, if it is one, was made for this.
    pub(super) fn covers(&self, repository: &RepositoryName, actions: Actions) -> bool {
        let Some(scopes) = &self.scopes else { return true };
        let of_repository = scopes.iter().filter(|scope| scope.repository == repository.as_str());
        of_repository.fold(Actions::NONE, |covered, scope| covered.and(scope.actions)).contains(actions)
    }

    /// What the caller holds on the repository now, existing or yet to be, and the login is good for.
    pub(super) fn held(&self, state: &AppState, repository: &RepositoryName) -> Result<Option<Held>, ViewsError> {
        if self.is_current(&state.views)
            && let Some(held) = self.levels().get(repository.as_str())
            && held.is_current(state)
        {
            return Ok(Some(held.clone()));
        }
        let held = self.look_up(state, repository)?;
        if let Some(held) = &held {
            let mut levels = self.levels();
            if levels.len() >= MAX_LEVELS {
                levels.clear();
            }
            levels.insert(repository.as_str().into(), held.clone());
        }
        Ok(held)
    }

    /// Nothing has changed that this depends on since it was checked; what was held may be something else.
    pub(super) fn is_current(&self, views: &Views) -> bool {
        self.stamp.is_some_and(|stamp| views.is_current(&stamp))
    }

    fn look_up(&self, state: &AppState, repository: &RepositoryName) -> Result<Option<Held>, ViewsError> {
        let Some(highest) = self.login_scope.highest_level(repository) else { return Ok(None) };
        let generation = state.views.generation_of_access();
        let facts = access_facts(&state.views.reader()?, self.user(), repository)?;
        let access = access(&self.caller, &facts, state.settings.anonymous_pull, state.clock.now());
        Ok(access.zip(facts.owner).map(|(access, owner)| {
            let stamp = Stamp::of_level(generation, &self.caller, &owner, repository);
            Held { level: access.level.min(highest), owner, until: access.until, stamp }
        }))
    }

    fn levels(&self) -> std::sync::MutexGuard<'_, HashMap<Box<str>, Held>> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
