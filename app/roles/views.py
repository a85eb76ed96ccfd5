"""Roles as the pages show them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlencode

from app.people.cards import card_of
from app.permissions.book import Book, Held, book
from app.permissions.catalogue import (
    ADMINISTRATOR,
    AREAS,
    FOR_GUESTS,
    GROUPS,
    GUEST,
    MODERATOR,
    PERMISSIONS,
)
from app.roles.explaining import role_name
from app.roles.giving import givable, given_to
from app.roles.pages import Cell, Choice, Choices, Line, PersonRow, RoleRow
from app.roles.person import STATES, having, states_of
from app.text.names import username_key
from app.web.i18n import N_, Text
from app.web.pages import KeyPager
from documents import User
from documents.base import LIVE, Raw

PEOPLE_ROWS: Final = 50
OFFICE_OF: Final = {ADMINISTRATOR: "admin", MODERATOR: "moderator"}


async def role_rows(now: Book) -> tuple[RoleRow, ...]:
    """All roles, with how many people were given each: two queries."""
    given: Raw = {"$group": {"_id": "$roles", "n": {"$sum": 1}}}
    rows = await (
        await User.raw().aggregate([{"$match": {"roles.0": {"$exists": True}, **LIVE}}, {"$unwind": "$roles"}, given])
    ).to_list()
    counts = {row["_id"]: row["n"] for row in rows}
    for key, office in OFFICE_OF.items():
        counts[key] = await User.raw().count_documents({"role": office, **LIVE})
    by_hand = set(givable(now))
    return tuple(_row(role, counts.get(role.key, 0) if role.key in by_hand else None) for role in now.roles.values())


def _row(role: Held, people: int | None) -> RoleRow:
    description = str(Text(role.description)) if role.built_in else role.description
    return RoleRow(role.key, role_name(role.key), description, role.built_in, len(role.permissions), people)


def permission_choices(chosen: Collection[str], key: str = "") -> tuple[Choices, ...]:
    """All permissions by group; those alone that a role can have."""
    possible = FOR_GUESTS if key == GUEST else PERMISSIONS.keys()
    groups = []
    for group, title in GROUPS.items():
        choices = tuple(
            Choice(name, str(Text(each.title)), str(Text(each.sentence)), name in chosen)
            for name, each in PERMISSIONS.items()
            if each.group == group and name in possible
        )
        if choices:
            groups.append(Choices(str(Text(title)), choices))
    return tuple(groups)


def role_choices(chosen: Collection[str]) -> tuple[Choice, ...]:
    """The roles that are given by hand."""
    return tuple(Choice(key, role_name(key), chosen=key in chosen) for key in givable(book()))


def lines(now: Book, overrides: dict[str, dict[str, bool]]) -> tuple[Line, ...]:
    """The table of a board: every role but administrators, who may everything."""
    return tuple(_line(role, overrides.get(role.key, {})) for role in now.roles.values() if role.key != ADMINISTRATOR)


def _line(role: Held, said: dict[str, bool]) -> Line:
    words = {True: "allow", False: "deny"}
    cells = tuple(
        Cell(area, None if role.key == GUEST and area != "read" else words[said[area]] if area in said else "")
        for area in AREAS
    )
    return Line(role.key, role_name(role.key), cells)


async def people_rows(query: str, role: str, state: str, after: str) -> tuple[tuple[PersonRow, ...], KeyPager]:
    """People by the beginning of their username, or their whole e-mail address; by a role they were given; by state."""
    wanted: Raw = {**LIVE, **having(state)}
    if "@" in query.lstrip("@"):
        wanted["email_key"] = query.casefold()
    elif query:
        wanted["username_key"] = {"$regex": "^" + re.escape(username_key(query.lstrip("@")))}
    if role in OFFICE_OF:
        wanted["role"] = OFFICE_OF[role]
    elif role:
        wanted["roles"] = role
    if after:
        wanted = {"$and": [wanted, {"username_key": {"$gt": after}}]}
    found = await User.find(wanted).sort("username_key").limit(PEOPLE_ROWS + 1).to_list()
    shown = found[:PEOPLE_ROWS]
    following = shown[-1].username_key if len(found) > PEOPLE_ROWS else None
    return tuple(_person(person) for person in shown), KeyPager(next=following)


def _person(person: User) -> PersonRow:
    card = card_of({**person.model_dump(), "_id": person.oid})
    names = tuple(role_name(key) for key in sorted(given_to(person)))
    states = tuple(str(Text(STATES[state])) for state in states_of(person))
    return PersonRow(card, names, person.created_at, states)


ALLOWED: Final = {"": N_("as the role"), "allow": N_("allow"), "deny": N_("deny")}


def following(after: str, query: str, role: str, state: str) -> KeyPager:
    """The link to the people after this one."""
    asked = {"q": query, "role": role, "state": state, "after": after}
    return KeyPager(next="/admin/people?" + urlencode({name: value for name, value in asked.items() if value}))
