"""Images shared with other accounts."""

from unittest import SkipTest

from refusals import (
    BAD_DOMAIN,
    BAD_REQUEST,
    NO_PERMISSION,
    NO_SHARE,
    NOT_PRIVATE,
    NOT_THERE,
    QUOTA_OF_SHARES,
    SHARE_EXISTS,
    TOO_LONG,
    refused,
)
from temporary import fresh_name, repository, share
from wire import TIME, answer, empty, has, items, page, same


def _share(ambar, image, **fields):
    return {
        "namespace": image["namespace"],
        "repository": image["repository"],
        "access_domain": ambar.other.account_name,
        "permit": "read",
        "deadline": "forever",
        "description": "",
        "creator_id": ambar.administrator.user_id,
        "creator_name": ambar.administrator.user_name,
        "created": TIME,
        "updated": TIME,
        "status": True,
        **fields,
    }


def _is_not_shared(swr, **place):
    """There are two documented answers."""
    try:
        shown = swr.show_access_domain(**place)
    except Exception:
        refused(NO_SHARE, swr.show_access_domain, **place)
    else:
        answer(shown, {"exist": False})


def an_image_is_shared_shown_changed_and_shared_no_longer(ambar):
    swr, receiver = ambar.administrator.swr, ambar.other.account_name
    with repository(ambar.administrator) as image:
        place = {**image, "access_domain": receiver}
        _is_not_shared(swr, **place)
        empty(swr.create_repo_domains(**image, access_domain=receiver, permit="read", deadline="forever", description="für alle"))
        shape = _share(ambar, image, description="für alle")
        answer(swr.list_repo_domains(**image), [shape])
        answer(swr.show_access_domain(**place), {**shape, "exist": True})
        deadline = "2199-12-31T00:00:00Z"
        empty(swr.update_repo_domains(**place, permit="read", deadline=deadline, description="changed"))
        answer(swr.show_access_domain(**place), {**_share(ambar, image, description="changed", deadline=str), "exist": True})
        same(swr.show_access_domain(**place).deadline[:10], deadline[:10], "the end date")
        empty(swr.delete_repo_domains(**place))
        same(items(swr.list_repo_domains(**image)), [], "the list")
        _is_not_shared(swr, **place)


def both_written_forms_of_an_end_date_are_taken(ambar):
    swr = ambar.administrator.swr
    with repository(ambar.administrator) as image:
        for deadline in ("2199-12-31T00:00:00Z", "2199-12-31T00:00:00.000Z"):
            with share(ambar.administrator, ambar.other, deadline, **image):
                same(items(swr.list_repo_domains(**image))[0].deadline[:10], "2199-12-31", "the end date")


def sharing_twice_is_refused(ambar):
    with repository(ambar.administrator) as image, share(ambar.administrator, ambar.other, **image):
        again = {"access_domain": ambar.other.account_name, "permit": "read", "deadline": "2199-12-31T00:00:00Z"}
        refused(SHARE_EXISTS, ambar.administrator.swr.create_repo_domains, **image, **again)
        same(items(ambar.administrator.swr.list_repo_domains(**image))[0].deadline, "forever", "the end date")


def _names(images):
    return {(image.namespace, image.name) for image in images}


def the_receiver_finds_the_image_among_those_of_others_and_the_owner_among_its_own_shared_ones(ambar):
    with repository(ambar.administrator) as image:
        wanted = (image["namespace"], image["repository"])
        item = {
            **{"name": image["repository"], "namespace": image["namespace"], "domain_name": ambar.administrator.account_name, "status": True},
            **{"category": "other", "description": "", "size": int, "is_public": False, "num_images": 0, "num_download": 0},
            **{"created_at": TIME, "updated_at": TIME, "logo": "", "url": "", "tags": ([str], None), "total_range": 1},
            "path": f"{ambar.place.registry}/{'/'.join(wanted)}",
            "internal_path": str,
        }
        left_out = {"namespace", "logo", "url", "tags", "total_range", "path", "internal_path"}
        item_v3 = {**{name: shape for name, shape in item.items() if name not in left_out}, "id": int, "namespace_name": wanted[0]}
        for viewer, center in ((ambar.other, "thirdparty"), (ambar.administrator, "self")):
            query = {"center": center, "namespace": wanted[0], "limit": "10", "offset": "0"}
            with share(ambar.administrator, ambar.other, **image):
                listed = viewer.swr.list_shared_repos_details(**query)
                same(len(answer(listed, [item])), 1, f"the number of images that {center} lists")
                page(listed, 0, 1, 1)
                listed = viewer.swr.list_shared_repo_details(shared_by=center, namespace=wanted[0])
                same(len(answer(listed, {"repos": [item_v3]})["repos"]), 1, f"the number of images that {center} lists")
                filtered = viewer.swr.list_shared_repos_details(filter=f"center::{center}|namespace::{wanted[0]}|limit::10|offset::0")
                same(_names(items(filtered)), {wanted}, "what the filter finds")
            same(items(viewer.swr.list_shared_repos_details(**query)), [], "the list afterwards")
            ended = f"center::{center}|namespace::{wanted[0]}|status::false|limit::10|offset::0"
            ended = items(viewer.swr.list_shared_repos_details(filter=ended))
            same([(item.name, item.status) for item in ended], [(image["repository"], False)], "the list of what has ended")


def the_receiver_sees_the_image_and_its_versions_while_it_is_shared_and_changes_nothing(ambar):
    administrator, receiver, image = ambar.administrator, ambar.other, ambar.image
    with share(administrator, receiver, **image.path):
        same(receiver.swr.show_repository(**image.path).name, image.repository, "the name")
        has([item.tag for item in items(receiver.swr.list_repository_tags(**image.path))], image.tag)
        same(receiver.swr.show_repo_tag(**image.path, tag=image.tag).tag, image.tag, "the tag")
        allowed_to_know = (*NO_PERMISSION, *NOT_THERE)
        refused(allowed_to_know, receiver.swr.update_repo, **image.path, is_public=True)
        refused(allowed_to_know, receiver.swr.delete_repo_tag, **image.path, tag=image.tag)
        refused(allowed_to_know, receiver.swr.delete_repo, **image.path)
        refused(allowed_to_know, receiver.swr.list_repo_domains, **image.path)
        refused(allowed_to_know, receiver.swr.show_namespace, namespace=image.namespace)
    refused(NOT_THERE, receiver.swr.show_repository, **image.path)


def only_a_private_image_is_shared(ambar):
    with repository(ambar.administrator, is_public=True) as image:
        shared = {"access_domain": ambar.other.account_name, "permit": "read", "deadline": "forever"}
        refused(NOT_PRIVATE, ambar.administrator.swr.create_repo_domains, **image, **shared)
        same(items(ambar.administrator.swr.list_repo_domains(**image)), [], "the list")


def an_image_is_shared_with_neither_an_unknown_nor_the_own_account(ambar):
    with repository(ambar.administrator) as image:
        for receiver in (fresh_name("nobody"), ambar.administrator.account_name):
            shared = {"access_domain": receiver, "permit": "read", "deadline": "forever"}
            refused(BAD_DOMAIN, ambar.administrator.swr.create_repo_domains, **image, **shared)
        same(items(ambar.administrator.swr.list_repo_domains(**image)), [], "the list")


def a_share_is_for_reading_until_a_time_to_come_with_a_description_of_at_most_1000_characters(ambar):
    create = ambar.administrator.swr.create_repo_domains
    with repository(ambar.administrator) as image:
        good = {"access_domain": ambar.other.account_name, "permit": "read", "deadline": "forever"}
        for deadline in ("2020-01-01T00:00:00Z", "tomorrow", "2199-12-31", ""):
            refused(BAD_REQUEST, create, **image, **{**good, "deadline": deadline})
        for permit in ("write", "manage", ""):
            refused(BAD_REQUEST, create, **image, **{**good, "permit": permit})
        refused(TOO_LONG, create, **image, **good, description="é" * 1001)
        for missing in good:
            refused(BAD_REQUEST, create, **image, **{name: value for name, value in good.items() if name != missing})
        same(items(ambar.administrator.swr.list_repo_domains(**image)), [], "the list")
        create(**image, **good, description="é" * 1000)
        changed = {**image, "access_domain": good["access_domain"], "permit": "read"}
        refused(BAD_REQUEST, ambar.administrator.swr.update_repo_domains, **changed, deadline="2020-01-01T00:00:00Z")
        same(items(ambar.administrator.swr.list_repo_domains(**image))[0].deadline, "forever", "the end date")


def the_501st_share_of_an_image_is_refused(ambar):
    accounts = ambar.further_accounts
    if len(accounts) < 501:
        raise SkipTest("it needs 501 further_accounts")
    with repository(ambar.administrator) as image:
        shared = {**image, "permit": "read", "deadline": "forever"}
        for account in accounts[:500]:
            ambar.administrator.swr.create_repo_domains(**shared, access_domain=account)
        refused(QUOTA_OF_SHARES, ambar.administrator.swr.create_repo_domains, **shared, access_domain=accounts[500])
        same(len(items(ambar.administrator.swr.list_repo_domains(**image))), 500, "the number of shares")
        ambar.administrator.swr.delete_repo_domains(**image, access_domain=accounts[0])
        ambar.administrator.swr.create_repo_domains(**shared, access_domain=accounts[500])
