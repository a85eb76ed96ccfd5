"""Having no more e-mail of a kind by a link in each letter, without a log-in (RFC 8058).

The token names a person and a kind, and is signed: who has it may take away this e-mail, and nothing else. It is good
for ever, as letters are kept.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, cast

from bson import ObjectId

from app.errors import NotFound
from app.events import PeopleTold
from app.notifications.preferences import Wish, as_stored, wish_of
from app.work import Work, together
from documents import User
from documents.base import LIVE, Raw
from documents.notification import REASONS, Reason

What = Reason | Literal["at_once", "digest", "all"]
# One sign for each, for ever: letters that are out there have them.
SIGNS: Final[Mapping[What, str]] = {
    "mention": "m",
    "reply": "r",
    "quote": "q",
    "message": "p",
    "like": "l",
    "follow": "f",
    "watch": "w",
    "watch_board": "b",
    "moderation": "o",
    "at_once": "n",
    "digest": "d",
    "all": "a",
}
MEANT: Final[Mapping[str, What]] = {sign: what for what, sign in SIGNS.items()}
ID_BYTES: Final = 12
SIGNATURE_BYTES: Final = 16
TOKEN_MAX_CHARS: Final = 64


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token is for."""

    user: ObjectId
    what: What


def path_for(key: bytes, user: ObjectId, what: What) -> str:
    """The path of the page on which this person has no more e-mail of that."""
    payload = user.binary + SIGNS[what].encode()
    token = base64.urlsafe_b64encode(payload + _signature(key, payload)).rstrip(b"=")
    return f"/unsubscribe/{token.decode()}"


def ticket_of(key: bytes, token: str) -> Ticket:
    """What a token is for; NotFound when we have not made it."""
    try:
        raw = base64.b64decode(token[:TOKEN_MAX_CHARS] + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotFound from None
    payload, signature = raw[: ID_BYTES + 1], raw[ID_BYTES + 1 :]
    if not hmac.compare_digest(signature, _signature(key, payload)):
        raise NotFound
    sign = payload[ID_BYTES:].decode("ascii", "replace")
    if sign not in MEANT:
        raise NotFound
    return Ticket(ObjectId(payload[:ID_BYTES]), MEANT[sign])


def _signature(key: bytes, payload: bytes) -> bytes:
    return hmac.new(key, b"unsubscribe|" + payload, sha256).digest()[:SIGNATURE_BYTES]


async def name_of(ticket: Ticket) -> str:
    """Whose e-mail it is about; NotFound when there is no such account any more."""
    found = await User.raw().find_one({"_id": ticket.user, **LIVE}, {"username": 1})
    if found is None:
        raise NotFound
    return cast(str, found["username"])


async def unsubscribe(ticket: Ticket) -> None:
    """Have no more of it; as often as one likes. What one sees on the site stays as it is."""

    async def steps(work: Work) -> None:
        person = await User.raw().find_one({"_id": ticket.user, **LIVE}, {"notices": 1}, session=work.session)
        if person is None:
            raise NotFound
        stored = (person.get("notices") or {}) | as_stored(_silenced(person, ticket.what))
        await User.raw().update_one({"_id": ticket.user}, {"$set": {"notices": stored}}, session=work.session)
        work.record(PeopleTold((ticket.user,)))

    await together(steps)


def _silenced(person: Raw, what: What) -> dict[Reason, Wish]:
    wishes = {kind: wish_of(person, kind) for kind in REASONS}
    meant = {kind for kind, wish in wishes.items() if what in ("all", kind) or what == wish.email}
    return {kind: Wish(site=wishes[kind].site, email="never") for kind in meant}
