"""Links in letters: a random token of which only the hash is stored, good once and for a while."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from bson import ObjectId

from app.accounts.logins import hashed
from documents import Token
from documents.base import Session
from documents.clock import now
from documents.token import TokenKind

TOKEN_BYTES: Final = 32
LASTS: Final[dict[TokenKind, timedelta]] = {
    "confirm": timedelta(days=3),
    "email": timedelta(days=1),
    "restore": timedelta(days=7),
    "reset": timedelta(hours=1),
    "appeal": timedelta(hours=1),
}


async def issue(
    kind: TokenKind, user: ObjectId, *, email: str, session: Session = None, lasts: timedelta | None = None
) -> tuple[str, ObjectId]:
    """A new token for one deed, about the address `email`; and its id, to which one letter belongs. It is good for
    as long as `LASTS` says for its kind, or for `lasts`.
    """
    secret, moment = secrets.token_urlsafe(TOKEN_BYTES), now()
    token = Token(
        token_hash=hashed(secret),
        kind=kind,
        user=user,
        email=email,
        created_at=moment,
        expires_at=moment + (lasts or LASTS[kind]),
    ).as_stored()
    await Token.raw().insert_one(token, session=session)
    return secret, token["_id"]


async def found(secret: str, *kinds: TokenKind) -> Token | None:
    """The token when it is still good; looking does not use it."""
    raw = await Token.raw().find_one(_good(secret, kinds))
    return None if raw is None else Token.model_validate(raw)


async def use(secret: str, *kinds: TokenKind, session: Session = None) -> Token | None:
    """The token for whoever is first; None when it is used, expired, of another kind, or was never one."""
    raw = await Token.raw().find_one_and_update(_good(secret, kinds), {"$set": {"used_at": now()}}, session=session)
    return None if raw is None else Token.model_validate(raw)


async def void(user: ObjectId, *kinds: TokenKind, session: Session = None) -> None:
    """Have none of a person's tokens of these kinds work any more."""
    which = {"user": user, "kind": {"$in": list(kinds)}, "used_at": None}
    await Token.raw().update_many(which, {"$set": {"used_at": now()}}, session=session)


def _good(secret: str, kinds: tuple[TokenKind, ...]) -> dict[str, object]:
    return {
        "token_hash": hashed(secret),
        "kind": {"$in": list(kinds)},
        "used_at": None,
        "expires_at": {"$gt": now()},
    }
