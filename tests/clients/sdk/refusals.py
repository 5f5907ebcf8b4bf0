"""What a refusal looks like through the SDK, and the codes of the published error table, by what they mean.

The shape of error bodies is known to `_error_of` alone.
"""

from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

BAD_ORGANIZATION_NAME = ("4001008", "4001028", "4009010")
BAD_REPOSITORY_NAME = ("4001029", "4009011", "4001028")
BAD_TAG_NAME = ("4009021",)
BAD_PERMISSION = ("4001065", "4001066", "4001091")
BAD_BODY = ("4001018", "4001025", "4001014", "4001036", "4000014")
BAD_IS_PUBLIC = ("4001009", *BAD_BODY)
BAD_PARAMETER = ("4001025", "4001035", "4000014")
BAD_ORDER = ("4001096",)
TOO_LONG = ("4131012", "4001025", "4000014")
QUOTA_OF_ORGANIZATIONS = ("4000097",)
NO_PERMISSION = ("4039001", "4039002", "4037017", "4037018", "4037020")
NO_ORGANIZATION = ("4040058", "4041061")
NO_REPOSITORY = ("4040010", "4040113", "4040009")
NO_TAG = ("4040048", "4040115", "4041056", "4041057")
NO_SHARE = ("4001090",)
# Nobody changes a permission of their own (ADR 7).
NOT_FOR_ONESELF = ("4001067",)
# The share's own codes, which the reference does not have but for the first (ADR 7).
BAD_DOMAIN = ("4001041",)
SHARE_EXISTS = ("4090090",)
QUOTA_OF_SHARES = ("4000100",)
NOT_PRIVATE = ("4001025",)
# Who may see nothing of a thing is told that it is not there, whatever part of it was asked for.
NOT_THERE = (*NO_ORGANIZATION, *NO_REPOSITORY, *NO_TAG, "4040078", "4040091")
NO_SUCH_PERMISSION = ("4040078", "4040091")
ORGANIZATION_EXISTS = ("4090060",)
REPOSITORY_EXISTS = ("4090006",)
PERMISSION_EXISTS = ("4090076", "4090089")
ORGANIZATION_HAS_IMAGES = ("4060074",)
# Not documented: the status is all that the sources bear.
BAD_REQUEST = ("400",)
CONFLICT = ("409",)
BAD_REQUEST_OR_CONFLICT = ("400", "409")


def refused(codes, operation, **fields):
    """The call is refused with one of the codes (or one that begins so), and with the status that the code begins with."""
    try:
        response = operation(**fields)
    except ServiceResponseException as error:
        code, message = _error_of(error)
        assert code.startswith(codes), f"refused with {code} ({message!r}), expected one of {codes}"
        assert code.startswith(str(error.status_code)), f"{code} came with status {error.status_code}"
        assert message, f"{code} says nothing"
        assert error.request_id, f"{code} came without X-Request-Id"
        return message
    raise AssertionError(f"not refused: {response.status_code} {response.raw_content!r}")


def unauthenticated(operation, **fields):
    """The call is refused before it is looked at: its signature, key or date is not good. The gateway in front says so, in its own shape."""
    try:
        response = operation(**fields)
    except ServiceResponseException as error:
        assert error.status_code == 401, f"{error}"
        assert error.error_code == "APIGW.0301", f"{error}"
        assert error.error_msg.startswith("Incorrect IAM authentication information"), f"{error}"
        return error.error_msg
    raise AssertionError(f"not refused: {response.status_code} {response.raw_content!r}")


def answers(status, operation, **fields):
    """The call ends with that status (or one of several), in whatever shape, where errors have no documented table; gives what is said."""
    try:
        response = operation(**fields)
    except ServiceResponseException as error:
        assert error.status_code in (status if isinstance(status, tuple) else (status,)), f"{error}"
        return error.error_msg
    raise AssertionError(f"not refused: {response.status_code} {response.raw_content!r}")


def _error_of(error):
    """Code, without the service's prefix, and message. The SDK finds both in the body, which has them under every name that clients know."""
    prefix = "SVCSTG.SWR."
    assert error.error_code.startswith(prefix), f"{error}"
    return error.error_code.removeprefix(prefix), error.error_msg
