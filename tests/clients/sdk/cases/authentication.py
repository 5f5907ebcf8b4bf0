"""Signatures that are not good. Few in a row and with good ones between them, since whoever fails often is locked out."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from huaweicloudsdkcore.signer import signer
from huaweicloudsdkiam import v3 as iam

from refusals import unauthenticated
from wire import TIME, answer


@contextmanager
def _clock_off_by(minutes):
    """The SDK signs with another time than it is."""

    class ShiftedDatetime(datetime):
        @classmethod
        def utcnow(cls):
            return datetime.utcnow() + timedelta(minutes=minutes)

    with mock.patch.object(signer, "datetime", ShiftedDatetime):
        yield


def a_wrong_secret_key_is_refused(ambar):
    reader = ambar.reader
    wrong = reader.sk[:-1] + ("0" if reader.sk[-1] != "0" else "1")
    message = unauthenticated(reader.with_key(reader.ak, wrong).swr.list_namespaces)
    assert "verify aksk signature fail" in message, message
    reader.swr.list_namespaces()


def an_access_key_that_does_not_exist_is_refused(ambar):
    unauthenticated(ambar.reader.with_key("A" * len(ambar.reader.ak), ambar.reader.sk).swr.list_namespaces)
    ambar.reader.swr.list_namespaces()


def the_key_of_one_user_does_not_go_with_the_secret_of_another(ambar):
    unauthenticated(ambar.administrator.with_key(ambar.reader.ak, ambar.administrator.sk).swr.list_namespaces)
    ambar.reader.swr.list_namespaces()


def a_date_more_than_15_minutes_off_is_refused_and_one_less_off_is_not(ambar):
    for minutes in (16, -16):
        with _clock_off_by(minutes):
            unauthenticated(ambar.reader.swr.list_namespaces)
        with _clock_off_by(minutes * 14 // 16):
            ambar.reader.swr.list_namespaces()


def a_temporary_access_key_signs_with_its_security_token_and_not_without(ambar):
    identity = iam.TokenAuthIdentity(methods=["token"], token=iam.IdentityToken(duration_seconds=900))
    made = ambar.reader.iam.create_temporary_access_key_by_token(auth=iam.TokenAuth(identity=identity))
    fields = {"access": str, "secret": str, "securitytoken": str, "expires_at": TIME}
    key = answer(made, {"credential": fields})["credential"]
    ambar.reader.with_key(key["access"], key["secret"], key["securitytoken"]).swr.list_namespaces()
    unauthenticated(ambar.reader.with_key(key["access"], key["secret"]).swr.list_namespaces)
    ambar.reader.swr.list_namespaces()


def every_character_of_a_name_or_filter_is_signed_as_it_arrives(ambar):
    swr = ambar.reader.swr
    for text in ("a b", "é", "a|b", "a::b", "a$b", "a~b", "a+b", "a/b", "a%2Fb", "a*b", "a&b=c", "ß漢"):
        swr.list_repos_details(name=text)
        swr.list_namespaces(filter=f"mode::visible|namespace::{text.replace('|', '').replace(':', '')}")
