//! User: a person or program of one account, with its access keys, temporary logins and roles. Stream id: its [`UserId`](crate::ids::UserId).
//!
//! - At most 2 access keys, disabled ones included (requirement I3).
//! - At most 100 temporary logins that work at once (requirement L2), and only while the user may use access keys.
//! - Blocked once at a time: while a block lasts there is no other event of one (requirement P8).
//! - A deleted user takes no command.

mod access_keys;
mod commands;
mod events;
mod logins;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::block::Block;
use crate::description::UserDescription;
use crate::level::Role;
use crate::life::Life;

use self::access_keys::AccessKeys;
use self::logins::Logins;

pub use access_keys::MAX_ACCESS_KEYS;
pub use commands::UserCommand;
pub use events::UserEvent;
pub use logins::{MAX_LOGINS, NewLogin};

/// Why a user refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UserError {
    /// It was created before.
    #[error("the user exists already")]
    AlreadyExists,
    /// It was created and deleted before; whoever finds its name still claimed may release the claim.
    #[error("the user is deleted")]
    Deleted,
    /// It was never created, or it is deleted.
    #[error("the user does not exist")]
    NotFound,
    /// It has [`MAX_ACCESS_KEYS`] keys.
    #[error("a user has at most 2 access keys")]
    TooManyAccessKeys,
    /// It has a key of this id.
    #[error("the access key exists already")]
    AccessKeyExists,
    /// It has no key of this id.
    #[error("the user has no such access key")]
    AccessKeyNotFound,
    /// It may not use access keys, and so no temporary logins.
    #[error("the user has no programmatic access")]
    NoProgrammaticAccess,
    /// It has [`MAX_LOGINS`] temporary logins that work.
    #[error("a user has at most 100 temporary logins at once")]
    TooManyLogins,
    /// It has a temporary login or a key of this id.
    #[error("the temporary login exists already")]
    LoginExists,
    /// It has no working temporary login of this id.
    #[error("the user has no such temporary login")]
    LoginNotFound,
    /// A login cannot last that long, or that shortly.
    #[error("a temporary login lasts from 15 minutes to 24 hours")]
    LoginLifetime,
    /// No block lasts.
    #[error("the user is not blocked")]
    NotBlocked,
}

/// A user's state: whether it exists, who it is, how it may sign in, its roles, its access keys with whether each works, its temporary logins, and until
/// when it is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct User {
    life: Life,
    description: UserDescription,
    console_access: bool,
    programmatic_access: bool,
    roles: BTreeSet<Role>,
    access_keys: AccessKeys,
    logins: Logins,
    block: Block,
}

impl User {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        if let UserCommand::Create { account, name, console_access, programmatic_access } = command {
            return match self.life {
                Life::Unborn => Ok(vec![UserEvent::Created { account, name, console_access, programmatic_access }]),
                Life::Alive => Err(UserError::AlreadyExists),
                Life::Deleted => Err(UserError::Deleted),
            };
        }
        match self.life {
            Life::Unborn | Life::Deleted => Err(UserError::NotFound),
            Life::Alive => self.decide_alive(command),
        }
    }

    fn decide_alive(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        let events = match command {
            UserCommand::Create { .. } => return Err(UserError::AlreadyExists),
            UserCommand::ChangeAccessMethods { console_access, programmatic_access } => {
                self.change_access_methods(console_access, programmatic_access)
            }
            UserCommand::ChangeDescription { description } => {
                unless(description == self.description, UserEvent::DescriptionChanged { description })
            }
            UserCommand::GrantRole { role } => unless(self.roles.contains(&role), UserEvent::RoleGranted { role }),
            UserCommand::RevokeRole { role } => unless(!self.roles.contains(&role), UserEvent::RoleRevoked { role }),
            UserCommand::CreateAccessKey { access_key, login_key_hash, sealed_secret, description } => {
                vec![self.access_keys.create(access_key, login_key_hash, sealed_secret, description)?]
            }
            UserCommand::ResealAccessKey { access_key, sealed_secret } => vec![self.access_keys.reseal(access_key, sealed_secret)?],
            UserCommand::DisableAccessKey { access_key } => self.access_keys.disable(access_key)?,
            UserCommand::EnableAccessKey { access_key } => self.access_keys.enable(access_key)?,
            UserCommand::DeleteAccessKey { access_key } => vec![self.access_keys.delete(access_key)?],
            UserCommand::NoteAccessKeyUse { access_key, used_at } => vec![self.access_keys.note_use(access_key, used_at)?],
            UserCommand::SetPassword { password_hash } => vec![UserEvent::PasswordSet { password_hash }],
            UserCommand::IssueLogin(new) => vec![self.issue_login(new)?],
            UserCommand::RevokeLogin { login, now } => vec![self.logins.revoke(login, now)?],
            UserCommand::NoteToken { until, on_behalf_of } => vec![UserEvent::TokenIssued { until, on_behalf_of }],
            UserCommand::NoteTemporaryKey { access_key, until, on_behalf_of } => {
                vec![UserEvent::TemporaryKeyIssued { access_key, until, on_behalf_of }]
            }
            UserCommand::Block { cause, until, now } => unless(self.block.lasts(now), UserEvent::Blocked { cause, until }),
            UserCommand::Unblock { reason, now } if self.block.lasts(now) => vec![UserEvent::Unblocked { reason }],
            UserCommand::Unblock { .. } => return Err(UserError::NotBlocked),
            UserCommand::Delete => vec![UserEvent::Deleted {}],
        };
        Ok(events)
    }

    fn change_access_methods(&self, console_access: Option<bool>, programmatic_access: Option<bool>) -> Vec<UserEvent> {
        let console_access = console_access.unwrap_or(self.console_access);
        let programmatic_access = programmatic_access.unwrap_or(self.programmatic_access);
        let unchanged = (console_access, programmatic_access) == (self.console_access, self.programmatic_access);
        unless(unchanged, UserEvent::AccessMethodsChanged { console_access, programmatic_access })
    }

    fn issue_login(&self, new: NewLogin) -> Result<UserEvent, UserError> {
        if !self.programmatic_access {
            return Err(UserError::NoProgrammaticAccess);
        }
        if self.access_keys.holds(&new.login) {
            return Err(UserError::LoginExists);
        }
        self.logins.issue(new)
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: UserEvent) {
        match event {
            UserEvent::Created { console_access, programmatic_access, .. } => {
                self.life = Life::Alive;
                self.console_access = console_access;
                self.programmatic_access = programmatic_access;
            }
            UserEvent::AccessMethodsChanged { console_access, programmatic_access } => {
                self.console_access = console_access;
                self.programmatic_access = programmatic_access;
            }
            UserEvent::DescriptionChanged { description } => self.description = description,
            UserEvent::RoleGranted { role } => {
                self.roles.insert(role);
            }
            UserEvent::RoleRevoked { role } => {
                self.roles.remove(&role);
            }
            UserEvent::AccessKeyCreated { access_key, .. } | UserEvent::AccessKeyEnabled { access_key } => {
                self.access_keys.set(access_key, true);
            }
            UserEvent::AccessKeyDisabled { access_key } => self.access_keys.set(access_key, false),
            UserEvent::AccessKeyDeleted { access_key } => {
                self.access_keys.remove(&access_key);
                self.logins.remove_made_by(&access_key);
            }
            UserEvent::LoginIssued { login, until, access_key, .. } => self.logins.add(login, until, access_key),
            UserEvent::LoginRevoked { login } => self.logins.remove(&login),
            // Nothing is decided by them.
            UserEvent::PasswordSet { .. }
            | UserEvent::AccessKeyResealed { .. }
            | UserEvent::AccessKeyUsed { .. }
            | UserEvent::TokenIssued { .. }
            | UserEvent::TemporaryKeyIssued { .. } => {}
            UserEvent::Blocked { until, .. } => self.block = Block::until(until),
            UserEvent::Unblocked { .. } => self.block = Block::NONE,
            UserEvent::Deleted {} => *self = Self { life: Life::Deleted, ..Self::default() },
        }
    }
}

aggregate!(User, "user", UserCommand, UserEvent, UserError);

#[cfg(test)]
mod tests;
