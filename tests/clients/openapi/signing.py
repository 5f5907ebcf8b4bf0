"""Signs a call of the API with an access key: how a user without a password gets one."""

import hashlib
import hmac
import json
from datetime import datetime, timezone

import requests


def send(endpoint, key, method, path, body, verify):
    """Sends a signed call whose path has nothing to escape, and gives the answer in JSON."""
    body = json.dumps(body).encode() if body is not None else b""
    date = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    canonical = f"{method}\n{path}/\n\nx-sdk-date:{date}\n\nx-sdk-date\n{digest}"
    text = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key["sk"].encode(), text.encode(), hashlib.sha256).hexdigest()
    authorization = f"SDK-HMAC-SHA256 Access={key['ak']}, SignedHeaders=x-sdk-date, Signature={signature}"
    headers = {"X-Sdk-Date": date, "Authorization": authorization, "Content-Type": "application/json"}
    answer = requests.request(method, endpoint + path, data=body, headers=headers, verify=verify, timeout=30)
    answer.raise_for_status()
    return answer.json()
