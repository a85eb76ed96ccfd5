"""Moving a topic to another board, and making two topics one."""

from __future__ import annotations

from typing import Final

from bson import ObjectId

from app.boards.access import visible_topic
from app.boards.directory import may_post, visible_board
from app.drafts.places import reply_to
from app.errors import Conflict, Forbidden, Invalid
from app.events import DraftsChanged, TopicChanged
from app.moderation import transfers
from app.notifications.moderated import tell_each, tell_readers, writers_in
from app.notifications.service import in_board
from app.operations.service import record, target
from app.topics import policy
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Comment, Draft, Marker, Moved, Report, Topic, Transfer, User, Watch
from documents.base import LIVE, RESTORED, Raw, deletion
from documents.clock import now
from documents.operation import Target
from documents.topic import PARTICIPANTS_KEPT

BUSY: Final = N_("Comments of this topic are still being moved. Please try again in a moment.")


async def arrangeable(viewer: Viewer, id: ObjectId, *permissions: str) -> tuple[Topic, Board]:
    """The topic, for those who may do one of these in it, or any such thing."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_arrange(viewer, topic, board, *permissions):
        raise Forbidden
    return topic, board


async def still_live(work: Work, *ids: ObjectId) -> list[Raw]:
    """These topics as they are now, in this order; `Conflict` when one is gone, or still being moved."""
    found = {
        raw["_id"]: raw async for raw in Topic.raw().find({"_id": {"$in": list(ids)}, **LIVE}, session=work.session)
    }
    if len(found) < len(set(ids)):
        raise Conflict(Text(N_("The topic has been deleted or moved in the meantime.")))
    if await Transfer.busy(list(ids), work.session):
        raise Conflict(Text(BUSY))
    return [found[id] for id in ids]


async def move_topic(viewer: Viewer, id: ObjectId, board_id: ObjectId, reason: str) -> None:
    """Into another board; its address stays."""
    topic, board = await arrangeable(viewer, id, "move")
    there = await visible_board(viewer, board_id)
    if there.oid == board.oid:
        raise Invalid(fields={"board": Text(N_("The topic is in this board already."))})
    if not may_post(viewer, there):
        raise Forbidden

    async def steps(work: Work) -> None:
        (raw,) = await still_live(work, id)
        await put_into_board(work, raw, board_id)
        done = target("topic", id, {"board": raw["board"]}, {"board": board_id})
        by = await record(work, viewer, "topic.move", [done], reason, concerns=[topic.author])
        own = (topic.author, raw["title"], f"/topics/{id}")
        await tell_each(work, viewer, by, "topic.move", [own], reason=reason, board=board_id, place=there.name)

    await together(steps, hot=(id, board.oid, board_id, topic.author))


async def put_into_board(work: Work, topic: Raw, board: ObjectId) -> None:
    """Count it there instead of where it is."""
    id, before = topic["_id"], topic["board"]
    await Topic.change(id, work.session, board=board)
    for place, by in sorted({before: -1, board: 1}.items()):
        await Board.add(place, work.session, topic_count=by, comment_count=by * topic["comment_count"])
        await Board.point_to(place, await Topic.last_active(place, work.session), work.session)
        work.record(TopicChanged(id, place))
    await in_board(work, id, board)
    await Report.raw().update_many({"topic": id}, {"$set": {"board": board}}, session=work.session)
    transfer = Transfer(kind="board", topic=id, to=id, last=topic["last_number"], due_at=now())
    await transfers.begin(work, transfer)


async def merge_topics(viewer: Viewer, id: ObjectId, into: ObjectId, reason: str) -> None:
    """Put all comments of a topic behind those of another one; whoever comes to the old places is led to the new."""
    topic, _ = await arrangeable(viewer, id, "merge")
    other, _ = await arrangeable(viewer, into, "merge")
    if id == into:
        raise Invalid(fields={"into": Text(N_("This is the same topic. Choose another one."))})

    async def steps(work: Work) -> None:
        source, there = await still_live(work, id, into)
        concerns = [topic.author, other.author]
        by = await record(work, viewer, "topic.merge", merged(source, there), reason, concerns=concerns)
        await _tell_merged(work, viewer, by, source, there, reason)
        await merge_within(work, viewer, source, there, reason)

    await together(steps, hot=(id, into, topic.board, other.board, topic.author))


def merged(source: Raw, there: Raw) -> list[Target]:
    """What a merge of these changes, as they stand before it."""
    shift = there["last_number"]
    gone = target("topic", source["_id"], {"merged_into": None}, {"merged_into": there["_id"], "shift": shift})
    return [gone, target("topic", there["_id"], {"last_number": shift}, {"last_number": shift + source["last_number"]})]


async def merge_within(work: Work, viewer: Viewer, source: Raw, there: Raw, reason: str) -> None:
    """Merge, as part of a larger act, which is written down by who does it."""
    await _count_merged(work, source, there, 1, {"topic": source["_id"], "number": 1})
    await _close(work, viewer, source, there, reason)
    await _grow(work, source, there)
    await _bring_readers(work, source, there)
    way = {"topic": source["_id"], "to": there["_id"], "last": source["last_number"], "shift": there["last_number"]}
    await transfers.begin(work, Transfer(kind="merge", due_at=now(), **way))


async def _tell_merged(work: Work, viewer: Viewer, by: ObjectId, source: Raw, there: Raw, reason: str) -> None:
    """Before the comments have gone there."""
    people = dict.fromkeys(await writers_in(work, source["_id"]), "topic.merge.comments")
    people[source["author"]] = "topic.merge"
    titles = {"title": source["title"], "into": there["title"]}
    url = f"/topics/{there['_id']}"
    await tell_readers(work, viewer, by, people, there["board"], url=url, reason=reason, **titles)


async def _close(work: Work, viewer: Viewer, source: Raw, there: Raw, reason: str) -> None:
    """Nothing is left but the way to where it is now."""
    marks = {**deletion(now(), viewer.me, "moderator", reason), "comment_count": 0, "like_count": 0}
    await Topic.change(source["_id"], work.session, merged_into=there["_id"], **marks)
    await lead(work, source["_id"], (1, source["last_number"]), there["_id"], there["last_number"])
    work.record(TopicChanged(source["_id"], source["board"]))


async def lead(work: Work, topic: ObjectId, numbers: tuple[int, int], to: ObjectId, shift: int) -> None:
    """Have these numbers of a topic lead to where they stand now."""
    way = Moved(topic=topic, first=numbers[0], last=numbers[1], to=to, shift=shift, at=now())
    await Moved.raw().insert_one(way.as_stored(), session=work.session)


async def _count_merged(work: Work, source: Raw, there: Raw, by: int, opening: Raw) -> None:
    """A topic less, and its `opening` post a comment more; `by` -1 takes that back."""
    comments = source["comment_count"]
    await Board.add(source["board"], work.session, topic_count=-by, comment_count=-by * comments)
    await Board.add(there["board"], work.session, comment_count=by * comments)
    opens = await Comment.raw().find_one({**opening, **LIVE}, {"_id": 1}, session=work.session)
    await User.add(source["author"], work.session, topic_count=-by, comment_count=by if opens else 0)


async def _grow(work: Work, source: Raw, there: Raw) -> None:
    """The topic that has become larger."""
    shift = there["last_number"]
    latest = max((there, source), key=lambda raw: raw["active_at"])
    people = [person for person in source["participants"] if person not in there["participants"]]
    inc = {"comment_count": source["comment_count"], "like_count": source["like_count"]}
    await Topic.change(
        there["_id"],
        work.session,
        inc={**inc, "last_number": source["last_number"], "view_count": source["view_count"]},
        last_visible=shift + source["last_visible"],
        active_at=latest["active_at"],
        last_author=latest["last_author"],
        participants=[*there["participants"], *people][:PARTICIPANTS_KEPT],
        mixed=True,
    )
    await note_changed(work, source, there)


async def _bring_readers(work: Work, source: Raw, there: Raw) -> None:
    """Who watches, who had read everything in both, and who had begun a reply."""
    id, into, session = source["_id"], there["_id"], work.session
    watching = await Watch.raw().distinct("user", {"place": id, "level": "watch"}, session=session)
    known = await Watch.raw().distinct("user", {"place": into, "user": {"$in": watching}}, session=session)
    fields = {"place": into, "kind": "topic", "level": "watch", "created_at": now()}
    fresh = [{"_id": ObjectId(), "user": user, **fields} for user in watching if user not in known]
    if fresh:
        await Watch.raw().insert_many(fresh, session=session)
    through: Raw = {"place": into, "number": {"$gte": there["last_visible"]}}
    people = await Marker.raw().distinct("user", through, session=session)
    async for raw in Marker.raw().find({"place": id, "user": {"$in": people}}, session=session):
        await Marker.grow(raw["user"], into, now(), session, number=there["last_number"] + raw["number"])
    await bring_drafts(work, id, into)


async def bring_drafts(work: Work, source: ObjectId, into: ObjectId) -> None:
    """Replies that somebody has begun go where they would be sent to; two of one person stay two."""
    before, after = str(reply_to(source)), str(reply_to(into))
    begun = await Draft.raw().distinct("user", {"place": before}, session=work.session)
    known = await Draft.raw().distinct("user", {"place": after, "user": {"$in": begun}}, session=work.session)
    moving = [user for user in begun if user not in known]
    which: Raw = {"place": before, "user": {"$in": moving}}
    await Draft.raw().update_many(which, {"$set": {"place": after}}, session=work.session)
    if moving:
        work.record(DraftsChanged(tuple(moving)))


async def unmerge(work: Work, source: Raw, there: Raw, shift: int) -> None:
    """Have the comments stand where they stood; the numbers that they had meanwhile lead there."""
    first, last = shift + 1, shift + source["last_number"]
    those: Raw = {"topic": there["_id"], "number": {"$gte": first, "$lte": last}}
    others: Raw = {"topic": there["_id"], "number": {"$not": those["number"]}}
    comments, likes = await sums(work, those)
    again = {**source, "comment_count": comments, "like_count": likes}
    await _count_merged(work, again, there, -1, {"topic": there["_id"], "number": first})
    less = {"comment_count": -comments, "like_count": -likes, "view_count": -source["view_count"]}
    await Topic.change(there["_id"], work.session, inc=less, moved=True)
    await stand(work, there["_id"], others)
    back: Raw = {**RESTORED, "merged_into": None, "comment_count": comments, "like_count": likes}
    await Topic.change(source["_id"], work.session, **back)
    await stand(work, source["_id"], those, -shift)
    await Moved.raw().delete_many({"topic": source["_id"], "to": there["_id"]}, session=work.session)
    await lead(work, there["_id"], (first, last), source["_id"], -shift)
    await note_changed(work, source, there)
    way = {"topic": there["_id"], "to": source["_id"], "last": last, "shift": -shift, "done": shift}
    await transfers.begin(work, Transfer(kind="merge", due_at=now(), **way))


async def note_changed(work: Work, *topics: Raw) -> None:
    """Their boards may have another topic last written in."""
    for board in sorted({topic["board"] for topic in topics}):
        await Board.point_to(board, await Topic.last_active(board, work.session), work.session)
    for topic in topics:
        work.record(TopicChanged(topic["_id"], topic["board"]))


async def sums(work: Work, which: Raw) -> tuple[int, int]:
    """How many live comments there are among these, and how many likes all of them have."""
    live: Raw = {"$sum": {"$cond": [{"$gt": ["$deleted_at", None]}, 0, 1]}}
    stages: list[Raw] = [{"$match": which}, {"$group": {"_id": None, "live": live, "likes": {"$sum": "$like_count"}}}]
    rows = await (await Comment.raw().aggregate(stages, session=work.session)).to_list()
    return (rows[0]["live"], rows[0]["likes"]) if rows else (0, 0)


async def stand(work: Work, topic: ObjectId, which: Raw, shift: int = 0) -> None:
    """Who is the last in a topic that has only the comments `which`, `shift` numbers further on."""
    live, session = {**which, **LIVE}, work.session
    last = await Comment.raw().find_one(live, {"number": 1}, sort=[("number", -1)], session=session)
    if last is None:
        return
    authors: list[Raw] = [
        {"$match": live},
        {"$group": {"_id": "$author", "at": {"$max": "$created_at"}}},
        {"$sort": {"at": -1, "_id": 1}},
        {"$limit": PARTICIPANTS_KEPT},
    ]
    people = await (await Comment.raw().aggregate(authors, session=session)).to_list()
    await Topic.change(
        topic,
        session,
        last_visible=last["number"] + shift,
        active_at=people[0]["at"],
        last_author=people[0]["_id"],
        participants=[raw["_id"] for raw in people],
    )
