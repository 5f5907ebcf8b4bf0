//! Questions about passwords.

use ambar_domain::ids::UserId;
use ambar_domain::password::PasswordHash;

use crate::error::ViewsError;
use crate::reader::Reader;

/// The password that a user has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password {
    /// What it is checked with.
    pub hash: PasswordHash,
    /// Tells it from every password that the user had before or has later: where in the log it was set. Opaque, and no secret.
    pub version: String,
}

/// The user's password; `None` if none was ever set, or the user is gone. Whether it may be used is for the access methods to say.
///
/// # Errors
/// The views cannot be read.
pub fn find_password(reader: &Reader, id: &UserId) -> Result<Option<Password>, ViewsError> {
    reader.find(
        "SELECT password_hash, hex(from_position) FROM user_passwords WHERE user = ?1 AND until_position IS NULL",
        [id.as_str()],
        |row| Ok(Password { hash: PasswordHash::new(row.get(0)?), version: row.get(1)? }),
    )
}
