//! Every event of every aggregate in one type, for those who read the whole log.

use crate::account::AccountEvent;
use crate::blob::BlobEvent;
use crate::blob_link::BlobLinkEvent;
use crate::group::GroupEvent;
use crate::name_claim::NameClaimEvent;
use crate::organization::OrganizationEvent;
use crate::repository::RepositoryEvent;
use crate::user::UserEvent;

/// A fact from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}
