//! Who gives a command, on whose behalf and from where: what every event of it is recorded with (requirement E1).

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use uuid::Uuid;

/// Carries the command id through the framework's metadata; names with a `$` are never stored.
pub(super) const COMMAND_ID: &str = "$command_id";

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who has not said who, where pulling is open to everybody; may change nothing of anybody's.
    Anonymous,
    /// A user of an account, who may do what the views say.
    User(UserId),
    /// A job of the registry itself.
    Worker {
        /// The job's name, such as `share_expiry`.
        job: &'static str,
    },
    /// Whoever can enter the data directory on the machine itself, and so may do everything.
    Operator {
        /// The operating system's id of that user.
        uid: u32,
    },
}

impl Actor {
    /// The user that acts, if it is one.
    #[must_use]
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Anonymous | Self::Worker { .. } | Self::Operator { .. } => None,
        }
    }

    /// The user that an event's metadata names as the one who acted, if it was one.
    #[must_use]
    pub fn recorded_user(metadata: &str) -> Option<UserId> {
        Self::recorded(metadata)?.parse().ok()
    }

    /// Who acted as an event's metadata names it.
    #[must_use]
    pub fn recorded(metadata: &str) -> Option<String> {
        let mut metadata: HashMap<Cow<'_, str>, Cow<'_, str>> = serde_json::from_str(metadata).ok()?;
        metadata.remove("actor").map(Cow::into_owned)
    }
}

impl fmt::Display for Actor {
    /// As it stands in events: a user's id, which is 32 hex digits, `anonymous`, `worker:<job>` or `operator:<uid>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::User(user) => user.fmt(f),
            Self::Worker { job } => write!(f, "worker:{job}"),
            Self::Operator { uid } => write!(f, "operator:{uid}"),
        }
    }
}

/// What a command's events are recorded with, beside themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandContext {
    /// Finds the outcome again when an answer was lost.
    pub command_id: Uuid,
    /// Who acts.
    pub actor: Actor,
    /// The account on whose behalf, under a delegation.
    pub on_behalf_of: Option<AccountId>,
    /// The account of the user who acts, where it is not the one on whose behalf.
    pub actor_account: Option<AccountId>,
    /// The access key that was used.
    pub access_key: Option<AccessKeyId>,
    /// When what proves the actor ends, if that is a key which is there for a while only. It is not recorded.
    pub temporary_until: Option<Timestamp>,
    /// The request it came with.
    pub request_id: String,
    /// Where the request came from: an IP address, or `local` for the machine itself.
    pub source_address: String,
    /// The event or command that caused this one.
    pub causation_id: Option<Uuid>,
    /// What all commands of one process share.
    pub correlation_id: Option<Uuid>,
}

impl CommandContext {
    /// What no command goes without.
    pub fn new(command_id: Uuid, actor: Actor, request_id: impl Into<String>, source_address: impl Into<String>) -> Self {
        Self {
            command_id,
            actor,
            on_behalf_of: None,
            actor_account: None,
            access_key: None,
            temporary_until: None,
            request_id: request_id.into(),
            source_address: source_address.into(),
            causation_id: None,
            correlation_id: None,
        }
    }

    /// The context as the framework's metadata.
    pub(super) fn to_metadata(&self) -> HashMap<String, String> {
        let fields = [
            ("actor", Some(self.actor.to_string())),
            ("on_behalf_of", self.on_behalf_of.as_ref().map(ToString::to_string)),
            ("actor_account", self.actor_account.as_ref().map(ToString::to_string)),
            ("access_key", self.access_key.as_ref().map(ToString::to_string)),
            ("request_id", Some(self.request_id.clone())),
            ("source_address", Some(self.source_address.clone())),
            ("causation_id", self.causation_id.as_ref().map(ToString::to_string)),
            ("correlation_id", self.correlation_id.as_ref().map(ToString::to_string)),
            (COMMAND_ID, Some(self.command_id.to_string())),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Actor, CommandContext};

    #[test]
    fn the_user_who_acted_is_found_in_what_an_event_is_recorded_with() {
        let recorded = |actor| {
            let context = CommandContext::new(Uuid::nil(), actor, "r\"1", "local");
            Actor::recorded_user(&serde_json::to_string(&context.to_metadata()).unwrap())
        };
        let user = "f".repeat(32).parse().unwrap();
        assert_eq!(recorded(Actor::User(user)), Some("f".repeat(32).parse().unwrap()));
        assert_eq!(recorded(Actor::Operator { uid: 0 }), None);
        assert_eq!(recorded(Actor::Anonymous), None);
        assert_eq!(Actor::recorded_user("{}"), None);
    }
}
