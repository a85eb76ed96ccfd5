"""Boards and settings, by administrators. Rights of people are given in the browser alone, which asks who they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bson import ObjectId
from pydantic import Field

from app.admin import site
from app.admin.forms import BoardForm
from app.api.boards import BoardOut, board_out
from app.api.parsing import SOME, checked
from app.api.shapes import Id, Line, Sent, Shape
from app.api.table import Given, operation
from app.api.topics import Reason
from app.boards import service
from app.errors import Invalid, NotFound
from app.site.catalogue import SECTIONS
from app.web.context import plumbing, viewer
from app.web.i18n import N_, Text
from app.web.needs import staff
from documents import Board, Site

PATH = "/boards/<oid:board_id>"
BOARDS = staff("manage_boards")
Value = str | int | bool | list[str] | None


class BoardIn(Sent):
    """A board. `closed`: only for those whose roles read closed boards; `parent`: the board that it stands below."""

    name: Line
    description: Line = ""
    closed: bool = False
    parent: Id | None = None


class BoardChange(Sent):
    """What is different from now on; what is not named stays, and a `parent` of null is the first level."""

    name: Line | None = None
    description: Line | None = None
    closed: bool | None = None
    parent: Id | None = None


class SectionOut(Shape):
    """Settings that are changed together; null is as the environment says. `mark` tells one state from another."""

    key: str
    mark: str
    values: dict[str, Value]


class SettingsOut(Shape):
    """All settings that administrators can change, by section."""

    items: list[SectionOut]


class SettingsChange(Sent):
    """What is different in one section; with `mark`, only if nobody has changed it since."""

    section: Line
    values: dict[str, Value] = Field(min_length=1, max_length=100)
    mark: Line | None = None


def _fields(name: str, description: str, *, closed: bool, parent: str | None) -> dict[str, Any]:
    form = checked(BoardForm, name=name, description=description, staff_only=closed, parent=parent or "")
    fields = {"name": form.text("name"), "description": form.text("description"), "staff_only": closed}
    return {**fields, "parent": ObjectId(parent) if parent else None}


async def _board(board_id: ObjectId) -> Board:
    found = await Board.load(board_id)
    if found is None:
        raise NotFound
    return found


@operation(
    "POST", "/boards", "Make a board", scope="administer", need=BOARDS, takes=BoardIn, gives=BoardOut, status=201
)
async def make_board(body: BoardIn) -> Given:
    """At the end of the list."""
    fields = _fields(body.name, body.description, closed=body.closed, parent=body.parent)
    made = await service.make_board(viewer(), **fields)
    return Given(await board_out(made.oid), 201, location=f"/api/v1/boards/{made.oid}")


@operation("PATCH", PATH, "Change a board", scope="administer", need=BOARDS, takes=BoardChange, gives=BoardOut)
async def edit_board(board_id: ObjectId, body: BoardChange) -> BoardOut:
    """Its name, what it is about, who reads it, where it stands."""
    found = await _board(board_id)
    parent = body.parent if "parent" in body.model_fields_set else (str(found.parent) if found.parent else None)
    fields = _fields(
        found.name if body.name is None else body.name,
        found.description if body.description is None else body.description,
        closed=found.staff_only if body.closed is None else body.closed,
        parent=parent,
    )
    await service.change_board(viewer(), board_id, **fields)
    return await board_out(board_id)


@operation("DELETE", PATH, "Delete a board with all that is in it", scope="administer", need=BOARDS, takes=Reason)
async def delete_board(board_id: ObjectId, body: Reason) -> None:
    """Softly: it can be restored."""
    await service.delete_board(viewer(), board_id, body.reason)


@operation("POST", f"{PATH}/restore", "Restore a board", scope="administer", need=BOARDS, gives=BoardOut)
async def restore_board(board_id: ObjectId) -> BoardOut:
    """Bring it back."""
    await service.restore_board(viewer(), board_id)
    return await board_out(board_id)


@operation("PUT", f"{PATH}/archive", "Let a board only be read", scope="administer", need=BOARDS)
async def archive_board(board_id: ObjectId) -> None:
    """Nobody writes there any more."""
    await service.archive_board(viewer(), board_id)


@operation("DELETE", f"{PATH}/archive", "Let people write in a board again", scope="administer", need=BOARDS)
async def unarchive_board(board_id: ObjectId) -> None:
    """As before."""
    await service.unarchive_board(viewer(), board_id)


async def _settings() -> SettingsOut:
    now = await Site.now()
    stored = {key: site.stored_of(section, now) for key, section in SECTIONS.items()}
    shown = [SectionOut(key=key, mark=site.mark_of(values), values=values) for key, values in stored.items()]
    return SettingsOut(items=shown)


@operation(
    "GET",
    "/settings",
    "Read the settings of the forum",
    scope="administer",
    need=staff("manage_settings"),
    gives=SettingsOut,
)
async def get_settings() -> SettingsOut:
    """Those that administrators can change."""
    return await _settings()


@operation(
    "PATCH",
    "/settings",
    "Change the settings of the forum",
    scope="administer",
    need=staff("manage_settings"),
    takes=SettingsChange,
    gives=SettingsOut,
)
async def edit_settings(body: SettingsChange) -> SettingsOut:
    """In force everywhere within a second."""
    section = SECTIONS.get(body.section)
    if section is None:
        raise Invalid(SOME, fields={"section": Text(N_("Please choose one of the list."))})
    meant = tuple(setting for setting in section.settings if setting.name in body.values)
    unknown = body.values.keys() - {setting.name for setting in meant}
    if unknown:
        raise Invalid(SOME, fields={f"values.{min(unknown)[:60]}": Text(N_("There is no such field."))})
    stored = site.stored_of(section, await Site.now())
    sent = {name: _sent(value) for name, value in body.values.items()}
    values = stored | site.read(replace(section, settings=meant), sent, plumbing().environment)
    await site.change(viewer(), section.key, values, seen=site.mark_of(stored) if body.mark is None else body.mark)
    return await _settings()


def _sent(value: Value) -> list[str]:
    """As a form says it."""
    if value is None or value is False:
        return []
    return [str(each) for each in value] if isinstance(value, list) else ["1" if value is True else str(value)]
