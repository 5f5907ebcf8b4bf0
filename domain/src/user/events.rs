//! What can happen to a user.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access_key::{AccessKeyId, LoginKeyHash, SealedSecret};
use crate::aggregate::event_names;
use crate::block::{BlockCause, UnblockReason};
use crate::clock::Timestamp;
use crate::description::{AccessKeyDescription, UserDescription};
use crate::ids::AccountId;
use crate::level::Role;
use crate::login::{LoginRepository, LoginScope};
use crate::names::{LoginName, UserName};
use crate::password::PasswordHash;

/// A fact about a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum UserEvent {
    /// The user began to exist.
    #[serde(rename = "user.created")]
    Created {
        /// The account the user belongs to, for ever.
        account: AccountId,
        /// Unique in the account.
        name: UserName,
        /// May sign in to the console.
        console_access: bool,
        /// May use access keys.
        programmatic_access: bool,
    },
    /// The access methods were switched (requirement I2).
    #[serde(rename = "user.access_methods_changed")]
    AccessMethodsChanged {
        /// May sign in to the console.
        console_access: bool,
        /// May use access keys.
        programmatic_access: bool,
    },
    /// Who the user is was said anew. One of whom nothing was ever said has no description.
    #[serde(rename = "user.description_changed")]
    DescriptionChanged {
        /// Who it is.
        description: UserDescription,
    },
    /// The user became an account administrator by this role.
    #[serde(rename = "user.role_granted")]
    RoleGranted {
        /// The role.
        role: Role,
    },
    /// The user lost the role.
    #[serde(rename = "user.role_revoked")]
    RoleRevoked {
        /// The role.
        role: Role,
    },
    /// An access key was made. Its secret is in none of these fields in clear.
    #[serde(rename = "user.access_key_created")]
    AccessKeyCreated {
        /// The public id.
        access_key: AccessKeyId,
        /// What a docker login is checked with.
        login_key_hash: LoginKeyHash,
        /// The secret, sealed under the master key, for request signatures.
        sealed_secret: SealedSecret,
        /// What it is for; empty in payloads from before keys had one.
        #[serde(default, skip_serializing_if = "AccessKeyDescription::is_empty")]
        description: AccessKeyDescription,
    },
    /// The same secret is kept under another master key from now on: nothing changes for whoever uses the key.
    #[serde(rename = "user.access_key_resealed")]
    AccessKeyResealed {
        /// The public id.
        access_key: AccessKeyId,
        /// The secret, sealed under the other master key.
        sealed_secret: SealedSecret,
    },
    /// The key stopped working, until it is enabled again.
    #[serde(rename = "user.access_key_disabled")]
    AccessKeyDisabled {
        /// The public id.
        access_key: AccessKeyId,
    },
    /// The key works again.
    #[serde(rename = "user.access_key_enabled")]
    AccessKeyEnabled {
        /// The public id.
        access_key: AccessKeyId,
    },
    /// The key is gone for ever.
    #[serde(rename = "user.access_key_deleted")]
    AccessKeyDeleted {
        /// The public id.
        access_key: AccessKeyId,
    },
    /// A password was set, in place of the one before. It works while the user may sign in to the console.
    #[serde(rename = "user.password_set")]
    PasswordSet {
        /// What the password is checked with.
        password_hash: PasswordHash,
    },
    /// A temporary login was issued. Its password is in none of these fields in clear.
    #[serde(rename = "user.login_issued")]
    LoginIssued {
        /// The public id, as that of an access key.
        login: AccessKeyId,
        /// What it is for.
        name: LoginName,
        /// What the login is checked with.
        login_key_hash: LoginKeyHash,
        /// When it ends.
        until: Timestamp,
        /// The access key that it was asked for with: it works no longer than that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        access_key: Option<AccessKeyId>,
        /// The repositories that it is good for; without it, whatever its user may do.
        #[serde(rename = "repositories", default, skip_serializing_if = "LoginScope::is_everything")]
        #[schemars(with = "Option<Vec<LoginRepository>>")]
        scope: LoginScope,
        /// The account that whoever uses it acts for: it works no longer than that account entrusts its registry to the user's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<AccountId>,
    },
    /// A temporary login was stopped before its time.
    #[serde(rename = "user.login_revoked")]
    LoginRevoked {
        /// The public id.
        login: AccessKeyId,
    },
    /// A token of the identity service was issued. It is in none of these fields, and is kept nowhere.
    #[serde(rename = "user.token_issued")]
    TokenIssued {
        /// When it ends, unless what proved it does before.
        until: Timestamp,
        /// The account that whoever uses it acts for, where that is another one than the user's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<AccountId>,
    },
    /// A temporary access key was issued. Its secret and its token are in none of these fields, and are kept nowhere.
    #[serde(rename = "user.temporary_key_issued")]
    TemporaryKeyIssued {
        /// Its public id.
        access_key: AccessKeyId,
        /// When it ends, unless what proved it does before.
        until: Timestamp,
        /// The account that whoever uses it acts for, where that is another one than the user's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<AccountId>,
    },
    /// An access key was used, for the first time since it was last recorded an hour before or more.
    #[serde(rename = "user.access_key_used")]
    AccessKeyUsed {
        /// The public id.
        access_key: AccessKeyId,
        /// When.
        used_at: Timestamp,
    },
    /// The user was kept out until the block ends or is lifted (requirement P8).
    #[serde(rename = "user.blocked")]
    Blocked {
        /// What for.
        cause: BlockCause,
        /// When the block ends.
        until: Timestamp,
    },
    /// The block was lifted before its end.
    #[serde(rename = "user.unblocked")]
    Unblocked {
        /// Why.
        #[serde(default, skip_serializing_if = "UnblockReason::is_empty")]
        reason: UnblockReason,
    },
    /// The user is gone for ever, and its keys, logins and roles with it.
    #[serde(rename = "user.deleted")]
    Deleted {},
}

event_names!(UserEvent {
    Created => "user.created", 1;
    AccessMethodsChanged => "user.access_methods_changed", 1;
    DescriptionChanged => "user.description_changed", 1;
    RoleGranted => "user.role_granted", 1;
    RoleRevoked => "user.role_revoked", 1;
    AccessKeyCreated => "user.access_key_created", 1;
    AccessKeyResealed => "user.access_key_resealed", 1;
    AccessKeyDisabled => "user.access_key_disabled", 1;
    AccessKeyEnabled => "user.access_key_enabled", 1;
    AccessKeyDeleted => "user.access_key_deleted", 1;
    PasswordSet => "user.password_set", 1;
    LoginIssued => "user.login_issued", 1;
    LoginRevoked => "user.login_revoked", 1;
    TokenIssued => "user.token_issued", 1;
    TemporaryKeyIssued => "user.temporary_key_issued", 1;
    AccessKeyUsed => "user.access_key_used", 1;
    Blocked => "user.blocked", 1;
    Unblocked => "user.unblocked", 1;
    Deleted => "user.deleted", 1;
});
