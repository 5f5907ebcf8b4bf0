//! The table of the management API's operations for the OpenAPI document. Every operation of `route` has a row.

mod images;
mod parameters;
mod versions;

use ambar_schemas::iam::error::GatewayError;
use ambar_schemas::swr::error::{ErrorBody, SwrCode};
use ambar_schemas::swr::login::Auths;
use ambar_schemas::swr::organization::{CreateNamespace, Namespace, Namespaces};
use ambar_schemas::swr::permission::{Access, WantedPermission};
use ambar_schemas::swr::quota::{Agency, FeatureGates, Overview, Quotas, ReportDay};

use self::parameters::filter;
use crate::openapi::{Operation, Parameter, Proof, Shape, Surface};

/// What any call may be refused with.
const ANY: &[SwrCode] =
    &[SwrCode::BodyInvalid, SwrCode::FilterInvalid, SwrCode::DomainNotFound, SwrCode::BodyTooLarge, SwrCode::Failed, SwrCode::Unavailable];

/// What a call about an organization may be refused with besides.
const ON_ORGANIZATION: &[SwrCode] = &[SwrCode::OrganizationInvalid, SwrCode::Denied, SwrCode::OrganizationNotFound];

/// What a call about an image may be refused with besides.
const ON_REPOSITORY: &[SwrCode] = &[SwrCode::OrganizationInvalid, SwrCode::RepositoryInvalid, SwrCode::Denied, SwrCode::RepositoryNotFound];

/// What a call that names users may be refused with besides.
const ON_USERS: &[SwrCode] = &[SwrCode::ParameterMissing, SwrCode::UserInvalid, SwrCode::Busy];

pub(crate) fn operations() -> Vec<Operation> {
    let tables =
        [organizations(), organization_permissions(), repository_permissions(), images::operations(), versions::operations(), account()];
    tables.into_iter().flatten().map(|operation| operation.refuses_with(ANY).unidentified().naming(parameters::named)).collect()
}

fn organizations() -> Vec<Operation> {
    vec![
        row("GET", "/v2/manage/namespaces", "ListNamespaces", "Lists organizations")
            .with(Parameter::query("mode", Shape::one_of(&["visible"]), "Also those with a permission on some of their images only."))
            .with(Parameter::query("namespace", Shape::text(), "The one of this name."))
            .with(filter())
            .gives::<Namespaces>(200, "The organizations by name"),
        row("POST", "/v2/manage/namespaces", "CreateNamespace", "Creates an organization")
            .takes::<CreateNamespace>()
            .done(201, "It is there")
            .refuses_with(&[SwrCode::ParameterMissing, SwrCode::OrganizationInvalid, SwrCode::OrganizationQuota, SwrCode::Denied])
            .refuses_with(&[SwrCode::OrganizationExists, SwrCode::Busy]),
        row("GET", "/v2/manage/namespaces/{namespace}", "ShowNamespace", "Shows an organization")
            .gives::<Namespace>(200, "The organization")
            .refuses_with(ON_ORGANIZATION),
        row("DELETE", "/v2/manage/namespaces/{namespace}", "DeleteNamespace", "Deletes an organization that has no images")
            .done(204, "It is gone")
            .refuses_with(ON_ORGANIZATION)
            .refuses_with(&[SwrCode::OrganizationNotEmpty, SwrCode::Busy]),
    ]
}

fn organization_permissions() -> Vec<Operation> {
    let row = |method, id, summary| row(method, "/v2/manage/namespaces/{namespace}/access", id, summary).refuses_with(ON_ORGANIZATION);
    vec![
        row("GET", "ShowNamespaceAuth", "Shows who holds which permission on an organization")
            .details("Who does not manage it sees its own only.")
            .gives::<Access>(200, "The permissions"),
        row("POST", "CreateNamespaceAuth", "Gives users permissions on an organization")
            .takes::<Vec<WantedPermission>>()
            .done(200, "They hold them")
            .refuses_with(ON_USERS)
            .refuses_with(&[SwrCode::AuthInvalid, SwrCode::OrganizationPermissionExists]),
        row("PATCH", "UpdateNamespaceAuth", "Changes permissions of users on an organization")
            .takes::<Vec<WantedPermission>>()
            .done(201, "They are changed")
            .refuses_with(ON_USERS)
            .refuses_with(&[SwrCode::AuthInvalid, SwrCode::OrganizationPermissionNotFound]),
        row("DELETE", "DeleteNamespaceAuth", "Takes permissions on an organization from users")
            .details("The body lists the users' ids.")
            .takes::<Vec<String>>()
            .done(204, "They are gone")
            .refuses_with(ON_USERS)
            .refuses_with(&[SwrCode::OrganizationPermissionNotFound]),
    ]
}

fn repository_permissions() -> Vec<Operation> {
    let row = |method, id, summary| {
        row(method, "/v2/manage/namespaces/{namespace}/repos/{repository}/access", id, summary).refuses_with(ON_REPOSITORY)
    };
    vec![
        row("GET", "ShowRepositoryAuth", "Shows who holds which permission on an image")
            .details("Who does not manage it sees its own only.")
            .gives::<Access>(200, "The permissions"),
        row("POST", "CreateRepositoryAuth", "Gives users permissions on an image")
            .takes::<Vec<WantedPermission>>()
            .done(201, "They hold them")
            .refuses_with(ON_USERS)
            .refuses_with(&[SwrCode::AuthInvalid, SwrCode::PermissionExists]),
        row("PATCH", "UpdateRepositoryAuth", "Changes permissions of users on an image")
            .takes::<Vec<WantedPermission>>()
            .done(201, "They are changed")
            .refuses_with(ON_USERS)
            .refuses_with(&[SwrCode::AuthInvalid, SwrCode::PermissionNotFound]),
        row("DELETE", "DeleteRepositoryAuth", "Takes permissions on an image from users")
            .details("The body lists the users' ids.")
            .takes::<Vec<String>>()
            .done(204, "They are gone")
            .refuses_with(ON_USERS)
            .refuses_with(&[SwrCode::PermissionNotFound]),
    ]
}

fn account() -> Vec<Operation> {
    let logins = |operation: Operation| {
        operation
            .gives::<Auths>(200, "The login as a client's configuration takes it")
            .header(200, "X-Swr-Dockerlogin", "The command that logs in.")
            .header(200, "X-Swr-Expireat", "When the login ends.")
            .refuses_with(&[SwrCode::LoginQuota, SwrCode::Busy])
    };
    vec![
        row("GET", "/v2/manage/projects/{project_id}/quotas", "ListQuotas", "Shows the account's quotas")
            .gives::<Quotas>(200, "The quotas"),
        row("GET", "/v2/manage/projects/{project_id}/feature-gates", "ShowFeatureGates", "Shows what the registry can do")
            .gives::<FeatureGates>(200, "What is on"),
        row("GET", "/v2/manage/overview", "ShowOverview", "Shows the account's figures").gives::<Overview>(200, "The figures"),
        row(
            "GET",
            "/v2/manage/reports/{resource}/{frequency}",
            "ShowReports",
            "Shows what the account stored or downloaded from day to day",
        )
        .gives::<Vec<ReportDay>>(200, "The days, in bytes")
        .refuses_with(&[SwrCode::ParameterInvalid]),
        row("GET", "/v2/manage/agency", "ShowAgency", "Says whether a service may act for the account").gives::<Agency>(200, "The answer"),
        row("POST", "/v2/manage/agency", "CreateAgency", "Entrusts the account's registry to the registry's own service")
            .done(204, "It is entrusted")
            .refuses_with(&[SwrCode::ParameterInvalid, SwrCode::Denied, SwrCode::AgencyExists, SwrCode::Busy]),
        logins(
            row("POST", "/v2/manage/utils/secret", "CreateSecret", "Issues a temporary login")
                .with(Parameter::query("projectname", Shape::text(), "The account's project, which is the one there is."))
                .with(Parameter::query("duration_seconds", Shape::number(900, 86_400), "How long the login works."))
                .with(filter())
                .refuses_with(&[SwrCode::ParameterInvalid, SwrCode::Denied]),
        ),
        logins(row("POST", "/v2/manage/utils/authorizationtoken", "CreateAuthorizationToken", "Issues a temporary login as a token"))
            .refuses_with(&[SwrCode::EnhancedLoginDenied]),
    ]
}

fn row(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(method, path, id, summary).of(Surface::Management, Proof::Api)
}

impl Operation {
    fn refuses_with(self, codes: &[SwrCode]) -> Self {
        let refuse = |operation: Self, code: &SwrCode| {
            let text = format!("`{}`: {}", code.as_str(), code.message());
            let refusing = operation.refuses(code.status(), text, Shape::written::<ErrorBody<'static>>());
            if *code == SwrCode::Busy { refusing.retried(code.status(), false) } else { refusing }
        };
        codes.iter().fold(self, refuse)
    }

    /// What the gateway says that clients know.
    pub(crate) fn unidentified(self) -> Self {
        let refused = [
            (401, "`APIGW.0301`: the token or the signature is missing or not good"),
            (403, "`APIGW.0306`: the user, or everybody at the address, is blocked"),
            (429, "`APIGW.0308`: too many logins from the address have failed"),
            (503, "`APIGW.0202`: who calls cannot be found out now"),
        ];
        refused
            .into_iter()
            .fold(self, |operation, (status, text)| operation.refuses(status, text.to_owned(), Shape::written::<GatewayError>()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::route::{Meaning, parse_v2, parse_v3};
    use super::*;

    fn meaning(method: &str, path: &str) -> String {
        let method = method.parse().unwrap();
        let meaning = match (path.strip_prefix("/v2/manage/"), path.strip_prefix("/v3/manage/")) {
            (Some(path), _) => parse_v2(&method, path),
            (None, Some(path)) => parse_v3(&method, path),
            (None, None) => Meaning::Nothing,
        };
        let Meaning::Operation(operation) = meaning else { return format!("{meaning:?}") };
        format!("{operation:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
    }

    #[test]
    fn every_row_is_an_operation_and_every_operation_that_is_there_has_a_row() {
        let code = include_str!("../route.rs").split("#[cfg(test)]").next().unwrap();
        let declared = code.split("enum Operation<'a> {").nth(1).unwrap().split("\n}").next().unwrap();
        let declared = declared.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| line.starts_with(char::is_uppercase));
        let declared: BTreeSet<&str> = declared.map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap()).collect();
        let mut described = BTreeSet::from(["NotYet"]);
        for row in operations() {
            assert_eq!(meaning(row.method, row.path), row.id, "{} {}", row.method, row.path);
            described.insert(row.id);
        }
        assert_eq!(declared, described);
        let ways = code.matches("(Method::").count() - code.matches(", Operation::NotYet)").count();
        assert_eq!(operations().len(), ways, "an operation has a further path or method, without a row");
    }
}
