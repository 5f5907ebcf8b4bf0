//! Name claim: keeps the name of an account, user or group unique where the holder's own stream has another id.
//!
//! Stream id: what [`NameKey`] prints. A claim comes first, then the holder is created under the claimed id. When a crash
//! comes between the two, whoever wants the name next finds the claim and creates its holder, or has a group that is not created given up;
//! when one comes between a holder's end and its release, whoever wants the name next is told that the holder is gone and releases it:
//! nothing blocks a name for ever.

mod events;

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::ids::AccountId;
use crate::names::{AccountName, GroupName, UserName};

pub use events::NameClaimEvent;

/// Where a name must be unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameKey {
    /// Of an account, in the region.
    Account(AccountName),
    /// Of a user, in its account.
    User(AccountId, UserName),
    /// Of a group, in its account.
    Group(AccountId, GroupName),
}

impl NameKey {
    /// The name itself.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Account(name) => name.as_str(),
            Self::User(_, name) => name.as_str(),
            Self::Group(_, name) => name.as_str(),
        }
    }
}

/// The stream id of the claim. No name and no id holds a `:`, so two keys never print the same.
impl fmt::Display for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => write!(f, "account:{name}"),
            Self::User(account, name) => write!(f, "user:{account}:{name}"),
            Self::Group(account, name) => write!(f, "group:{account}:{name}"),
        }
    }
}

/// What a name can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameClaimCommand {
    /// Belong to `holder`; claiming again for the same holder changes nothing.
    Claim {
        /// Stream id of the account, user or group.
        holder: String,
    },
    /// Be free, if `holder` holds it; otherwise nothing changes.
    Release {
        /// Stream id of the account, user or group.
        holder: String,
    },
}

/// Why a name refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameClaimError {
    /// Another one holds it.
    #[error("the name is taken")]
    Taken {
        /// Stream id of the one who holds it.
        holder: String,
    },
}

/// Who holds a name, if anybody does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NameClaim {
    holder: Option<String>,
}

impl NameClaim {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: NameClaimCommand) -> Result<Vec<NameClaimEvent>, NameClaimError> {
        match command {
            NameClaimCommand::Claim { holder } => match &self.holder {
                None => Ok(vec![NameClaimEvent::Claimed { holder }]),
                Some(current) if *current == holder => Ok(vec![]),
                Some(current) => Err(NameClaimError::Taken { holder: current.clone() }),
            },
            NameClaimCommand::Release { holder } => {
                let held_by_another = self.holder.as_ref() != Some(&holder);
                Ok(unless(held_by_another, NameClaimEvent::Released { holder }))
            }
        }
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: NameClaimEvent) {
        self.holder = match event {
            NameClaimEvent::Claimed { holder } => Some(holder),
            NameClaimEvent::Released { .. } => None,
        };
    }
}

aggregate!(NameClaim, "name", NameClaimCommand, NameClaimEvent, NameClaimError);

#[cfg(test)]
mod tests;
