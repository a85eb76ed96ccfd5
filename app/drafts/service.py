"""Saving and discarding drafts. Two devices that write at one place see of each other; neither overwrites silently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.drafts.places import Place
from app.errors import Conflict, Invalid
from app.events import DraftsChanged
from app.files.links import keep_used
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, tell
from documents import Draft
from documents.clock import now
from documents.draft import CARRIED_FIELDS, DRAFT_FIELDS

DRAFTS_MAX: Final = 100
# Longer than any text may be when it is sent, so that one that is too long is not lost either.
BODY_CHARS_MAX: Final = 100_000
FIELD_CHARS_MAX: Final = 600


@dataclass(frozen=True, slots=True)
class Sending:
    """The draft that a form was filled from: `rev` is the version it has, 0 when it has none."""

    place: Place
    rev: int = 0


class OtherVersion(Conflict):
    """The draft was changed somewhere else; `draft` is what it is now, None when it was sent or discarded."""

    def __init__(self, draft: Draft | None) -> None:
        self.draft = draft
        changed = N_("This draft was changed on another device.")
        gone = N_("This draft was sent or discarded elsewhere.")
        super().__init__(Text(changed if draft else gone))


async def save(viewer: Viewer, place: Place, fields: Mapping[str, str], rev: int, *, most: int = DRAFTS_MAX) -> int:
    """Keep what is typed at a place; gives the number of this version, 0 when there is nothing to keep.

    `fields` are those of the draft, and what its form carried (`CARRIED_FIELDS`) where it was sent and refused.
    `rev` is the version that the browser has (0: none yet): `OtherVersion` when that is not the one which is kept.
    """
    require_bounded(fields)
    if not says_something(fields):
        return await _emptied(viewer, place, rev)
    saved = await (_begin(viewer, place, fields, most) if rev == 0 else _change(viewer, place, fields, rev))
    if saved is not None:
        return saved
    there = await Draft.at(viewer.me, str(place))
    if there is None or there.fields != _whole(fields):
        raise OtherVersion(there)
    return there.rev  # the answer to the same request was lost


async def put_in(viewer: Viewer, place: Place, fields: Mapping[str, str], rev: int, *, most: int = DRAFTS_MAX) -> None:
    """Keep a form as it was sent; a version that another device has kept since stands below it."""
    try:
        await save(viewer, place, fields, rev, most=most)
    except OtherVersion as other:
        there = other.draft
        if there is not None and there.body.strip() and there.body.strip() not in fields.get("body", ""):
            fields = {**fields, "body": f"{fields.get('body', '').rstrip()}\n\n{there.body}"}
        await save(viewer, place, fields, there.rev if there else 0, most=most)


def _whole(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields.get(name, "") for name in DRAFT_FIELDS}


def _stored(fields: Mapping[str, str]) -> dict[str, str]:
    return _whole(fields) | {name: fields[name] for name in CARRIED_FIELDS if name in fields}


def require_bounded(fields: Mapping[str, str]) -> None:
    """Raise `Invalid` when a field is longer than drafts keep it."""
    for name, value in fields.items():
        if len(value) > (BODY_CHARS_MAX if name == "body" else FIELD_CHARS_MAX):
            raise Invalid(Text(N_("This is too long to be kept as a draft.")))


def says_something(fields: Mapping[str, str]) -> bool:
    """Whether there is anything to lose."""
    return any(fields.get(name, "").strip() for name in ("body", "title"))


async def _begin(viewer: Viewer, place: Place, fields: Mapping[str, str], most: int) -> int | None:
    if await Draft.raw().count_documents({"user": viewer.me}, limit=most) >= most:
        raise Invalid(Text(N_("You have %(count)s drafts. Send or discard some of them first."), count=DRAFTS_MAX))
    uploads = await keep_used(fields.get("body", ""))
    saved = await Draft.begin(viewer.me, str(place), _stored(fields), now(), uploads=uploads)
    if saved is not None:
        await tell(DraftsChanged((viewer.me,)))
    return saved


async def _change(viewer: Viewer, place: Place, fields: Mapping[str, str], rev: int) -> int | None:
    uploads = await keep_used(fields.get("body", ""))
    return await Draft.change(viewer.me, str(place), _stored(fields), now(), rev=rev, uploads=uploads)


async def _emptied(viewer: Viewer, place: Place, rev: int) -> int:
    """Nothing is left of it: there is no draft any more, unless another device has written on."""
    if rev and await Draft.discard(viewer.me, str(place), rev=rev):
        await tell(DraftsChanged((viewer.me,)))
        return 0
    there = await Draft.at(viewer.me, str(place))
    if there is not None:
        raise OtherVersion(there)
    return 0


async def discard(viewer: Viewer, place: Place) -> None:
    """Delete it; there may be none."""
    if await Draft.discard(viewer.me, str(place)):
        await tell(DraftsChanged((viewer.me,)))


async def sent(work: Work, viewer: Viewer, sending: Sending | None, body: str) -> None:
    """In the unit of work that stores a text: its draft goes with it, or neither happens."""
    if sending is not None and await Draft.sent(viewer.me, str(sending.place), body, sending.rev, work.session):
        work.record(DraftsChanged((viewer.me,)))


async def finish(viewer: Viewer, sending: Sending | None, body: str) -> None:
    """The same where nothing had to be stored: the text was there already."""
    if sending is not None and await Draft.sent(viewer.me, str(sending.place), body, sending.rev, None):
        await tell(DraftsChanged((viewer.me,)))


async def draft_at(viewer: Viewer, place: Place) -> Draft | None:
    """What is kept for a place, to fill its form with."""
    return await Draft.at(viewer.me, str(place)) if viewer.known else None


async def own_draft(viewer: Viewer, id: ObjectId) -> Draft | None:
    """A draft of the viewer's by its id."""
    raw = await Draft.raw().find_one({"_id": id, "user": viewer.me})
    return None if raw is None else Draft.model_validate(raw)
