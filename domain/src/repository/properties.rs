//! What describes a repository and its shares to people (requirements M3 and S1): category and descriptions.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::newtype::checked_text;

/// What kind of software a repository holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// An application server.
    AppServer,
    /// A Linux system.
    Linux,
    /// A framework or an application.
    FrameworkApp,
    /// A database.
    Database,
    /// A programming language.
    Lang,
    /// Anything else, and what nobody has said yet.
    #[default]
    Other,
    /// A Windows system.
    Windows,
    /// For Arm processors.
    Arm,
}

/// The text names no category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a category is one of app_server, linux, framework_app, database, lang, other, windows and arm")]
pub struct InvalidCategory;

impl Category {
    /// Every category there is.
    pub const ALL: [Self; 8] =
        [Self::AppServer, Self::Linux, Self::FrameworkApp, Self::Database, Self::Lang, Self::Other, Self::Windows, Self::Arm];

    /// Its name in events and in the management API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppServer => "app_server",
            Self::Linux => "linux",
            Self::FrameworkApp => "framework_app",
            Self::Database => "database",
            Self::Lang => "lang",
            Self::Other => "other",
            Self::Windows => "windows",
            Self::Arm => "arm",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Category {
    type Err = InvalidCategory;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|category| category.as_str() == text).ok_or(InvalidCategory)
    }
}

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

        checked_text!($type, DescriptionTooLong, { "maxLength": $limit });

        impl $type {
            /// The most characters it may have, counted as Unicode scalar values.
            pub const LIMIT: usize = $limit;

            fn check(text: &str) -> Result<(), DescriptionTooLong> {
                // No text has more characters than bytes, so a short one needs no counting.
                let fits = text.len() <= Self::LIMIT || text.chars().count() <= Self::LIMIT;
                if fits { Ok(()) } else { Err(DescriptionTooLong { limit: Self::LIMIT }) }
            }
        }
    };
}

description! {
    /// What a repository is for, in Markdown: 0–30,000 characters.
    Description, 30_000
}
description! {
    /// Why a repository is shared: 0–1,000 characters (requirement S1).
    ShareDescription, 1_000
}
