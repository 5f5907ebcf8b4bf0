//! What kind of failure a command ended with, as far as programs tell them apart, wherever it was carried out.

use std::borrow::Cow;
use std::fmt;
use std::io::ErrorKind;

use ambar_api::operations::OperationError;
use ambar_domain::repository::RepositoryError;
use anyhow::Error;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::client::Failure;
use crate::remote::OnlyAdministrators;

/// The kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Refused or failed.
    Failed,
    /// What was asked makes no sense as it was asked: something has to be said otherwise.
    Misused,
    /// What was named does not exist, or whoever asks may not know of it.
    NotThere,
    /// Not logged in, or not allowed.
    NotAllowed,
    /// The server cannot be reached.
    Unreachable,
}

impl Kind {
    /// The kind of a failure.
    pub(crate) fn of(error: &Error) -> Self {
        if let Some(told) = error.downcast_ref::<Told>() {
            return told.kind;
        }
        if error.is::<Misuse>() {
            return Self::Misused;
        }
        if error.is::<NotThere>() {
            return Self::NotThere;
        }
        if error.is::<NotLoggedIn>() || error.is::<OnlyAdministrators>() {
            return Self::NotAllowed;
        }
        match (error.downcast_ref(), error.downcast_ref()) {
            (Some(failure), _) => Self::of_call(failure),
            (_, Some(error)) => Self::of_operation(error),
            (None, None) if is_not_permitted(error) => Self::NotAllowed,
            (None, None) => Self::Failed,
        }
    }

    fn of_call(failure: &Failure) -> Self {
        match failure {
            Failure::Refused { status: StatusCode::NOT_FOUND, .. } => Self::NotThere,
            Failure::Refused { status: StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, .. } => Self::NotAllowed,
            Failure::Refused { status: StatusCode::BAD_REQUEST, message, .. } if tells_of_absence(message) => Self::NotThere,
            Failure::Unreachable { .. } => Self::Unreachable,
            Failure::Refused { .. } | Failure::NotTheApi { .. } => Self::Failed,
        }
    }

    fn of_operation(error: &OperationError) -> Self {
        match error {
            OperationError::Denied => Self::NotAllowed,
            error if error.is_not_found() => Self::NotThere,
            _ => Self::Failed,
        }
    }
}

/// Whether the management API refuses a call since something does not exist that is named beside the path: of that it says 400.
fn tells_of_absence(message: &str) -> bool {
    let share = OperationError::Repository(RepositoryError::ShareNotFound);
    [OperationError::AccountNotFound, OperationError::UserNotFound, share].iter().any(|absence| absence.to_string() == message)
}

/// Whether the operating system keeps this user out, as of another user's data directory.
fn is_not_permitted(error: &Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes.any(|cause| cause.kind() == ErrorKind::PermissionDenied)
}

/// The command line, or a variable in its place, is wrong in a way that only shows where the command is carried out; in words for people.
#[derive(Debug)]
pub(crate) struct Misuse(pub(crate) Cow<'static, str>);

impl fmt::Display for Misuse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Something that was named is not there; in words for people.
#[derive(Debug)]
pub(crate) struct NotThere(pub(crate) String);

impl NotThere {
    /// There is none of it at all.
    pub(crate) fn no(what: impl fmt::Display) -> Self {
        Self(format!("there is no {what}"))
    }
}

impl fmt::Display for NotThere {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NotThere {}

/// A server is needed, and none is known.
#[derive(Debug)]
pub(crate) enum NotLoggedIn {
    /// To ask it something.
    Asking,
    /// To forget it.
    LoggingOut,
}

impl fmt::Display for NotLoggedIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Asking => {
                "this works on a server only, and you are logged in to none: `ambar login https://registry.example.com` does that; \
                 `ambar help` lists what works on a data directory"
            }
            Self::LoggingOut => "you are logged in nowhere",
        })
    }
}

impl std::error::Error for NotLoggedIn {}

/// A failure of another process, as it told of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    kind: Kind,
    text: String,
}

impl From<&Error> for Told {
    fn from(error: &Error) -> Self {
        Self { kind: Kind::of(error), text: format!("{error:#}") }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::error::Error for Told {}

#[cfg(test)]
mod tests {
    use ambar_domain::organization::OrganizationError;
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn a_failure_that_another_process_tells_of_is_of_the_same_kind_and_says_the_same() {
        let missing = || Error::from(OperationError::Organization(OrganizationError::NotFound));
        let kept_out = || Err::<(), _>(std::io::Error::from(ErrorKind::PermissionDenied)).context("the folder cannot be read").unwrap_err();
        let cases = [
            (missing(), Kind::NotThere),
            (NotThere::no("user 'anna'").into(), Kind::NotThere),
            (Misuse("name one of them".into()).into(), Kind::Misused),
            (OperationError::Denied.into(), Kind::NotAllowed),
            (kept_out(), Kind::NotAllowed),
            (OperationError::Busy.into(), Kind::Failed),
            (anyhow!("anything else"), Kind::Failed),
        ];
        for (error, kind) in cases {
            assert_eq!(Kind::of(&error), kind, "{error:#}");
            let told: Told = serde_json::from_str(&serde_json::to_string(&Told::from(&error)).unwrap()).unwrap();
            assert_eq!(told.to_string(), format!("{error:#}"));
            assert_eq!(Kind::of(&told.into()), kind, "{error:#}");
        }
    }
}
