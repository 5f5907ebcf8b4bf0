"""Drives schemathesis over the checked-in OpenAPI document against a running Ambar: `run.py ACTORS LOGIN [RUN …]`, as README.md says.

Each login is used three times: with anything at all, with what is there, and to delete what is there. The examples are few, and the same each time.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

from signing import send

PASSWORD = "Correct-Horse-7-Battery"
ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "schemas/openapi/ambar.json"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")

# The paths that a registry login opens; all others take a token.
REGISTRY = r"^/(token$|v2/$|v2/_catalog$|v2/\{organization\})"

# What each run is, by name: the methods that are left out, with or without the values of what is there, and further arguments.
RUNS = {
    "anything": ([], False, ["--max-examples", "5", "--phases", "examples,coverage,fuzzing"]),
    "known": (["DELETE"], True, ["--max-examples", "4", "--phases", "fuzzing", "--mode", "positive"]),
    "gone": (["GET", "HEAD", "POST", "PUT", "PATCH"], True, ["--max-examples", "1", "--phases", "fuzzing", "--mode", "positive"]),
}


class Actors:
    """Who acts on what; the administrator gets a password first, since tokens are got with one."""

    def __init__(self, file):
        self.given = json.loads(Path(file).read_text())
        self.endpoint = self.given["endpoint"]
        self.authority = self.given.get("certificate_authority", True)
        administrator = self.given["administrator"]
        user = {"user": {"password": PASSWORD, "access_mode": "default"}}
        self.account = self._signed("PATCH", f"/v3/users/{administrator['user_id']}", user)["user"]["domain_id"]
        group = {"group": {"name": "staff", "domain_id": self.account}}
        self.group = self._signed("POST", "/v3/groups", group)["group"]["id"]
        self.project = self._signed("GET", "/v3/projects", None)["projects"][0]["id"]
        agency = {"agency": {"name": "operations", "trust_domain_name": self.given["other_account"]}}
        self._signed("POST", "/v2/manage/utils/secret", None)
        self.temporary = self._signed("GET", "/v1/logins", None)["items"][0]["login"]
        self.agency = self._signed("POST", "/v3.0/OS-AGENCY/agencies", agency)["agency"]["id"]

    def _signed(self, method, path, body):
        return send(self.endpoint, self.given["administrator"], method, path, body, self.authority)

    def login(self):
        return self.given["administrator"]["login"], self.given["administrator"]["login_key"]

    def _layer(self, repository, tag):
        """The digest of the image's first layer."""
        url = f"{self.endpoint}/v2/{repository}/manifests/{tag}"
        answer = requests.get(url, auth=self.login(), verify=self.authority, timeout=30)
        return answer.json()["layers"][0]["digest"] if answer.ok else "sha256:" + 64 * "0"

    def token(self):
        domain = {"name": self.given["account_name"]}
        user = {"name": self.given["administrator"]["user_name"], "password": PASSWORD, "domain": domain}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
        answer = requests.post(f"{self.endpoint}/v3/auth/tokens", json=body, verify=self.authority, timeout=30)
        answer.raise_for_status()
        return answer.headers["X-Subject-Token"]

    def parameters(self, known):
        """What parameters are, as schemathesis takes them in its configuration; parts of paths only where they are to name what is there."""
        # Any other account has entrusted nothing, and answers to nothing.
        domain = f'"header.X-Domain-Id" = {json.dumps(self.account)}'
        return "\n".join(["", "[parameters]", domain, *(self._known() if known else []), ""])

    def _known(self):
        repository, tag = self.given["image"].rsplit(":", 1)
        namespace, name = repository.split("/", 1)
        values = {
            "namespace": namespace, "organization": namespace, "repository": name, "tag": tag, "reference": tag,
            "name": repository.replace("/", "$"), "digest": self._layer(repository, tag), "project_id": self.project, "project": self.project,
            "user": self.given["reader"]["user_id"], "access_key": self.given["reader"]["ak"], "group": self.group,
            "agency": self.agency, "id": self.agency, "login": self.temporary, "role": "00000000000000000000000000000001",
        }
        lines = [f'"path.{key}" = {json.dumps(value)}' for key, value in values.items()]
        # A domain is named by its id in one API and by its name in the other.
        for pattern, domain in ((r"^/v3(\.0/OS-AGENCY)?/domains/", self.account), ("^/v2/manage/", self.given["other_account"])):
            lines += ["", "[[operations]]", f"include-path-regex = '{pattern}'", f'parameters = {{ "path.domain" = {json.dumps(domain)} }}']
        return lines


def run(actors, name, login, paths):
    left_out, known, arguments = RUNS[name]
    methods = [argument for method in left_out for argument in ("--exclude-method", method)]
    with tempfile.TemporaryDirectory() as home:
        configuration = Path(home) / "schemathesis.toml"
        configuration.write_text(CONFIGURATION.read_text() + actors.parameters(known))
        program = Path(sys.executable).with_name("schemathesis")
        command = [program, "--config-file", configuration, "run", DOCUMENT, "--url", actors.endpoint, *login, *paths, *methods, *arguments]
        # It never ends.
        command += ["--exclude-operation-id", "FollowEvents"]
        if actors.authority is not True:
            command += ["--tls-verify", actors.authority]
        return subprocess.run(command, cwd=home, env={"HOME": home, "PATH": os.defpath}, check=False).returncode


def main():
    actors = Actors(sys.argv[1])
    if sys.argv[2] == "token":
        login, paths = ["--header", f"X-Auth-Token:{actors.token()}"], ["--exclude-path-regex", REGISTRY]
    else:
        login, paths = ["--auth", ":".join(actors.login())], ["--include-path-regex", REGISTRY]
    failed = [name for name in sys.argv[3:] or RUNS if run(actors, name, login, paths)]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
