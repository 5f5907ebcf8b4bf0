//! Users.

use ambar_schemas::iam::group::Groups;
use ambar_schemas::iam::project::OwnProjects;
use ambar_schemas::iam::user::{OneUser, Users};

use super::row;
use crate::iam::users;
use crate::openapi::{Operation, Parameter, Shape};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        row("GET", "/v3/users", "KeystoneListUsers", "Lists the users of the account")
            .with(Parameter::query("name", Shape::text(), "The one of this name."))
            .with(Parameter::query("domain_id", Shape::text(), "Those of this account."))
            .with(Parameter::query("enabled", Shape::one_of(&["true", "false"]), "All are."))
            .gives::<Users>(200, "The users")
            .denied(),
        create_user("/v3/users", "KeystoneCreateUser"),
        show_user("/v3/users/{user}", "KeystoneShowUser"),
        change_user("PATCH", "/v3/users/{user}", "KeystoneUpdateUser"),
        row("DELETE", "/v3/users/{user}", "KeystoneDeleteUser", "Deletes a user")
            .details("The account's last administrator stays.")
            .done(204, "It is gone")
            .on_user()
            .busy(),
        row("POST", "/v3/users/{user}/password", "KeystoneUpdateUserPassword", "Changes the caller's own password")
            .takes::<users::PasswordBody>()
            .done(204, "It is changed")
            .malformed()
            .refuses_in_words(401, "The password before is wrong, or the user is locked")
            .too_many_failed()
            .on_user()
            .busy(),
        row("GET", "/v3/users/{user}/groups", "KeystoneListGroupsForUser", "Lists the groups that a user is in")
            .gives::<Groups>(200, "The groups")
            .on_user(),
        row("GET", "/v3/users/{user}/projects", "KeystoneListProjectsForUser", "Lists the projects that a user may use")
            .gives::<OwnProjects>(200, "The project")
            .on_user(),
        create_user("/v3.0/OS-USER/users", "CreateUser"),
        show_user("/v3.0/OS-USER/users/{user}", "ShowUser"),
        change_user("PUT", "/v3.0/OS-USER/users/{user}", "UpdateUser"),
    ]
}

fn create_user(path: &'static str, id: &'static str) -> Operation {
    row("POST", path, id, "Creates a user")
        .takes::<users::Body>()
        .gives::<OneUser>(201, "The user")
        .malformed()
        .denied()
        .missing("The account is not the caller's")
        .refuses_in_words(409, "The name is taken")
        .busy()
}

fn show_user(path: &'static str, id: &'static str) -> Operation {
    row("GET", path, id, "Shows a user").gives::<OneUser>(200, "The user").on_user()
}

fn change_user(method: &'static str, path: &'static str, id: &'static str) -> Operation {
    row(method, path, id, "Changes a user's password, access methods or description")
        .details("A user keeps its name, and is not disabled as a whole.")
        .takes::<users::Body>()
        .gives::<OneUser>(200, "The user")
        .malformed()
        .on_user()
        .busy()
}
