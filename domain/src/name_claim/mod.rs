//! Name claim: keeps the name of an account, user or group unique where the holder's own stream has another id.
//!
//! Stream id: what [`NameKey`] prints. A claim comes first, then the holder is created under the claimed id. When a crash
//! comes between the two, whoever wants the name next finds the claim and creates its holder: nothing blocks a name for ever.

mod events;

pub use events::NameClaimEvent;

/// Where a name must be unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameKey {
    /// Of an account, in the region.
    Account(AccountName),
    /// Of a user, in its account.
    User(AccountId, UserName),
    /// Of a group, in its account.
    Group(AccountId, GroupName),
}
// Display: `account:<name>`, `user:<account id>:<name>`, `group:<account id>:<name>`

/// What a name can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameClaimCommand {
    /// Belong to `holder`; claiming again for the same holder changes nothing.
    Claim { holder: String },
    /// Be free, if `holder` holds it; otherwise nothing changes.
    Release { holder: String },
}

/// Why a name refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameClaimError {
    #[error("the name is taken")]
    Taken { holder: String },
}
