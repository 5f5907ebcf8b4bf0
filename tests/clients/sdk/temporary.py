"""Things that are there for one case: made before its body and gone after it, so that no case meets what another left."""

import itertools
import secrets
from contextlib import contextmanager

from wire import items

_run = secrets.token_hex(3)
_number = itertools.count(1)


def fresh_name(start="sdk"):
    """A name that nothing has had before."""
    return f"{start}-{_run}{next(_number)}"


@contextmanager
def organization(owner):
    name = fresh_name()
    owner.swr.create_namespace(namespace=name)
    try:
        yield name
    finally:
        for image in items(owner.swr.list_repos_details(namespace=name)):
            if image.namespace == name:
                owner.swr.delete_repo(namespace=name, repository=image.name.replace("/", "$"))
        owner.swr.delete_namespaces(namespace=name)


@contextmanager
def repository(owner, is_public=False, **fields):
    """An image without versions, in an organization of its own: gives both names."""
    with organization(owner) as namespace:
        owner.swr.create_repo(namespace=namespace, repository="web", is_public=is_public, **fields)
        yield {"namespace": namespace, "repository": "web"}


@contextmanager
def level(owner, user, namespace, auth):
    """A user with a level on an organization."""
    owner.swr.create_namespace_auth(namespace=namespace, body=[user.level(auth)])
    try:
        yield
    finally:
        owner.swr.delete_namespace_auth(namespace=namespace, body=[user.user_id])


@contextmanager
def repository_level(owner, user, auth, **image):
    """A user with a level on one image."""
    owner.swr.create_user_repository_auth(**image, body=[user.level(auth)])
    try:
        yield
    finally:
        owner.swr.delete_user_repository_auth(**image, body=[user.user_id])


@contextmanager
def tag(owner, image, count=1):
    """Further tags of the image's version: gives their names."""
    names = []
    try:
        for _ in range(count):
            name = fresh_name("v")
            owner.swr.create_repo_tag(**image.path, source_tag=image.tag, destination_tag=name)
            names.append(name)
        yield names
    finally:
        for name in names:
            owner.swr.delete_repo_tag(**image.path, tag=name)


@contextmanager
def share(owner, receiver, deadline="forever", **image):
    """An image shared with another account."""
    owner.swr.create_repo_domains(**image, access_domain=receiver.account_name, permit="read", deadline=deadline)
    try:
        yield
    finally:
        owner.swr.delete_repo_domains(**image, access_domain=receiver.account_name)
