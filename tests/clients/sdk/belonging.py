"""What has to have been called when a whole subject has run: every operation of the basic edition, and every route of the identity service
that the server's OpenAPI document has."""

import re

import requests

from operations import called, routes

# The operations of the reference, section 7, and those of the identity service that share a route with another, by the subject they belong to.
OPERATIONS = {
    "organizations": "create_namespace list_namespaces show_namespace delete_namespaces",
    "permissions": """create_namespace_auth show_namespace_auth update_namespace_auth delete_namespace_auth create_user_repository_auth
        show_user_repository_auth update_user_repository_auth delete_user_repository_auth""",
    "repositories": "create_repo list_repos_details list_repo_details show_repository update_repo delete_repo",
    "tags": """list_repository_tags list_repository_tag show_repo_tag create_repo_tag delete_repo_tag list_repo_accessories
        list_references""",
    "sharing": """create_repo_domains list_repo_domains show_access_domain update_repo_domains delete_repo_domains
        list_shared_repos_details list_shared_repo_details""",
    "logins": "create_secret create_authorization_token",
    "overview": """list_api_versions show_api_version list_quotas show_share_feature_gates show_domain_overview
        show_domain_resource_reports""",
    "later": """create_trigger list_triggers_details show_trigger update_trigger delete_trigger create_retention list_retentions
        show_retention update_retention delete_retention list_retention_histories create_image_sync_repo
        list_image_auto_sync_repos_details delete_image_sync_repo create_manual_image_sync_repo show_sync_job list_sync_regions""",
    "agencies": "check_agency create_agency keystone_create_agency_token create_temporary_access_key_by_agency",
    "authentication": "create_temporary_access_key_by_token",
    "identity": "keystone_create_user_token_by_password",
}

# Which subject has to call a route of the identity service: the first of these that the path begins with.
ROUTES = (
    ("/v3.0/OS-AGENCY/", "agencies"),
    ("/v3.0/OS-CREDENTIAL/securitytokens", "authentication"),
    ("/v3/manage/", None),
    ("/v3/", "identity"),
    ("/v3.0/", "identity"),
)


def _subject(path):
    return next((subject for start, subject in ROUTES if path.startswith(start)), None)


def _routes(place, subjects):
    """Those that the document has, with the parts in braces left empty."""
    document = requests.get(f"{place.endpoint}/openapi.json", verify=place.certificate_authority or True, timeout=60).json()
    paths = {path: methods for path, methods in document["paths"].items() if _subject(path) in subjects}
    return {f"{method.upper()} {re.sub('{[^}]*}', '{}', path)}" for path, methods in paths.items() for method in methods}


def missing(place, subjects):
    """What the subjects have not called though it belongs to them."""
    operations = {operation for subject in subjects for operation in OPERATIONS.get(subject, "").split()}
    return sorted(operations - called) + sorted(_routes(place, set(subjects)) - routes)
