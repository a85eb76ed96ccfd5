"""A topic or a comment, whichever it is: what moderation does with both alike."""

from __future__ import annotations

from app.comments import making, marking
from app.topics import removing as topics
from app.work import Work
from documents import Comment, Topic
from documents.base import Raw

Post = Comment | Topic


def text_of(kind: str, raw: Raw) -> Post:
    """The topic or comment that is stored so."""
    found: Post = (Topic if kind == "topic" else Comment).model_validate(raw)
    return found


async def mark_again(work: Work, text: Post, marks: Raw) -> None:
    """Set the marks of a deletion, or of none, as they were, with all that follows; `marks` are complete."""
    if isinstance(text, Comment):
        await marking.mark_again(work, text, marks)
    else:
        await topics.mark_again(work, text, marks)


async def appear(work: Work, text: Post) -> bool:
    """Let one that waited, or was turned down, appear; False when it does not wait any more."""
    return await (marking.appear(work, text) if isinstance(text, Comment) else topics.appear(work, text))


async def restore_within(work: Work, text: Post) -> None:
    """Bring it back, as part of a larger act, which is written down by who does it."""
    if isinstance(text, Comment):
        await marking.restore_within(work, text)
    else:
        await topics.restore_within(work, text)


async def redrawn(work: Work, text: Post) -> None:
    """Have the pages of its topic drawn anew."""
    await making.redrawn(work, text.place, text.board)


async def remark(work: Work, text: Post, marks: Raw) -> None:
    """Other marks of what nobody sees before or after, so that nothing is counted and nobody told."""
    document: type[Topic] | type[Comment] = type(text)
    await document.raw().update_one({"_id": text.oid}, {"$set": marks}, session=work.session)
    await redrawn(work, text)
