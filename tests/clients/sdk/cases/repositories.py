"""Images: made, shown, changed, listed, deleted."""

from refusals import NO_ORGANIZATION, NO_REPOSITORY, REPOSITORY_EXISTS, refused
from temporary import fresh_name, level, organization, repository
from wire import TIME, answer, empty, items, page, same


def _shown(ambar, namespace, name, **fields):
    return {
        "id": int,
        "ns_id": int,
        "name": name,
        "category": "other",
        "description": "",
        "creator_id": ambar.administrator.user_id,
        "creator_name": ambar.administrator.user_name,
        "size": int,
        "is_public": False,
        "num_images": int,
        "num_download": int,
        "url": "",
        "path": f"{ambar.place.registry}/{namespace}/{name}",
        "internal_path": str,
        "created": TIME,
        "updated": TIME,
        "domain_id": str,
        "priority": 0,
        **fields,
    }


def _listed(ambar, namespace, name, **fields):
    return {
        "name": name,
        "category": "other",
        "description": "",
        "size": int,
        "is_public": False,
        "num_images": int,
        "num_download": int,
        "created_at": TIME,
        "updated_at": TIME,
        "logo": "",
        "url": "",
        "path": f"{ambar.place.registry}/{namespace}/{name}",
        "internal_path": str,
        "domain_name": ambar.administrator.account_name,
        "namespace": namespace,
        "tags": ([str], None),
        "status": False,
        "total_range": int,
        **fields,
    }


def _listed_v3(ambar, namespace, name, **fields):
    left_out = {"logo", "url", "path", "internal_path", "namespace", "tags", "total_range"}
    shape = {field: shape for field, shape in _listed(ambar, namespace, name).items() if field not in left_out}
    return {**shape, "id": int, "namespace_name": namespace, **fields}


def an_image_is_created_shown_changed_and_deleted(ambar):
    swr = ambar.administrator.swr
    with organization(ambar.administrator) as namespace:
        text = "Läuft überall\n\n| a | b |"
        image = {"namespace": namespace, "repository": "web"}
        empty(swr.create_repo(**image, is_public=False, category="linux", description=text))
        shape = _shown(ambar, namespace, "web", category="linux", description=text, size=0, num_images=0, num_download=0)
        before = answer(swr.show_repository(**image), shape)
        empty(swr.update_repo(**image, is_public=True, category="database", description="changed"))
        shape = _shown(ambar, namespace, "web", is_public=True, category="database", description="changed")
        after = answer(swr.show_repository(**image), shape)
        same((after["id"], after["created"]), (before["id"], before["created"]), "id and time of creation")
        same(after["ns_id"], swr.show_namespace(namespace=namespace).id, "the organization's id")
        empty(swr.delete_repo(**image))
        for operation in (swr.show_repository, swr.delete_repo):
            refused(NO_REPOSITORY, operation, **image)
        refused(NO_REPOSITORY, swr.update_repo, **image, is_public=True)


def an_image_without_a_category_is_of_the_category_other(ambar):
    with repository(ambar.administrator) as image:
        answer(ambar.administrator.swr.show_repository(**image), _shown(ambar, image["namespace"], "web"))


def what_a_change_does_not_mention_stays(ambar):
    swr = ambar.administrator.swr
    with repository(ambar.administrator, category="arm", description="kept") as image:
        swr.update_repo(**image, is_public=True)
        answer(swr.show_repository(**image), {"is_public": True, "category": "arm", "description": "kept"})


def an_image_with_a_slash_in_its_name_has_a_dollar_in_paths_and_the_slash_elsewhere(ambar):
    swr = ambar.administrator.swr
    with organization(ambar.administrator) as namespace:
        swr.create_repo(namespace=namespace, repository="team/app", is_public=False)
        in_path = {"namespace": namespace, "repository": "team$app"}
        answer(swr.show_repository(**in_path), _shown(ambar, namespace, "team/app"))
        answer(swr.list_repos_details(namespace=namespace), [_listed(ambar, namespace, "team/app")])
        empty(swr.update_repo(**in_path, is_public=False, description="changed"))
        empty(swr.delete_repo(**in_path))
        same(items(swr.list_repos_details(namespace=namespace)), [], "the list")


def a_name_that_is_taken_is_refused_and_the_same_in_another_organization_is_not(ambar):
    swr = ambar.administrator.swr
    with repository(ambar.administrator) as image, organization(ambar.administrator) as other:
        refused(REPOSITORY_EXISTS, swr.create_repo, **image, is_public=True)
        same(swr.show_repository(**image).is_public, False, "is_public")
        swr.create_repo(namespace=other, repository=image["repository"], is_public=False)


def an_organization_that_is_not_there_has_no_images(ambar):
    image = {"namespace": fresh_name(), "repository": "web"}
    refused(NO_ORGANIZATION, ambar.administrator.swr.create_repo, **image, is_public=False)
    refused((*NO_ORGANIZATION, *NO_REPOSITORY), ambar.administrator.swr.show_repository, **image)


def a_pushed_image_is_shown_and_listed_with_its_versions_and_size(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    shown = answer(swr.show_repository(**image.path), _shown(ambar, image.namespace, image.repository))
    assert shown["num_images"] >= 1 and shown["size"] > 0, shown
    listed = answer(swr.list_repos_details(namespace=image.namespace, name=image.repository), [{"tags": [str], "num_images": int}])
    item = next(item for item in listed if item["name"] == image.repository)
    assert image.tag in item["tags"] and item["num_images"] == shown["num_images"] and item["size"] == shown["size"], item


def _three_images(swr, namespace):
    for name, category in (("cherry", "linux"), ("apple", "database"), ("banana-pie", "linux")):
        swr.create_repo(namespace=namespace, repository=name, is_public=name == "apple", category=category)


def images_are_listed_in_pages_that_say_how_many_there_are(ambar):
    swr = ambar.administrator.swr
    with organization(ambar.administrator) as namespace:
        _three_images(swr, namespace)
        ordered = {"namespace": namespace, "order_column": "name", "order_type": "asc", "limit": "2"}
        first = swr.list_repos_details(**ordered, offset="0")
        answer(first, [_listed(ambar, namespace, str, path=str, category=str, is_public=bool, total_range=3)])
        same([item.name for item in items(first)], ["apple", "banana-pie"], "the first page")
        page(first, 0, 2, 3)
        second = swr.list_repos_details(**ordered, offset="2")
        answer(second, [_listed(ambar, namespace, "cherry", category="linux", total_range=3, num_images=0, size=0)])
        page(second, 2, 1, 3)
        past = swr.list_repos_details(**ordered, offset="4")
        same(items(past), [], "the page past the end")
        page(past, 4, 0, 3)
        same(len(items(swr.list_repos_details(namespace=namespace, limit="2"))), 3, "the length of a list with a limit and no offset")


def images_are_ordered_by_name_and_by_update_time_both_ways(ambar):
    swr = ambar.administrator.swr
    with organization(ambar.administrator) as namespace:
        _three_images(swr, namespace)
        swr.update_repo(namespace=namespace, repository="apple", is_public=False, description="newest")
        orders = {
            ("name", "asc"): ["apple", "banana-pie", "cherry"],
            ("name", "desc"): ["cherry", "banana-pie", "apple"],
            ("updated_time", "asc"): ["cherry", "banana-pie", "apple"],
            ("updated_time", "desc"): ["apple", "banana-pie", "cherry"],
        }
        for (column, direction), expected in orders.items():
            listed = swr.list_repos_details(namespace=namespace, order_column=column, order_type=direction)
            same([item.name for item in items(listed)], expected, f"the list by {column} {direction}")
        swr.list_repos_details(namespace=namespace, order_column="tag_count", order_type="desc")


def images_are_found_by_a_part_of_the_name_and_by_category_as_parameters_and_in_the_filter(ambar):
    swr = ambar.administrator.swr
    with organization(ambar.administrator) as namespace:
        _three_images(swr, namespace)
        questions = [
            ({"name": "ana"}, {"banana-pie"}),
            ({"category": "linux"}, {"cherry", "banana-pie"}),
            ({"category": "linux", "name": "err"}, {"cherry"}),
            ({"name": "nothing"}, set()),
        ]
        for fields, expected in questions:
            found = swr.list_repos_details(namespace=namespace, **fields)
            same({item.name for item in items(found)}, expected, f"what is found by {fields}")
            pairs = "|".join(f"{key}::{value}" for key, value in {"namespace": namespace, **fields}.items())
            found = swr.list_repos_details(filter=pairs)
            same({item.name for item in items(found)}, expected, f"what is found by {pairs}")
        paged = swr.list_repos_details(filter=f"namespace::{namespace}|limit::1|offset::1|order_column::name|order_type::asc")
        same([item.name for item in items(paged)], ["banana-pie"], "the page")
        page(paged, 1, 1, 3)


def the_filter_outweighs_the_parameters_beside_it(ambar):
    swr = ambar.administrator.swr
    with organization(ambar.administrator) as namespace:
        _three_images(swr, namespace)
        found = swr.list_repos_details(namespace=fresh_name(), name="cherry", filter=f"namespace::{namespace}|name::apple")
        same([item.name for item in items(found)], ["apple"], "what is found")


def the_third_version_of_the_list_is_walked_by_markers(ambar):
    swr = ambar.administrator.swr
    with organization(ambar.administrator) as namespace:
        _three_images(swr, namespace)
        names, marker = [], None
        for _ in range(3):
            listed = swr.list_repo_details(namespace=namespace, limit=2, marker=marker)
            item = _listed_v3(ambar, namespace, str, category=str, is_public=bool)
            names += [item["name"] for item in answer(listed, {"repos": [item]})["repos"]]
            marker = listed.next_marker
            if marker is None:
                break
        same(marker, None, "the marker at the end")
        same(sorted(names), ["apple", "banana-pie", "cherry"], "the names")
        same({item.name for item in swr.list_repo_details(namespace=namespace, is_public=True).repos}, {"apple"}, "the public ones")
        same({item.name for item in swr.list_repo_details(namespace=namespace, name="err").repos}, {"cherry"}, "those with err")
        same({item.name for item in swr.list_repo_details(namespace=namespace, category="database").repos}, {"apple"}, "the databases")


def a_user_lists_the_images_it_may_read_and_no_others(ambar):
    administrator, reader = ambar.administrator, ambar.reader
    with repository(administrator) as image:
        namespace = image["namespace"]
        same(items(reader.swr.list_repos_details(namespace=namespace)), [], "the list without a level")
        with level(administrator, reader, namespace, 1):
            answer(reader.swr.list_repos_details(namespace=namespace), [_listed(ambar, namespace, "web")])
            answer(reader.swr.show_repository(**image), _shown(ambar, namespace, "web"))
