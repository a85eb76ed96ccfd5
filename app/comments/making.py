"""Making a comment, and what any change of one brings about: the named hear of it, and pages are drawn anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bson import ObjectId

from app.comments.ledger import reasons_for
from app.comments.rendering import Written
from app.events import TopicChanged
from app.interest.telling import subject_of, watchers
from app.notifications.service import notify
from app.people.readers import readers_among
from app.text.model import RENDERER_VERSION
from app.text.segment import SEGMENTER_VERSION
from app.work import Work
from documents import Board, Comment, Topic
from documents.clock import now


def footnote_prefix(comment: ObjectId) -> str:
    """What keeps the footnotes of a comment apart from others on the page."""
    return f"c{comment}-"


def new_comment(
    id: ObjectId,
    author: ObjectId,
    topic: Topic,
    body: str,
    written: Written,
    *,
    parent: Comment | None = None,
    once: str | None = None,
    number: int = 1,
    at: datetime | None = None,
    words: list[str] | None = None,
) -> Comment:
    """A comment that is not stored yet; its number is taken when it is. `words` are those of its text if not given."""
    return Comment(
        id=id,
        topic=topic.oid,
        board=topic.board,
        number=number,
        author=author,
        body=body,
        html=written.html,
        excerpt=written.excerpt,
        renderer=RENDERER_VERSION,
        words=list(written.words) if words is None else words,
        segmented=SEGMENTER_VERSION,
        created_at=at or now(),
        reply_to=parent.oid if parent else None,
        reply_to_number=parent.number if parent else None,
        reply_to_author=parent.author if parent else None,
        mentions=list(written.named),
        quoted=list(written.quoted),
        uploads=list(written.uploads),
        once=once,
    )


async def tell_named(
    work: Work,
    comment: Comment,
    board: Board,
    named: Iterable[ObjectId],
    parent: Comment | None = None,
    *,
    quoted: Iterable[ObjectId] = (),
    watched: bool = False,
) -> None:
    """Tell those who are mentioned, replied to or quoted, if they may read the place; never the writer themselves.

    Of what is `watched`, as it is new, also those who watch the place. Whoever is mentioned and is not told, as they
    have blocked or muted or may not read it, is noted at the comment (`unheard`): every other mention has its notice.
    """
    named = tuple(named)
    reasons = reasons_for(named, parent, quoted)
    for person, why in (await watchers(work, comment) if watched else {}).items():
        reasons.setdefault(person, []).extend(why)
    reasons.pop(comment.author, None)
    readers = await readers_among(reasons, board, work.session)
    reasons = {person: why for person, why in reasons.items() if person in readers}
    refused = await notify(work, reasons, subject_of(comment), places=(comment.topic, comment.board))
    unheard = [person for person in named if person != comment.author and (person not in reasons or person in refused)]
    if unheard:
        change = {"$addToSet": {"unheard": {"$each": unheard}}}
        await Comment.raw().update_one({"_id": comment.oid}, change, session=work.session)


async def redrawn(work: Work, topic: ObjectId, board: ObjectId) -> None:
    """Have the pages of a topic drawn anew."""
    await Topic.change(topic, work.session)
    work.record(TopicChanged(topic, board))
