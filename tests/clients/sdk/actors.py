"""Who acts in the cases, and where: read from the JSON file that README.md describes."""

import json
from dataclasses import dataclass
from functools import cached_property

from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkiam import v3 as iam
from huaweicloudsdkswr import v2 as swr

from operations import Operations


@dataclass(frozen=True)
class Place:
    """The server under test."""

    endpoint: str
    registry: str
    certificate_authority: str | None

    def config(self):
        config = HttpConfig.get_default_config()
        config.ssl_ca_cert = self.certificate_authority
        config.timeout = (10, 60)
        return config

    def client(self, service, credentials):
        return service.new_builder().with_http_config(self.config()).with_credentials(credentials).with_endpoint(self.endpoint).build()


@dataclass(frozen=True)
class Actor:
    """Somebody with an access key."""

    place: Place
    ak: str
    sk: str
    user_id: str
    user_name: str
    account_name: str
    project_name: str
    project_id: str | None = None
    security_token: str | None = None

    @cached_property
    def swr(self):
        credentials = BasicCredentials(self.ak, self.sk, self.project_id)
        if self.security_token:
            credentials.with_security_token(self.security_token)
        return Operations(self.place.client(swr.SwrClient, credentials), swr)

    @cached_property
    def iam(self):
        return Operations(self.place.client(iam.IamClient, GlobalCredentials(self.ak, self.sk)), iam)

    def with_key(self, ak, sk, security_token=None):
        """The same with another access key, for cases that try one out."""
        fields = {**self.__dict__, "ak": ak, "sk": sk, "security_token": security_token}
        return Actor(**{name: fields[name] for name in self.__dataclass_fields__})

    def level(self, auth):
        """The permission that gives this user a level, as the SDK sends it."""
        return swr.UserAuth(user_id=self.user_id, user_name=self.user_name, auth=auth)


@dataclass(frozen=True)
class Image:
    """A version that is there before the cases run."""

    namespace: str
    repository: str
    tag: str

    @classmethod
    def parse(cls, name):
        path, _, tag = name.rpartition(":")
        namespace, _, repository = path.partition("/")
        return cls(namespace, repository, tag)

    @property
    def path(self):
        """Namespace and repository as paths have them."""
        return {"namespace": self.namespace, "repository": self.repository.replace("/", "$")}


@dataclass(frozen=True)
class Ambar:
    """What a case is given."""

    place: Place
    project_name: str
    administrator: Actor
    reader: Actor
    other: Actor
    image: Image
    further_accounts: tuple

    @classmethod
    def from_file(cls, path):
        with open(path, encoding="utf-8") as file:
            given = json.load(file)
        place = Place(given["endpoint"], given["registry"], given.get("certificate_authority"))

        def actor(name, project_id=None):
            fields = {"account_name": given["account_name"], "project_name": given["project_name"], **given[name]}
            return Actor(place, project_id=project_id, **fields)

        return cls(
            place,
            given["project_name"],
            actor("administrator", given.get("project_id")),
            actor("reader", given.get("project_id")),
            actor("other_account"),
            Image.parse(given["image"]),
            tuple(given.get("further_accounts", [])),
        )
