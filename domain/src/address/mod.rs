//! Address: from where nobody gets in for a while (requirement P8). Stream id: what
//! [`ClientAddress`](crate::client_address::ClientAddress) prints.
//!
//! - Blocked once at a time: while a block lasts there is no other event of one.

mod events;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::block::{Block, BlockCause, UnblockReason};
use crate::clock::Timestamp;

pub use events::AddressEvent;

/// What an address can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressCommand {
    /// Let nobody in; while a block lasts it changes nothing.
    Block {
        /// What for.
        cause: BlockCause,
        /// When the block ends.
        until: Timestamp,
        /// The present moment.
        now: Timestamp,
    },
    /// Let everybody in again before the block ends.
    Unblock {
        /// Why.
        reason: UnblockReason,
        /// The present moment.
        now: Timestamp,
    },
}

/// Why an address refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// No block lasts.
    #[error("the address is not blocked")]
    NotBlocked,
}

/// Until when an address is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    block: Block,
}

impl Address {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: AddressCommand) -> Result<Vec<AddressEvent>, AddressError> {
        match command {
            AddressCommand::Block { cause, until, now } => Ok(unless(self.block.lasts(now), AddressEvent::Blocked { cause, until })),
            AddressCommand::Unblock { reason, now } if self.block.lasts(now) => Ok(vec![AddressEvent::Unblocked { reason }]),
            AddressCommand::Unblock { .. } => Err(AddressError::NotBlocked),
        }
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: AddressEvent) {
        self.block = match event {
            AddressEvent::Blocked { until, .. } => Block::until(until),
            AddressEvent::Unblocked { .. } => Block::NONE,
        };
    }
}

aggregate!(Address, "address", AddressCommand, AddressEvent, AddressError);

#[cfg(test)]
mod tests;
