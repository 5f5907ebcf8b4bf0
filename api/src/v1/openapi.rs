//! The table of the own API's operations for the OpenAPI document. Every route in `ROUTES` has a row.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::block::UnblockReason;
use ambar_domain::event::Event as EventOfLog;
use ambar_domain::ids::{DelegationId, UserId};
use ambar_domain::names::AccountName;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::Category;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use ambar_schemas::v1::access::Access;
use ambar_schemas::v1::block::BlockedUser;
use ambar_schemas::v1::delegation::Delegation;
use ambar_schemas::v1::error::ErrorBody;
use ambar_schemas::v1::event::Event;
use ambar_schemas::v1::history::{Restored, ShareRecord, TagRecord};
use ambar_schemas::v1::image::PublicImage;
use ambar_schemas::v1::login::{IssuedLogin, TemporaryLogin};
use ambar_schemas::v1::page::Page;
use ambar_schemas::v1::version::Version;

use super::delegations::{Change as DelegationChange, New as NewDelegation};
use super::logins::New as NewLogin;
use super::shares::STATES;
use super::tags::Restore;
use super::versions::Delete as DeleteVersions;
use crate::openapi::{Operation, Parameter, Proof, Shape, Surface};

pub(crate) fn operations() -> Vec<Operation> {
    let all = [account(), events(), images(), versions(), shares(), delegations(), blocks(), logins()].into_iter().flatten();
    all.map(|operation| operation.refuses_by_code(ANY).naming(named)).collect()
}

/// What any call may be refused with.
const ANY: &[(u16, &str)] = &[
    (400, "body_invalid"),
    (401, "unauthenticated"),
    (403, "denied"),
    (403, "blocked"),
    (404, "account_not_found"),
    (413, "body_too_large"),
    (429, "too_many_failed_logins"),
    (500, "failed"),
    (503, "unavailable"),
];

fn account() -> Vec<Operation> {
    vec![
        row("DELETE", "/v1/account", "CloseAccount", "Closes the caller's account for ever")
            .details(
                "For administrators of the account, with a key that does not end. Its organizations must be gone before. From the next request on \
                 none of its keys, logins and tokens works, and its name is free for another account.",
            )
            .with(Parameter::query("name", Shape::read::<AccountName>(), "The account's name, so that this does not happen by mistake.").required())
            .done(204, "It is closed")
            .refuses_by_code(&[(400, "parameter_invalid"), (409, "account_has_organizations"), (503, "busy")]),
    ]
}

fn events() -> Vec<Operation> {
    let types: Vec<_> = EventOfLog::types().map(|(_, name, _)| name).collect();
    let filters = || {
        [
            Parameter::query("actor", Shape::text(), "Those that this user did, by its id."),
            Parameter::query("type", Shape::one_of(&types), "Those of this kind."),
            Parameter::query("stream", Shape::text(), "Those of this stream: a kind and an id with `/` between them."),
            Parameter::query("repository", Shape::read::<RepositoryName>(), "Those about this image."),
            Parameter::query("organization", Shape::read::<OrganizationName>(), "Those about this organization."),
            Parameter::query("from", Shape::moment(), "Those from this moment on."),
            Parameter::query("until", Shape::moment(), "Those before this moment."),
        ]
    };
    vec![
        row("GET", "/v1/events", "ListEvents", "Lists what happened in the account, the newest last")
            .details(
                "For administrators of the account. With the format `jsonl` or `cloudevents` it is an export: all that there are now, one a line, \
                 as the list shows them or as CloudEvents 1.0, whatever `limit` says. An export that does not end as it should is not whole. It counts as a stream of events as \
                 long as it takes.",
            )
            .with_all(filters())
            .with_all(page())
            .with(Parameter::query("format", Shape::one_of(&["json", "jsonl", "cloudevents"]), "A page, or an export."))
            .gives::<Page<Event>>(200, "A page of events")
            .gives_as(200, "An export", "application/x-ndjson", None)
            .refuses_by_code(&[(400, "parameter_invalid"), (429, "too_many_streams")]),
        row("GET", "/v1/events/stream", "FollowEvents", "Sends what happens in the account as it happens")
            .details("For administrators of the account. The stream ends with the caller's right to it, and with the server.")
            .with_all(filters())
            .with(cursor())
            .with(Parameter::header("Last-Event-ID", Shape::text(), "The last event that the client has; the stream goes on behind it."))
            .gives_as(200, "Events, each in JSON as the list shows it", "text/event-stream", None)
            .refuses_by_code(&[(400, "parameter_invalid"), (429, "too_many_streams")]),
    ]
}

fn images() -> Vec<Operation> {
    vec![
        row("GET", "/v1/center/images", "ListPublicImages", "Lists the public images of all accounts, by name")
            .details("For every user: the image centre.")
            .with(Parameter::query("name", Shape::text(), "Those whose name inside the organization contains this."))
            .with(Parameter::query("organization", Shape::read::<OrganizationName>(), "Those of this organization."))
            .with(Parameter::query("category", Shape::read::<Category>(), "Those of this category."))
            .with_all(page())
            .gives::<Page<PublicImage>>(200, "A page of images")
            .refuses_by_code(&[(400, "parameter_invalid")]),
        row("GET", "/v1/repositories/{name}/access", "ListAccess", "Lists who can do what on an image, and why")
            .with(Parameter::query("at", Shape::moment(), "How it was then; now if nothing is said."))
            .with_all(page())
            .gives::<Access>(200, "A page of users, and the accounts that it is shared with")
            .refuses_by_code(&[(400, "parameter_invalid"), (404, "repository_not_found")]),
        row("GET", "/v1/repositories/{name}/shares/history", "ListShareHistory", "Lists with whom an image was shared, the newest first")
            .with_all(page())
            .gives::<Page<ShareRecord>>(200, "A page of shares")
            .refuses_by_code(&[(400, "parameter_invalid"), (404, "repository_not_found")]),
    ]
}

fn versions() -> Vec<Operation> {
    vec![
        row("GET", "/v1/repositories/{name}/tags", "ListImageVersions", "Lists the versions of an image, with what is known of each")
            .with(Parameter::query("tag", Shape::text(), "Those whose tag has this in it."))
            .with(Parameter::query(
                "order",
                Shape::one_of(&["tag", "newest"]),
                "By tag, or what was pushed last first; by tag if nothing is said.",
            ))
            .with_all(page())
            .gives::<Page<Version>>(200, "A page of versions")
            .refuses_by_code(&[(400, "parameter_invalid"), (404, "repository_not_found")]),
        row(
            "POST",
            "/v1/repositories/{name}/deletions",
            "DeleteImageVersions",
            "Deletes several versions at once, or a manifest with all of its versions",
        )
        .details("All that is named, or nothing if one of it does not exist. For those who manage the image.")
        .takes::<DeleteVersions>()
        .done(204, "It is gone")
        .refuses_by_code(&[(404, "repository_not_found"), (404, "tag_not_found"), (404, "manifest_not_found"), (503, "busy")]),
        row("GET", "/v1/repositories/{name}/tags/{tag}", "ShowImageVersion", "Shows a version of an image")
            .gives::<Version>(200, "The version")
            .refuses_by_code(&[(404, "repository_not_found"), (404, "tag_not_found")]),
        row("GET", "/v1/repositories/{name}/tags/{tag}/history", "ListTagHistory", "Lists what a tag pointed at, the newest first")
            .with_all(page())
            .gives::<Page<TagRecord>>(200, "A page of manifests")
            .refuses_by_code(&[(400, "parameter_invalid"), (404, "repository_not_found"), (404, "tag_not_found")]),
        row("POST", "/v1/repositories/{name}/tags/{tag}/restore", "RestoreTag", "Points a tag at a manifest again")
            .takes::<Restore>()
            .gives::<Restored>(200, "It does")
            .refuses_by_code(&[(404, "repository_not_found"), (404, "tag_not_found"), (404, "manifest_not_found"), (503, "busy")]),
    ]
}

/// All that the account ever shared.
fn shares() -> Vec<Operation> {
    vec![
        row("GET", "/v1/shares/history", "ListSharesGiven", "Lists what the account shared with whom, the newest first")
            .details("For administrators of the account. Images that are deleted are among it.")
            .with(Parameter::query("account", Shape::read::<AccountName>(), "What was shared with the account of this name."))
            .with(Parameter::query(
                "repository",
                Shape::read::<RepositoryName>(),
                "Shares of this image, and of those that had its name before.",
            ))
            .with(Parameter::query(
                "state",
                Shape::one_of(&STATES.map(|(word, _)| word)),
                "Shares that are so now, or stretches of them that ended so.",
            ))
            .with_all(page())
            .gives::<Page<ShareRecord>>(200, "A page of shares")
            .refuses_by_code(&[(400, "parameter_invalid")]),
    ]
}

fn delegations() -> Vec<Operation> {
    let all = "/v1/delegations";
    let one = "/v1/delegations/{id}";
    let of = |method, path, id, summary| row(method, path, id, summary).details("For administrators of the account.");
    let missing = &[(404, "delegation_not_found"), (503, "busy")];
    vec![
        of("GET", all, "ListDelegations", "Lists to whom the account entrusts its registry")
            .gives::<Page<Delegation>>(200, "All of them, by name"),
        of("POST", all, "CreateDelegation", "Entrusts the account's registry to another account or to a service")
            .takes::<NewDelegation>()
            .gives::<Delegation>(201, "What is entrusted")
            .refuses_by_code(&[(400, "delegation_invalid"), (409, "delegation_exists"), (503, "busy")]),
        of("GET", "/v1/delegations/received", "ListReceivedDelegations", "Lists what others have entrusted to the account")
            .with_all(page())
            .gives::<Page<Delegation>>(200, "A page of them, by the name of the account that entrusts")
            .refuses_by_code(&[(400, "parameter_invalid")]),
        of("PATCH", one, "ChangeDelegation", "Changes what is entrusted, and for how long")
            .takes::<DelegationChange>()
            .gives::<Delegation>(200, "What is entrusted now")
            .refuses_by_code(&[(400, "delegation_invalid")])
            .refuses_by_code(missing),
        of("DELETE", one, "RevokeDelegation", "Takes back what is entrusted").done(204, "It is taken back").refuses_by_code(missing),
    ]
}

fn blocks() -> Vec<Operation> {
    let of = |method, path, id, summary| row(method, path, id, summary).details("For administrators of the account.");
    vec![
        of("GET", "/v1/blocks", "ListBlocks", "Lists the users of the account that are blocked")
            .with_all(page())
            .gives::<Page<BlockedUser>>(200, "A page of users, by their ids")
            .refuses_by_code(&[(400, "parameter_invalid")]),
        of("DELETE", "/v1/blocks/{user}", "LiftBlock", "Lets a user in again before its block ends")
            .with(Parameter::query("reason", Shape::read::<UnblockReason>(), "Why, for the event."))
            .done(204, "It gets in again")
            .refuses_by_code(&[(400, "parameter_invalid"), (404, "block_not_found"), (503, "busy")]),
    ]
}

fn logins() -> Vec<Operation> {
    let others = "Administrators of the account reach those of its other users as well.";
    vec![
        row("GET", "/v1/logins", "ListLogins", "Lists the caller's temporary logins that work")
            .details(others)
            .with(Parameter::query("user_id", Shape::read::<UserId>(), "Whose; the caller's if nothing is said."))
            .gives::<Page<TemporaryLogin>>(200, "All of them, the oldest first")
            .refuses_by_code(&[(404, "user_not_found")]),
        row("POST", "/v1/logins", "CreateLogin", "Issues a temporary login to the caller, with the commands that use it")
            .details(
                "Each repository must be there, or be one that the caller may make by a push to it. Nothing shows the password again. Who asks with a \
                 temporary access key gets a login that ends with that.",
            )
            .takes::<NewLogin>()
            .gives::<IssuedLogin>(201, "It works")
            .refuses_by_code(&[(400, "login_invalid"), (404, "repository_not_found"), (404, "user_not_found")])
            .refuses_by_code(&[(404, "login_not_found"), (409, "too_many_logins"), (503, "busy")]),
        row("DELETE", "/v1/logins/{login}", "RevokeLogin", "Stops a temporary login at once")
            .details(others)
            .done(204, "It works no longer")
            .refuses_by_code(&[(404, "login_not_found"), (503, "busy")]),
    ]
}

fn row(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(method, path, id, summary).of(Surface::Own, Proof::Api)
}

impl Operation {
    fn refuses_by_code(self, codes: &[(u16, &str)]) -> Self {
        let shape = Shape::written::<ErrorBody<'static>>;
        codes.iter().fold(self, |operation, (status, code)| operation.refuses(*status, format!("`{code}`"), shape()))
    }
}

fn cursor() -> Parameter {
    Parameter::query("cursor", Shape::text(), "What the page before gave.")
}

fn page() -> [Parameter; 2] {
    [Parameter::query("limit", Shape::number(1, 1000), "The most that the page has; 100 if nothing is said."), cursor()]
}

fn named(name: &str) -> Option<Parameter> {
    const ID: &str = "0123456789abcdef0123456789abcdef";
    Some(match name {
        "name" => {
            Parameter::path("name", Shape::text(), "The image's whole name; a `/` in it is escaped, or written `$`.", "team$web$front")
        }
        "tag" => Parameter::path("tag", Shape::read::<Tag>(), "The version.", "v1"),
        "id" => Parameter::path("id", Shape::read::<DelegationId>(), "The id of a delegation.", ID),
        "login" => Parameter::path("login", Shape::read::<AccessKeyId>(), "The id of a temporary login.", "AKEXAMPLE00000000001"),
        "user" => Parameter::path("user", Shape::read::<UserId>(), "The id of a user.", ID),
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
        let methods = |(methods, path): &(&'static str, &'static str)| {
            methods.split(", ").map(|method| (method, format!("/v1/{path}"))).collect::<Vec<_>>()
        };
        let routes: BTreeSet<_> = ROUTES.iter().flat_map(methods).collect();
        let rows: BTreeSet<_> = operations().iter().map(|row| (row.method, row.path.to_owned())).collect();
        assert_eq!(rows, routes);
    }
}
