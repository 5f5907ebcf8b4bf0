//! Who holds which level on one organization or repository (requirement G2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::level::Level;

/// What several grants at once take to be so; where it is not so for one of the users, none of them is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granting {
    /// Nothing.
    Whatever,
    /// The users hold nothing yet.
    New,
    /// The users hold something.
    Change,
}

/// A level that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) user: UserId,
    pub(crate) level: Level,
    pub(crate) previous_level: Option<Level>,
}

/// Why nothing is granted or revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAsTaken {
    /// A user holds something.
    Held,
    /// A user holds nothing.
    NotHeld,
}

/// The levels that users hold, each at most one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Grants(BTreeMap<UserId, Level>);

impl Grants {
    /// What changes when the users get these levels; a user that is named twice gets the last.
    pub(crate) fn grant(&self, wanted: Vec<(UserId, Level)>, granting: Granting) -> Result<Vec<Granted>, NotAsTaken> {
        let mut changes = Vec::new();
        for (user, level) in wanted.into_iter().collect::<BTreeMap<_, _>>() {
            let previous_level = self.0.get(&user).copied();
            match (granting, previous_level) {
                (Granting::New, Some(_)) => return Err(NotAsTaken::Held),
                (Granting::Change, None) => return Err(NotAsTaken::NotHeld),
                _ if previous_level == Some(level) => {}
                _ => changes.push(Granted { user, level, previous_level }),
            }
        }
        Ok(changes)
    }

    /// What each of the users loses; all must hold something.
    pub(crate) fn revoke(&self, users: Vec<UserId>) -> Result<BTreeMap<UserId, Level>, NotAsTaken> {
        let held = |user: UserId| self.0.get(&user).map(|level| (user, *level)).ok_or(NotAsTaken::NotHeld);
        users.into_iter().map(held).collect()
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
