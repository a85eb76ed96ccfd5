"""The one function that decides what somebody may do, and says by which rule.

Routes, templates, websockets, feeds, files, search and notices all ask here. It reads nothing but what is in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from app.permissions.book import Book, Held, Roles, book
from app.permissions.catalogue import ADMINISTRATOR, FOR_GUESTS, PERMISSIONS, Area, Permission
from documents import Board

Rule = Literal[
    "administrator",
    "role_grants",
    "board_allows",
    "board_denies",
    "board_closed",
    "board_deleted",
    "board_archived",
    "cannot_read",
    "unconfirmed",
    "guests_never",
    "no_role",
]
# What nobody does in a board that was deleted.
WRITING_AREAS: Final = frozenset({"post", "reply", "upload"})
# Nor in one that is archived, beside changing what one wrote.
OWN_TEXTS: Final = frozenset({"edit_own", "delete_own", "like"})


class Holder(Protocol):
    """Whom the question is about."""

    @property
    def known(self) -> bool:
        """Whether it is somebody with an account."""
        ...

    @property
    def withheld(self) -> bool:
        """Whether they have to confirm their address before they write."""
        ...

    @property
    def kept_from(self) -> frozenset[str]:
        """What they may not do here whatever they may elsewhere: what their token does not carry."""
        ...

    @property
    def held(self) -> Roles:
        """The keys of their roles."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and the rule that gave it, with the role and permission that it is about, if it is about one."""

    allowed: bool
    rule: Rule
    role: str = ""
    permission: str = ""
    because: Verdict | None = None


def allows(holder: Holder, permission: str, board: Board | None = None) -> bool:
    """Whether somebody may do this, in this board or, without one, by what their roles hold everywhere."""
    return why(holder, permission, board).allowed


def why(holder: Holder, permission: str, board: Board | None = None) -> Verdict:
    """The same with the rule that decides. KeyError for a permission that there is not."""
    wanted = PERMISSIONS[permission]
    held = holder.held
    if permission in holder.kept_from:
        return Verdict(False, "no_role", permission=permission)
    if wanted.writes and holder.withheld:
        return Verdict(False, "unconfirmed", permission=permission)
    shut = _shut(wanted, board) if board is not None else None
    if shut is not None:
        return Verdict(False, shut, permission=permission)
    if ADMINISTRATOR in held:
        return Verdict(True, "administrator", ADMINISTRATOR, permission)
    if not holder.known and permission not in FOR_GUESTS:
        return Verdict(False, "guests_never", permission=permission)
    return _by_roles(book(), held, wanted, board)


def _shut(wanted: Permission, board: Board) -> Rule | None:
    """Why nobody does this here, whatever they hold."""
    if not board.live and wanted.area in WRITING_AREAS:
        return "board_deleted"
    if board.archived_at and (wanted.area in WRITING_AREAS or wanted.name in OWN_TEXTS):
        return "board_archived"
    return None


def _by_roles(now: Book, keys: Roles, wanted: Permission, board: Board | None) -> Verdict:
    held = now.held(keys)
    if board is None:
        return _granted(held, wanted, None)
    reads = _reads(held, board)
    if wanted.name == "read":
        return reads
    if not reads.allowed:
        return Verdict(False, "cannot_read", permission=wanted.name, because=reads)
    return _granted(held, wanted, board)


def _reads(held: tuple[Held, ...], board: Board) -> Verdict:
    read = PERMISSIONS["read"]
    if not board.live and not _granted(held, PERMISSIONS["see_deleted"], board).allowed:
        return Verdict(False, "board_deleted", permission="read")
    if not board.staff_only:
        return _granted(held, read, board)
    for role in held:
        if _said(board, role, "read"):
            return Verdict(True, "board_allows", role.key, "read")
    closed = _granted(held, PERMISSIONS["read_closed"], None)
    return replace(closed, permission="read_closed") if closed.allowed else Verdict(False, "board_closed", "", "read")


def _granted(held: tuple[Held, ...], wanted: Permission, board: Board | None) -> Verdict:
    """Each role counts by itself: what the board says of it, else what it holds. One that says yes is enough."""
    denied = ""
    for role in held:
        said = _said(board, role, wanted.area)
        if said:
            return Verdict(True, "board_allows", role.key, wanted.name)
        if wanted.name in role.permissions:
            if said is None:
                return Verdict(True, "role_grants", role.key, wanted.name)
            denied = denied or role.key
    return Verdict(False, "board_denies" if denied else "no_role", denied, wanted.name)


def _said(board: Board | None, role: Held, area: Area | None) -> bool | None:
    """What a board says of a role; who moderates there can read there."""
    if board is None or area is None or role.key not in board.overrides:
        return None
    here = board.overrides[role.key]
    if area == "read" and here.get("moderate"):
        return True
    return here.get(area)


def everybody_reads(board: Board) -> bool:
    """Whether there is no account that may not read here, so that nobody needs to be asked."""
    everyone = (frozenset({"new"}), frozenset({"member"}))
    return all(_reads(book().held(keys), board).allowed for keys in everyone)


def allows_somewhere(holder: Holder, permission: str) -> bool:
    """Whether somebody may do this everywhere or at least in one board: what a route without a board can ask."""
    if allows(holder, permission):
        return True
    return any(allows(holder, permission, board) for board in book().boards.values() if board.overrides)


__all__ = ["Holder", "Rule", "Verdict", "allows", "allows_somewhere", "everybody_reads", "why"]
