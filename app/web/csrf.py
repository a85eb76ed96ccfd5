"""Cross-site request forgery: a signed token bound to the log-in or visitor, and a look at where a request comes from.

The token is a nonce and HMAC-SHA256 over it and the subject (OWASP: signed double-submit cookie). The nonce is
new on every page, so that compression does not give the token away (BREACH).
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

NONCE_BYTES: Final = 9
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def token_for(key: bytes, subject: str) -> str:
    """A fresh token for forms on a page of this subject."""
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    return f"{nonce}.{_signature(key, nonce, subject)}"


def is_token_of(key: bytes, subject: str, token: str) -> bool:
    """Whether `token` was made for this subject."""
    nonce, _, signature = token.partition(".")
    if not (subject and nonce and signature):
        return False
    return hmac.compare_digest(signature.encode(), _signature(key, nonce, subject).encode())


def _signature(key: bytes, nonce: str, subject: str) -> str:
    return hmac.new(key, f"csrf|{nonce}|{subject}".encode(), sha256).hexdigest()[:43]


def mark_of(key: bytes, user: str) -> str:
    """What a form of texts says of whose it is: who sends it later cannot pretend to have been somebody else.

    It allows nothing, and says nothing that the person's own pages do not say.
    """
    return f"{user}.{_marked(key, user)}"


def marked_user(key: bytes, mark: str) -> str:
    """Whose page the form with this mark was on; empty when we have not made it."""
    user, _, signature = mark.partition(".")
    return user if hmac.compare_digest(signature.encode(), _marked(key, user).encode()) else ""


def _marked(key: bytes, user: str) -> str:
    return hmac.new(key, f"writer|{user}".encode(), sha256).hexdigest()[:32]


def from_here(origin: str | None, fetch_site: str | None, own_origins: frozenset[str]) -> bool:
    """Whether the headers say that a request comes from our own pages; absent ones say nothing against it."""
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return False
    return origin is None or is_own(origin, own_origins)


def is_own(origin: str, own_origins: frozenset[str]) -> bool:
    """Whether an Origin header names one of our origins; `null` never does."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}".lower() in own_origins
