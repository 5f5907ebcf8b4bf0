"""What is refused whoever asks: names, quotas, wrong types, too much text, things in use. Nothing is changed by it."""

from contextlib import ExitStack

from huaweicloudsdkswr.v2 import UserAuth

from refusals import (
    BAD_BODY,
    BAD_IS_PUBLIC,
    BAD_ORDER,
    BAD_ORGANIZATION_NAME,
    BAD_PARAMETER,
    BAD_PERMISSION,
    BAD_REPOSITORY_NAME,
    BAD_REQUEST,
    BAD_TAG_NAME,
    ORGANIZATION_HAS_IMAGES,
    QUOTA_OF_ORGANIZATIONS,
    TOO_LONG,
    refused,
)
from temporary import fresh_name, organization, repository
from wire import has, items, same


def _organizations(ambar):
    return sorted(item.name for item in ambar.administrator.swr.list_namespaces().namespaces)


def a_sixth_organization_is_over_the_quota(ambar):
    limit = next(quota.quota_limit for quota in ambar.administrator.swr.list_quotas().quotas if quota.quota_key == "namespace")
    with ExitStack() as made:
        for _ in range(limit - len(_organizations(ambar))):
            made.enter_context(organization(ambar.administrator))
        full = _organizations(ambar)
        same(len(full), limit, "the number of organizations")
        refused(QUOTA_OF_ORGANIZATIONS, ambar.administrator.swr.create_namespace, namespace=fresh_name())
        same(_organizations(ambar), full, "the organizations")
    with organization(ambar.administrator):
        pass


def an_organization_with_images_is_not_deleted(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    refused(ORGANIZATION_HAS_IMAGES, swr.delete_namespaces, namespace=image.namespace)
    swr.show_repo_tag(**image.path, tag=image.tag)
    with repository(ambar.administrator) as without_versions:
        refused(ORGANIZATION_HAS_IMAGES, swr.delete_namespaces, namespace=without_versions["namespace"])


def an_organization_has_a_name_of_lower_case_letters_digits_and_single_separators(ambar):
    before = _organizations(ambar)
    names = ["", "Team", "1team", "-team", "team-", "team_", "a___b", "a._b", "te am", "té", "a/b", "a:b", "../a", "a" * 65, "library"]
    for name in names:
        has(refused(BAD_ORGANIZATION_NAME, ambar.administrator.swr.create_namespace, namespace=name), "'namespace' is invalid", "the message")
    same(_organizations(ambar), before, "the organizations")


def an_image_has_a_name_of_lower_case_letters_digits_and_single_separators(ambar):
    swr = ambar.administrator.swr
    with organization(ambar.administrator) as namespace:
        for name in ("", "Web", "-web", "web-", "web_", "a___b", "a._b", "a//b", "/a", "a/", "we b", "wéb", "a:b", "a" * 129):
            message = refused(BAD_REPOSITORY_NAME, swr.create_repo, namespace=namespace, repository=name, is_public=False)
            has(message, "'repository' is invalid", "the message")
        same(items(swr.list_repos_details(namespace=namespace)), [], "the images")


def a_tag_has_a_name_that_registries_take(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    for name in ("", "-v", ".v", "v 1", "v/1", "v:1", "vé", "v" * 129):
        refused((*BAD_TAG_NAME, *BAD_BODY), swr.create_repo_tag, **image.path, source_tag=image.tag, destination_tag=name)


def an_image_is_either_public_or_not_and_of_a_known_category(ambar):
    swr = ambar.administrator.swr
    with repository(ambar.administrator) as image:
        new = {"namespace": image["namespace"], "repository": "new"}
        for is_public in ("yes", "true", 1, 0, [], None):
            refused(BAD_IS_PUBLIC, swr.create_repo, **new, is_public=is_public)
        refused(BAD_REQUEST, swr.create_repo, **new, is_public=False, category="toys")
        refused(BAD_REQUEST, swr.create_repo, **new, is_public=False, category=7)
        refused(BAD_IS_PUBLIC, swr.update_repo, **image, is_public="yes")
        refused(BAD_REQUEST, swr.update_repo, **image, is_public=True, category="toys")
        same([item.name for item in items(swr.list_repos_details(namespace=image["namespace"]))], [image["repository"]], "the images")
        same((swr.show_repository(**image).is_public, swr.show_repository(**image).category), (False, "other"), "type and category")


def a_description_has_at_most_30000_characters(ambar):
    swr = ambar.administrator.swr
    with repository(ambar.administrator) as image:
        swr.update_repo(**image, is_public=False, description="é" * 30000)
        refused(TOO_LONG, swr.update_repo, **image, is_public=False, description="é" * 30001)
        same(swr.show_repository(**image).description, "é" * 30000, "the description")


def a_level_is_1_3_or_7_of_a_named_user(ambar):
    swr, reader = ambar.administrator.swr, ambar.reader
    with organization(ambar.administrator) as namespace:
        before = swr.show_namespace_auth(namespace=namespace).to_json_object()
        for auth in (0, 2, 5, 8, -1, "7", "manage", 7.5, None):
            refused((*BAD_PERMISSION, *BAD_BODY), swr.create_namespace_auth, namespace=namespace, body=[reader.level(auth)])
        refused(BAD_REQUEST, swr.create_namespace_auth, namespace=namespace, body=[UserAuth(user_name=reader.user_name, auth=1)])
        same(swr.show_namespace_auth(namespace=namespace).to_json_object(), before, "the levels")


def a_body_of_another_shape_than_documented_is_refused(ambar):
    swr, reader = ambar.administrator.swr, ambar.reader
    before = _organizations(ambar)
    for body in ({}, [], [{"namespace": "team"}], "team", '"team"', "{", 7, {"namespace": 7}, {"namespace": None}, {"namespace": ["team"]}):
        refused((*BAD_BODY, *BAD_ORGANIZATION_NAME), swr.create_namespace, body=body)
    same(_organizations(ambar), before, "the organizations")
    with organization(ambar.administrator) as namespace:
        for body in (reader.level(1), {}, "x", [reader.user_id], [[]], [7]):
            refused((*BAD_BODY, *BAD_PERMISSION), swr.create_namespace_auth, namespace=namespace, body=body)
        for body in ({"0": reader.user_id}, [7], [reader.level(1)], "x"):
            refused(BAD_BODY, swr.delete_namespace_auth, namespace=namespace, body=body)


def fields_that_are_not_known_are_passed_over(ambar):
    name = fresh_name()
    ambar.administrator.swr.create_namespace(body={"namespace": name, "colour": "green"})
    ambar.administrator.swr.delete_namespaces(namespace=name)


def pages_and_orders_are_what_the_lists_have(ambar):
    swr = ambar.administrator.swr
    for limit, offset in (("x", "0"), ("10", "-1"), ("1001", "0")):
        refused(BAD_PARAMETER, swr.list_repos_details, limit=limit, offset=offset)
        refused(BAD_PARAMETER, swr.list_repos_details, filter=f"limit::{limit}|offset::{offset}")
    refused((*BAD_ORDER, *BAD_PARAMETER), swr.list_repos_details, order_column="updated_at", order_type="desc")
    refused((*BAD_ORDER, *BAD_PARAMETER), swr.list_repos_details, order_column="name", order_type="sideways")
    refused(BAD_PARAMETER, swr.list_repos_details, filter="nonsense")
