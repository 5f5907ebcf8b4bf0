//! What lives as long as the router: the state, and two small caches of things that cannot change or are checked for change.

use crate::auth::Logins;
use crate::content::SmallContent;
use crate::state::AppState;

/// The state with what speeds it up.
pub(crate) struct Registry {
    pub(crate) state: AppState,
    pub(crate) content: SmallContent,
    pub(crate) logins: Logins,
}

impl Registry {
    pub(crate) fn new(state: AppState) -> Self {
        Self { state, content: SmallContent::new(), logins: Logins::new() }
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("state", &self.state).finish_non_exhaustive()
    }
}
