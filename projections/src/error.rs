//! Why the views gave no answer.

use ambar_storage::event_log::{LogError, Position};
use thiserror::Error;
use uuid::Uuid;

/// Why the views gave no answer.
#[derive(Debug, Error)]
pub enum ViewsError {
    /// The file could not be read or written.
    #[error("the views cannot be used while {doing}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The event log could not be read.
    #[error("the views cannot follow the event log")]
    Log(#[from] LogError),
    /// The views have not come to the position in time.
    #[error("the views are at {at}, not yet at {wanted}")]
    Behind {
        /// Where they should be.
        wanted: Position,
        /// Where they are.
        at: Position,
    },
    /// The views have stopped at an event that they cannot apply.
    #[error("the views have stopped before event {event_id} at {position}: {error}")]
    Degraded {
        /// The event.
        event_id: Uuid,
        /// Where it is.
        position: Position,
        /// Why it cannot be applied.
        error: String,
    },
    /// A rebuild is already under way.
    #[error("the views are being rebuilt already")]
    RebuildRunning,
    /// The views are being closed.
    #[error("the views are closed")]
    Closed,
}

impl ViewsError {
    /// For the errors of SQLite and of the file system.
    pub(crate) fn file<E: std::error::Error + Send + Sync + 'static>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::File { doing, source: Box::new(source) }
    }
}
