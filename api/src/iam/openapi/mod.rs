//! The table of the identity service's operations for the OpenAPI document. Every method of every route in `ROUTES` has a row.

mod agencies;
mod roles;
mod users;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::ids::{AccountId, DelegationId, GroupId, ProjectId, UserId};
use ambar_schemas::iam::credential::{Credentials, OneCredential};
use ambar_schemas::iam::error::ErrorBody;
use ambar_schemas::iam::group::{Groups, OneGroup};
use ambar_schemas::iam::project::{Domains, OneProject, OwnProjects, Projects};
use ambar_schemas::iam::security_token::OneSecurityToken;
use ambar_schemas::iam::token::OneToken;
use ambar_schemas::iam::user::Users;

use super::request::TokenRequest;
use super::{credentials, groups, security_tokens};
use crate::openapi::{Operation, Parameter, Proof, Shape, Surface};

pub(crate) fn operations() -> Vec<Operation> {
    let proved = [tokens(), projects(), roles::operations(), users::operations(), groups(), credentials(), agencies::operations()]
        .into_iter()
        .flatten();
    let proved = proved.map(|operation| operation.refuses_in_words(400, "The body broke off"));
    let all = proved.chain([sign_in()]).map(|operation| {
        operation
            .refuses_in_words(413, "The body is too large")
            .refuses_in_words(500, "The service failed")
            .refuses_in_words(503, "The service is not available")
            .missing("There is no such account that has entrusted anything to the caller's")
            .unidentified()
            .naming(named)
    });
    all.collect()
}

/// The one operation that needs no token and no signature, but for `assume_role`: it is where tokens come from.
fn sign_in() -> Operation {
    let operation = row("POST", "/v3/auth/tokens", "KeystoneCreateUserTokenByPassword", "Gives a token");
    operation
        .of(Surface::Identity, Proof::ApiIfAny)
        .details(
            "For a password (`password`); or for a call that has a token or is signed, of an administrator of an account to which another one has \
             entrusted its registry (`assume_role`).",
        )
        .with(nocatalog())
        .takes::<TokenRequest>()
        .gives::<OneToken>(201, "What the token says")
        .header(201, "X-Subject-Token", "The token.")
        .malformed()
        .refuses_in_words(401, "The name or the password is wrong, the user is locked, or has no such project")
        .refuses_in_words(403, "The user, or everybody at the address, is blocked; or the caller may not")
        .missing("There is no such agency, or it is not for the caller")
        .busy()
        .too_many_failed()
        .too_many_tokens()
}

fn tokens() -> Vec<Operation> {
    vec![
        row("GET", "/v3/auth/tokens", "KeystoneShowToken", "Tells what a token says")
            .with(Parameter::header("X-Subject-Token", Shape::text(), "The token that is asked about.").required())
            .with(nocatalog())
            .gives::<OneToken>(200, "What the token says")
            .header(200, "X-Subject-Token", "The token.")
            .malformed()
            .denied()
            .missing("The token is not good"),
    ]
}

fn projects() -> Vec<Operation> {
    let filters = || {
        [
            Parameter::query("name", Shape::text(), "The one of this name."),
            Parameter::query("domain_id", Shape::text(), "Those of this account."),
            Parameter::query("parent_id", Shape::text(), "The same."),
            Parameter::query("enabled", Shape::one_of(&["true", "false"]), "All are."),
            Parameter::query("is_domain", Shape::one_of(&["true", "false"]), "None is."),
        ]
    };
    vec![
        row("GET", "/v3/auth/projects", "KeystoneListAuthProjects", "Lists the projects that the caller may use")
            .gives::<OwnProjects>(200, "The project"),
        row("GET", "/v3/auth/domains", "KeystoneListAuthDomains", "Lists the accounts that the caller may use")
            .gives::<Domains>(200, "The account"),
        row("GET", "/v3/projects", "KeystoneListProjects", "Lists projects").with_all(filters()).gives::<Projects>(200, "The projects"),
        row("GET", "/v3/projects/{project}", "KeystoneShowProject", "Shows a project")
            .gives::<OneProject>(200, "The project")
            .missing("There is no such project"),
    ]
}

fn groups() -> Vec<Operation> {
    let member = "/v3/groups/{group}/users/{user}";
    let of_member = |method, id, summary| {
        row(method, member, id, summary).done(204, "It is so").denied().missing("There is no such group, user or membership")
    };
    vec![
        row("GET", "/v3/groups", "KeystoneListGroups", "Lists the groups of the account")
            .with(Parameter::query("name", Shape::text(), "The one of this name."))
            .with(Parameter::query("domain_id", Shape::text(), "Those of this account."))
            .gives::<Groups>(200, "The groups")
            .denied(),
        row("POST", "/v3/groups", "KeystoneCreateGroup", "Creates a group")
            .takes::<groups::Body>()
            .gives::<OneGroup>(201, "The group")
            .malformed()
            .denied()
            .missing("The account is not the caller's")
            .refuses_in_words(409, "The name is taken")
            .busy(),
        row("GET", "/v3/groups/{group}", "KeystoneShowGroup", "Shows a group").gives::<OneGroup>(200, "The group").on_group(),
        row("PATCH", "/v3/groups/{group}", "KeystoneUpdateGroup", "Changes a group's name or description")
            .details("What is not given stays as it is.")
            .takes::<groups::ChangeBody>()
            .gives::<OneGroup>(200, "The group")
            .malformed()
            .on_group()
            .refuses_in_words(409, "The name is taken")
            .busy(),
        row("DELETE", "/v3/groups/{group}", "KeystoneDeleteGroup", "Deletes a group").done(204, "It is gone").on_group().busy(),
        row("GET", "/v3/groups/{group}/users", "KeystoneListUsersForGroupByAdmin", "Lists who is in a group")
            .gives::<Users>(200, "The users")
            .on_group(),
        of_member("HEAD", "KeystoneCheckUserInGroup", "Says whether a user is in a group"),
        of_member("PUT", "KeystoneAddUserToGroup", "Puts a user into a group").busy(),
        of_member("DELETE", "KeystoneRemoveUserFromGroup", "Takes a user out of a group").busy(),
    ]
}

fn credentials() -> Vec<Operation> {
    let all = "/v3.0/OS-CREDENTIAL/credentials";
    let one = "/v3.0/OS-CREDENTIAL/credentials/{access_key}";
    vec![
        row("GET", all, "ListPermanentAccessKeys", "Lists the access keys of a user")
            .with(Parameter::query("user_id", Shape::text(), "Whose; the caller's if nothing is said."))
            .gives::<Credentials>(200, "The keys")
            .on_user(),
        row("POST", all, "CreatePermanentAccessKey", "Creates an access key")
            .details("The one answer that ever has the secret in it. A user may have two.")
            .takes::<credentials::NewBody>()
            .gives::<OneCredential>(201, "The key, with its secret")
            .malformed()
            .on_user()
            .busy(),
        row("POST", "/v3.0/OS-CREDENTIAL/securitytokens", "CreateTemporaryAccessKey", "Makes a temporary access key")
            .details(
                "For whoever calls, or for its token that the body names (`token`); or to act for an account that has entrusted its registry \
                 (`assume_role`). It lasts from 900 to 86400 seconds, and no longer than what it is got with.",
            )
            .takes::<security_tokens::Body>()
            .gives::<OneSecurityToken>(201, "The key, with its secret and its token")
            .malformed()
            .denied()
            .missing("The token is not good, or there is no such agency for the caller")
            .too_many_tokens(),
        row("GET", one, "ShowPermanentAccessKey", "Shows an access key").gives::<OneCredential>(200, "The key").on_key(),
        row("PUT", one, "UpdatePermanentAccessKey", "Enables or disables an access key")
            .details("A key keeps its description.")
            .takes::<credentials::ChangeBody>()
            .gives::<OneCredential>(200, "The key")
            .malformed()
            .on_key()
            .busy(),
        row("DELETE", one, "DeletePermanentAccessKey", "Deletes an access key").done(204, "It is gone").on_key().busy(),
    ]
}

fn row(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(method, path, id, summary).of(Surface::Identity, Proof::Api)
}

impl Operation {
    fn refuses_in_words(self, status: u16, text: &str) -> Self {
        self.refuses(status, text.to_owned(), Shape::written::<ErrorBody>())
    }

    fn malformed(self) -> Self {
        self.refuses_in_words(400, "The body, or something that it names, is malformed")
    }

    fn denied(self) -> Self {
        self.refuses_in_words(403, "The caller may not")
    }

    fn missing(self, text: &str) -> Self {
        self.refuses_in_words(404, text)
    }

    fn busy(self) -> Self {
        self.refuses_in_words(429, "Too much at once")
    }

    fn too_many_failed(self) -> Self {
        self.refuses_in_words(429, "Too many logins from the address have failed")
    }

    fn too_many_tokens(self) -> Self {
        self.refuses_in_words(429, "The user has taken too many tokens")
    }

    fn on_user(self) -> Self {
        self.denied().missing("There is no such user in the account")
    }

    fn on_group(self) -> Self {
        self.denied().missing("There is no such group in the account")
    }

    fn on_key(self) -> Self {
        self.denied().missing("There is no such access key in the account")
    }
}

fn nocatalog() -> Parameter {
    Parameter::query("nocatalog", Shape::text(), "Leaves out where the services are.")
}

fn named(name: &str) -> Option<Parameter> {
    const EXAMPLE: &str = "0123456789abcdef0123456789abcdef";
    Some(match name {
        "project" => Parameter::path("project", Shape::read::<ProjectId>(), "The id of the account's project.", EXAMPLE),
        "domain" => Parameter::path("domain", Shape::read::<AccountId>(), "The id of the account.", EXAMPLE),
        "group" => Parameter::path("group", Shape::read::<GroupId>(), "The id of a group.", EXAMPLE),
        "agency" => Parameter::path("agency", Shape::read::<DelegationId>(), "The id of an agency.", EXAMPLE),
        "user" => Parameter::path("user", Shape::read::<UserId>(), "The id of a user.", EXAMPLE),
        "role" => Parameter::path("role", Shape::text(), "The id of a role.", "00000000000000000000000000000001"),
        "access_key" => Parameter::path("access_key", Shape::read::<AccessKeyId>(), "The id of an access key.", "AKEXAMPLE00000000001"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::ROUTES;
    use super::*;

    #[test]
    fn the_rows_are_the_methods_of_the_routes() {
        let methods =
            |(methods, path): &(&'static str, &'static str)| methods.split(", ").map(|method| (method, *path)).collect::<Vec<_>>();
        let routes: BTreeSet<_> = ROUTES.iter().flat_map(methods).collect();
        let rows: BTreeSet<_> = operations().iter().map(|row| (row.method, row.path)).collect();
        assert_eq!(rows, routes);
    }
}
