"""The mention ledger: before a text is sent, its writer sees who will be told of it, who cannot see the place, and who
wants to hear less.

What is said of somebody must not give away more than they would tell the writer themselves:

- Who has blocked the writer stands among those who are told. A block is the one thing that is different for another
  writer, so whatever else stood here could be found out by comparing two accounts. They are not told all the same.
- Whether somebody has muted the topic, muted the board or turned off a kind of notification is one and the same
  sentence.
- A name that nobody bears, and what somebody has deleted or hidden, is no line at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bson import ObjectId

from app.boards.access import visible_comment, visible_topic
from app.boards.directory import visible_board
from app.comments.pages import Ledger
from app.comments.quoting import quoted_in
from app.comments.rendering import Written
from app.drafts.places import Place, place_from
from app.errors import Refusal
from app.notifications.preferences import email_when, on_site
from app.people.cards import cards
from app.people.readers import readers_among
from app.viewer import Viewer
from documents import Board, Comment, User
from documents.base import LIVE, Raw
from documents.notification import Reason


@dataclass(frozen=True, slots=True)
class Where:
    """Where a text would stand; `known` have been told of the text that it replaces."""

    board: Board
    topic: ObjectId | None = None
    parent: Comment | None = None
    author: ObjectId | None = None
    known: frozenset[ObjectId] = frozenset()


async def where_of(viewer: Viewer, *, place: str, board: ObjectId | None, reply_to: ObjectId | None) -> Where | None:
    """The place that a form names, as the viewer may see it; None for messages, and for what is not there."""
    try:
        return await _found(viewer, place_from(place), board, reply_to)
    except Refusal:
        return None


async def _found(viewer: Viewer, place: Place, board: ObjectId | None, reply_to: ObjectId | None) -> Where | None:
    key = place.oid or board
    if key is None or place.kind in ("message", "answer"):
        return None
    if place.kind == "topic":
        return Where(await visible_board(viewer, key))
    if place.kind == "reply":
        topic, its_board = await visible_topic(viewer, key)
        parent = {"_id": reply_to, "topic": topic.oid, "deleted_at": None}
        return Where(its_board, topic.oid, await Comment.find_one(parent) if reply_to else None)
    comment, topic, its_board = await visible_comment(viewer, key)
    known = frozenset((*comment.mentions, *(comment.quoted or ())))
    return Where(its_board, topic.oid, None, comment.author, known)


def reasons_for(
    named: Iterable[ObjectId], parent: Comment | None, quoted: Iterable[ObjectId]
) -> dict[ObjectId, list[Reason]]:
    """Who is told of a text for what it says, and why, the strongest reason first."""
    reasons: dict[ObjectId, list[Reason]] = {person: ["mention"] for person in named}
    if parent is not None:
        reasons.setdefault(parent.author, []).append("reply")
    for person in quoted:
        reasons.setdefault(person, []).append("quote")
    return reasons


async def ledger_of(viewer: Viewer, where: Where, written: Written) -> Ledger | None:
    """Who is told; None where nobody is named."""
    named_here = written.named if viewer.may("mention", where.board) else ()
    quoted = await quoted_in(viewer, written) if written.quotes else ()
    reasons = reasons_for(named_here, where.parent, quoted)
    asked = [person for person in reasons if person not in (*where.known, viewer.me, where.author)]
    if not asked:
        return None
    fields = {"notices": 1, "mutes": 1}
    found = {raw["_id"]: raw async for raw in User.raw().find({"_id": {"$in": asked}, **LIVE}, fields)}
    people = [found[person] for person in asked if person in found]
    unseen = found.keys() - set(await readers_among(found, where.board, None))
    quiet = {raw["_id"] for raw in people if raw["_id"] not in unseen and _hears_less(raw, reasons[raw["_id"]], where)}
    told = [raw["_id"] for raw in people if raw["_id"] not in unseen | quiet]
    shown = await cards(found)

    def named(ids: Collection[ObjectId]) -> tuple[str, ...]:
        return tuple(shown[person].name for person in asked if person in ids)

    return Ledger(named(told), named(unseen), named(quiet))


def _hears_less(person: Raw, reasons: list[Reason], where: Where) -> bool:
    if {where.topic, where.board.oid} & set(person.get("mutes") or ()):
        return True
    return not on_site(person, reasons) and email_when(person, reasons) == "never"
