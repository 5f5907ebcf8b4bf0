//! Which passwords are good enough (requirement I2).

use thiserror::Error;

use crate::names::UserName;

/// How many characters a password has at least.
pub const MIN_CHARACTERS: usize = 8;

/// How many characters a password has at most: hashing must not take long for more.
pub const MAX_CHARACTERS: usize = 128;

/// Why a password is not good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WeakPassword {
    /// Fewer than [`MIN_CHARACTERS`] or more than [`MAX_CHARACTERS`].
    #[error("a password has 8 to 128 characters")]
    Length,
    /// All characters are of one kind.
    #[error("a password has at least two of: upper-case letters, lower-case letters, digits, other characters")]
    OneKind,
    /// Who knows the user can guess it.
    #[error("a password is not the user's name, forwards or backwards")]
    UserName,
}

/// Judges a password of the user of that name.
///
/// # Errors
/// Says why it is not good enough.
pub fn check_password(password: &str, user: &UserName) -> Result<(), WeakPassword> {
    if !(MIN_CHARACTERS..=MAX_CHARACTERS).contains(&password.chars().count()) {
        return Err(WeakPassword::Length);
    }
    let is_other = |c: char| !c.is_uppercase() && !c.is_lowercase() && !c.is_numeric();
    let kinds: [fn(char) -> bool; 3] = [char::is_uppercase, char::is_lowercase, char::is_numeric];
    let of_letters = kinds.iter().filter(|is_of_kind| password.chars().any(is_of_kind)).count();
    if of_letters + usize::from(password.chars().any(is_other)) < 2 {
        return Err(WeakPassword::OneKind);
    }
    let (password, name) = (password.to_lowercase(), user.as_str().to_lowercase());
    if password == name || password.chars().eq(name.chars().rev()) {
        return Err(WeakPassword::UserName);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::parsed;

    fn check(password: &str) -> Result<(), WeakPassword> {
        check_password(password, &parsed("Alice-2024"))
    }

    #[test]
    fn a_password_of_two_kinds_of_characters_is_good() {
        for password in ["correct horse", "abcdefg1", "ABCDEFGh", "1234567!", "pässwörter9", &"aB".repeat(64)] {
            assert_eq!(check(password), Ok(()), "{password}");
        }
    }

    #[test]
    fn a_short_or_overlong_password_is_refused() {
        for password in ["", "aB3$567", "äöü1234", &"aB3".repeat(43)] {
            assert_eq!(check(password), Err(WeakPassword::Length), "{password}");
        }
    }

    #[test]
    fn a_password_of_one_kind_of_characters_is_refused() {
        for password in ["abcdefgh", "ABCDEFGH", "12345678", "!!!!!!!!", "        "] {
            assert_eq!(check(password), Err(WeakPassword::OneKind), "{password}");
        }
    }

    #[test]
    fn the_user_name_is_no_password_forwards_or_backwards() {
        for password in ["Alice-2024", "alice-2024", "4202-ecila", "4202-ECILA"] {
            assert_eq!(check(password), Err(WeakPassword::UserName), "{password}");
        }
        assert_eq!(check("Alice-2024x"), Ok(()));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_check(password in ".{0,140}") {
            let _ = check(&password);
        }
    }
}
