"""What is not there yet, and how that is said. This file goes when it comes.

Triggers, retention and synchronization answer with 501.
"""

from huaweicloudsdkswr.v2 import Rule, TagSelector

from refusals import answers
from temporary import repository


def _calls(swr):
    """Operations with what they need beside the image."""
    trigger = dict.fromkeys(("application", "cluster_id", "cluster_name", "cluster_ns", "container"), "shop")
    trigger |= {"action": "update", "app_type": "deployments", "condition": ".*", "enable": "true", "name": "roll-out"}
    trigger |= {"trigger_mode": "cce", "trigger_type": "all"}
    rule = Rule(template="date_rule", params={"days": "30"}, tag_selectors=[TagSelector(kind="label", pattern="v1")])
    policy = {"algorithm": "or", "rules": [rule]}
    remote = {"remote_region_id": "elsewhere", "remote_namespace": "team"}
    return {
        swr.create_trigger: trigger,
        swr.list_triggers_details: {},
        swr.show_trigger: {"trigger": "roll-out"},
        swr.update_trigger: {"trigger": "roll-out", "enable": "false"},
        swr.delete_trigger: {"trigger": "roll-out"},
        swr.create_retention: policy,
        swr.list_retentions: {},
        swr.show_retention: {"retention_id": 1},
        swr.update_retention: {"retention_id": 1, **policy},
        swr.delete_retention: {"retention_id": 1},
        swr.list_retention_histories: {"limit": "10", "offset": "0"},
        swr.create_image_sync_repo: {**remote, "sync_auto": True, "override": False},
        swr.list_image_auto_sync_repos_details: {},
        swr.delete_image_sync_repo: remote,
        swr.create_manual_image_sync_repo: {**remote, "image_tag": ["v1"], "override": False},
        swr.show_sync_job: {"filter": "limit::10|offset::0"},
    }


def what_comes_later_says_that_it_is_not_there_yet(ambar):
    with repository(ambar.administrator) as image:
        for operation, fields in _calls(ambar.administrator.swr).items():
            assert answers(501, operation, **image, **fields), f"{operation.args[0]} says nothing"
    swr = ambar.administrator.swr
    assert answers(501, swr.list_sync_regions), "nothing is said"
