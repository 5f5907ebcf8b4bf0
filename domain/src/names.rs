//! Names that people give: accounts, users, groups, logins and delegations, services, and the region project in a login.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::newtype::checked_text;

/// Why a text is no name of an account, user, group or project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidName {
    /// Empty or longer than 64 bytes.
    #[error("a name has 1 to 64 characters")]
    Length,
    /// A character outside `[A-Za-z0-9_-]` and, inside, `.` and space.
    #[error("a name is made of letters, digits, '_' and '-', and inside also of '.' and single spaces")]
    Character,
}

fn check_name(text: &str) -> Result<(), InvalidName> {
    if text.is_empty() || text.len() > 64 {
        return Err(InvalidName::Length);
    }
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let bytes = text.as_bytes();
    let ends_are_words = is_word(bytes[0]) && is_word(bytes[bytes.len() - 1]);
    let inside = text.bytes().all(|b| is_word(b) || b == b'.' || b == b' ') && !text.contains("  ");
    if ends_are_words && inside { Ok(()) } else { Err(InvalidName::Character) }
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        checked_text!($type, InvalidName, {
            "pattern": r"^[A-Za-z0-9_-]+(( (\. ?)*|(\. ?)+)[A-Za-z0-9_-]+)*$",
            "minLength": 1,
            "maxLength": 64,
        });

        impl $type {
            fn check(text: &str) -> Result<(), InvalidName> {
                check_name(text)
            }
        }
    };
}

name! {
    /// The name of an account (a tenant), unique in the region.
    AccountName
}
name! {
    /// The name of a user, unique in its account.
    UserName
}
name! {
    /// The name of a user group, unique in its account.
    GroupName
}
name! {
    /// What a temporary login is for, in the words of whoever asked for it.
    LoginName
}
name! {
    /// The name of a delegation, unique in the account that entrusts.
    DelegationName
}
name! {
    /// The name of a service of the region that an account can entrust its registry to.
    ServiceName
}
name! {
    /// The name of an account's project in the region, such as `tr-west-1`: the part of a login before the `@`.
    ProjectName
}
