//! What lives as long as the router: the state, two small caches of things that cannot change or are checked for change, and who went over a
//! limit.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::aside;
use crate::auth::Logins;
use crate::content::SmallContent;
use crate::limits::Limiters;
use crate::state::AppState;

/// The state with what speeds it up.
pub(crate) struct Registry {
    pub(crate) state: AppState,
    pub(crate) content: SmallContent,
    pub(crate) logins: Logins,
    pub(crate) limits: Limiters,
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
            lists: Arc::new(Semaphore::new(aside::AT_ONCE)),
        }
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("state", &self.state).finish_non_exhaustive()
    }
}
