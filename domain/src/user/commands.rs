//! What a user can be asked to do.

use super::logins::NewLogin;
use crate::access_key::{AccessKeyId, LoginKeyHash, SealedSecret};
use crate::block::{BlockCause, UnblockReason};
use crate::clock::Timestamp;
use crate::description::{AccessKeyDescription, UserDescription};
use crate::ids::AccountId;
use crate::level::Role;
use crate::names::UserName;
use crate::password::PasswordHash;

/// What a user can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    /// Begin to exist.
    Create {
        /// The account the user belongs to, for ever.
        account: AccountId,
        /// Unique in the account: the caller holds its name claim.
        name: UserName,
        /// May sign in to the console.
        console_access: bool,
        /// May use access keys.
        programmatic_access: bool,
    },
    /// Switch the access methods; the same ones again change nothing, and one that is not given stays as it is.
    ChangeAccessMethods {
        /// May sign in to the console.
        console_access: Option<bool>,
        /// May use access keys.
        programmatic_access: Option<bool>,
    },
    /// Be described so; the same text again changes nothing.
    ChangeDescription {
        /// Who it is.
        description: UserDescription,
    },
    /// Become an administrator by this role; a role already held changes nothing.
    GrantRole {
        /// The role.
        role: Role,
    },
    /// Lose the role; a role not held changes nothing.
    RevokeRole {
        /// The role.
        role: Role,
    },
    /// Take a new key.
    CreateAccessKey {
        /// The public id.
        access_key: AccessKeyId,
        /// What a docker login is checked with.
        login_key_hash: LoginKeyHash,
        /// The secret, sealed under the master key.
        sealed_secret: SealedSecret,
        /// What it is for.
        description: AccessKeyDescription,
    },
    /// Keep a key's secret under another master key. The secret itself stays the same.
    ResealAccessKey {
        /// The public id.
        access_key: AccessKeyId,
        /// The same secret, sealed under the other master key.
        sealed_secret: SealedSecret,
    },
    /// Stop a key; a stopped one stays so.
    DisableAccessKey {
        /// The public id.
        access_key: AccessKeyId,
    },
    /// Let a key work again.
    EnableAccessKey {
        /// The public id.
        access_key: AccessKeyId,
    },
    /// Remove a key for ever.
    DeleteAccessKey {
        /// The public id.
        access_key: AccessKeyId,
    },
    /// Take a password, in place of the one before. It stays while console access is switched off, and works again with it.
    SetPassword {
        /// What the password is checked with.
        password_hash: PasswordHash,
    },
    /// Take a temporary login.
    IssueLogin(NewLogin),
    /// Stop a temporary login before its time.
    RevokeLogin {
        /// The public id.
        login: AccessKeyId,
        /// The present moment.
        now: Timestamp,
    },
    /// Record that a token of the identity service was issued.
    NoteToken {
        /// When it ends.
        until: Timestamp,
        /// The account that it is for, where that is another one than the user's.
        on_behalf_of: Option<AccountId>,
    },
    /// Record that a temporary access key was issued.
    NoteTemporaryKey {
        /// Its public id.
        access_key: AccessKeyId,
        /// When it ends.
        until: Timestamp,
        /// The account that it is for, where that is another one than the user's.
        on_behalf_of: Option<AccountId>,
    },
    /// Record when a key was used (requirement I3).
    NoteAccessKeyUse {
        /// The public id.
        access_key: AccessKeyId,
        /// When.
        used_at: Timestamp,
    },
    /// Be kept out for a while; while a block lasts it changes nothing.
    Block {
        /// What for.
        cause: BlockCause,
        /// When the block ends.
        until: Timestamp,
        /// The present moment.
        now: Timestamp,
    },
    /// Be let in again before the block ends.
    Unblock {
        /// Why.
        reason: UnblockReason,
        /// The present moment.
        now: Timestamp,
    },
    /// Go for ever.
    Delete,
}
