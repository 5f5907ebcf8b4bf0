//! Every event of every aggregate in one type, for those who read the whole log.
//!
//! It serialises as its payload alone; which aggregate wrote it stands beside the payload, in the log record.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::account::AccountEvent;
use crate::address::AddressEvent;
use crate::blob::BlobEvent;
use crate::blob_link::BlobLinkEvent;
use crate::group::GroupEvent;
use crate::name_claim::NameClaimEvent;
use crate::organization::OrganizationEvent;
use crate::repository::RepositoryEvent;
use crate::user::UserEvent;

/// A fact from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Event {
    /// About an account.
    Account(AccountEvent),
    /// About a user.
    User(UserEvent),
    /// About a group.
    Group(GroupEvent),
    /// About who holds a name.
    NameClaim(NameClaimEvent),
    /// About an organization.
    Organization(OrganizationEvent),
    /// About a repository.
    Repository(RepositoryEvent),
    /// About a blob link.
    BlobLink(BlobLinkEvent),
    /// About a blob.
    Blob(BlobEvent),
    /// About an address that clients come from.
    Address(AddressEvent),
}

/// Gives [`Event`] what every aggregate's events have, and a way in from each of them.
macro_rules! of_every_aggregate {
    ($($variant:ident($event:ident) of $aggregate:path;)+) => {
        impl Event {
            /// Every event type of every aggregate as (aggregate type, event type, newest version), in a fixed order.
            pub fn types() -> impl Iterator<Item = (&'static str, &'static str, u32)> {
                let types = std::iter::empty();
                $(let types = types.chain($event::TYPES.iter().map(|(name, version)| {
                    (<$aggregate as cqrs_es::Aggregate>::TYPE, *name, *version)
                }));)+
                types
            }

            /// Reads a payload of the newest version, which an aggregate of this type wrote. `None` if there is no such aggregate.
            pub fn deserialize_payload<'de, D: Deserializer<'de>>(aggregate_type: &str, payload: D) -> Option<Result<Self, D::Error>> {
                match aggregate_type {
                    $(<$aggregate as cqrs_es::Aggregate>::TYPE => Some($event::deserialize(payload).map(Self::$variant)),)+
                    _ => None,
                }
            }

            /// The permanent name of the aggregate that wrote it.
            #[must_use]
            pub fn aggregate_type(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$aggregate as cqrs_es::Aggregate>::TYPE),+ }
            }

            /// The permanent name of what happened, such as `repository.version_pushed`.
            #[must_use]
            pub fn event_type(&self) -> &'static str {
                match self { $(Self::$variant(event) => event.type_name()),+ }
            }

            /// The version of the payload's shape.
            #[must_use]
            pub fn event_version(&self) -> u32 {
                match self { $(Self::$variant(event) => event.version()),+ }
            }
        }

        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$variant(event)
            }
        })+
    };
}

of_every_aggregate! {
    Account(AccountEvent) of crate::account::Account;
    User(UserEvent) of crate::user::User;
    Group(GroupEvent) of crate::group::Group;
    NameClaim(NameClaimEvent) of crate::name_claim::NameClaim;
    Organization(OrganizationEvent) of crate::organization::Organization;
    Repository(RepositoryEvent) of crate::repository::Repository;
    BlobLink(BlobLinkEvent) of crate::blob_link::BlobLink;
    Blob(BlobEvent) of crate::blob::Blob;
    Address(AddressEvent) of crate::address::Address;
}

#[cfg(test)]
mod tests;
