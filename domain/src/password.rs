//! Passwords of users (requirement I2): the one form in which the log may know them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access_key::secret_text;

secret_text! {
    /// What a password is checked with: argon2id with its salt and costs, in the PHC string format. Never the password.
    PasswordHash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_nothing_of_a_hash() {
        assert_eq!(format!("{:?}", PasswordHash::new("$argon2id$c0ffee".to_owned())), "PasswordHash(..)");
    }
}
