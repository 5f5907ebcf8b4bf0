//! What describes a repository and its shares to people (requirements M3 and S1): category and descriptions.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::description::description;
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

description! {
    /// What a repository is for, in Markdown: 0–30,000 characters.
    Description, 30_000
}
description! {
    /// Why a repository is shared: 0–1,000 characters (requirement S1).
    ShareDescription, 1_000
}
