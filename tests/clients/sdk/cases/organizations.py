"""Organizations: made, shown, listed, deleted."""

from refusals import NO_ORGANIZATION, ORGANIZATION_EXISTS, refused
from temporary import fresh_name, level, organization
from wire import answer, empty, lacks, same


def an_organization_is_created_shown_and_deleted(ambar):
    administrator, name = ambar.administrator, fresh_name()
    empty(administrator.swr.create_namespace(namespace=name))
    shown = administrator.swr.show_namespace(namespace=name)
    answer(shown, {"id": int, "name": name, "creator_name": administrator.user_name, "auth": 7})
    empty(administrator.swr.delete_namespaces(namespace=name))
    refused(NO_ORGANIZATION, administrator.swr.show_namespace, namespace=name)
    refused(NO_ORGANIZATION, administrator.swr.delete_namespaces, namespace=name)


def an_organization_keeps_its_id_and_each_has_its_own(ambar):
    administrator = ambar.administrator
    with organization(administrator) as one, organization(administrator) as two:
        ids = [administrator.swr.show_namespace(namespace=name).id for name in (one, two, one)]
        assert ids[0] == ids[2] != ids[1], ids


def the_list_has_every_organization_with_its_users_and_images_counted(ambar):
    administrator = ambar.administrator
    with organization(administrator) as one, organization(administrator) as two:
        administrator.swr.create_repo(namespace=one, repository="web", is_public=False)
        item = {"id": int, "name": str, "creator_name": str, "auth": 7, "access_user_count": int, "repo_count": int}
        listed = answer(administrator.swr.list_namespaces(), {"namespaces": [item]})["namespaces"]
        by_name = {item["name"]: item for item in listed}
        assert {one, two, ambar.image.namespace} <= by_name.keys(), by_name.keys()
        same(len(by_name), len(listed), "the number of names")
        same((by_name[one]["repo_count"], by_name[two]["repo_count"]), (1, 0), "the numbers of images")
        with level(administrator, ambar.reader, one, 1):
            after = administrator.swr.list_namespaces(namespace=one).to_json_object()["namespaces"]
            count = next(item["access_user_count"] for item in after if item["name"] == one)
            same(count, by_name[one]["access_user_count"] + 1, "the number of users")


def the_list_is_narrowed_by_name_as_a_parameter_and_in_the_filter(ambar):
    administrator = ambar.administrator
    with organization(administrator) as name:
        for narrowed in ({"namespace": name}, {"filter": f"namespace::{name}"}, {"filter": f"namespace::{name}|mode::visible"}):
            same([item.name for item in administrator.swr.list_namespaces(**narrowed).namespaces], [name], f"the list by {narrowed}")
        same(administrator.swr.list_namespaces(namespace=fresh_name()).namespaces, [], "the list by an unknown name")


def a_name_that_is_taken_is_refused_without_saying_by_whom(ambar):
    with organization(ambar.administrator) as name:
        refused(ORGANIZATION_EXISTS, ambar.administrator.swr.create_namespace, namespace=name)
        message = refused(ORGANIZATION_EXISTS, ambar.other.swr.create_namespace, namespace=name)
        assert ambar.administrator.account_name not in message and ambar.administrator.user_name not in message, message


def the_name_of_a_deleted_organization_is_free_again(ambar):
    name = fresh_name()
    for owner in (ambar.administrator, ambar.other, ambar.administrator):
        owner.swr.create_namespace(namespace=name)
        owner.swr.delete_namespaces(namespace=name)


def a_user_sees_the_organizations_it_has_a_level_on_and_which(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with organization(administrator) as granted, organization(administrator) as hidden:
        for auth in (1, 3, 7):
            with level(administrator, reader, granted, auth):
                listed = {item.name: item.auth for item in reader.swr.list_namespaces().namespaces}
                same(listed.get(granted), auth, "the level in the list")
                assert hidden not in listed, listed
                shown = reader.swr.show_namespace(namespace=granted)
                answer(shown, {"id": int, "name": granted, "creator_name": administrator.user_name, "auth": auth})
        lacks([item.name for item in reader.swr.list_namespaces().namespaces], granted)
