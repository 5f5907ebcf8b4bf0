"""Accounts, users, groups, keys and tokens by the identity service's own client."""

from contextlib import contextmanager

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiam import v3 as iam
from huaweicloudsdkswr.v2 import ListQuotasRequest, SwrClient

from refusals import NO_PERMISSION, answers, refused, unauthenticated
from temporary import fresh_name
from wire import TIME, answer, empty, has, lacks, same

PASSWORD = "Correct-Horse-7-Battery"


def _account_id(ambar):
    domain = {"id": str, "name": ambar.administrator.account_name, "enabled": True}
    return answer(ambar.administrator.iam.keystone_list_auth_domains(), {"domains": [domain]})["domains"][0]["id"]


@contextmanager
def _user(ambar):
    """A user with a password and programmatic access."""
    option = iam.CreateUserOption(name=fresh_name("user"), domain_id=_account_id(ambar), password=PASSWORD, enabled=True, access_mode="default")
    user = ambar.administrator.iam.create_user(user=option).user
    try:
        yield user
    finally:
        ambar.administrator.iam.keystone_delete_user(user_id=user.id)


@contextmanager
def _group(ambar):
    option = iam.KeystoneCreateGroupOption(name=fresh_name("group"), domain_id=_account_id(ambar), description="made by a test")
    response = ambar.administrator.iam.keystone_create_group(group=option)
    shape = {"id": str, "name": option.name, "domain_id": option.domain_id, "description": option.description, "create_time": int}
    try:
        yield answer(response, {"group": shape})["group"]
    finally:
        ambar.administrator.iam.keystone_delete_group(group_id=response.group.id)


def _new_key(ambar, user):
    """The user as an actor with a new key, and the key's id."""
    option = iam.CreateCredentialOption(user_id=user.id, description="made by a test")
    shape = {"access": str, "secret": str, "status": "active", "user_id": user.id, "description": option.description, "create_time": TIME}
    key = answer(ambar.administrator.iam.create_permanent_access_key(credential=option), {"credential": shape})["credential"]
    return ambar.administrator.with_key(key["access"], key["secret"]), key["access"]


def the_project_is_found_by_its_name_and_belongs_to_the_account(ambar):
    shape = {"id": ambar.administrator.project_id or str, "name": ambar.project_name, "domain_id": _account_id(ambar), "enabled": True}
    for operation, fields in (("keystone_list_projects", {"name": ambar.project_name}), ("keystone_list_auth_projects", {})):
        projects = answer(getattr(ambar.administrator.iam, operation)(**fields), {"projects": [shape]})["projects"]
        same(len(projects), 1, "the number of projects")


def a_client_that_knows_its_region_only_finds_its_project(ambar):
    administrator = ambar.administrator
    credentials = BasicCredentials(administrator.ak, administrator.sk).with_iam_endpoint(ambar.place.endpoint)
    builder = SwrClient.new_builder().with_http_config(ambar.place.config()).with_credentials(credentials)
    client = builder.with_region(Region(ambar.project_name, ambar.place.endpoint)).build()
    same(client.list_quotas(ListQuotasRequest()).status_code, 200, "the status")


def users_are_created_listed_shown_and_deleted(ambar):
    administrator, account = ambar.administrator, _account_id(ambar)
    with _user(ambar) as user:
        item = {"id": str, "name": str, "domain_id": account, "enabled": True, "access_mode": str}
        listed = answer(administrator.iam.keystone_list_users(), {"users": [item]})["users"]
        names = {item["name"]: item["id"] for item in listed}
        assert names.items() >= {administrator.user_name: administrator.user_id, user.name: user.id}.items(), names
        shape = {"user": {**item, "id": user.id, "name": user.name}}
        answer(administrator.iam.keystone_show_user(user_id=user.id), shape)
        answer(administrator.iam.show_user(user_id=user.id), shape)
        by_name = administrator.iam.keystone_list_users(name=user.name).users
        same([found.id for found in by_name], [user.id], "the users of that name")
    answers(404, administrator.iam.keystone_show_user, user_id=user.id)


def users_of_another_account_are_not_there(ambar):
    answers(404, ambar.administrator.iam.keystone_show_user, user_id=ambar.other.user_id)
    lacks([user.id for user in ambar.administrator.iam.keystone_list_users().users], ambar.other.user_id)


def only_an_administrator_creates_users(ambar):
    option = iam.KeystoneCreateUserOption(name=fresh_name("user"), domain_id=_account_id(ambar), password=PASSWORD)
    answers(403, ambar.reader.iam.keystone_create_user, user=option)


def the_last_administrator_of_an_account_is_not_deleted(ambar):
    other = ambar.other
    answers(403, other.iam.keystone_delete_user, user_id=other.user_id)
    other.swr.list_namespaces()


def a_group_is_filled_emptied_and_deleted(ambar):
    client = ambar.administrator.iam
    with _group(ambar) as group:
        member = {"group_id": group["id"], "user_id": ambar.reader.user_id}
        has([found.id for found in client.keystone_list_groups().groups], group["id"])
        same(client.keystone_show_group(group_id=group["id"]).group.name, group["name"], "the name")
        answers(404, client.keystone_check_user_in_group, **member)
        empty(client.keystone_add_user_to_group(**member))
        empty(client.keystone_check_user_in_group(**member))
        same([user.id for user in client.keystone_list_users_for_group_by_admin(group_id=group["id"]).users], [member["user_id"]], "members")
        has([found.id for found in client.keystone_list_groups_for_user(user_id=member["user_id"]).groups], group["id"])
        empty(client.keystone_remove_user_from_group(**member))
        same(client.keystone_list_users_for_group_by_admin(group_id=group["id"]).users, [], "members afterwards")


def a_group_takes_another_name_and_another_description(ambar):
    client = ambar.administrator.iam
    with _group(ambar) as group:
        option = iam.KeystoneUpdateGroupOption(name=fresh_name("group"), domain_id=group["domain_id"], description="changed by a test")
        shape = {**group, "name": option.name, "description": option.description}
        answer(client.keystone_update_group(group_id=group["id"], group=option), {"group": shape})
        answer(client.keystone_update_group(group_id=group["id"], group=iam.KeystoneUpdateGroupOption(description="")), {"group": {**shape, "description": ""}})
        same([found.id for found in client.keystone_list_groups(name=option.name).groups], [group["id"]], "the groups of the new name")
        same(client.keystone_list_groups(name=group["name"]).groups, [], "the groups of the old name")
        answers(403, ambar.reader.iam.keystone_update_group, group_id=group["id"], group=option)


def who_a_user_is_is_said_when_it_is_created_and_anew(ambar):
    client = ambar.administrator.iam
    option = iam.CreateUserOption(name=fresh_name("user"), domain_id=_account_id(ambar), password=PASSWORD, description="made by a test")
    user = client.create_user(user=option).user
    try:
        same(client.keystone_show_user(user_id=user.id).user.description, "made by a test", "the description")
        client.update_user(user_id=user.id, user=iam.UpdateUserOption(description="changed by a test"))
        same(client.keystone_show_user(user_id=user.id).user.description, "changed by a test", "the description")
        client.keystone_update_user_by_admin(user_id=user.id, user=iam.KeystoneUpdateUserOption(description=""))
        same(client.keystone_show_user(user_id=user.id).user.description, "", "the description")
    finally:
        client.keystone_delete_user(user_id=user.id)


def a_role_makes_the_members_of_a_group_administrators(ambar):
    client, account = ambar.administrator.iam, _account_id(ambar)
    roles = {role.display_name: role.id for role in client.keystone_list_permissions().roles}
    for display_name in ("SWR Administrator", "Tenant Administrator"):
        with _group(ambar) as group:
            granted = {"domain_id": account, "group_id": group["id"]}
            role = {**granted, "role_id": roles[display_name]}
            client.keystone_add_user_to_group(group_id=group["id"], user_id=ambar.reader.user_id)
            refused(NO_PERMISSION, ambar.reader.swr.create_namespace, namespace=fresh_name())
            empty(client.keystone_associate_group_with_domain_permission(**role))
            empty(client.keystone_check_domain_permission_for_group(**role))
            same([found.id for found in client.keystone_list_domain_permissions_for_group(**granted).roles], [role["role_id"]], "the roles")
            name = fresh_name()
            ambar.reader.swr.create_namespace(namespace=name)
            ambar.reader.swr.delete_namespaces(namespace=name)
            empty(client.keystone_remove_domain_permission_from_group(**role))
            refused(NO_PERMISSION, ambar.reader.swr.create_namespace, namespace=fresh_name())


def a_project_is_shown_and_is_the_one_that_a_user_may_use(ambar):
    client = ambar.administrator.iam
    project = client.keystone_list_projects(name=ambar.project_name).projects[0]
    shape = {"id": project.id, "name": ambar.project_name, "domain_id": _account_id(ambar), "enabled": True}
    answer(client.keystone_show_project(project_id=project.id), {"project": shape})
    of_user = ambar.reader.iam.keystone_list_projects_for_user(user_id=ambar.reader.user_id)
    same(len(answer(of_user, {"projects": [shape]})["projects"]), 1, "the number of projects")
    answers(403, ambar.reader.iam.keystone_list_projects_for_user, user_id=ambar.administrator.user_id)
    answers(404, client.keystone_show_project, project_id="0" * 32)


def a_role_is_shown(ambar):
    client = ambar.administrator.iam
    listed = client.keystone_list_permissions(display_name="Tenant Administrator").roles[0]
    shape = {"id": listed.id, "name": "te_admin", "display_name": "Tenant Administrator", "type": "AA", "catalog": "BASE"}
    answer(client.keystone_show_permission(role_id=listed.id), {"role": shape})
    answers(404, client.keystone_show_permission, role_id="0" * 32)


def _may_administer(ambar, may):
    if may:
        ambar.reader.iam.keystone_list_users()
    else:
        answers(403, ambar.reader.iam.keystone_list_users)


def a_role_in_the_project_is_one_in_the_account(ambar):
    client = ambar.administrator.iam
    project = client.keystone_list_projects(name=ambar.project_name).projects[0].id
    role = client.keystone_list_permissions(display_name="Tenant Administrator").roles[0].id
    with _group(ambar) as group:
        client.keystone_add_user_to_group(group_id=group["id"], user_id=ambar.reader.user_id)
        place = {"project_id": project, "group_id": group["id"]}
        answers(404, client.keystone_check_project_permission_for_group, **place, role_id=role)
        empty(client.keystone_associate_group_with_project_permission(**place, role_id=role))
        empty(client.keystone_check_project_permission_for_group(**place, role_id=role))
        same([held.id for held in client.keystone_list_project_permissions_for_group(**place).roles], [role], "the roles in the project")
        in_account = client.keystone_list_domain_permissions_for_group(domain_id=group["domain_id"], group_id=group["id"])
        same([held.id for held in in_account.roles], [role], "the roles in the account")
        _may_administer(ambar, True)
        empty(client.keystone_remove_project_permission_from_group(**place, role_id=role))
        _may_administer(ambar, False)


def a_role_of_its_own_makes_a_user_an_administrator(ambar):
    """The SDK has no operations for it."""
    client, user = ambar.administrator.iam, {"user_id": ambar.reader.user_id}
    project = client.keystone_list_projects(name=ambar.project_name).projects[0].id
    role = client.keystone_list_permissions(display_name="SWR Administrator").roles[0].id
    for place, id in (("/v3/domains/{domain_id}", {"domain_id": _account_id(ambar)}), ("/v3/projects/{project_id}", {"project_id": project})):
        roles = f"{place}/users/{{user_id}}/roles"
        one, named = f"{roles}/{{role_id}}", {**id, **user, "role_id": role}

        def held():
            listed = client.send("GET", roles, "KeystoneListDomainPermissionsForGroupResponse", **id, **user)
            return [role.id for role in listed.roles]

        same(held(), [], "the roles at first")
        answers(404, client.send, method="HEAD", path=one, **named)
        same(client.send("PUT", one, **named).status_code, 204, "the status of granting")
        same(client.send("HEAD", one, **named).status_code, 204, "the status of asking")
        same(held(), [role], "the roles")
        _may_administer(ambar, True)
        same(client.send("DELETE", one, **named).status_code, 204, "the status of revoking")
        _may_administer(ambar, False)


def an_access_key_works_until_it_is_disabled_and_after_it_is_enabled_again_and_not_when_deleted(ambar):
    client = ambar.administrator.iam
    with _user(ambar) as user:
        actor, key = _new_key(ambar, user)
        actor.swr.list_namespaces()
        shape = {"user_id": user.id, "access": key, "status": "active", "create_time": TIME, "description": "made by a test"}
        same(len(answer(client.list_permanent_access_keys(user_id=user.id), {"credentials": [shape]})["credentials"]), 1, "the number of keys")
        # A use is recorded within a minute; one that is not yet is none.
        answer(client.show_permanent_access_key(access_key=key), {"credential": {**shape, "last_use_time": str}})
        option = iam.UpdateCredentialOption(status="inactive")
        answer(client.update_permanent_access_key(access_key=key, credential=option), {"credential": {**shape, "status": "inactive"}})
        unauthenticated(actor.swr.list_namespaces)
        client.update_permanent_access_key(access_key=key, credential=iam.UpdateCredentialOption(status="active"))
        actor.swr.list_namespaces()
        empty(client.delete_permanent_access_key(access_key=key))
        unauthenticated(actor.swr.list_namespaces)


def a_user_has_at_most_two_access_keys(ambar):
    with _user(ambar) as user:
        for _ in range(2):
            _new_key(ambar, user)
        option = iam.CreateCredentialOption(user_id=user.id)
        answers(400, ambar.administrator.iam.create_permanent_access_key, credential=option)


def _token(ambar, user, password=PASSWORD):
    owner = iam.PwdPasswordUserDomain(name=ambar.administrator.account_name)
    login = iam.PwdPassword(user=iam.PwdPasswordUser(name=user.name, password=password, domain=owner))
    scope = iam.AuthScope(project=iam.AuthScopeProject(name=ambar.project_name))
    identity = iam.PwdIdentity(methods=["password"], password=login)
    return ambar.administrator.iam.keystone_create_user_token_by_password(auth=iam.PwdAuth(identity=identity, scope=scope))


def a_password_gives_a_token_that_calls_the_api(ambar):
    with _user(ambar) as user:
        response = _token(ambar, user)
        named = {"id": str, "name": str}
        shape = {"methods": ["password"], "issued_at": TIME, "expires_at": TIME, "roles": [named], "project": named, "user": named}
        body = answer(response, {"token": shape})
        same((body["token"]["user"]["id"], body["token"]["project"]["name"]), (user.id, ambar.project_name), "user and project")
        token = response.x_subject_token
        checked = answer(ambar.administrator.iam.keystone_validate_token(x_subject_token=token), {"token": shape})
        same(checked["token"]["expires_at"], body["token"]["expires_at"], "the end of the token")
        place = {"verify": ambar.place.certificate_authority or True, "timeout": 60}
        for value, status in ((token, 200), (token[:-4] + "AAAA", 401)):
            listed = requests.get(f"{ambar.place.endpoint}/v2/manage/namespaces", headers={"X-Auth-Token": value}, **place)
            same(listed.status_code, status, "the status with a token")


def a_user_changes_its_own_password_by_the_one_before(ambar):
    with _user(ambar) as user:
        actor, _ = _new_key(ambar, user)
        change = iam.KeystoneUpdatePasswordOption(password="Better-Horse-8-Battery", original_password=PASSWORD)
        answers(403, ambar.administrator.iam.keystone_update_user_password, user_id=user.id, user=change)
        empty(actor.iam.keystone_update_user_password(user_id=user.id, user=change))
        answers(401, _token, ambar=ambar, user=user)
        same(_token(ambar, user, change.password).status_code, 201, "the status with the new password")
        answers(401, actor.iam.keystone_update_user_password, user_id=user.id, user=change)


def a_wrong_password_gives_no_token(ambar):
    with _user(ambar) as user:
        answers(401, _token, ambar=ambar, user=user, password="Wrong-Horse-7-Battery")
