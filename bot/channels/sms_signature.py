"""Twilio's signature of a webhook: HMAC-SHA1 over the public URL and the sorted form fields, keyed with the auth token.

Source: https://www.twilio.com/docs/usage/security#validating-requests
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable


def signature(auth_token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """What ``X-Twilio-Signature`` must be for this request."""
    signed = url + "".join(name + value for name, value in sorted(fields))
    digest = hmac.new(auth_token.encode(), signed.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_genuine(given: str, auth_token: str, url: str, fields: Iterable[tuple[str, str]]) -> bool:
    """Whether the request comes from whoever knows the auth token, compared in constant time."""
    return hmac.compare_digest(given.encode(), signature(auth_token, url, fields).encode())
