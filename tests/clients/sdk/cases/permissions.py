"""Permissions of users on organizations and on single images."""

from refusals import (
    NO_ORGANIZATION,
    NO_PERMISSION,
    NO_REPOSITORY,
    NO_SUCH_PERMISSION,
    NOT_FOR_ONESELF,
    PERMISSION_EXISTS,
    refused,
)
from temporary import fresh_name, level, organization, repository, repository_level
from wire import answer, empty, has, lacks, same

USER = {"user_id": str, "user_name": str, "auth": int}


def _as_json(user, auth):
    return {"user_id": user.user_id, "user_name": user.user_name, "auth": auth}


def _levels(shown):
    """The levels of an answer, by user."""
    others = {user["user_name"]: user["auth"] for user in shown["others_auths"]}
    same(len(others), len(shown["others_auths"]), "the number of users")
    return others


def a_level_on_an_organization_is_granted_changed_and_revoked(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with organization(administrator) as name:
        shape = {"id": int, "name": name, "creator_name": administrator.user_name, "self_auth": _as_json(administrator, 7), "others_auths": [USER]}

        def shown():
            return answer(administrator.swr.show_namespace_auth(namespace=name), shape)

        lacks(_levels(shown()), reader.user_name)
        empty(administrator.swr.create_namespace_auth(namespace=name, body=[reader.level(1)]))
        assert _as_json(reader, 1) in shown()["others_auths"], shown()
        for auth in (3, 7):
            empty(administrator.swr.update_namespace_auth(namespace=name, body=[reader.level(auth)]))
            same(_levels(shown())[reader.user_name], auth, "the level")
        empty(administrator.swr.delete_namespace_auth(namespace=name, body=[reader.user_id]))
        lacks(_levels(shown()), reader.user_name)


def a_level_on_an_image_is_granted_changed_and_revoked(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image:
        shape = {"id": int, "name": image["repository"], "self_auth": _as_json(administrator, 7), "others_auths": [USER]}

        def shown():
            return answer(administrator.swr.show_user_repository_auth(**image), shape)

        lacks(_levels(shown()), reader.user_name)
        empty(administrator.swr.create_user_repository_auth(**image, body=[reader.level(1)]))
        assert _as_json(reader, 1) in shown()["others_auths"], shown()
        for auth in (3, 7):
            empty(administrator.swr.update_user_repository_auth(**image, body=[reader.level(auth)]))
            same(_levels(shown())[reader.user_name], auth, "the level")
        empty(administrator.swr.delete_user_repository_auth(**image, body=[reader.user_id]))
        lacks(_levels(shown()), reader.user_name)


def a_user_is_shown_its_own_level(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image:
        for auth in (1, 3, 7):
            with level(administrator, reader, image["namespace"], auth):
                own = _as_json(reader, auth)
                answer(reader.swr.show_namespace_auth(namespace=image["namespace"]), {"self_auth": own})
            with repository_level(administrator, reader, auth, **image):
                answer(reader.swr.show_user_repository_auth(**image), {"self_auth": own})


def granting_twice_is_refused_and_changes_nothing(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with organization(administrator) as name, level(administrator, reader, name, 1):
        refused(PERMISSION_EXISTS, administrator.swr.create_namespace_auth, namespace=name, body=[reader.level(7)])
        same(reader.swr.show_namespace(namespace=name).auth, 1, "the level")


def what_is_not_there_is_neither_granted_on_nor_changed_nor_revoked(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    missing = {"namespace": fresh_name(), "body": [reader.level(1)]}
    refused(NO_ORGANIZATION, administrator.swr.create_namespace_auth, **missing)
    refused(NO_ORGANIZATION, administrator.swr.update_namespace_auth, **missing)
    with organization(administrator) as name:
        image = {"namespace": name, "repository": "none", "body": [reader.level(1)]}
        refused(NO_REPOSITORY, administrator.swr.create_user_repository_auth, **image)
        refused(NO_SUCH_PERMISSION, administrator.swr.update_namespace_auth, namespace=name, body=[reader.level(1)])
        refused(NO_SUCH_PERMISSION, administrator.swr.delete_namespace_auth, namespace=name, body=[reader.user_id])


def an_organization_with_a_level_on_one_image_only_is_listed_when_the_filter_asks_for_visible_ones(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image, repository_level(administrator, reader, 1, **image):
        name = image["namespace"]
        lacks([item.name for item in reader.swr.list_namespaces().namespaces], name)
        has([item.name for item in reader.swr.list_namespaces(filter="mode::visible").namespaces], name)


def edit_on_an_organization_creates_and_changes_images_but_neither_deletes_grants_nor_shares(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image, level(administrator, reader, image["namespace"], 3):
        reader.swr.create_repo(namespace=image["namespace"], repository="tool", is_public=False)
        empty(reader.swr.update_repo(**image, is_public=False, description="edited"))
        same(administrator.swr.show_repository(**image).description, "edited", "the description")
        refused(NO_PERMISSION, reader.swr.delete_repo, **image)
        refused(NO_PERMISSION, reader.swr.update_namespace_auth, namespace=image["namespace"], body=[reader.level(7)])
        shared = {"access_domain": ambar.other.account_name, "permit": "read", "deadline": "forever"}
        refused(NO_PERMISSION, reader.swr.create_repo_domains, **image, **shared)
        refused(NO_PERMISSION, reader.swr.delete_namespaces, namespace=image["namespace"])


def manage_on_an_image_deletes_it_and_a_level_on_it_creates_no_other(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image:
        administrator.swr.create_user_repository_auth(**image, body=[reader.level(7)])
        refused(NO_PERMISSION, reader.swr.create_repo, namespace=image["namespace"], repository="tool", is_public=False)
        empty(reader.swr.delete_repo(**image))


def the_higher_of_the_levels_on_an_organization_and_on_an_image_counts(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image, level(administrator, reader, image["namespace"], 3):
        with repository_level(administrator, reader, 1, **image):
            empty(reader.swr.update_repo(**image, is_public=False, description="edited"))


def nobody_grants_itself_more(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image, level(administrator, reader, image["namespace"], 7):
        refused(NOT_FOR_ONESELF, reader.swr.create_user_repository_auth, **image, body=[reader.level(7)])


def a_revoked_level_ends_with_the_next_request(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image:
        with level(administrator, reader, image["namespace"], 1):
            reader.swr.show_repository(**image)
        refused((*NO_REPOSITORY, *NO_ORGANIZATION, *NO_PERMISSION), reader.swr.show_repository, **image)
