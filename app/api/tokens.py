"""Personal tokens: made by their owner, shown once, found by their hash, over at once when revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bson import ObjectId

from app.accounts.logins import VIEWER_JOINS, hashed, viewer_from
from app.api.scopes import scopes_in, withheld_by
from app.errors import Forbidden, Invalid
from app.security.letters import Deed, tell_owner
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import ApiToken
from documents.base import Raw
from documents.clock import now

PREFIX: Final = "quorum_"
TOKEN_BYTES: Final = 32
HINT_CHARS: Final = 5
NAME_CHARS_MAX: Final = 60
TOKENS_MAX: Final = 50
# For how many days a token can be made; 0 is until it is revoked.
DAYS: Final = (7, 30, 90, 365, 0)
# `used_at` is for its owner's eyes, not to the second: it is written at most this often.
USED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token stands for, and what it may do."""

    viewer: Viewer
    token: ObjectId
    scopes: frozenset[str]


async def make(viewer: Viewer, *, name: str, scopes: Iterable[str], days: int, deed: Deed) -> str:
    """A new token; gives its secret, which is stored nowhere. Its owner is told by e-mail."""
    if not viewer.may("use_api"):
        raise Forbidden(Text(N_("You cannot use the API.")))
    if days not in DAYS:
        raise Invalid(fields={"days": Text(N_("Please choose one of the list."))})
    moment = now()
    await _require_room(viewer, moment)
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken(
        user=viewer.me,
        name=name,
        token_hash=hashed(secret),
        hint=secret[: len(PREFIX) + HINT_CHARS],
        scopes=list(scopes_in(scopes)),
        created_at=moment,
        expires_at=moment + timedelta(days=days) if days else None,
    )

    async def steps(work: Work) -> None:
        await ApiToken.raw().insert_one(token.as_stored(), session=work.session)
        await tell_owner("token_made", viewer.me, replace(deed, name=name), work)

    await together(steps)
    return secret


async def _require_room(viewer: Viewer, moment: datetime) -> None:
    good = {"user": viewer.me, **_good(moment)}
    if await ApiToken.raw().count_documents(good, limit=TOKENS_MAX) >= TOKENS_MAX:
        raise Invalid(Text(N_("You have %(count)s tokens. Revoke one first."), count=TOKENS_MAX))


def _good(moment: datetime) -> Raw:
    return {"$or": [{"expires_at": None}, {"expires_at": {"$gt": moment}}]}


async def tokens_of(user: ObjectId) -> list[ApiToken]:
    """Somebody's tokens, the newest first; also those that have ended by themselves in the last month."""
    found = ApiToken.raw().find({"user": user}).sort([("created_at", -1), ("_id", -1)]).limit(4 * TOKENS_MAX)
    return [ApiToken.model_validate(raw) async for raw in found]


async def revoke(user: ObjectId, token: ObjectId) -> bool:
    """End one of this person's tokens; False when it is none. No process keeps them, so it is over everywhere."""
    return bool((await ApiToken.raw().delete_one({"_id": token, "user": user})).deleted_count)


async def bearer_of(secret: str) -> Bearer | None:
    """Who holds this token, in one round trip; None when it is not, or no longer, good."""
    if not secret.startswith(PREFIX):
        return None
    live: Raw = {"token_hash": hashed(secret), **_good(now())}
    found = await (await ApiToken.raw().aggregate([{"$match": live}, *_JOINS])).to_list()
    if not found or not found[0]["person"]:
        return None
    await _note_used(found[0])
    scopes = frozenset(found[0]["scopes"])
    somebody = await viewer_from(found[0])
    return Bearer(replace(somebody, login=None, kept_from=withheld_by(scopes)), found[0]["_id"], scopes)


_KEPT: Final[Raw] = {**VIEWER_JOINS[-1]["$project"], "scopes": 1, "used_at": 1}
_JOINS: Final[list[Raw]] = [*VIEWER_JOINS[:-1], {"$project": _KEPT}]


async def _note_used(token: Raw) -> None:
    moment = now()
    if token.get("used_at") is None or moment - token["used_at"] > USED_EVERY:
        unwritten = {"_id": token["_id"], "used_at": token.get("used_at")}
        await ApiToken.raw().update_one(unwritten, {"$set": {"used_at": moment}})
