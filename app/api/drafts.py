"""Drafts, and what a text will look like."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from app.api.errors import TooNarrow
from app.api.parsing import checked
from app.api.shapes import Cursor, Line, Page, Prose, Sent, Shape, next_of
from app.api.table import Given, operation
from app.comments.forms import CommentForm
from app.comments.rendering import write
from app.drafts import service, views
from app.drafts.pages import DraftRow
from app.drafts.places import Place, place_from
from app.errors import Invalid
from app.web.context import spend, viewer
from app.web.i18n import N_, Text
from app.web.limits import Limit

REV_MAX = 10**9
# Drafts of what only the scope of messages lets read.
PRIVATE = ("message", "answer", "edit-message")


class DraftOut(Shape):
    """What you have begun to write. `place` is where it goes: `reply:<topic>`, `topic:<board>`, `edit:<comment>` …

    `rev` is its version, to send back with a change.
    """

    place: str
    kind: str
    url: str
    where: str
    title: str
    body: str
    at: datetime
    rev: int


class Drafts(Page[DraftOut]):
    """One page of them, last written first."""


class DraftIn(Sent):
    """A draft as it is now. `rev` is the version that you have, 0 for a new one: another one there is a 409."""

    place: Line = Field(max_length=200)
    rev: int = Field(0, ge=0, le=REV_MAX)
    title: Line = ""
    body: Prose = ""
    tags: Line = ""
    to: Line = ""


class DraftSaved(Shape):
    """The version that is kept now; 0 when there was nothing to keep."""

    rev: int


class PlaceQuery(Sent):
    """Whose draft."""

    place: Line = Field(max_length=200)


class PreviewIn(Sent):
    """A text in Markdown."""

    body: Prose


class PreviewOut(Shape):
    """What it will look like."""

    html: str


def _out(row: DraftRow) -> DraftOut:
    return DraftOut(**{name: getattr(row, name) for name in DraftOut.model_fields})


def _place(text: str) -> Place:
    try:
        place = place_from(text)
    except Invalid:
        raise Invalid(fields={"place": Text(N_("This is no place for a draft."))}) from None
    if place.kind in PRIVATE and not viewer().may("message"):
        raise TooNarrow("messages")
    return place


@operation("GET", "/drafts", "List your drafts", asks=Cursor, gives=Drafts)
async def list_drafts(query: Cursor) -> Given:
    """Whole, so that a program can go on with them. Those of messages need that scope."""
    rows, pager = await views.draft_rows(viewer(), query.cursor)
    following = next_of(pager)
    shown = [_out(row) for row in rows if row.kind not in PRIVATE or viewer().may("message")]
    return Given(Drafts(items=shown, next=following), next=following)


@operation("PUT", "/drafts", "Keep a draft", scope="write", takes=DraftIn, gives=DraftSaved)
async def save_draft(body: DraftIn) -> DraftSaved:
    """One for each place."""
    place = _place(body.place)
    fields = body.model_dump(include={"title", "body", "tags", "to"})
    await spend(Limit.DRAFT)
    return DraftSaved(rev=await service.save(viewer(), place, fields, body.rev))


@operation("DELETE", "/drafts", "Discard a draft", scope="write", asks=PlaceQuery)
async def discard_draft(query: PlaceQuery) -> None:
    """There may be none."""
    await service.discard(viewer(), _place(query.place))


@operation("POST", "/preview", "See what a text will look like", scope="write", takes=PreviewIn, gives=PreviewOut)
async def preview(body: PreviewIn) -> PreviewOut:
    """Nothing is stored."""
    form = checked(CommentForm, body=body.body)
    await spend(Limit.PREVIEW)
    return PreviewOut(html=(await write(viewer().me, form.text("body"), "preview-")).html)
