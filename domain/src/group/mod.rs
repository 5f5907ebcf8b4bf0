//! Group: users of one account that share roles. Stream id: its [`GroupId`](crate::ids::GroupId).
//!
//! - A deleted group takes no command.
//! - That a member belongs to the same account is checked by who sends the command: the group cannot see users.

mod events;

pub use events::GroupEvent;

/// What a group can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupCommand {
    /// Begin to exist.
    Create { account: AccountId, name: GroupName },
    /// Carry a role; one already carried changes nothing.
    GrantRole { role: Role },
    /// Carry it no more.
    RevokeRole { role: Role },
    /// Take in a user; a member already in changes nothing.
    AddMember { user: UserId },
    /// Let a user go; one who is not in changes nothing.
    RemoveMember { user: UserId },
    /// Go for ever.
    Delete,
}

/// Why a group refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GroupError {
    #[error("the group exists already")]
    AlreadyExists,
    #[error("the group does not exist")]
    NotFound,
}
