//! Which operation a path of the management API means (reference `swr-api.md`, section 7).

use std::borrow::Cow;

use http::Method;

use crate::extract::decode;

/// An operation by its name in the reference, with the parts of the path that name things, unescaped. They are not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation<'a> {
    ListNamespaces,
    CreateNamespace,
    ShowNamespace {
        namespace: Cow<'a, str>,
    },
    DeleteNamespace {
        namespace: Cow<'a, str>,
    },
    ShowNamespaceAuth {
        namespace: Cow<'a, str>,
    },
    CreateNamespaceAuth {
        namespace: Cow<'a, str>,
    },
    UpdateNamespaceAuth {
        namespace: Cow<'a, str>,
    },
    DeleteNamespaceAuth {
        namespace: Cow<'a, str>,
    },
    ListRepositories,
    CreateRepository {
        namespace: Cow<'a, str>,
    },
    ShowRepository(Named<'a>),
    UpdateRepository(Named<'a>),
    DeleteRepository(Named<'a>),
    ShowRepositoryAuth(Named<'a>),
    CreateRepositoryAuth(Named<'a>),
    UpdateRepositoryAuth(Named<'a>),
    DeleteRepositoryAuth(Named<'a>),
    ListTags(Named<'a>),
    CreateTag(Named<'a>),
    ShowTag(Named<'a>, Cow<'a, str>),
    DeleteTag(Named<'a>, Cow<'a, str>),
    ListAccessories(Named<'a>, Cow<'a, str>),
    ListReferences(Named<'a>, Cow<'a, str>),
    ListShares(Named<'a>),
    CreateShare(Named<'a>),
    ShowShare(Named<'a>, Cow<'a, str>),
    UpdateShare(Named<'a>, Cow<'a, str>),
    DeleteShare(Named<'a>, Cow<'a, str>),
    ListSharedRepositories,
    ListRepositoriesV3,
    ListTagsV3(Named<'a>),
    ListSharedRepositoriesV3,
    ListQuotas,
    ShowFeatureGates,
    ShowOverview,
    ShowReports {
        resource: Cow<'a, str>,
        frequency: Cow<'a, str>,
    },
    ShowAgency,
    CreateAgency,
    CreateSecret,
    CreateAuthorizationToken,
    /// An operation of the reference that this registry does not do yet.
    NotYet,
}

/// A repository in a path: its organization, and its name with `/` again where `$` stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    pub(crate) namespace: Cow<'a, str>,
    pub(crate) repository: String,
}

/// What a method and a path mean together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning<'a> {
    Operation(Operation<'a>),
    /// The path is there, for other methods.
    OtherMethod,
    Nothing,
}

/// Reads the part of a path behind `/v2/manage/`.
pub(crate) fn parse_v2<'a>(method: &Method, path: &'a str) -> Meaning<'a> {
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let by = |operations: &[(Method, Operation<'a>)]| choose(method, operations);
    match parts.as_slice() {
        ["namespaces"] => by(&[(Method::GET, Operation::ListNamespaces), (Method::POST, Operation::CreateNamespace)]),
        ["repos"] => by(&[(Method::GET, Operation::ListRepositories)]),
        ["shared-repositories"] => by(&[(Method::GET, Operation::ListSharedRepositories)]),
        ["projects", _, "quotas"] => by(&[(Method::GET, Operation::ListQuotas)]),
        ["projects", _, "feature-gates"] => by(&[(Method::GET, Operation::ShowFeatureGates)]),
        ["overview"] => by(&[(Method::GET, Operation::ShowOverview)]),
        ["agency"] => by(&[(Method::GET, Operation::ShowAgency), (Method::POST, Operation::CreateAgency)]),
        ["reports", resource, frequency] => {
            by(&[(Method::GET, Operation::ShowReports { resource: decode(resource, false), frequency: decode(frequency, false) })])
        }
        ["regions"] => by(&[(Method::GET, Operation::NotYet)]),
        ["utils", "secret"] => by(&[(Method::POST, Operation::CreateSecret)]),
        ["utils", "authorizationtoken"] => by(&[(Method::POST, Operation::CreateAuthorizationToken)]),
        ["namespaces", namespace, rest @ ..] => parse_namespace(method, decode(namespace, false), rest),
        _ => Meaning::Nothing,
    }
}

/// Reads the part of a path behind `/v3/manage/`.
pub(crate) fn parse_v3<'a>(method: &Method, path: &'a str) -> Meaning<'a> {
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let by = |operations: &[(Method, Operation<'a>)]| choose(method, operations);
    match parts.as_slice() {
        ["repos"] => by(&[(Method::GET, Operation::ListRepositoriesV3)]),
        ["shared-repositories"] => by(&[(Method::GET, Operation::ListSharedRepositoriesV3)]),
        ["namespaces", namespace, "repos", repository, "tags"] => {
            by(&[(Method::GET, Operation::ListTagsV3(named(decode(namespace, false), repository)))])
        }
        _ => Meaning::Nothing,
    }
}

fn parse_namespace<'a>(method: &Method, namespace: Cow<'a, str>, rest: &[&'a str]) -> Meaning<'a> {
    let space = || namespace.clone();
    match rest {
        [] => choose(
            method,
            &[
                (Method::GET, Operation::ShowNamespace { namespace: space() }),
                (Method::DELETE, Operation::DeleteNamespace { namespace: space() }),
            ],
        ),
        ["access"] => choose(
            method,
            &[
                (Method::GET, Operation::ShowNamespaceAuth { namespace: space() }),
                (Method::POST, Operation::CreateNamespaceAuth { namespace: space() }),
                (Method::PATCH, Operation::UpdateNamespaceAuth { namespace: space() }),
                (Method::DELETE, Operation::DeleteNamespaceAuth { namespace: space() }),
            ],
        ),
        ["repos"] => choose(method, &[(Method::POST, Operation::CreateRepository { namespace: space() })]),
        ["repos", repository, rest @ ..] => parse_repository(method, &named(namespace, repository), rest),
        ["repositories", repository, rest @ ..] => parse_shares(method, &named(namespace, repository), rest),
        _ => Meaning::Nothing,
    }
}

fn parse_repository<'a>(method: &Method, named: &Named<'a>, rest: &[&'a str]) -> Meaning<'a> {
    let by = |operations: &[(Method, Operation<'a>)]| choose(method, operations);
    let name = || named.clone();
    match rest {
        [] => by(&[
            (Method::GET, Operation::ShowRepository(name())),
            (Method::PATCH, Operation::UpdateRepository(name())),
            (Method::DELETE, Operation::DeleteRepository(name())),
        ]),
        ["access"] => by(&[
            (Method::GET, Operation::ShowRepositoryAuth(name())),
            (Method::POST, Operation::CreateRepositoryAuth(name())),
            (Method::PATCH, Operation::UpdateRepositoryAuth(name())),
            (Method::DELETE, Operation::DeleteRepositoryAuth(name())),
        ]),
        ["tags"] => by(&[(Method::GET, Operation::ListTags(name())), (Method::POST, Operation::CreateTag(name()))]),
        ["tags", tag] => by(&[
            (Method::GET, Operation::ShowTag(name(), decode(tag, false))),
            (Method::DELETE, Operation::DeleteTag(name(), decode(tag, false))),
        ]),
        ["triggers" | "retentions"] => by(&[(Method::GET, Operation::NotYet), (Method::POST, Operation::NotYet)]),
        ["triggers" | "retentions", _] => {
            by(&[(Method::GET, Operation::NotYet), (Method::PATCH, Operation::NotYet), (Method::DELETE, Operation::NotYet)])
        }
        ["sync_repo"] => by(&[(Method::GET, Operation::NotYet), (Method::POST, Operation::NotYet), (Method::DELETE, Operation::NotYet)]),
        ["sync_images"] => by(&[(Method::POST, Operation::NotYet)]),
        ["sync_job"] => by(&[(Method::GET, Operation::NotYet)]),
        [tag, "accessories"] => by(&[(Method::GET, Operation::ListAccessories(name(), decode(tag, false)))]),
        [tag, "references"] => by(&[(Method::GET, Operation::ListReferences(name(), decode(tag, false)))]),
        _ => Meaning::Nothing,
    }
}

fn parse_shares<'a>(method: &Method, named: &Named<'a>, rest: &[&'a str]) -> Meaning<'a> {
    let by = |operations: &[(Method, Operation<'a>)]| choose(method, operations);
    let name = || named.clone();
    match rest {
        ["access-domains"] => by(&[(Method::GET, Operation::ListShares(name())), (Method::POST, Operation::CreateShare(name()))]),
        ["access-domains", domain] => by(&[
            (Method::GET, Operation::ShowShare(name(), decode(domain, false))),
            (Method::PATCH, Operation::UpdateShare(name(), decode(domain, false))),
            (Method::DELETE, Operation::DeleteShare(name(), decode(domain, false))),
        ]),
        _ => Meaning::Nothing,
    }
}

fn choose<'a>(method: &Method, operations: &[(Method, Operation<'a>)]) -> Meaning<'a> {
    let found = operations.iter().find(|(of, _)| of == method);
    found.map_or(Meaning::OtherMethod, |(_, operation)| Meaning::Operation(operation.clone()))
}

/// In paths a `/` of the name is written `$`; one that is percent-encoded is understood as well.
fn named<'a>(namespace: Cow<'a, str>, repository: &str) -> Named<'a> {
    Named { namespace, repository: decode(repository, false).replace('$', "/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(namespace: &str, repository: &str) -> Named<'static> {
        Named { namespace: namespace.to_owned().into(), repository: repository.to_owned() }
    }

    #[test]
    fn a_slash_of_a_repository_name_is_written_in_three_ways() {
        for path in ["namespaces/group/repos/team$app", "namespaces/group/repos/team%24app", "namespaces/group/repos/team%2Fapp"] {
            let show = Meaning::Operation(Operation::ShowRepository(named("group", "team/app")));
            assert_eq!(parse_v2(&Method::GET, path), show, "{path}");
        }
    }

    #[test]
    fn a_path_with_another_method_is_told_from_no_path() {
        assert_eq!(parse_v2(&Method::PUT, "namespaces"), Meaning::OtherMethod);
        assert_eq!(parse_v2(&Method::GET, "nothing"), Meaning::Nothing);
        assert_eq!(parse_v2(&Method::GET, "namespaces/group/repos/app/nothing"), Meaning::Nothing);
        assert_eq!(parse_v3(&Method::GET, "namespaces"), Meaning::Nothing);
        assert_eq!(parse_v2(&Method::GET, "namespaces/"), Meaning::Operation(Operation::ListNamespaces));
    }

    #[test]
    fn shares_are_under_repositories_and_everything_else_under_repos() {
        let share = Operation::ShowShare(named("group", "app"), "other".into());
        assert_eq!(parse_v2(&Method::GET, "namespaces/group/repositories/app/access-domains/other"), Meaning::Operation(share));
        assert_eq!(parse_v2(&Method::GET, "namespaces/group/repos/app/access-domains/other"), Meaning::Nothing);
        let tags = Operation::ListTagsV3(named("group", "app"));
        assert_eq!(parse_v3(&Method::GET, "namespaces/group/repos/app/tags"), Meaning::Operation(tags));
    }
}
