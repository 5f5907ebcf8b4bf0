//! Blob: the one stored copy of some bytes, and whether it may be swept. Stream id: its digest.
//!
//! - Storing what is stored changes nothing; storing what was condemned spares it; storing what was swept begins a new generation.
//! - Only a condemned blob is swept, and only at the sequence at which the sweeper looked (optimistic concurrency decides the race).
//! - A sweeper that stopped between the event and the removal of the bytes asks again and is told to go on: no event, no refusal.

mod events;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::aggregate;

pub use events::BlobEvent;

/// What a blob can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobCommand {
    /// Count the verified bytes in the blob store as stored.
    Store {
        /// Size in bytes.
        size_bytes: u64,
    },
    /// Mark it as needed by nobody; a condemned one stays so.
    Condemn,
    /// Keep it; one that is not condemned stays as it is.
    Spare,
    /// Give the condemned generation up; one that was given up last stays so.
    Sweep {
        /// The generation that the sweeper saw condemned.
        generation: u32,
    },
}

/// Why a blob refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BlobError {
    /// It was never stored, or it is swept.
    #[error("the blob is not stored")]
    NotStored,
    /// It is not condemned, or another generation is.
    #[error("the blob is not condemned in generation {generation}")]
    NotCondemned {
        /// The generation asked for.
        generation: u32,
    },
}

/// Where a blob is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Life {
    #[default]
    Absent,
    Stored,
    Condemned,
    Swept,
}

/// A blob's state: whether its bytes are there, and their generation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Blob {
    life: Life,
    generation: u32,
}

impl Blob {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: BlobCommand) -> Result<Vec<BlobEvent>, BlobError> {
        let generation = self.generation;
        match (self.life, command) {
            (Life::Absent | Life::Swept, BlobCommand::Store { size_bytes }) => {
                Ok(vec![BlobEvent::Stored { size_bytes, generation: generation.saturating_add(1) }])
            }
            (Life::Stored, BlobCommand::Store { .. } | BlobCommand::Spare) | (Life::Condemned, BlobCommand::Condemn) => Ok(vec![]),
            (Life::Condemned, BlobCommand::Store { .. } | BlobCommand::Spare) => Ok(vec![BlobEvent::Spared { generation }]),
            (Life::Stored, BlobCommand::Condemn) => Ok(vec![BlobEvent::Condemned { generation }]),
            (Life::Absent | Life::Swept, BlobCommand::Condemn | BlobCommand::Spare) => Err(BlobError::NotStored),
            (life, BlobCommand::Sweep { generation: asked }) => match life {
                Life::Absent => Err(BlobError::NotStored),
                Life::Condemned if asked == generation => Ok(vec![BlobEvent::Swept { generation }]),
                Life::Swept if asked == generation => Ok(vec![]),
                Life::Stored | Life::Condemned | Life::Swept => Err(BlobError::NotCondemned { generation: asked }),
            },
        }
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: BlobEvent) {
        (self.life, self.generation) = match event {
            BlobEvent::Stored { generation, .. } | BlobEvent::Spared { generation } => (Life::Stored, generation),
            BlobEvent::Condemned { generation } => (Life::Condemned, generation),
            BlobEvent::Swept { generation } => (Life::Swept, generation),
        };
    }
}

aggregate!(Blob, "blob", BlobCommand, BlobEvent, BlobError);

#[cfg(test)]
mod tests;
