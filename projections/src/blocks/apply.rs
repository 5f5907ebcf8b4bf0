//! How blocks begin and are lifted.

use ambar_domain::address::AddressEvent;
use ambar_domain::block::BlockCause;
use ambar_domain::user::UserEvent;
use rusqlite::params;

use crate::fold::{ApplyError, Fold};

const END_USER: &str = "UPDATE user_blocks SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL";
const END_ADDRESS: &str = "UPDATE address_blocks SET until_position = ?2, until_at = ?3 WHERE address = ?1 AND until_position IS NULL";

/// The number a cause is stored as.
fn cause_number(cause: BlockCause) -> i64 {
    match cause {
        BlockCause::RefusedUploads => 1,
        BlockCause::FailedLogins => 2,
    }
}

/// Begins and lifts the blocks of a user; of its other events there is nothing to tell here.
pub(crate) fn apply_user(fold: &Fold<'_>, user: &str, event: &UserEvent) -> Result<(), ApplyError> {
    let at = fold.place;
    if let UserEvent::Blocked { cause, until } = event {
        // One may be there that has ended by itself.
        end_user(fold, user)?;
        fold.insert(
            "INSERT INTO user_blocks (user, cause, ends_at, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![user, cause_number(*cause), until.timestamp_micros(), at.position, at.at],
        )?;
    } else if let UserEvent::Unblocked { .. } = event {
        fold.end("block", END_USER, params![user, at.position, at.at])?;
    }
    Ok(())
}

/// Ends the block of a user, if it has one.
pub(crate) fn end_user(fold: &Fold<'_>, user: &str) -> Result<(), ApplyError> {
    fold.change(END_USER, params![user, fold.place.position, fold.place.at]).map(drop)
}

pub(crate) fn apply_address(fold: &Fold<'_>, address: &str, event: &AddressEvent) -> Result<(), ApplyError> {
    let at = fold.place;
    match event {
        AddressEvent::Blocked { cause, until } => {
            fold.change(END_ADDRESS, params![address, at.position, at.at])?;
            fold.insert(
                "INSERT INTO address_blocks (address, cause, ends_at, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![address, cause_number(*cause), until.timestamp_micros(), at.position, at.at],
            )?;
            Ok(())
        }
        AddressEvent::Unblocked { .. } => fold.end("block", END_ADDRESS, params![address, at.position, at.at]),
    }
}
