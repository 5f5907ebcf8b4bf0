//! Group: users of one account that share roles. Stream id: its [`GroupId`](crate::ids::GroupId).
//!
//! - A deleted group takes no command.
//! - One whose name is wanted by another before it is created never is.
//! - That a member belongs to the same account is checked by who sends the command: the group cannot see users.

mod events;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::description::GroupDescription;
use crate::ids::{AccountId, UserId};
use crate::level::Role;
use crate::life::Life;
use crate::names::GroupName;

pub use events::GroupEvent;

/// What a group can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupCommand {
    /// Begin to exist.
    Create {
        /// The account the group belongs to, for ever.
        account: AccountId,
        /// Unique in the account: the caller holds its name claim.
        name: GroupName,
        /// What it is for.
        description: GroupDescription,
    },
    /// Go by another name; the same one again changes nothing.
    Rename {
        /// Unique in the account: the caller holds its name claim.
        name: GroupName,
    },
    /// Be for this; the same text again changes nothing.
    ChangeDescription {
        /// What it is for.
        description: GroupDescription,
    },
    /// Carry a role; one already carried changes nothing.
    GrantRole {
        /// The role.
        role: Role,
    },
    /// Carry it no more; one not carried changes nothing.
    RevokeRole {
        /// The role.
        role: Role,
    },
    /// Take in a user; a member already in changes nothing.
    AddMember {
        /// The user, of the same account.
        user: UserId,
    },
    /// Let a user go; one who is not in changes nothing.
    RemoveMember {
        /// The user.
        user: UserId,
    },
    /// Do without this name, if it can: whoever asks wants it. A group that is yet to be created never will be; nothing else changes.
    YieldName {
        /// The account that the group is of, or would be.
        account: AccountId,
        /// The name.
        name: GroupName,
    },
    /// Go for ever.
    Delete,
}

/// Why a group refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GroupError {
    /// It was created before.
    #[error("the group exists already")]
    AlreadyExists,
    /// It was created and deleted before, or its creation was given up; whoever finds its name still claimed may release the claim.
    #[error("the group is deleted")]
    Deleted,
    /// It was never created, or it is deleted.
    #[error("the group does not exist")]
    NotFound,
    /// It goes by the name that it was to do without.
    #[error("the group goes by this name")]
    NameInUse,
}

/// A group's state: whether it exists, its name, what it is for, its roles and its members.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Group {
    life: Life,
    name: Option<GroupName>,
    description: GroupDescription,
    roles: BTreeSet<Role>,
    members: BTreeSet<UserId>,
}

impl Group {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: GroupCommand) -> Result<Vec<GroupEvent>, GroupError> {
        match (self.life, command) {
            (Life::Unborn, GroupCommand::Create { account, name, description }) => {
                Ok(vec![GroupEvent::Created { account, name, description }])
            }
            (Life::Alive, GroupCommand::Create { .. }) => Err(GroupError::AlreadyExists),
            (Life::Deleted, GroupCommand::Create { .. }) => Err(GroupError::Deleted),
            (Life::Alive, GroupCommand::YieldName { name, .. }) if self.name.as_ref() == Some(&name) => Err(GroupError::NameInUse),
            (Life::Alive | Life::Deleted, GroupCommand::YieldName { .. }) => Ok(vec![]),
            // A crash may have left it so, or it is about to be created: then that is refused from now on.
            (Life::Unborn, GroupCommand::YieldName { account, .. }) => Ok(vec![GroupEvent::CreationAbandoned { account }]),
            (
                Life::Unborn | Life::Deleted,
                GroupCommand::Rename { .. }
                | GroupCommand::ChangeDescription { .. }
                | GroupCommand::GrantRole { .. }
                | GroupCommand::RevokeRole { .. }
                | GroupCommand::AddMember { .. }
                | GroupCommand::RemoveMember { .. }
                | GroupCommand::Delete,
            ) => Err(GroupError::NotFound),
            (Life::Alive, command) => Ok(self.decide_alive(command)),
        }
    }

    fn decide_alive(&self, command: GroupCommand) -> Vec<GroupEvent> {
        match command {
            // Answered before.
            GroupCommand::Create { .. } | GroupCommand::YieldName { .. } => vec![],
            GroupCommand::Rename { name } => unless(self.name.as_ref() == Some(&name), GroupEvent::Renamed { name }),
            GroupCommand::ChangeDescription { description } => {
                unless(description == self.description, GroupEvent::DescriptionChanged { description })
            }
            GroupCommand::GrantRole { role } => unless(self.roles.contains(&role), GroupEvent::RoleGranted { role }),
            GroupCommand::RevokeRole { role } => unless(!self.roles.contains(&role), GroupEvent::RoleRevoked { role }),
            GroupCommand::AddMember { user } => unless(self.members.contains(&user), GroupEvent::MemberAdded { user }),
            GroupCommand::RemoveMember { user } => unless(!self.members.contains(&user), GroupEvent::MemberRemoved { user }),
            GroupCommand::Delete => vec![GroupEvent::Deleted {}],
        }
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: GroupEvent) {
        match event {
            GroupEvent::Created { name, description, .. } => {
                *self = Self { life: Life::Alive, name: Some(name), description, ..Self::default() };
            }
            GroupEvent::Renamed { name } => self.name = Some(name),
            GroupEvent::DescriptionChanged { description } => self.description = description,
            GroupEvent::RoleGranted { role } => {
                self.roles.insert(role);
            }
            GroupEvent::RoleRevoked { role } => {
                self.roles.remove(&role);
            }
            GroupEvent::MemberAdded { user } => {
                self.members.insert(user);
            }
            GroupEvent::MemberRemoved { user } => {
                self.members.remove(&user);
            }
            GroupEvent::CreationAbandoned { .. } | GroupEvent::Deleted {} => *self = Self { life: Life::Deleted, ..Self::default() },
        }
    }
}

aggregate!(Group, "group", GroupCommand, GroupEvent, GroupError);

#[cfg(test)]
mod tests;
