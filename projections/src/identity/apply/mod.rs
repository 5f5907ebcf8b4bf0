//! What accounts, users and groups change.

mod access_keys;
mod accounts;
mod groups;
mod users;

use ambar_domain::level::Role;

pub(crate) use accounts::apply_account;
pub(crate) use groups::apply_group;
pub(crate) use users::apply_user;

/// The text a role is stored as.
pub(super) fn role_text(role: Role) -> &'static str {
    match role {
        Role::SwrAdministrator => "swr_administrator",
        Role::TenantAdministrator => "tenant_administrator",
    }
}
