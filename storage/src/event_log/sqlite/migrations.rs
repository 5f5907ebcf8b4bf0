//! Brings a database file to the newest shape: numbered steps, each applied once, in order, never changed afterwards.

use rusqlite::{Connection, TransactionBehavior};
use thiserror::Error;

/// Every step, in order. `PRAGMA user_version` holds how many a file has had.
const STEPS: &[&str] = &[include_str!("../../../../schemas/sql/event_log/0001_events.sql")];

/// The file cannot be brought to the shape this version works with.
#[derive(Debug, Error)]
pub(super) enum MigrationError {
    #[error("the file has had {found} migrations and this version knows {}: a newer version has written it", STEPS.len())]
    Newer { found: usize },
    #[error("a migration failed")]
    Failed(#[from] rusqlite::Error),
}

/// Applies the steps that the file has not had yet; all of them, or none.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), MigrationError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let had = transaction.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? as usize;
    let missing = STEPS.get(had..).ok_or(MigrationError::Newer { found: had })?;
    if missing.is_empty() {
        return Ok(());
    }
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", isize::try_from(STEPS.len()).unwrap_or(isize::MAX))?;
    Ok(transaction.commit()?)
}
