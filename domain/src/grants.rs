//! Who holds which level on one organization or repository (requirement G2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::level::Level;

/// The levels that users hold, each at most one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Grants(BTreeMap<UserId, Level>);

impl Grants {
    /// What the user holds.
    pub(crate) fn find(&self, user: &UserId) -> Option<Level> {
        self.0.get(user).copied()
    }

    /// The user holds this level from now on, whatever it was before.
    pub(crate) fn set(&mut self, user: UserId, level: Level) {
        self.0.insert(user, level);
    }

    /// The user holds nothing from now on.
    pub(crate) fn remove(&mut self, user: &UserId) {
        self.0.remove(user);
    }
}
