"""Versions of an image: shown, listed, copied, deleted. They are copies of the one that was pushed before."""

import hashlib
import json
import re

from refusals import CONFLICT, NO_REPOSITORY, NO_TAG, refused
from temporary import fresh_name, repository, tag
from wire import DIGEST, TIME, answer, empty, has, items, page, same

HEX = re.compile("[0-9a-f]{64}")


def _shown(ambar, tag_field="tag", name=None, **fields):
    image = ambar.image
    name = name or image.tag
    return {
        "id": int,
        "repo_id": int,
        tag_field: name,
        "image_id": HEX,
        "manifest": str,
        "digest": DIGEST,
        "schema": 2,
        "path": f"{ambar.place.registry}/{image.namespace}/{image.repository}:{name}",
        "internal_path": str,
        "size": int,
        "is_trusted": False,
        "created": TIME,
        "updated": TIME,
        "domain_id": str,
        "tag_type": 0,
        **fields,
    }


def _listed(ambar, name=None):
    return _shown(ambar, "Tag", name, deleted=None, scanned=bool)


def a_version_is_shown_with_its_manifest_and_digest(ambar):
    shown = answer(ambar.administrator.swr.show_repo_tag(**ambar.image.path, tag=ambar.image.tag), _shown(ambar))
    manifest = json.loads(shown["manifest"])
    same(manifest["schemaVersion"], shown["schema"], "the schema")
    same(manifest["config"]["digest"].partition(":")[2], shown["image_id"], "the image's id")
    same("sha256:" + hashlib.sha256(shown["manifest"].encode()).hexdigest(), shown["digest"], "the digest")
    assert shown["size"] > 0, shown
    repository = ambar.administrator.swr.show_repository(**ambar.image.path)
    same((shown["repo_id"], shown["domain_id"]), (repository.id, repository.domain_id), "the ids of the image and the account")


def versions_are_listed_with_a_capital_in_tag(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    listed = answer(swr.list_repository_tags(**image.path, tag=image.tag), [_listed(ambar)])
    same(len(listed), 1, "the number of versions")
    shown = swr.show_repo_tag(**image.path, tag=image.tag).to_json_object()
    for field in ("id", "repo_id", "image_id", "digest", "size", "created", "updated", "path"):
        same(listed[0][field], shown[field], field)


def a_version_is_copied_to_another_tag_on_the_server(ambar):
    swr, image, name = ambar.administrator.swr, ambar.image, fresh_name("v")
    empty(swr.create_repo_tag(**image.path, source_tag=image.tag, destination_tag=name))
    copy = answer(swr.show_repo_tag(**image.path, tag=name), _shown(ambar, name=name))
    source = swr.show_repo_tag(**image.path, tag=image.tag)
    same((copy["digest"], copy["manifest"], copy["size"]), (source.digest, source.manifest, source.size), "digest, manifest and size")
    assert copy["id"] != source.id, copy
    has([item.tag for item in items(swr.list_repository_tags(**image.path))], name)
    empty(swr.delete_repo_tag(**image.path, tag=name))
    refused(NO_TAG, swr.show_repo_tag, **image.path, tag=name)
    refused(NO_TAG, swr.delete_repo_tag, **image.path, tag=name)
    swr.show_repo_tag(**image.path, tag=image.tag)


def a_copy_over_a_tag_that_is_there_needs_to_say_so(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    with tag(ambar.administrator, image) as [name]:
        copy = {"source_tag": image.tag, "destination_tag": name}
        refused(CONFLICT, swr.create_repo_tag, **image.path, **copy, override=False)
        empty(swr.create_repo_tag(**image.path, **copy, override=True))


def versions_are_listed_in_pages_that_say_how_many_there_are(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    with tag(ambar.administrator, image, count=2) as names:
        total = len(items(swr.list_repository_tags(**image.path)))
        assert total >= 3, total
        first = swr.list_repository_tags(**image.path, limit="2", offset="0", order_column="updated_at", order_type="desc")
        same([item.tag for item in items(first)], [names[1], names[0]], "the newest")
        page(first, 0, 2, total)
        past = swr.list_repository_tags(**image.path, limit="2", offset=str(total))
        same(items(past), [], "the page past the end")
        page(past, total, 0, total)
        oldest_first = swr.list_repository_tags(**image.path, order_column="updated_at", order_type="asc")
        same([item.tag for item in items(oldest_first)][-2:], names, "the newest, at the end")
        filtered = swr.list_repository_tags(**image.path, filter=f"tag::{names[0]}|limit::10|offset::0")
        answer(filtered, [_listed(ambar, names[0])])
        page(filtered, 0, 1, 1)


def the_third_version_of_the_list_is_walked_by_markers(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    with tag(ambar.administrator, image, count=2) as names:
        everything = {item.tag for item in items(swr.list_repository_tags(**image.path))}
        found, marker = [], None
        for _ in everything:
            listed = swr.list_repository_tag(**image.path, limit=2, marker=marker, with_manifest=True)
            answer(listed, {"tags": [_shown(ambar, tag=str, path=str, manifest=str)], "has_more": bool})
            found += [item.tag for item in listed.tags]
            same(bool(listed.next_marker), listed.has_more, "a marker where there is more, and")
            marker = listed.next_marker
            if not listed.has_more:
                break
        same(sorted(found), sorted(everything), "the tags")
        by_name = swr.list_repository_tag(**image.path, tag=names[0], order_column="tag", order_type="asc")
        has([item.tag for item in by_name.tags], names[0])


def a_version_without_signatures_and_references_has_empty_lists_of_them(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    answer(swr.list_repo_accessories(**image.path, tag=image.tag, limit=10, offset=0), {"total": 0, "accessories": ([dict], None)})
    references = swr.list_references(**image.path, tag=image.tag, limit=10)
    answer(references, {"tags": ([str], None), "has_more": False})
    assert not references.tags, references.tags


def what_is_not_there_has_no_versions(ambar):
    swr, image = ambar.administrator.swr, ambar.image
    missing = fresh_name("v")
    refused(NO_TAG, swr.show_repo_tag, **image.path, tag=missing)
    refused(NO_TAG, swr.create_repo_tag, **image.path, source_tag=missing, destination_tag="other")
    refused(NO_REPOSITORY, swr.list_repository_tags, namespace=image.namespace, repository=fresh_name())
    with repository(ambar.administrator) as empty_image:
        same(items(swr.list_repository_tags(**empty_image)), [], "the list")
