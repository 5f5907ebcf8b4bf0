//! Roles, and who holds which. They are held in the whole account: a project is all of it. An agency has one at most.

use ambar_schemas::iam::role::{OneRole, Roles};

use super::row;
use crate::openapi::{Operation, Parameter, Shape};

/// Where somebody's roles are and where one of them, and how listing, checking, granting and revoking there are called.
const HOLDERS: [(&str, &str, [&str; 4]); 6] = [
    (
        "/v3/projects/{project}/groups/{group}/roles",
        "/v3/projects/{project}/groups/{group}/roles/{role}",
        ["ListProjectRolesOfGroup", "CheckProjectRoleOfGroup", "GrantProjectRoleToGroup", "RevokeProjectRoleFromGroup"],
    ),
    (
        "/v3/projects/{project}/users/{user}/roles",
        "/v3/projects/{project}/users/{user}/roles/{role}",
        ["ListProjectRolesOfUser", "CheckProjectRoleOfUser", "GrantProjectRoleToUser", "RevokeProjectRoleFromUser"],
    ),
    (
        "/v3/domains/{domain}/groups/{group}/roles",
        "/v3/domains/{domain}/groups/{group}/roles/{role}",
        ["ListDomainRolesOfGroup", "CheckDomainRoleOfGroup", "GrantDomainRoleToGroup", "RevokeDomainRoleFromGroup"],
    ),
    (
        "/v3/domains/{domain}/users/{user}/roles",
        "/v3/domains/{domain}/users/{user}/roles/{role}",
        ["ListDomainRolesOfUser", "CheckDomainRoleOfUser", "GrantDomainRoleToUser", "RevokeDomainRoleFromUser"],
    ),
    (
        "/v3.0/OS-AGENCY/projects/{project}/agencies/{agency}/roles",
        "/v3.0/OS-AGENCY/projects/{project}/agencies/{agency}/roles/{role}",
        ["ListProjectRolesOfAgency", "CheckProjectRoleOfAgency", "GrantProjectRoleToAgency", "RevokeProjectRoleFromAgency"],
    ),
    (
        "/v3.0/OS-AGENCY/domains/{domain}/agencies/{agency}/roles",
        "/v3.0/OS-AGENCY/domains/{domain}/agencies/{agency}/roles/{role}",
        ["ListDomainRolesOfAgency", "CheckDomainRoleOfAgency", "GrantDomainRoleToAgency", "RevokeDomainRoleFromAgency"],
    ),
];

pub(super) fn operations() -> Vec<Operation> {
    [assignments(), roles()].into_iter().flatten().collect()
}

fn assignments() -> Vec<Operation> {
    let list = |path, id| row("GET", path, id, "Lists the roles that somebody holds").gives::<Roles>(200, "The roles").on_holder();
    let one = |method, path, id, summary| row(method, path, id, summary).done(204, "It is so").on_holder();
    let rows = HOLDERS.map(|(all, single, [listed, checked, granted, revoked])| {
        [
            list(all, listed),
            one("HEAD", single, checked, "Says whether somebody holds a role"),
            one("PUT", single, granted, "Gives a role").busy(),
            one("DELETE", single, revoked, "Takes a role").busy(),
        ]
    });
    rows.into_iter().flatten().collect()
}

fn roles() -> Vec<Operation> {
    vec![
        row("GET", "/v3/roles", "KeystoneListPermissions", "Lists the roles that there are")
            .with(Parameter::query("name", Shape::text(), "The one of this short name."))
            .with(Parameter::query("display_name", Shape::text(), "The one of this name for people."))
            .gives::<Roles>(200, "The roles"),
        row("GET", "/v3/roles/{role}", "KeystoneShowPermission", "Shows a role")
            .gives::<OneRole>(200, "The role")
            .missing("There is no such role"),
    ]
}

impl Operation {
    fn on_holder(self) -> Self {
        self.denied().missing("There is no such project or account, user, group or agency, or it holds no such role")
    }
}
