//! What lives as long as the router: the state, two small caches of things that cannot change or are checked for change, and who failed to
//! prove who it is or went over a limit.

use std::sync::Arc;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::ids::UserId;
use chrono::Duration;
use tokio::sync::Semaphore;

use crate::aside;
use crate::auth::{Lockout, Logins};
use crate::content::SmallContent;
use crate::limits::Limiters;
use crate::state::AppState;

/// The state with what speeds it up.
pub(crate) struct Registry {
    pub(crate) state: AppState,
    pub(crate) content: SmallContent,
    pub(crate) logins: Logins,
    pub(crate) limits: Limiters,
    /// Keys whose signatures were wrong.
    pub(crate) wrong_signatures: Lockout<AccessKeyId>,
    /// Users whose passwords were wrong.
    pub(crate) wrong_passwords: Lockout<UserId>,
    /// Whose turn it is to take a long look at the views.
    pub(crate) lists: Arc<Semaphore>,
}

impl Registry {
    pub(crate) fn new(state: AppState) -> Self {
        Self {
            limits: Limiters::new(&state),
            state,
            content: SmallContent::new(),
            logins: Logins::new(),
            wrong_signatures: Lockout::new(5, Duration::minutes(5)),
            wrong_passwords: Lockout::new(5, Duration::minutes(15)),
            lists: Arc::new(Semaphore::new(aside::AT_ONCE)),
        }
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("state", &self.state).finish_non_exhaustive()
    }
}
