//! Repository names (requirement P4): an organization and a path below it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::newtype::text_schema;
use crate::organization_name::{InvalidOrganizationName, OrganizationName, is_separated_alphanumeric};

/// A repository's whole name, `organization/path`, such as `team-a/web/front`; also its stream id.
///
/// The path has one or more components of `^([a-z0-9]+(?:(?:(?:_|__|[-]*)[a-z0-9]+)+)?)$`, 1–128 characters in all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName {
    text: String,
    organization_len: usize,
}

text_schema!(RepositoryName, {
    "pattern": "^[a-z][a-z0-9]*((_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((_|__|-+)[a-z0-9]+)*)+$",
    "minLength": 3,
    "maxLength": 193,
});

/// Why a text is no repository name; the messages begin as SWR's clients know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidRepositoryName {
    /// The part before the first `/` is no organization name.
    #[error("name invalid: 'namespace' is invalid")]
    Organization,
    /// The part behind it is missing or malformed.
    #[error(
        "name invalid: 'repository' is invalid; an image is organization/name, such as my-team/hello, where the name is made of lower-case letters \
         and digits, among them single or double '_' and any number of '-', in one or several parts with '/' between them, up to 128 characters"
    )]
    Path,
}

impl From<InvalidOrganizationName> for InvalidRepositoryName {
    fn from(_: InvalidOrganizationName) -> Self {
        Self::Organization
    }
}

impl RepositoryName {
    fn check(text: &str) -> Result<usize, InvalidRepositoryName> {
        let (organization, path) = text.split_once('/').ok_or(InvalidRepositoryName::Path)?;
        OrganizationName::from_str(organization)?;
        let valid = path.len() <= 128 && path.split('/').all(is_separated_alphanumeric);
        if valid { Ok(organization.len()) } else { Err(InvalidRepositoryName::Path) }
    }

    /// The whole name, `organization/path`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the first `/`.
    #[must_use]
    pub fn organization_str(&self) -> &str {
        &self.text[..self.organization_len]
    }

    /// The organization that holds the repository.
    #[must_use]
    pub fn organization(&self) -> OrganizationName {
        OrganizationName::unchecked(self.organization_str())
    }

    /// The name inside the organization; may hold `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.text[self.organization_len + 1..]
    }
}

impl FromStr for RepositoryName {
    type Err = InvalidRepositoryName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let organization_len = Self::check(text)?;
        Ok(Self { text: text.to_owned(), organization_len })
    }
}

impl TryFrom<String> for RepositoryName {
    type Error = InvalidRepositoryName;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let organization_len = Self::check(&text)?;
        Ok(Self { text, organization_len })
    }
}

impl From<RepositoryName> for String {
    fn from(name: RepositoryName) -> Self {
        name.text
    }
}

impl std::fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
