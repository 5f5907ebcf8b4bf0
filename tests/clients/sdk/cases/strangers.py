"""Another account, which is told of nothing that it is there; users who may only read, who change nothing; administrators' own actions."""

from refusals import NO_PERMISSION, NOT_THERE, refused
from temporary import fresh_name, level, organization, repository
from wire import items, same


def _reads(swr, image):
    namespace = {"namespace": image["namespace"]}
    yield swr.show_namespace, namespace
    yield swr.show_namespace_auth, namespace
    yield swr.show_repository, image
    yield swr.show_user_repository_auth, image
    yield swr.list_repository_tags, image
    yield swr.show_repo_tag, {**image, "tag": "v1"}
    yield swr.list_repository_tag, image
    yield swr.list_repo_accessories, {**image, "tag": "v1"}
    yield swr.list_references, {**image, "tag": "v1"}
    yield swr.list_repo_domains, image
    yield swr.show_access_domain, {**image, "access_domain": "default"}


def _changes(swr, image, grantee, receiver):
    namespace, levels = {"namespace": image["namespace"]}, {"body": [grantee.level(1)]}
    share = {"access_domain": receiver, "permit": "read", "deadline": "forever"}
    yield swr.delete_namespaces, namespace
    yield swr.create_namespace_auth, {**namespace, **levels}
    yield swr.update_namespace_auth, {**namespace, **levels}
    yield swr.delete_namespace_auth, {**namespace, "body": [grantee.user_id]}
    yield swr.create_repo, {**namespace, "repository": "other", "is_public": True}
    yield swr.update_repo, {**image, "is_public": True}
    yield swr.delete_repo, image
    yield swr.create_user_repository_auth, {**image, **levels}
    yield swr.update_user_repository_auth, {**image, **levels}
    yield swr.delete_user_repository_auth, {**image, "body": [grantee.user_id]}
    yield swr.create_repo_tag, {**image, "source_tag": "v1", "destination_tag": "v2"}
    yield swr.delete_repo_tag, {**image, "tag": "v1"}
    yield swr.create_repo_domains, {**image, **share}
    yield swr.update_repo_domains, {**image, **share}
    yield swr.delete_repo_domains, {**image, "access_domain": receiver}


def _state(ambar, image):
    """All that a change could have changed."""
    swr = ambar.administrator.swr
    shown = (swr.show_repository(**image), swr.show_namespace_auth(namespace=image["namespace"]), swr.show_user_repository_auth(**image))
    listed = (swr.list_repository_tags(**image), swr.list_repo_domains(**image), swr.list_repos_details(namespace=image["namespace"]))
    return [answer.to_json_object() for answer in shown + listed]


def _expect_refused(ambar, codes, calls, image):
    before = _state(ambar, image)
    for operation, fields in calls:
        try:
            refused(codes, operation, **fields)
        except AssertionError as error:
            raise AssertionError(f"{operation.args[0]}: {error}") from error
    same(_state(ambar, image), before, "what is there")


def another_account_is_told_that_nothing_is_there(ambar):
    with repository(ambar.administrator) as image:
        swr = ambar.other.swr
        calls = [*_reads(swr, image), *_changes(swr, image, ambar.other, ambar.administrator.account_name)]
        _expect_refused(ambar, NOT_THERE, calls, image)
        same(swr.list_namespaces(namespace=image["namespace"]).namespaces, [], "the list of organizations")
        same(items(swr.list_repos_details(namespace=image["namespace"])), [], "the list of images")
        same(swr.list_repo_details(namespace=image["namespace"]).repos, [], "the list of images")


def a_user_who_may_read_changes_nothing(ambar):
    with repository(ambar.administrator) as image, level(ambar.administrator, ambar.reader, image["namespace"], 1):
        calls = _changes(ambar.reader.swr, image, ambar.administrator, ambar.other.account_name)
        _expect_refused(ambar, NO_PERMISSION, calls, image)


def a_user_without_a_level_reads_and_changes_nothing(ambar):
    with repository(ambar.administrator) as image:
        swr = ambar.reader.swr
        calls = [*_reads(swr, image), *_changes(swr, image, ambar.administrator, ambar.other.account_name)]
        _expect_refused(ambar, (*NOT_THERE, *NO_PERMISSION), calls, image)


def only_an_administrator_creates_organizations(ambar):
    refused(NO_PERMISSION, ambar.reader.swr.create_namespace, namespace=fresh_name())


def nothing_is_granted_to_a_user_of_another_account_or_to_nobody(ambar):
    with organization(ambar.administrator) as namespace:
        before = ambar.administrator.swr.show_namespace_auth(namespace=namespace).to_json_object()
        nobody = ambar.reader.level(1)
        nobody.user_id = "0" * len(nobody.user_id)
        for grantee in (ambar.other.level(1), nobody):
            refused(("400", "404"), ambar.administrator.swr.create_namespace_auth, namespace=namespace, body=[grantee])
        same(ambar.administrator.swr.show_namespace_auth(namespace=namespace).to_json_object(), before, "the levels")
