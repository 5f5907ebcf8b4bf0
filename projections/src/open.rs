//! The file of views to begin with: the one in use, if it is of this version and this log, or one that is built now.

use std::error::Error;
use std::path::{Path, PathBuf};

use ambar_storage::event_log::{EventLog, Position};
use futures::executor::block_on;
use rusqlite::Connection;

use crate::access::Index;
use crate::error::ViewsError;
use crate::file::{self, Checkpoint};
use crate::rebuild;

/// A file in use, for the one who applies events to it.
pub(crate) struct Opened {
    pub(crate) path: PathBuf,
    pub(crate) connection: Connection,
    /// Who may do what, as of the file.
    pub(crate) index: Index,
}

pub(crate) fn open_or_build(directory: &Path, log: &dyn EventLog) -> Result<Opened, ViewsError> {
    if let Some(path) = file::current(directory)
        && let Some(connection) = file::open(&path)?
        && is_of_this_log(file::read_checkpoint(&connection), log)?
    {
        match load_index(&connection) {
            Ok(index) => {
                file::remove_others(directory, &path);
                return Ok(Opened { path, connection, index });
            }
            Err(error) => tracing::error!(error = &error as &dyn Error, "the views cannot be read; building them anew"),
        }
    }
    let path = file::next(directory);
    if let Err(error) = build(&path, log) {
        file::remove(&path);
        return Err(error);
    }
    let connection = put_in_use(directory, &path)?;
    file::remove_others(directory, &path);
    let index = load_index(&connection)?;
    Ok(Opened { path, connection, index })
}

/// Folds what can be applied: the loop meets the event that cannot be, and says so.
fn build(path: &Path, log: &dyn EventLog) -> Result<(), ViewsError> {
    match rebuild::build(path, log, None) {
        // A new file has no journal: what was begun cannot be undone in it.
        Err(ViewsError::Degraded { position, .. }) => rebuild::build(path, log, Some(position)).map(|_| ()),
        built => built.map(|_| ()),
    }
}

pub(crate) fn put_in_use(directory: &Path, path: &Path) -> Result<Connection, ViewsError> {
    file::make_current(directory, path)?;
    let missing = || ViewsError::file("opening them")(std::io::Error::from(std::io::ErrorKind::InvalidData));
    file::open(path)?.ok_or_else(missing)
}

pub(crate) fn load_index(connection: &Connection) -> Result<Index, ViewsError> {
    Index::load(connection).map_err(ViewsError::file("loading who may do what"))
}

/// Whether the checkpoint names an event that the log has at that place.
fn is_of_this_log(checkpoint: Result<Checkpoint, ViewsError>, log: &dyn EventLog) -> Result<bool, ViewsError> {
    let Ok(checkpoint) = checkpoint else { return Ok(false) };
    if checkpoint.position == Position::START {
        return Ok(true);
    }
    let page = block_on(log.read_all(checkpoint.previous, 1))?;
    Ok(page.events.first().is_some_and(|event| Some(event.event_id) == checkpoint.event_id && event.position == checkpoint.position))
}
