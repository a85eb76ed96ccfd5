"""Comments as templates print them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from bson import ObjectId
from markupsafe import Markup

from app.comments.editing import as_it_is
from app.comments.merging import compared
from app.comments.pages import CommentView, ReplyRef, RevisionView, Tombstone
from app.people.cards import NOBODY, cards
from app.text.diff import difference
from app.text.language import language_of
from app.web.pages import Card
from documents import Comment, Revision
from documents.base import Raw, SoftDeleted
from documents.clock import now

# On a page of a history.
VERSIONS: Final = 20


def tombstone(thing: SoftDeleted) -> Tombstone | None:
    """Why it is gone, or None when it is there."""
    if thing.deleted_at is None:
        return None
    unseen = thing.deleted_as or "" if thing.unseen else ""
    return Tombstone(thing.deleted_as == "moderator", thing.delete_reason, thing.deleted_at, unseen)


def number_url(topic: ObjectId, number: int) -> str:
    """The permalink of a number in a topic."""
    return f"/topics/{topic}/n/{number}"


def people_in(comments: Iterable[Comment]) -> set[ObjectId]:
    """Whose cards these comments need."""
    found: set[ObjectId] = set()
    for comment in comments:
        found.add(comment.author)
        if comment.reply_to_author is not None:
            found.add(comment.reply_to_author)
    return found


async def views(comments: Sequence[Comment]) -> tuple[CommentView, ...]:
    """All of them with the cards of their people, fetched once."""
    people = await cards(people_in(comments))
    return tuple(view(comment, people) for comment in comments)


def view(comment: Comment, people: dict[ObjectId, Card]) -> CommentView:
    """One comment; the text of a deleted one is left out."""
    return CommentView(
        id=str(comment.oid),
        number=comment.number,
        url=number_url(comment.topic, comment.number),
        author=people.get(comment.author, NOBODY),
        created_at=comment.created_at,
        html=Markup(comment.html) if comment.live else Markup(),
        edited_at=comment.edited_at,
        reply_to=_reply(comment, people),
        like_count=comment.like_count,
        tombstone=tombstone(comment),
        lang=language_of(comment.excerpt),
    )


def unseen_view(comment: Comment, people: dict[ObjectId, Card]) -> CommentView:
    """One that waits or was turned down, with its text: for its author and moderators alone."""
    return replace(view(comment, people), html=Markup(comment.html))


def _reply(comment: Comment, people: dict[ObjectId, Card]) -> ReplyRef | None:
    """What it answers; a comment in another topic has no number here."""
    if comment.reply_to is None or comment.reply_to_author is None:
        return None
    number = comment.reply_to_number
    url = number_url(comment.topic, number) if number is not None else f"/comments/{comment.reply_to}"
    return ReplyRef(number, url, people.get(comment.reply_to_author, NOBODY))


async def history(
    comment: Comment, title: str | None, before: int | None = None
) -> tuple[tuple[RevisionView, ...], int | None]:
    """A page of the versions, newest first, and before which one the next page goes on.

    The first is the text as it is, under the `title` that an opening post has.
    """
    which: Raw = {"comment": comment.oid} | ({} if before is None else {"number": {"$lt": before}})
    found = await Revision.find(which).sort("-number").limit(VERSIONS + 1).to_list()
    if before is None:
        found.insert(0, as_it_is(comment, now(), {"title": title}))
    people = await cards(revision.author for revision in found)
    texts = [revision.body for revision in found]
    shown = found[:VERSIONS]

    def compare() -> tuple[RevisionView, ...]:
        return tuple(_version(each, before, people) for each, before in zip_longest(shown, found[1 : VERSIONS + 1]))

    more = shown[-1].number if len(found) > VERSIONS else None
    return await compared(compare, sum(map(len, texts))), more


def _version(revision: Revision, before: Revision | None, people: dict[ObjectId, Card]) -> RevisionView:
    return RevisionView(
        number=revision.number + 1,
        who=people[revision.author],
        at=revision.written_at,
        html=Markup(revision.html),
        body=revision.body,
        title=revision.title,
        lang=language_of(revision.body),
        reason=revision.reason,
        restored_from=revision.restored_from,
        rows=difference(before.body, revision.body) if before else (),
        title_rows=difference(before.title or "", revision.title or "") if before else (),
    )
