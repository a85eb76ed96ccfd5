"""Who may do what, and by which rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from app.permissions import book as books
from app.permissions import trust
from app.permissions.catalogue import BUILT_IN, PERMISSIONS
from app.permissions.rules import Verdict, allows, allows_somewhere, everybody_reads, why
from app.viewer import GUEST, Viewer
from documents import Board, Role
from documents.clock import now

NEW = Viewer(ObjectId(), roles=frozenset({"new"}))
MEMBER = Viewer(ObjectId(), roles=frozenset({"member"}))
TRUSTED = Viewer(ObjectId(), roles=frozenset({"member", "trusted"}))
MOD = Viewer(ObjectId(), role="moderator")
ADMIN = Viewer(ObjectId(), role="admin")
GARDENER = Viewer(ObjectId(), roles=frozenset({"member", "gardeners"}))
EVERYBODY = (GUEST, NEW, MEMBER, TRUSTED, MOD, ADMIN, GARDENER)


def a_board(*, closed: bool = False, deleted: bool = False, **overrides: dict[str, bool]) -> Board:
    moment = now()
    found: Board = Board.model_construct(
        id=ObjectId(),
        name="Garden",
        name_key="garden",
        created_at=moment,
        staff_only=closed,
        deleted_at=moment if deleted else None,
        overrides=overrides,
    )
    return found


def role(key: str, *permissions: str, **fields: Any) -> Role:
    found: Role = Role.model_construct(key=key, name=key, permissions=list(permissions), created_at=now(), **fields)
    return found


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = books._book
    bind()
    yield
    books._book = before


def bind(*roles: Role, boards: tuple[Board, ...] = ()) -> None:
    books._book = books.bind((role("gardeners"), *roles), boards)


def who(permission: str, board: Board | None = None) -> list[bool]:
    return [allows(person, permission, board) for person in EVERYBODY]


def yes(letters: str) -> list[bool]:
    return [letter == "x" for letter in letters]


def test_roles_at_the_start() -> None:
    here = a_board()
    assert who("read", here) == yes("xxxxxxx")
    assert who("reply", here) == yes("-xxxxxx")
    assert who("skip_approval") == yes("--xxxxx")
    assert who("pin", here) == yes("----xx-")
    assert who("announce") == yes("-----x-")
    assert who("manage_roles") == yes("-----x-")


def test_a_closed_board_is_for_staff_and_for_whom_it_names() -> None:
    assert who("read", a_board(closed=True)) == yes("----xx-")
    assert who("read", a_board(closed=True, gardeners={"read": True})) == yes("----xxx")
    assert who("reply", a_board(closed=True, gardeners={"read": True})) == yes("----xxx")
    assert why(MEMBER, "reply", a_board(closed=True)).because == Verdict(False, "board_closed", "", "read")


def test_a_deleted_board_is_for_moderators_and_nobody_writes_in_it() -> None:
    assert who("read", a_board(deleted=True)) == yes("----xx-")
    assert who("post", a_board(deleted=True)) == yes("-------")


def test_a_board_takes_away_from_one_role_only_what_that_role_gives() -> None:
    quiet = a_board(member={"post": False}, new={"post": False})
    assert who("post", quiet) == yes("---xxx-")
    assert why(MEMBER, "post", quiet) == Verdict(False, "board_denies", "member", "post")
    assert why(TRUSTED, "post", quiet) == Verdict(True, "role_grants", "trusted", "post")
    assert who("reply", quiet) == yes("-xxxxxx")


def test_moderators_of_one_board() -> None:
    tended = a_board(gardeners={"moderate": True})
    bind(boards=(tended,))
    for permission in ("pin", "lock", "edit_others", "delete_others", "see_deleted", "see_reports"):
        assert who(permission, tended) == yes("----xxx"), permission
        assert who(permission, a_board()) == yes("----xx-"), permission
    assert who("announce", tended) == yes("-----x-")
    assert allows(GARDENER, "read", a_board(closed=True, gardeners={"moderate": True}))
    assert allows_somewhere(GARDENER, "see_reports")
    assert not allows_somewhere(MEMBER, "see_reports")
    assert not GARDENER.moderates
    assert MOD.moderates


def test_guests_are_never_given_what_needs_an_account() -> None:
    bind(role("guest", *PERMISSIONS, known=list(PERMISSIONS)))
    given = {name for name in PERMISSIONS if allows(GUEST, name)}
    assert given == {"read", "see_history"}
    assert why(GUEST, "pin", a_board(guest={"moderate": True})).rule == "guests_never"


def test_an_administrator_loses_nothing_by_a_stored_role_or_a_board() -> None:
    bind(role("administrator", known=list(PERMISSIONS)))
    denied = dict.fromkeys(("read", "post", "reply", "upload", "moderate"), False)
    assert all(allows(ADMIN, name, a_board(administrator=denied)) for name in PERMISSIONS)


def test_who_is_not_confirmed_writes_nowhere() -> None:
    waiting = Viewer(ObjectId(), role="admin", withheld=True)
    assert why(waiting, "reply", a_board()) == Verdict(False, "unconfirmed", "", "reply")
    assert allows(waiting, "read", a_board())
    assert allows(waiting, "manage_roles")


def test_a_permission_of_a_later_version_is_as_at_the_start() -> None:
    known = [name for name in PERMISSIONS if name != "pin"]
    bind(role("moderator", "read", known=known))
    assert allows(MOD, "pin")
    assert not allows(MOD, "lock")


def test_the_same_rights_share_pages_and_others_never() -> None:
    tended = a_board(gardeners={"moderate": True})
    assert MEMBER.standing == GARDENER.standing == TRUSTED.standing  # their roles hold the same
    assert NEW.standing != MEMBER.standing
    bind(boards=(tended,))
    assert MEMBER.standing != GARDENER.standing
    assert MEMBER.standing == Viewer(ObjectId(), role="member").standing
    before = MEMBER.standing
    bind(role("member", "read", known=list(PERMISSIONS)), boards=(tended,))
    assert MEMBER.standing != before
    assert not allows(MEMBER.standing, "reply", tended)
    for person in EVERYBODY:
        for name in PERMISSIONS:
            for board in (None, tended, a_board(closed=True)):
                assert allows(person, name, board) == allows(person.standing, name, board), (person.held, name)


def test_everybody_reads() -> None:
    assert everybody_reads(a_board())
    assert not everybody_reads(a_board(closed=True))
    assert not everybody_reads(a_board(new={"read": False}))
    assert everybody_reads(a_board(guest={"read": False}))


def test_every_built_in_role_holds_known_permissions() -> None:
    assert all(role.permissions <= PERMISSIONS.keys() for role in BUILT_IN.values())
    assert {"read", "post"} <= PERMISSIONS.keys()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"days": 0, "posts": 500}, "new"),
        ({"days": 400, "posts": 4}, "new"),
        ({"days": 1, "posts": 5}, "member"),
        ({"days": 60, "posts": 100, "likes": 49}, "member"),
        ({"days": 60, "posts": 100, "likes": 50}, "member trusted"),
        ({"days": 60, "posts": 100, "likes": 50, "warned": 179}, "member"),
        ({"days": 60, "posts": 100, "likes": 50, "warned": 181}, "member trusted"),
        ({"days": 0, "roles": ["trusted"]}, "member trusted"),
        ({"days": 0, "roles": ["gardeners"]}, "gardeners new"),
        ({"days": 0, "role": "moderator"}, "member moderator"),
        ({"days": 0, "role": "admin"}, "administrator member"),
    ],
)
def test_who_is_new_and_who_is_trusted(person: dict[str, Any], expected: str) -> None:
    moment = now()
    raw = {
        "role": person.get("role", "member"),
        "roles": person.get("roles", []),
        "created_at": moment - timedelta(days=person["days"]),
        "comment_count": person.get("posts", 0),
        "like_count": person.get("likes", 0),
        "warned_at": moment - timedelta(days=person["warned"]) if "warned" in person else None,
    }
    assert " ".join(sorted(trust.roles_of(raw, moment))) == expected
