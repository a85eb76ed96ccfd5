"""Fresh authentication: what could take an account away asks who is there when the last proof is some time ago.

The rule is OWASP ASVS 5.0, 7.5.1 and 7.5.3. `/confirm-identity` (app.security) asks for the proof.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bson import ObjectId

from app.viewer import Viewer
from app.web.context import require_login
from documents import Login
from documents.clock import now

FRESH_FOR: Final = timedelta(minutes=15)


class NeedsProof(Exception):
    """Whoever is there has to prove it first. No `Refusal`: a form that shows refusals must not show this one."""


async def require_fresh() -> Viewer:
    """Who is looking, and has proved it lately. Call it before reading the form, of the page and of what it sends.

    Otherwise the request ends here: a page leads to /confirm-identity and back, and a form that was sent is sent once
    more after the proof, without the passwords in it.
    """
    found = require_login()
    if found.login is None or not await is_fresh(found.login):
        raise NeedsProof
    return found


async def is_fresh(login: ObjectId) -> bool:
    """Whether whoever holds this log-in has proved who they are within the last fifteen minutes."""
    since = now() - FRESH_FOR
    proved = {"$or": [{"authenticated_at": {"$gt": since}}, {"created_at": {"$gt": since}}]}
    return await Login.raw().find_one({"_id": login, "ended_at": None, **proved}, {"_id": 1}) is not None


async def prove(login: ObjectId) -> None:
    """They have shown it again."""
    await Login.raw().update_one({"_id": login, "ended_at": None}, {"$set": {"authenticated_at": now()}})
