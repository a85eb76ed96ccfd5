"""Log-ins: begun with a random token whose hash is stored, found again at each request, and really ended."""

from __future__ import annotations

import hashlib
import secrets
import zlib
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from bson import ObjectId

from app.errors import Conflict
from app.events import LoginsEnded
from app.people.cards import card_of
from app.permissions import trust
from app.settings import Settings
from app.viewer import GUEST, Viewer
from app.web import tally
from app.web.pages import Unread
from app.work import tell
from documents import Login, User
from documents.base import Raw
from documents.clock import now
from documents.message import COUNTED
from documents.notification import BELL
from documents.user import CARD_FIELDS

TOKEN_BYTES: Final = 32
# `seen_at` is for people and clean-up, not to the second: it is written at most this often.
SEEN_EVERY: Final = timedelta(minutes=5)
# Of a log-in without "remember me", however often it is used. With it, the settings say when it ends.
LASTS_AT_MOST: Final = timedelta(days=7)
UNREAD_SHOWN_MAX: Final = 999
# Of each topic; who is told more often about one has all its pages looked at.
NUMBERS_KEPT: Final = 200
LISTED_MAX: Final = 200

OutOfSight = Callable[[Viewer], Awaitable[frozenset[ObjectId]]]
_out_of_sight: list[OutOfSight] = []


async def begin(user: User, settings: Settings, *, remembered: bool, address: str, agent: str) -> str:
    """Log somebody in; gives the token for their cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    moment = now()
    idle = timedelta(hours=0 if remembered else settings.session_hours)
    lasts = timedelta(days=settings.session_days) if remembered else idle
    login = Login(
        token_hash=hashed(token),
        user=user.oid,
        created_at=moment,
        seen_at=moment,
        expires_at=moment + lasts,
        remembered=remembered,
        idle_seconds=int(idle.total_seconds()),
        address=address[:64],
        agent=agent[:200],
    )
    raw = login.as_stored()
    await Login.raw().insert_one(raw)
    await _require_unchanged(user, raw["_id"])
    await _note_here(user.oid, moment)
    return token


async def _require_unchanged(user: User, login: ObjectId) -> None:
    """A new password or a ban meanwhile ends all log-ins; this one came after that, and would have stayed."""
    same = {"_id": user.oid, "password_hash": user.password_hash, "deleted_at": None, "banned_at": None}
    if await User.raw().find_one(same, {"_id": 1}) is None:
        await end(login)
        raise Conflict


def hashed(token: str) -> str:
    """SHA-256 of a token: enough, as a token is random and long."""
    return hashlib.sha256(token.encode()).hexdigest()


async def viewer_of(token: str | None) -> Viewer:
    """Who holds this token, with their unread numbers: one round trip. A guest when it is not, or no longer, good."""
    found = await _find({"token_hash": hashed(token)}) if token else []
    if not found:
        return GUEST
    await _note_seen(found[0])
    return await viewer_from(found[0])


async def _find(which: Raw) -> list[Raw]:
    live = {**which, "ended_at": None, "expires_at": {"$gt": now()}}
    found = await (await Login.raw().aggregate([{"$match": live}, *VIEWER_JOINS])).to_list()
    return [raw for raw in found if raw["person"]]


def use(out_of_sight: OutOfSight) -> None:
    """Ask this which boards somebody may not read: what they were told of texts there is not counted."""
    _out_of_sight[:] = [out_of_sight]


async def viewer_from(login: Raw, *, drawn: bool = True) -> Viewer:
    """Who is behind a log-in that was read with `VIEWER_JOINS`, or as they would join it; not `drawn`, without a card,
    for which what they are called need not have been read.
    """
    person = login["person"][0]
    roles = trust.roles_of(person, now())
    hidden = await _hidden_from(Viewer(id=person["_id"], role=person["role"], roles=roles))
    bell = [row for row in login["bell"] if row["_id"].get("board") not in hidden]
    return Viewer(
        id=person["_id"],
        card=card_of(person) if drawn else None,
        role=person["role"],
        roles=roles,
        login=login["_id"],
        locale=person.get("locale", ""),
        theme=person.get("theme", ""),
        time_zone=person.get("time_zone", ""),
        confirmed=person.get("email_confirmed_at") is not None,
        seq=person["notification_seq"],
        turn=person.get("notices_turn", 0) + _sight(hidden),
        unread=Unread(_count(bell), _count(login["inbox"])),
        unread_topics=_by_topic(bell),
        put_away=person.get("put_away", ""),
        blocks=frozenset(person.get("blocks") or ()),
        mutes=frozenset(person.get("mutes") or ()),
        silenced_until=person.get("silenced_until"),
        silence_reason=person.get("silence_reason", ""),
        begun=frozenset(ObjectId(row["place"].removeprefix(REPLY)) for row in login["replies"]),
    )


async def _hidden_from(viewer: Viewer) -> frozenset[ObjectId]:
    return await _out_of_sight[0](viewer) if _out_of_sight else frozenset()


@lru_cache(maxsize=1_000)
def _sight(hidden: frozenset[ObjectId]) -> int:
    """Another number for other boards, and the same in every process."""
    return zlib.crc32(b"".join(sorted(board.binary for board in hidden)))


def _by_topic(bell: list[Raw]) -> dict[ObjectId | None, frozenset[int]]:
    """A topic that has been moved can stand here twice."""
    found: dict[ObjectId | None, frozenset[int]] = {}
    for row in bell:
        topic, numbers = row["_id"].get("topic"), _numbers(row)
        both = topic not in found or (found[topic] and numbers)
        found[topic] = found.get(topic, frozenset()) | numbers if both else frozenset()
    return found


def _count(rows: list[Raw]) -> int:
    return min(sum(int(row["n"]) for row in rows), UNREAD_SHOWN_MAX)


def _numbers(row: Raw) -> frozenset[int]:
    numbers = row["numbers"] if row["n"] <= NUMBERS_KEPT else ()
    return frozenset(number for number in numbers if number is not None)


def _of_person(collection: str, field: str, name: str, pipeline: list[Raw]) -> Raw:
    lookup = {"from": collection, "localField": "user", "foreignField": field, "as": name, "pipeline": pipeline}
    return {"$lookup": lookup}


VIEWER_FIELDS: Final = (
    *("locale", "theme", "time_zone", "notification_seq", "blocks", "mutes", "email_confirmed_at"),
    *("silenced_until", "silence_reason", "put_away", "notices_turn"),
)
MAY_LOG_IN: Final[Raw] = {"deleted_at": None, "banned_at": None}
UNDRAWN: Final[Raw] = dict.fromkeys((*VIEWER_FIELDS, *trust.FIELDS), 1)
PERSON_FIELDS: Final[Raw] = {**dict.fromkeys(CARD_FIELDS, 1), **UNDRAWN}
PERSON: Final[list[Raw]] = [{"$match": MAY_LOG_IN}, {"$project": PERSON_FIELDS}]
IN_BELL: Final[Raw] = {"withdrawn_at": None, "kind": {"$in": list(BELL)}, "unread": True, "site": {"$ne": False}}
BELL_COUNT: Final[list[Raw]] = [
    {"$match": IN_BELL},
    {"$group": {"_id": {"topic": "$topic", "board": "$board"}, "n": {"$sum": 1}, "numbers": {"$push": "$number"}}},
    {"$set": {"numbers": {"$slice": ["$numbers", NUMBERS_KEPT]}}},
]
IN_INBOX: Final[Raw] = COUNTED
INBOX_COUNT: Final[list[Raw]] = [
    {"$match": IN_INBOX},
    {"$group": {"_id": None, "n": {"$sum": "$unread"}}},
]
REPLY: Final = "reply:"
REPLIES: Final[list[Raw]] = [{"$match": {"place": {"$regex": f"^{REPLY}"}}}, {"$project": {"place": 1, "_id": 0}}]
VIEWER_JOINS: Final[list[Raw]] = [
    _of_person("users", "_id", "person", PERSON),
    _of_person("notifications", "user", "bell", BELL_COUNT),
    _of_person("memberships", "user", "inbox", INBOX_COUNT),
    _of_person("drafts", "user", "replies", REPLIES),
    {"$project": dict.fromkeys(("person", "bell", "inbox", "replies", "seen_at", "created_at", "idle_seconds"), 1)},
]


async def _note_seen(login: Raw) -> None:
    moment = now()
    if moment - login["seen_at"] > SEEN_EVERY:
        await Login.raw().update_one({"_id": login["_id"]}, {"$set": {"seen_at": moment, **_prolonged(login, moment)}})
        await _note_here(login["person"][0]["_id"], moment)


async def _note_here(person: ObjectId, moment: datetime) -> None:
    before = await User.raw().find_one_and_update({"_id": person}, {"$set": {"seen_at": moment}}, {"seen_at": 1})
    tally.seen(before.get("seen_at") if before else moment)


def _prolonged(login: Raw, moment: datetime) -> Raw:
    """The new end of a log-in that lasts as long as it is used (OWASP ASVS 5.0, 7.3.1 and 7.3.2)."""
    idle = timedelta(seconds=login.get("idle_seconds", 0))
    return {"expires_at": min(moment + idle, login["created_at"] + LASTS_AT_MOST)} if idle else {}


async def end(login: ObjectId) -> None:
    """Log out here."""
    await _end({"_id": login})


async def end_own(user: ObjectId, login: ObjectId) -> bool:
    """Log this person out of one of their log-ins; False when it is over, or not theirs."""
    return await _end({"_id": login, "user": user}) > 0


async def live_of(user: ObjectId) -> list[Login]:
    """This person's log-ins, the last used first."""
    live = {"user": user, "ended_at": None, "expires_at": {"$gt": now()}}
    return [Login.model_validate(raw) async for raw in Login.raw().find(live).sort("seen_at", -1).limit(LISTED_MAX)]


async def end_all(user: ObjectId, *, but: ObjectId | None = None) -> None:
    """Log out everywhere, or everywhere else."""
    await _end({"user": user, "_id": {"$ne": but}})


async def _end(which: Raw) -> int:
    live = {**which, "ended_at": None, "expires_at": {"$gt": now()}}
    ids = [raw["_id"] async for raw in Login.raw().find(live, {"_id": 1})]
    ended = await Login.raw().update_many({"_id": {"$in": ids}, "ended_at": None}, {"$set": {"ended_at": now()}})
    if ids:
        await tell(LoginsEnded(tuple(ids)))
    return ended.modified_count


async def over_of(logins: Collection[ObjectId]) -> set[ObjectId]:
    """Those of these log-ins that are over. They are counted first, as mostly there is none."""
    live: Raw = {"_id": {"$in": list(logins)}, "ended_at": None, "expires_at": {"$gt": now()}}
    if await Login.raw().count_documents(live) == len(logins):
        return set()
    return set(logins) - {raw["_id"] for raw in await Login.raw().find(live, {"_id": 1}).to_list()}
