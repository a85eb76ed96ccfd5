"""The list of people: who is looked for, and in which order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from app.people.cards import card_of
from app.permissions import trust
from app.permissions.catalogue import ADMINISTRATOR, MEMBER, MODERATOR, TRUSTED
from app.roles.explaining import role_name
from app.roles.giving import given_to
from app.roles.pages import PersonRow
from app.roles.person import STATES, having, states_of
from app.text.names import username_key
from app.text.starts import START_CHARS_MAX, typed_start
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.web.keys import TimeKey, time_key
from app.web.pages import KeyPager
from documents import User
from documents.base import LIVE, Raw, beginning
from documents.clock import now

PEOPLE_ROWS: Final = 50
NAME_CHARS_MAX: Final = 60
OFFICE_OF: Final = {ADMINISTRATOR: "admin", MODERATOR: "moderator"}
PATH: Final = "/admin/people"
# What can be looked for beside `STATES`, which are said of each person too.
FURTHER: Final = {"new": N_("new here"), "silent": N_("never written")}
SEEN: Final[dict[str, tuple[str, timedelta, bool]]] = {
    "day": (N_("within a day"), timedelta(days=1), True),
    "week": (N_("within a week"), timedelta(days=7), True),
    "month": (N_("within 30 days"), timedelta(days=30), True),
    "not-month": (N_("not for 30 days"), timedelta(days=30), False),
    "not-year": (N_("not for a year"), timedelta(days=365), False),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: all of these, as they stand in the address."""

    q: str = ""
    role: str = ""
    state: str = ""
    seen: str = ""
    order: str = ""

    def url(self, after: str = "") -> str:
        """The list from after a key on."""
        said = {name: value for name, value in {**asdict(self), "after": after}.items() if value}
        return PATH + (f"?{urlencode(said)}" if said else "")


async def people_rows(viewer: Viewer, asked: Asked, after: str) -> tuple[tuple[PersonRow, ...], KeyPager]:
    """People by any word of their names, or their whole e-mail address for who may see it, as far as they fit."""
    newest = asked.order == "newest"
    which = {"$and": [LIVE, _named(viewer, asked.q), _having(asked), _seen(asked.seen), _older(after, newest=newest)]}
    order = [("created_at", -1), ("_id", -1)] if newest else [("username_key", 1)]
    found = await User.raw().find(which).sort(order).limit(PEOPLE_ROWS + 1).to_list()
    shown = [User.model_validate(raw) for raw in found[:PEOPLE_ROWS]]
    following = None
    if len(found) > PEOPLE_ROWS:
        last = shown[-1]
        following = asked.url(str(TimeKey(last.created_at, last.oid)) if newest else last.username_key)
    return tuple(map(_row, shown)), KeyPager(first=asked.url() if after else None, next=following)


def _named(viewer: Viewer, text: str) -> Raw:
    plain = text.lstrip("@＠")
    if "@" in plain and viewer.may("see_addresses"):
        return {"email_key": plain.casefold()}
    key, start = username_key(plain)[:NAME_CHARS_MAX], typed_start(plain)[:START_CHARS_MAX]
    if not plain:
        return {}
    return {"$or": [{"username_key": beginning(key)}, {"starts": {"$elemMatch": beginning(start)}}]}


def _having(asked: Asked) -> Raw:
    which: list[Raw] = [having(asked.state)]
    if asked.role:
        which.append({"role": OFFICE_OF[asked.role]} if asked.role in OFFICE_OF else {"roles": asked.role})
    if asked.state == "new":
        which.append(_new())
    if asked.state == "silent":
        which.append({"topic_count": 0, "comment_count": 0})
    return {"$and": which}


def _new() -> Raw:
    """As `trust.by_rule` decides it."""
    rule = trust.thresholds()
    posts: Raw = {"$expr": {"$lt": [{"$add": ["$topic_count", "$comment_count"]}, rule.new_posts]}}
    lately: Raw = {"created_at": {"$gt": now() - timedelta(days=rule.new_days)}}
    return {"role": "member", "roles": {"$nin": [MEMBER, TRUSTED]}, "$or": [lately, posts]}


def _seen(choice: str) -> Raw:
    if choice not in SEEN:
        return {}
    _, span, lately = SEEN[choice]
    if lately:
        return {"seen_at": {"$gte": now() - span}}
    return {"$or": [{"seen_at": {"$lt": now() - span}}, {"seen_at": None}]}


def _older(after: str, *, newest: bool) -> Raw:
    if not after:
        return {}
    key = time_key(after) if newest else None
    if newest:
        return key.older() if key else {}
    return {"username_key": {"$gt": after}}


def _row(person: User) -> PersonRow:
    card = card_of({**person.model_dump(), "_id": person.oid})
    names = tuple(role_name(key) for key in sorted(given_to(person)))
    states = tuple(str(Text(STATES[state])) for state in states_of(person))
    texts = person.topic_count + person.comment_count
    return PersonRow(card, names, person.created_at, states, seen=person.seen_at, texts=texts)
