"""Roles as the pages show them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from app.errors import duration
from app.permissions.book import Book, Held, book
from app.permissions.catalogue import (
    ADMINISTRATOR,
    ALLOWANCES,
    AREAS,
    BUILT_IN,
    FOR_GUESTS,
    GROUPS,
    GUEST,
    MODERATOR,
    PERMISSIONS,
)
from app.roles.explaining import role_name
from app.roles.forms import LimitsForm
from app.roles.giving import givable
from app.roles.pages import Cell, Choice, Choices, LimitRow, Line, RoleRow
from app.web.i18n import N_, Text
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


def limit_rows(form: LimitsForm, role: str = "") -> tuple[LimitRow, ...]:
    """The limits of a role's form: of guests those that they can reach, of all others not that of signing up."""
    shown = [each for each in ALLOWANCES.values() if not role or role not in BUILT_IN or each.at_start(role)]
    shown = shown if role == GUEST else [each for each in shown if each.name != "register"]
    return tuple(
        LimitRow(
            field=f"limit_{each.name}",
            label=str(Text(each.title)),
            window=str(duration(each.seconds)),
            value=form.text(f"limit_{each.name}"),
            usual=str(each.at_start(role)) if role in BUILT_IN else "",
            error=" ".join(form[f"limit_{each.name}"].errors),
        )
        for each in shown
    )


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


ALLOWED: Final = {"": N_("as the role"), "allow": N_("allow"), "deny": N_("deny")}
