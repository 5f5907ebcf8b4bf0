"""What an account entrusts to another one or to a service: agencies, their roles, and acting under one."""

from contextlib import contextmanager

import requests
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkiam import v3 as iam

from operations import Operations
from refusals import CONFLICT, NO_PERMISSION, answers, refused
from temporary import fresh_name, repository
from wire import TIME, answer, empty, same


def _account_id(actor):
    return actor.iam.keystone_list_auth_domains().domains[0].id


def _role(ambar, display_name):
    roles = ambar.administrator.iam.keystone_list_permissions(display_name=display_name).roles
    same([role.display_name for role in roles], [display_name], "the roles of that name")
    return roles[0].id


@contextmanager
def _agency(ambar):
    """An agency for the other account, without a role; gives what the answer says."""
    own, other = _account_id(ambar.administrator), _account_id(ambar.other)
    option = iam.CreateAgencyOption(
        name=fresh_name("agency"), domain_id=own, trust_domain_name=ambar.other.account_name, description="made by a test", duration="20"
    )
    shape = {"id": str, "name": option.name, "domain_id": own, "trust_domain_id": other, "description": "made by a test"}
    shape |= {"duration": "480", "create_time": TIME, "expire_time": TIME}
    made = answer(ambar.administrator.iam.create_agency(agency=option), {"agency": shape})["agency"]
    try:
        yield made
    finally:
        empty(ambar.administrator.iam.delete_agency(agency_id=made["id"]))
        answers(404, ambar.administrator.iam.show_agency, agency_id=made["id"])


def _token(ambar, agency):
    assumed = iam.AgencyTokenAssumerole(domain_name=ambar.administrator.account_name, agency_name=agency["name"])
    identity = iam.AgencyTokenIdentity(methods=["assume_role"], assume_role=assumed)
    scope = iam.AgencyTokenScope(project=iam.AgencyTokenScopeProject(name=ambar.project_name))
    return ambar.other.iam.keystone_create_agency_token(auth=iam.AgencyTokenAuth(identity=identity, scope=scope))


def an_agency_is_made_listed_shown_changed_and_deleted(ambar):
    client = ambar.administrator.iam
    with _agency(ambar) as agency:
        listed = answer(client.list_agencies(domain_id=agency["domain_id"]), {"agencies": [{"id": str, "name": str}]})["agencies"]
        assert agency["id"] in [item["id"] for item in listed], listed
        same(client.list_agencies(domain_id=agency["domain_id"], name="none").agencies, [], "the agencies of another name")
        answer(client.show_agency(agency_id=agency["id"]), {"agency": {**agency, "trust_domain_name": ambar.other.account_name}})
        change = iam.UpdateAgencyOption(description="changed", duration="FOREVER")
        changed = {"id": agency["id"], "description": "changed", "duration": "FOREVER"}
        answer(client.update_agency(agency_id=agency["id"], agency=change), {"agency": changed})
        answers(404, ambar.other.iam.show_agency, agency_id=agency["id"])
        again = iam.CreateAgencyOption(
            name=fresh_name("agency"), domain_id=agency["domain_id"], trust_domain_name=ambar.other.account_name
        )
        answers(409, client.create_agency, agency=again)


def an_agency_may_do_what_its_role_says(ambar):
    client = ambar.administrator.iam
    with _agency(ambar) as agency:
        place = {"domain_id": agency["domain_id"], "agency_id": agency["id"]}
        role = {**place, "role_id": _role(ambar, "SWR ReadOnlyAccess")}
        same(client.list_domain_permissions_for_agency(**place).roles, [], "the roles at first")
        answers(404, client.check_domain_permission_for_agency, **role)
        empty(client.associate_agency_with_domain_permission(**role))
        empty(client.check_domain_permission_for_agency(**role))
        listed = client.list_domain_permissions_for_agency(**place).roles
        same([held.id for held in listed], [role["role_id"]], "the roles")
        empty(client.remove_domain_permission_from_agency(**role))
        same(client.list_domain_permissions_for_agency(**place).roles, [], "the roles in the end")


def a_role_of_an_agency_in_the_project_is_one_in_the_account(ambar):
    client = ambar.administrator.iam
    project = client.keystone_list_projects(name=ambar.project_name).projects[0].id
    with _agency(ambar) as agency:
        place = {"project_id": project, "agency_id": agency["id"]}
        role = {**place, "role_id": _role(ambar, "SWR OperateAccess")}
        answers(404, client.check_project_permission_for_agency, **role)
        empty(client.associate_agency_with_project_permission(**role))
        empty(client.check_project_permission_for_agency(**role))
        same([held.id for held in client.list_project_permissions_for_agency(**place).roles], [role["role_id"]], "the roles in the project")
        in_account = client.list_domain_permissions_for_agency(domain_id=agency["domain_id"], agency_id=agency["id"])
        same([held.id for held in in_account.roles], [role["role_id"]], "the roles in the account")
        empty(client.remove_project_permission_from_agency(**role))
        same(client.list_project_permissions_for_agency(**place).roles, [], "the roles in the end")


def a_temporary_key_under_an_agency_does_what_the_agency_may(ambar):
    with _agency(ambar) as agency, repository(ambar.administrator) as image:
        assumed = iam.IdentityAssumerole(
            domain_name=ambar.administrator.account_name, agency_name=agency["name"], duration_seconds=900
        )
        auth = iam.AgencyAuth(identity=iam.AgencyAuthIdentity(methods=["assume_role"], assume_role=assumed))
        answers(404, ambar.other.iam.create_temporary_access_key_by_agency, auth=auth)
        role = {"domain_id": agency["domain_id"], "agency_id": agency["id"], "role_id": _role(ambar, "SWR ReadOnlyAccess")}
        empty(ambar.administrator.iam.associate_agency_with_domain_permission(**role))
        made = ambar.other.iam.create_temporary_access_key_by_agency(auth=auth)
        fields = {"access": str, "secret": str, "securitytoken": str, "expires_at": TIME}
        key = answer(made, {"credential": fields})["credential"]
        swr = ambar.other.with_key(key["access"], key["secret"], key["securitytoken"]).swr
        same(swr.show_repository(**image).name, image["repository"], "the name of the image")
        refused(NO_PERMISSION, swr.update_repo, **image, category="linux")


def the_other_account_acts_under_an_agency_within_its_level_until_it_is_gone(ambar):
    place = {"verify": ambar.place.certificate_authority or True, "timeout": 60}
    with repository(ambar.administrator) as image:
        url = f"{ambar.place.endpoint}/v2/manage/namespaces/{image['namespace']}/repos/{image['repository']}"
        with _agency(ambar) as agency:
            answers(404, lambda: _token(ambar, agency))
            role = {"domain_id": agency["domain_id"], "agency_id": agency["id"], "role_id": _role(ambar, "SWR OperateAccess")}
            empty(ambar.administrator.iam.associate_agency_with_domain_permission(**role))
            response = _token(ambar, agency)
            domain = {"id": agency["domain_id"], "name": ambar.administrator.account_name}
            person = {"id": ambar.other.user_id, "name": ambar.other.user_name, "domain": {"name": ambar.other.account_name}}
            user = {"id": agency["id"], "name": f"{domain['name']}/{agency['name']}", "domain": domain}
            shape = {"methods": ["assume_role"], "user": user, "assumed_by": {"user": person}, "expires_at": TIME}
            answer(response, {"token": {**shape, "project": {"name": ambar.project_name, "domain": domain}}})
            token = {"X-Auth-Token": response.x_subject_token}
            same(requests.get(url, headers=token, **place).status_code, 200, "the status of a look")
            same(requests.patch(url, headers=token, json={"category": "linux"}, **place).status_code, 201, "the status of a change")
            same(requests.delete(url, headers=token, **place).status_code, 403, "the status of a deletion")
        same(requests.get(url, headers=token, **place).status_code, 401, "the status when the agency is gone")


def a_client_that_names_the_other_account_acts_for_it(ambar):
    with _agency(ambar) as agency:
        role = {"domain_id": agency["domain_id"], "agency_id": agency["id"], "role_id": _role(ambar, "SWR Administrator")}
        credentials = GlobalCredentials(ambar.other.ak, ambar.other.sk, agency["domain_id"])
        client = Operations(ambar.place.client(iam.IamClient, credentials), iam)
        answers(404, client.keystone_list_projects)
        empty(ambar.administrator.iam.associate_agency_with_domain_permission(**role))
        project = {"name": ambar.project_name, "domain_id": agency["domain_id"]}
        answer(client.keystone_list_projects(), {"projects": [project]})
        answers(403, client.keystone_list_users)


def the_registrys_own_service_is_entrusted_once(ambar):
    swr, own = ambar.administrator.swr, _account_id(ambar.administrator)

    def shown(is_agency):
        answer(swr.check_agency(), {"domain_id": own, "is_agency": is_agency})

    shown(False)
    empty(swr.create_agency())
    try:
        shown(True)
        refused(CONFLICT, swr.create_agency)
    finally:
        agencies = ambar.administrator.iam.list_agencies(domain_id=own, name="swr_admin_trust").agencies
        ambar.administrator.iam.delete_agency(agency_id=agencies[0].id)
    shown(False)
