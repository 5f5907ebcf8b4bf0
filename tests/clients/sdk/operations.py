"""The operations of an SDK client by name, each held to the status that is documented for it."""

import re
from functools import partial

# Names of all operations that were called, answered or refused, and the routes that they are at, with the parts in braces left empty.
called = set()
routes = set()

# Successes other than 200, by the tables of the published API references. Several where the sources differ.
STATUS = {
    "create_namespace": {201},
    "delete_namespaces": {204},
    "update_namespace_auth": {201},
    "delete_namespace_auth": {204},
    "create_repo": {200, 201},
    "update_repo": {201},
    "delete_repo": {204},
    "create_user_repository_auth": {201},
    "update_user_repository_auth": {201},
    "delete_user_repository_auth": {204},
    "create_repo_tag": {200, 201},
    "delete_repo_tag": {204},
    "create_repo_domains": {201},
    "update_repo_domains": {201},
    "delete_repo_domains": {204},
    # Of the registry, and of the identity service.
    "create_agency": {201, 204},
    "delete_agency": {204},
    "associate_agency_with_domain_permission": {204},
    "check_domain_permission_for_agency": {204},
    "remove_domain_permission_from_agency": {204},
    "associate_agency_with_project_permission": {204},
    "check_project_permission_for_agency": {204},
    "remove_project_permission_from_agency": {204},
    "keystone_create_agency_token": {201},
    "keystone_create_user_token_by_password": {201},
    "create_user": {201},
    "keystone_create_user": {201},
    "keystone_delete_user": {204},
    "keystone_create_group": {201},
    "keystone_delete_group": {204},
    "keystone_add_user_to_group": {204},
    "keystone_check_user_in_group": {204},
    "keystone_remove_user_from_group": {204},
    "keystone_associate_group_with_domain_permission": {204},
    "keystone_check_domain_permission_for_group": {204},
    "keystone_remove_domain_permission_from_group": {204},
    "keystone_associate_group_with_project_permission": {204},
    "keystone_check_project_permission_for_group": {204},
    "keystone_remove_project_permission_from_group": {204},
    "keystone_update_user_password": {204},
    "create_permanent_access_key": {201},
    "delete_permanent_access_key": {204},
    "create_temporary_access_key_by_agency": {201},
    "create_temporary_access_key_by_token": {201},
}


class Operations:
    """`operations.create_repo(namespace=…, repository=…)` calls that operation: what its request class does not know goes into its body."""

    def __init__(self, client, models):
        self._client = client
        self._models = models

    def __getattr__(self, operation):
        return partial(self._call, operation)

    def request(self, operation, **fields):
        """The request of an operation, not sent."""
        name = "".join(word.capitalize() for word in operation.split("_"))
        request_class = getattr(self._models, f"{name}Request")
        of_request = {field: value for field, value in fields.items() if field in request_class.openapi_types}
        of_body = {field: value for field, value in fields.items() if field not in of_request}
        if of_body:
            of_request["body"] = getattr(self._models, f"{name}RequestBody")(**of_body)
        return request_class(**of_request)

    def _call(self, operation, **fields):
        request = self.request(operation, **fields)
        sent = getattr(self._client, f"_{operation}_http_info")(request)
        called.add(operation)
        _add_route(sent["method"], sent["resource_path"])
        response = getattr(self._client, operation)(request)
        expected = STATUS.get(operation, {200})
        assert response.status_code in expected, f"{operation} answered {response.status_code}, not {expected}"
        return response

    def send(self, method, path, response_type="KeystoneCheckDomainPermissionForGroupResponse", **parts):
        """A signed request to a route that the client has no operation for; the answer is read as that of one that it has."""
        _add_route(method, path)
        return self._client.do_http_request(method, path, path_params=parts, response_type=response_type)


def _add_route(method, path):
    routes.add(f"{method} {re.sub('{[^}]*}', '{}', path)}")
