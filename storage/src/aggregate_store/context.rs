//! Who gives a command, on whose behalf and from where: what every event of it is recorded with.

use std::collections::HashMap;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::ids::{AccountId, UserId};
use uuid::Uuid;

/// Carries the command id through the framework's metadata; names with a `$` are never stored.
pub(super) const COMMAND_ID: &str = "$command_id";

/// What a command's events are recorded with, beside themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandContext {
    /// Finds the outcome again when an answer was lost.
    pub command_id: Uuid,
    /// Who acts; `None` is the operator of the machine.
    pub actor: Option<UserId>,
    /// The account on whose behalf, under a delegation.
    pub on_behalf_of: Option<AccountId>,
    /// The access key that was used.
    pub access_key: Option<AccessKeyId>,
    /// The request it came with.
    pub request_id: Option<String>,
    /// Where the request came from.
    pub source_address: Option<String>,
    /// The event or command that caused this one.
    pub causation_id: Option<Uuid>,
    /// What all commands of one process share.
    pub correlation_id: Option<Uuid>,
}

impl CommandContext {
    /// The context as the framework's metadata.
    pub(super) fn to_metadata(&self) -> HashMap<String, String> {
        let fields = [
            ("actor", self.actor.as_ref().map(ToString::to_string)),
            ("on_behalf_of", self.on_behalf_of.as_ref().map(ToString::to_string)),
            ("access_key", self.access_key.as_ref().map(ToString::to_string)),
            ("request_id", self.request_id.clone()),
            ("source_address", self.source_address.clone()),
            ("causation_id", self.causation_id.as_ref().map(ToString::to_string)),
            ("correlation_id", self.correlation_id.as_ref().map(ToString::to_string)),
            (COMMAND_ID, Some(self.command_id.to_string())),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}
