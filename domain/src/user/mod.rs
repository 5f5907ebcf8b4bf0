//! User: a person or program of one account, with its access keys and roles. Stream id: its [`UserId`](crate::ids::UserId).
//!
//! - At most 2 access keys, disabled ones included (requirement I3).
//! - A deleted user takes no command.

mod events;

pub use events::UserEvent;

/// What a user can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    /// Begin to exist.
    Create { account: AccountId, name: UserName, console_access: bool, programmatic_access: bool },
    /// Switch the access methods; the same ones again change nothing.
    ChangeAccessMethods { console_access: bool, programmatic_access: bool },
    /// Become an administrator by this role; a role already held changes nothing.
    GrantRole { role: Role },
    /// Lose the role; a role not held changes nothing.
    RevokeRole { role: Role },
    /// Take a new key.
    CreateAccessKey { access_key: AccessKeyId, login_key_hash: LoginKeyHash, sealed_secret: SealedSecret },
    /// Stop a key; a stopped one stays so.
    DisableAccessKey { access_key: AccessKeyId },
    /// Let a key work again.
    EnableAccessKey { access_key: AccessKeyId },
    /// Remove a key for ever.
    DeleteAccessKey { access_key: AccessKeyId },
    /// Go for ever.
    Delete,
}

/// Why a user refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UserError {
    #[error("the user exists already")]
    AlreadyExists,
    #[error("the user does not exist")]
    NotFound,
    #[error("a user has at most 2 access keys")]
    TooManyAccessKeys,
    #[error("the access key exists already")]
    AccessKeyExists,
    #[error("the user has no such access key")]
    AccessKeyNotFound,
}
