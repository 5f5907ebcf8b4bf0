//! The roles that make an administrator, as words on the command line (requirement I1).

use ambar_domain::level::Role;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A [`Role`] as a word on the command line.
#[derive(Debug, Clone, Copy, Default, ValueEnum, Serialize, Deserialize)]
pub(crate) enum RoleArgument {
    /// SWR Administrator
    SwrAdministrator,
    /// Tenant Administrator
    #[default]
    TenantAdministrator,
}

impl From<RoleArgument> for Role {
    fn from(argument: RoleArgument) -> Self {
        match argument {
            RoleArgument::SwrAdministrator => Self::SwrAdministrator,
            RoleArgument::TenantAdministrator => Self::TenantAdministrator,
        }
    }
}

/// The role's own name.
pub(crate) fn title(role: Role) -> &'static str {
    match role {
        Role::SwrAdministrator => "SWR Administrator",
        Role::TenantAdministrator => "Tenant Administrator",
    }
}

/// The roles in one field of a table.
pub(super) fn titles(roles: Vec<Role>) -> Vec<&'static str> {
    roles.into_iter().map(title).collect()
}
