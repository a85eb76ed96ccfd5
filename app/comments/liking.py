"""Likes of comments, and taking them back."""

from __future__ import annotations

import contextlib
from datetime import datetime

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.boards.access import visible_comment
from app.comments import policy
from app.errors import Forbidden
from app.events import TopicChanged
from app.notifications.likes import tell_of_like
from app.viewer import Viewer
from app.work import Work, together
from documents import Comment, Reaction, Topic, User
from documents.base import LIVE, Raw
from documents.clock import now


async def like(viewer: Viewer, id: ObjectId) -> Comment:
    """Like a comment; a second time changes nothing."""
    comment, topic, board = await visible_comment(viewer, id)
    if not policy.may_like(viewer, comment, topic, board):
        raise Forbidden
    raw = Reaction(comment=id, topic=topic.oid, number=comment.number, user=viewer.me, created_at=now()).as_stored()

    async def steps(work: Work) -> None:
        known = await Reaction.raw().find_one({"comment": id, "user": viewer.me}, session=work.session)
        if known is None:
            await Reaction.raw().insert_one(raw, session=work.session)
            await _count_like(work, comment, 1, liker=viewer.me)

    with contextlib.suppress(DuplicateKeyError):
        await together(steps, hot=(topic.oid, comment.author))
    return comment


async def unlike(viewer: Viewer, id: ObjectId) -> Comment:
    """Take a like back; when there is none nothing changes."""
    comment, _, _ = await visible_comment(viewer, id)

    async def steps(work: Work) -> None:
        found = await Reaction.raw().delete_one({"comment": id, "user": viewer.me}, session=work.session)
        if found.deleted_count:
            await _count_like(work, comment, -1)

    await together(steps, hot=(comment.topic, comment.author))
    return comment


async def take_back(reaction: Reaction) -> None:
    """Take a like back, wherever it is."""
    await together(lambda work: take_back_within(work, reaction.oid, reaction.comment), hot=(reaction.topic,))


async def take_back_within(work: Work, reaction: ObjectId, liked: ObjectId) -> None:
    """Take a like back as part of a larger act."""
    gone = await Reaction.raw().delete_one({"_id": reaction}, session=work.session)
    comment = await Comment.find_one({"_id": liked}, session=work.session)
    if gone.deleted_count and comment is not None:
        await _count_like(work, comment, -1)


async def like_again(work: Work, person: ObjectId, liked: ObjectId, at: datetime) -> None:
    """Put a like back that was taken away, wherever its text stands now. That is no news to anybody."""
    comment = await Comment.find_one({"_id": liked}, session=work.session)
    known = await Reaction.raw().find_one({"comment": liked, "user": person}, {"_id": 1}, session=work.session)
    if comment is None or known is not None:
        return
    place: Raw = {"comment": liked, "topic": comment.topic, "number": comment.number}
    await Reaction.raw().insert_one(Reaction(**place, user=person, created_at=at).as_stored(), session=work.session)
    await _count_like(work, comment, 1)


async def _count_like(work: Work, comment: Comment, by: int, *, liker: ObjectId | None = None) -> None:
    # What was deleted while somebody liked it takes no like: nobody would be told of it when it comes back.
    guard: Raw = {"_id": comment.oid, **(LIVE if liker else {})}
    counted = await Comment.raw().find_one_and_update(
        guard, {"$inc": {"like_count": by}}, return_document=True, session=work.session
    )
    if counted is None and liker:
        raise Forbidden
    is_live = await Topic.change(comment.topic, work.session, inc={"like_count": by}) is not None
    await User.add(comment.author, work.session, like_count=by)
    if counted is not None:
        now_liked = Comment.model_validate(counted)
        await tell_of_like(work, now_liked, liker=liker, shown=is_live and now_liked.live)
    work.record(TopicChanged(comment.topic, comment.board))
