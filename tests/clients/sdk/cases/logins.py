"""Login commands, and that the registry takes the logins in them."""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta, timezone

import requests

from temporary import repository_level
from wire import TIME, answer, same

COMMAND = re.compile(r"docker login -u (?P<user>\S+) -p (?P<password>\S+) (?P<host>\S+)")


def _check_login(ambar, response, user):
    """The command, the entry for a client's configuration and the validity say the same; gives user and password."""
    command = COMMAND.fullmatch(response.x_swr_dockerlogin)
    assert command, response.x_swr_dockerlogin
    same(command["host"], ambar.place.registry, "the registry in the command")
    body = answer(response, {"auths": {ambar.place.registry: {"auth": str}}})
    same(list(body["auths"]), [ambar.place.registry], "the registries")
    login = base64.b64decode(body["auths"][ambar.place.registry]["auth"], validate=True).decode()
    same(login, f"{command['user']}:{command['password']}", "the login in the entry")
    assert re.fullmatch(user, command["user"]), command["user"]
    assert TIME.fullmatch(response.x_swr_expireat), response.x_swr_expireat
    left = datetime.fromisoformat(response.x_swr_expireat.replace("Z", "+00:00")) - datetime.now(timezone.utc)
    assert timedelta(minutes=14) < left <= timedelta(hours=24, minutes=1), left
    return command["user"], command["password"]


def _get(ambar, path, **options):
    url = path if "://" in path else ambar.place.endpoint + path
    return requests.get(url, verify=ambar.place.certificate_authority or True, timeout=60, **options)


def _tags_status(ambar, login):
    """What the registry answers when the image's tags are asked for with that login, by way of a token."""
    image = ambar.image
    path = f"/v2/{image.namespace}/{image.repository}/tags/list"
    challenge = _get(ambar, "/v2/")
    same(challenge.status_code, 401, "the status without a login")
    parts = dict(re.findall(r'(\w+)="([^"]*)"', challenge.headers["Www-Authenticate"]))
    scope = {"service": parts["service"], "scope": f"repository:{image.namespace}/{image.repository}:pull"}
    token = _get(ambar, parts["realm"], params=scope, auth=login)
    if token.status_code != 200:
        return token.status_code
    return _get(ambar, path, headers={"Authorization": f"Bearer {token.json()['token']}"}).status_code


def a_temporary_login_has_a_name_of_its_own_and_works_beside_the_long_term_one(ambar):
    administrator = ambar.administrator
    response = administrator.swr.create_secret(projectname=ambar.project_name)
    user, password = _check_login(ambar, response, re.escape(ambar.project_name) + r"@\w+")
    assert user != f"{ambar.project_name}@{administrator.ak}", user
    same(_tags_status(ambar, (user, password)), 200, "the status with the temporary login")
    long_term = hmac.new(administrator.sk.encode(), administrator.ak.encode(), hashlib.sha256).hexdigest()
    same(_tags_status(ambar, (f"{ambar.project_name}@{administrator.ak}", long_term)), 200, "the status with the long-term login")
    same(_tags_status(ambar, (user, "0" * len(password))), 401, "the status with a wrong password")


def a_temporary_login_needs_no_project_and_each_is_another(ambar):
    one, two = (ambar.administrator.swr.create_secret() for _ in range(2))
    user = re.escape(ambar.project_name) + r"@\w+"
    assert _check_login(ambar, one, user) != _check_login(ambar, two, user)


def an_enhanced_login_works_as_well(ambar):
    login = _check_login(ambar, ambar.administrator.swr.create_authorization_token(), r"bearertoken@\S+")
    same(_tags_status(ambar, login), 200, "the status")


def a_temporary_login_may_what_its_user_may(ambar):
    login = _check_login(ambar, ambar.reader.swr.create_secret(projectname=ambar.project_name), r"\S+")
    assert _tags_status(ambar, login) in (401, 403), "the image is seen without a level"
    with repository_level(ambar.administrator, ambar.reader, 1, **ambar.image.path):
        same(_tags_status(ambar, login), 200, "the status with a level")
