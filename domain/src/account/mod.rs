//! Account: a tenant. Stream id: its [`AccountId`](crate::ids::AccountId).
//!
//! - An account is opened once and closed once; a closed one takes no command.
//! - It never holds more organization slots than its quota.
//! - It closes only when no slot is taken (requirement O4).

mod events;

pub use events::AccountEvent;

/// What an account can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountCommand {
    /// Begin to exist.
    Open { name: AccountName, project_name: ProjectName, project_id: ProjectId },
    /// Take a slot for an organization, unless that would be more than `quota`. Claiming a slot twice changes nothing.
    ClaimOrganizationSlot { organization: OrganizationName, quota: u32 },
    /// Give a slot back. Releasing a slot that is not taken changes nothing.
    ReleaseOrganizationSlot { organization: OrganizationName },
    /// Close for ever.
    Close,
}

/// Why an account refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AccountError {
    #[error("the account exists already")]
    AlreadyOpen,
    #[error("the account does not exist")]
    NotFound,
    #[error("the account's quota of {quota} organizations is used up")]
    QuotaExceeded { quota: u32 },
    #[error("the account still has organizations")]
    HasOrganizations,
}
