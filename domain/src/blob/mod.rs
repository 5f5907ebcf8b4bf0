//! Blob: the one stored copy of some bytes, and whether it may be swept. Stream id: its digest.
//!
//! - Storing what is stored changes nothing; storing what was condemned spares it; storing what was swept begins a new generation.
//! - Only a condemned blob is swept, and only at the sequence at which the sweeper looked (optimistic concurrency decides the race).

mod events;

pub use events::BlobEvent;

/// What a blob can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobCommand {
    /// Count the verified bytes in the blob store as stored.
    Store { size_bytes: u64 },
    /// Mark it as needed by nobody; a condemned one stays so.
    Condemn,
    /// Keep it; one that is not condemned stays as it is.
    Spare,
    /// Give the condemned generation up.
    Sweep { generation: u32 },
}

/// Why a blob refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BlobError {
    #[error("the blob is not stored")]
    NotStored,
    #[error("the blob is not condemned in generation {generation}")]
    NotCondemned { generation: u32 },
}
