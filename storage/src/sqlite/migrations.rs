//! Brings a database file to the newest shape: numbered steps, each applied once, in order, never changed afterwards.

use rusqlite::{Connection, TransactionBehavior};
use thiserror::Error;

/// The file cannot be brought to the shape this version works with.
#[derive(Debug, Error)]
pub(crate) enum MigrationError {
    #[error("the file has had {found} migrations and this version knows {known}: a newer version has written it")]
    Newer { found: usize, known: usize },
    #[error("a migration failed")]
    Failed(#[from] rusqlite::Error),
}

/// Applies those of `steps`, which are all there ever were in order, that the file has not had yet; all of them, or none.
/// `PRAGMA user_version` holds how many a file has had.
pub(crate) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<(), MigrationError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let had = transaction.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? as usize;
    let missing = steps.get(had..).ok_or(MigrationError::Newer { found: had, known: steps.len() })?;
    if missing.is_empty() {
        return Ok(());
    }
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", isize::try_from(steps.len()).unwrap_or(isize::MAX))?;
    Ok(transaction.commit()?)
}
