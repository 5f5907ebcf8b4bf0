//! A caller that has proved who it is, or nobody.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Level;
use ambar_domain::login::LoginScope;
use ambar_domain::policy::access::{Caller, access};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::Views;
use ambar_projections::access::Stamp;

use crate::extract::{Actions, Scope};
use crate::state::AppState;

/// What a caller holds on a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) level: Level,
    /// The account that owns the organization.
    pub(crate) owner: AccountId,
}

/// Who is asking.
#[derive(Debug, Clone)]
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
    pub(super) fn held(&self, state: &AppState, repository: &RepositoryName) -> Option<Held> {
        let highest = self.login_scope.highest_level(repository)?;
        let facts = state.views.access_facts(&self.caller, repository);
        let access = access(&self.caller, &facts, state.settings.anonymous_pull, state.clock.now())?;
        Some(Held { level: access.level.min(highest), owner: facts.owner? })
    }

    /// Nothing has changed that this depends on since it was checked; what was held may be something else.
    pub(super) fn is_current(&self, views: &Views) -> bool {
        self.stamp.is_some_and(|stamp| views.is_current(&stamp))
    }
}
