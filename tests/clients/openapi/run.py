"""Drives schemathesis over the checked-in OpenAPI document against a running Ambar: `run.py ACTORS LOGIN [RUN …]`, as README.md says.

Each login is used three times: with anything at all, with what is there, and to delete what is there. With `limited` there is too much of everything.
The examples are few, and the same each time.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
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

# What those are that a limit is reached for: what is left out is tried by the others.
LIMITED = ["--max-examples", "6", "--phases", "fuzzing", "--mode", "positive"]
# Where guesses of logins come from, as a proxy says.
HOSTILE = "203.0.113.66"


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

    @contextmanager
    def upload(self):
        """An upload that goes on, until the end of the block."""
        url = f"{self.endpoint}/v2/{self.given['image'].split(':')[0]}/blobs/uploads/"
        started = requests.post(url, auth=self.login(), verify=self.authority, timeout=30)
        started.raise_for_status()
        begun, ended = threading.Event(), threading.Event()

        def content():
            yield b"first"
            begun.set()
            ended.wait()

        location = requests.compat.urljoin(url, started.headers["Location"])
        options = {"data": content(), "auth": self.login(), "verify": self.authority, "timeout": 600}
        sending = threading.Thread(target=requests.patch, args=(location,), kwargs=options)
        sending.start()
        begun.wait()
        try:
            yield
        finally:
            ended.set()
            sending.join()

    def guess(self):
        """What is sent with a wrong login, and a first one, behind which its address has to wait."""
        wrong = ["--auth", f"{self.login()[0]}:{64 * '0'}"]
        forwarded = {"X-Forwarded-For": HOSTILE}
        answer = requests.get(f"{self.endpoint}/v2/", auth=(self.login()[0], 64 * "0"), headers=forwarded, verify=self.authority, timeout=30)
        assert answer.status_code in (401, 429), answer
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        key = self.given["administrator"]["ak"]
        signature = f"SDK-HMAC-SHA256 Access={key}, SignedHeaders=x-sdk-date, Signature={64 * '0'}"
        signed = ["--header", f"Authorization:{signature}", "--header", f"X-Sdk-Date:{now}"]
        address = ["--header", f"X-Forwarded-For:{HOSTILE}"]
        return wrong + address, signed + address

    def token(self):
        domain = {"name": self.given["account_name"]}
        user = {"name": self.given["administrator"]["user_name"], "password": PASSWORD, "domain": domain}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
        answer = requests.post(f"{self.endpoint}/v3/auth/tokens", json=body, verify=self.authority, timeout=30)
        answer.raise_for_status()
        return answer.headers["X-Subject-Token"]

    def parameters(self, known, more=()):
        """What parameters are, as schemathesis takes them in its configuration; parts of paths only where they are to name what is there."""
        # Any other account has entrusted nothing, and answers to nothing.
        domain = f'"header.X-Domain-Id" = {json.dumps(self.account)}'
        return "\n".join(["", "[parameters]", domain, *more, *(self._known() if known else []), ""])

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
    return try_out(actors, login + paths + methods + arguments, actors.parameters(known))


def try_out(actors, arguments, parameters):
    with tempfile.TemporaryDirectory() as home:
        configuration = Path(home) / "schemathesis.toml"
        configuration.write_text(CONFIGURATION.read_text() + parameters)
        program = Path(sys.executable).with_name("schemathesis")
        command = [program, "--config-file", configuration, "run", DOCUMENT, "--url", actors.endpoint, *arguments]
        # It never ends.
        command += ["--exclude-operation-id", "FollowEvents"]
        if actors.authority is not True:
            command += ["--tls-verify", actors.authority]
        return subprocess.run(command, cwd=home, env={"HOME": home, "PATH": os.defpath}, check=False).returncode


def run_limited(actors):
    """Says what failed: uploads while there is no place for one, exports while as many streams are open as may, and logins whose address has to wait."""
    failed, known = [], actors.parameters(True)
    with actors.upload():
        arguments = ["--auth", ":".join(actors.login()), "--include-path-regex", "/blobs/uploads/$", "--include-method", "POST"]
        # That one too many is refused with 503 is what is looked for.
        failed += ["uploads"] if try_out(actors, arguments + LIMITED + ["--exclude-checks", "not_a_server_error"], known) else []
    token = {"X-Auth-Token": actors.token()}
    with requests.get(f"{actors.endpoint}/v1/events/stream", headers=token, verify=actors.authority, stream=True, timeout=600):
        arguments = ["--header", f"X-Auth-Token:{token['X-Auth-Token']}", "--include-path", "/v1/events"]
        export = actors.parameters(False, ['"query.format" = "jsonl"'])
        failed += ["streams"] if try_out(actors, arguments + LIMITED, export) else []
    wrong, signed = actors.guess()
    failed += ["logins"] if try_out(actors, wrong + ["--include-path-regex", REGISTRY] + LIMITED, known) else []
    failed += ["signatures"] if try_out(actors, signed + ["--exclude-path-regex", REGISTRY] + LIMITED, known) else []
    return failed


def main():
    actors = Actors(sys.argv[1])
    if sys.argv[2] == "limited":
        failed = run_limited(actors)
        sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
    if sys.argv[2] == "token":
        login, paths = ["--header", f"X-Auth-Token:{actors.token()}"], ["--exclude-path-regex", REGISTRY]
    else:
        login, paths = ["--auth", ":".join(actors.login())], ["--include-path-regex", REGISTRY]
    failed = [name for name in sys.argv[3:] or RUNS if run(actors, name, login, paths)]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
