"""Removes documents by their ids, with what counted them, and gives the ids that were there.

What is deleted counts nowhere, with two exceptions: the likes of a deleted comment are kept while it could come back,
and what is in a deleted board still counts for those who wrote it.
"""

from collections import Counter, defaultdict
from typing import Final

from bson import ObjectId
from pymongo import UpdateOne

from app.events import TopicChanged
from app.files.links import touch
from app.files.service import leave
from app.notifications.service import forget
from app.work import Work
from documents import Comment, Follow, Notification, Topic, User
from documents.base import LIVE, Raw, Record, Session

COUNTED: Final[Raw] = {"author": 1, "topic": 1, "board": 1, "number": 1, "like_count": 1, "deleted_at": 1}
Less = dict[ObjectId, Counter[str]]


async def remove(document: type[Record], ids: list[ObjectId], session: Session = None) -> list[ObjectId]:
    """What nothing counts."""
    fields: Raw = {"_id": 1, "uploads": 1}
    raws = await document.raw().find({"_id": {"$in": ids}}, fields, session=session).to_list()
    found = [raw["_id"] for raw in raws]
    # What was used until now waits in quarantine from now on.
    await touch([id for raw in raws for id in raw.get("uploads", ())], session)
    await document.raw().delete_many({"_id": {"$in": found}}, session=session)
    return found


async def remove_comments(work: Work, ids: list[ObjectId], *, with_topics: bool) -> list[ObjectId]:
    """Comments, because their topics are about to go or by themselves."""
    found = await Comment.raw().find({"_id": {"$in": ids}}, COUNTED, session=work.session).to_list()
    await _uncount(less_by_author(found, await _live_topics(work, found) if with_topics else set()), work.session)
    if not with_topics:
        await _change_topics(work, found)
    return await remove(Comment, [raw["_id"] for raw in found], work.session)


def less_by_author(found: list[Raw], live_topics: set[ObjectId]) -> Less:
    """What each writer has less without these comments."""
    less: Less = defaultdict(Counter)
    for raw in found:
        less[raw["author"]]["like_count"] += raw["like_count"]
        if raw["topic"] in live_topics and raw["deleted_at"] is None and raw["number"] > 1:
            less[raw["author"]]["comment_count"] += 1
    return less


async def _live_topics(work: Work, found: list[Raw]) -> set[ObjectId]:
    query: Raw = {"_id": {"$in": list({raw["topic"] for raw in found})}, **LIVE}
    return {raw["_id"] async for raw in Topic.raw().find(query, {"_id": 1}, session=work.session)}


async def _change_topics(work: Work, found: list[Raw]) -> None:
    """The tombstones are gone from the pages, and the likes from the topics' sums."""
    likes: Counter[tuple[ObjectId, ObjectId]] = Counter()
    for raw in found:
        likes[raw["topic"], raw["board"]] += raw["like_count"]
    for (topic, board), by in sorted(likes.items()):
        await Topic.change(topic, work.session, inc={"like_count": -by})
        work.record(TopicChanged(topic, board))


async def remove_topics(work: Work, ids: list[ObjectId]) -> list[ObjectId]:
    """Topics without comments, deleted by themselves or with their boards."""
    which: Raw = {"_id": {"$in": ids}}
    fields = {"author": 1, "board": 1, "deleted_at": 1}
    found = await Topic.raw().find(which, fields, session=work.session).to_list()
    less: Less = defaultdict(Counter)
    for raw in found:
        less[raw["author"]]["topic_count"] += raw["deleted_at"] is None
        work.record(TopicChanged(raw["_id"], raw["board"]))
    await _uncount(less, work.session)
    await unmute([raw["_id"] for raw in found], work.session)
    return await remove(Topic, [raw["_id"] for raw in found], work.session)


async def unmute(places: list[ObjectId], session: Session = None) -> None:
    """Nobody needs to have muted what is not there any more."""
    if places:
        gone: Raw = {"$pull": {"mutes": {"$in": places}}}
        await User.raw().update_many({"mutes": {"$in": places}}, gone, session=session)


async def remove_notices(work: Work, ids: list[ObjectId]) -> list[ObjectId]:
    """Notices; their numbers stay taken."""
    found = await Notification.raw().find({"_id": {"$in": ids}}, {"_id": 1}, session=work.session).to_list()
    await forget(work, {"_id": {"$in": ids}})
    return [raw["_id"] for raw in found]


async def remove_follows(work: Work, ids: list[ObjectId]) -> list[ObjectId]:
    """Who followed whom; both have one less."""
    found = await Follow.raw().find({"_id": {"$in": ids}}, session=work.session).to_list()
    less: Less = defaultdict(Counter)
    for raw in found:
        less[raw["user"]]["following_count"] += 1
        less[raw["person"]]["follower_count"] += 1
    await _uncount(less, work.session)
    return await remove(Follow, [raw["_id"] for raw in found], work.session)


async def remove_people(work: Work, ids: list[ObjectId]) -> list[ObjectId]:
    """People, who use their pictures no more, and whom nobody needs to block."""
    await User.raw().update_many({"blocks": {"$in": ids}}, {"$pull": {"blocks": {"$in": ids}}}, session=work.session)
    found = await User.raw().find({"_id": {"$in": ids}}, {"avatar": 1}, session=work.session).to_list()
    for raw in sorted(found, key=lambda raw: str(raw.get("avatar", ""))):
        await leave(work, "avatar", raw.get("avatar", ""))
    return await remove(User, [raw["_id"] for raw in found], work.session)


async def _uncount(less: Less, session: Session) -> None:
    """People in the order of their ids, so that two transactions cannot wait for each other."""
    changes = [
        UpdateOne({"_id": person}, {"$inc": {name: -by for name, by in counters.items() if by}})
        for person, counters in sorted(less.items())
        if any(counters.values())
    ]
    if changes:
        await User.raw().bulk_write(changes, session=session)
