"""What somebody has written, erased: comments, topics that nobody has answered, messages, likes."""

from __future__ import annotations

from bson import ObjectId

from app.comments import liking, marking
from app.events import TopicChanged
from app.notifications.service import forget
from app.text.segment import found_by
from app.topics import removing as topics
from app.uploads.service import remove
from app.work import Work, together
from documents import (
    Appeal,
    Comment,
    Conversation,
    EarlierMessage,
    Membership,
    Message,
    Reaction,
    Revision,
    Topic,
    Upload,
)

REMOVED = "–"


async def erase_words(user: ObjectId, nobody: ObjectId) -> None:
    """Everything; topics with answers by others stay without their first text."""
    await _take_likes_back(user)
    async for comment in Comment.find({"author": user, "number": {"$ne": 1}}):
        await marking.erase_comment(comment)
    async for topic in Topic.find({"author": user}):
        if await Comment.raw().find_one({"topic": topic.oid, "author": {"$ne": user}}, {"_id": 1}) is None:
            await topics.erase_topic(topic)
        else:
            await _silence(topic, nobody)
    async for revision in Revision.find({"author": user}):
        await Revision.raw().delete_one({"_id": revision.oid})
    async for message in Message.find({"author": user}):
        await _erase_message(message.oid)
    await EarlierMessage.raw().delete_many({"author": user})
    await Appeal.raw().delete_many({"person": user})
    async for upload in Upload.find({"user": user}):
        await _remove_upload(upload)
    await Conversation.raw().update_many({"last_author": user}, {"$set": {"excerpt": ""}})
    theirs = await Conversation.raw().distinct("_id", {"started_by": user})
    await Conversation.raw().update_many({"started_by": user}, {"$set": {"title": REMOVED}})
    left = {"conversation": {"$in": theirs}, "left_title": {"$ne": None}}
    await Membership.raw().update_many(left, {"$set": {"left_title": REMOVED}})


async def _erase_message(id: ObjectId) -> None:
    async def steps(work: Work) -> None:
        await forget(work, {"subject": id})
        await Message.raw().delete_one({"_id": id}, session=work.session)

    await together(steps)


async def _remove_upload(upload: Upload) -> None:
    await together(lambda work: remove(work, {"_id": upload.oid}))


async def _take_likes_back(user: ObjectId) -> None:
    async for reaction in Reaction.find({"user": user}):
        await liking.take_back(reaction)


async def _silence(topic: Topic, nobody: ObjectId) -> None:
    """Others have answered: their words stay, with a dash for what they answered to."""

    async def steps(work: Work) -> None:
        empty = {"body": REMOVED, "html": f"<p>{REMOVED}</p>", "excerpt": REMOVED, "author": nobody, "once": None}
        empty |= found_by([])
        await Comment.raw().update_one({"topic": topic.oid, "number": 1}, {"$set": empty}, session=work.session)
        await Revision.raw().delete_many({"topic": topic.oid, "author": topic.author}, session=work.session)
        await Topic.change(topic.oid, work.session, title=REMOVED, tags=[], **found_by([]), author=nobody, once=None)
        work.record(TopicChanged(topic.oid, topic.board))

    await together(steps, hot=(topic.oid,))
