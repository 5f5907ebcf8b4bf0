//! The roles that make a user an administrator, by the ids and names that clients know them by (requirement I1).

use ambar_domain::level::Role;
use serde_json::{Value, json};

/// A role in a token.
pub(super) fn brief(role: Role) -> Value {
    json!({ "id": id(role), "name": name(role) })
}

fn id(role: Role) -> &'static str {
    match role {
        Role::SwrAdministrator => "00000000000000000000000000000001",
        Role::TenantAdministrator => "00000000000000000000000000000002",
    }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::SwrAdministrator => "swr_adm",
        Role::TenantAdministrator => "te_admin",
    }
}
