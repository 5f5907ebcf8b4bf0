"""Quotas, the account's figures, what is switched on, versions of the API."""

from temporary import organization, repository
from wire import NUMBER, TIME, answer, same

GATES = "experience hss_service image_scan sm3 image_sync cci_service image_label pipeline authorization_token resource list_v3 image_quota".split()


def _quota(ambar):
    item = {"quota_key": str, "quota_limit": int, "used": int, "unit": ""}
    quotas = answer(ambar.administrator.swr.list_quotas(), {"quotas": [item]})["quotas"]
    return next(quota for quota in quotas if quota["quota_key"] == "namespace")


def the_quota_says_how_many_organizations_there_may_be_and_are(ambar):
    before = _quota(ambar)
    same(before["quota_limit"], 5, "the quota")
    same(before["used"], len(ambar.administrator.swr.list_namespaces().namespaces), "how many are there")
    with organization(ambar.administrator):
        same(_quota(ambar)["used"], before["used"] + 1, "how many are there with one more")
    same(_quota(ambar), before, "the quota afterwards")


def the_overview_counts_organizations_images_versions_and_bytes(ambar):
    def shown():
        fields = {"namspace_num": int, "repo_num": int, "image_num": int, "store_space": NUMBER, "downflow_size": NUMBER}
        fields |= {"domain_id": str, "domain_name": ambar.administrator.account_name}
        return answer(ambar.administrator.swr.show_domain_overview(), fields)

    before = shown()
    assert before["image_num"] >= 1 and before["store_space"] > 0, before
    with repository(ambar.administrator) as image:
        during = shown()
        same(during["namspace_num"], before["namspace_num"] + 1, "the number of organizations")
        same(during["repo_num"], before["repo_num"] + 1, "the number of images")
        same(during["image_num"], before["image_num"], "the number of versions")
        same(ambar.administrator.swr.show_repository(**image).domain_id, before["domain_id"], "the account's id")


def reports_have_a_number_of_bytes_for_each_of_thirty_days(ambar):
    for resource in ("downflow", "store"):
        shown = ambar.administrator.swr.show_domain_resource_reports(resource_type=resource, frequency="daily")
        days = answer(shown, [{"date": str, "value": int}])
        same(len(days), 30, "the number of days")
        same([day["date"] for day in days], sorted(day["date"] for day in days), "the order")
    assert days[-1]["value"] > 0, "nothing is stored today"


def feature_gates_are_plain_truths(ambar):
    gates = {f"enable_{name}": bool for name in GATES}
    answer(ambar.administrator.swr.show_share_feature_gates(), gates)


def the_versions_of_the_api_are_listed_and_shown(ambar):
    version = {
        "id": str,
        "links": {"href": str, "rel": "self"},
        "version": str,
        "min_version": str,
        "status": ("CURRENT", "SUPPORTED", "DEPRECATED"),
        "updated": TIME,
    }
    versions = answer(ambar.reader.swr.list_api_versions(), {"versions": [version]})["versions"]
    listed = next(version for version in versions if version["id"] == "v2")
    shown = answer(ambar.reader.swr.show_api_version(api_version="v2"), {"version": version})["version"]
    same(shown, listed, "the version")
