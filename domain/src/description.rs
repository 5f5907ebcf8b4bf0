//! What people say that a thing is for: a text of any characters, empty to begin with, with a greatest length.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::newtype::checked_text;

/// The text is longer than a description may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a description has at most {limit} characters")]
pub struct DescriptionTooLong {
    /// The most characters it may have, counted as Unicode scalar values.
    pub limit: usize,
}

/// Defines a text of any characters that is empty to begin with and has a greatest length.
macro_rules! description {
    ($(#[$doc:meta])* $type:ident, $limit:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        checked_text!($type, $crate::description::DescriptionTooLong, { "maxLength": $limit });

        impl $type {
            /// The most characters it may have, counted as Unicode scalar values.
            pub const LIMIT: usize = $limit;

            /// Whether nothing is said.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            fn check(text: &str) -> Result<(), $crate::description::DescriptionTooLong> {
                // No text has more characters than bytes, so a short one needs no counting.
                let fits = text.len() <= Self::LIMIT || text.chars().count() <= Self::LIMIT;
                if fits { Ok(()) } else { Err($crate::description::DescriptionTooLong { limit: Self::LIMIT }) }
            }
        }
    };
}

pub(crate) use description;

description! {
    /// What a user group is for: 0–255 characters.
    GroupDescription, 255
}
description! {
    /// Who a user is: 0–255 characters.
    UserDescription, 255
}
description! {
    /// What an access key is for: 0–255 characters.
    AccessKeyDescription, 255
}
