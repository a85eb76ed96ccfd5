"""Making a topic of its own of some comments, and bringing them back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from bson import ObjectId

from app.boards.directory import may_post, visible_board
from app.errors import Conflict, Forbidden, Invalid
from app.moderation.arranging import arrangeable, bring_drafts, lead, note_changed, stand, still_live, sums
from app.moderation.transfers import carry
from app.notifications.moderated import tell_readers
from app.operations.conflicts import changed_since
from app.operations.service import record, target
from app.text.segment import SEGMENTER_VERSION, found_by, not_yet, words_of
from app.topics.opening import new_topic
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Comment, Marker, Moved, Topic, User, Watch
from documents.base import RESTORED, Raw, deletion
from documents.clock import now

CHOSEN_MAX: Final = 200
NUMBER_MAX: Final = 10**9
_RANGE: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
Run = tuple[int, int, int]  # first and last number in the old topic, and how much further on they are in the new one


def numbers_from(text: str) -> list[int]:
    """The numbers in “3, 7-9”, in order, each once; `Invalid` when it is something else or too many."""
    found: set[int] = set()
    for part in re.split(r"[,，、;；\s]+", re.sub(r"\s*[-–—~～]\s*", "-", text.strip())):
        match = _RANGE.fullmatch(part.lstrip("#")) if part else None
        if part and match is None:
            raise Invalid(fields={"numbers": Text(N_("Write numbers of comments such as 3, 7-9."))})
        if match is not None:
            first = int(match[1])
            last = int(match[2] or first)
            if last - first >= CHOSEN_MAX:
                raise _too_many()
            found.update(range(first, last + 1))
    if len(found) > CHOSEN_MAX:
        raise _too_many()
    return sorted(found)


def _too_many() -> Invalid:
    return Invalid(fields={"numbers": Text(N_("Choose at most %(count)s comments at once."), count=CHOSEN_MAX)})


async def split_topic(
    viewer: Viewer, id: ObjectId, numbers: Iterable[int], *, title: str, board_id: ObjectId, reason: str
) -> ObjectId:
    """A new topic of these comments, the first of them its opening post; gives its id. Their old numbers lead there."""
    topic, board = await arrangeable(viewer, id, "merge")
    there = await visible_board(viewer, board_id)
    if not may_post(viewer, there):
        raise Forbidden
    chosen = sorted(set(numbers))
    if not chosen or chosen[0] == 1:
        text = N_("Choose the comments to move; the opening post stays.")
        raise Invalid(fields={"numbers": Text(text)})
    made = ObjectId()

    async def steps(work: Work) -> None:
        (source,) = await still_live(work, id)
        rows = await _live_rows(work, id, chosen)
        await _make(work, source, made, rows, title, board_id)
        await _leave(work, source, made, rows)
        await _bring_followers(work, id, made, chosen)
        before = target("topic", made, {}, {"title": title, "board": board_id})
        kept = target("topic", id, {}, {"numbers": chosen, "split_into": made})
        people = list(dict.fromkeys([topic.author, *(row["author"] for row in rows)]))
        by = await record(work, viewer, "topic.split", [kept, before], reason, concerns=people)
        told = {**dict.fromkeys(people, "topic.split.comments"), topic.author: "topic.split"}
        titles = {"title": source["title"], "into": title}
        await tell_readers(work, viewer, by, told, board_id, url=f"/topics/{made}", reason=reason, **titles)
        await note_changed(work, {**source, "_id": made, "board": board_id}, source)

    await together(steps, hot=(id, board.oid, board_id))
    return made


async def _live_rows(work: Work, topic: ObjectId, numbers: Sequence[int]) -> list[Raw]:
    """The comments with these numbers, in order; all have to be there."""
    names = ("number", "author", "created_at", "reply_to", "words", "segmented", "like_count")
    fields: Raw = dict.fromkeys(names, 1)
    which: Raw = {"topic": topic, "number": {"$in": list(numbers)}, "deleted_at": None}
    rows = await Comment.raw().find(which, fields, session=work.session).sort("number").to_list()
    missing = sorted(set(numbers) - {row["number"] for row in rows})
    if missing:
        text = Text(N_("There is no comment with the number %(number)s here any more."), number=missing[0])
        raise Invalid(fields={"numbers": text})
    return rows


async def _make(work: Work, source: Raw, made: ObjectId, rows: list[Raw], title: str, board: ObjectId) -> None:
    """The new topic and its counters; its comments are brought at once, as they are few."""
    opening, session = rows[0], work.session
    topic = new_topic(opening["author"], board, title, [], None).model_copy(update={"id": made})
    raw = {**topic.as_stored(), "created_at": opening["created_at"], "last_number": len(rows), "mixed": True}
    likes = sum(row["like_count"] for row in rows)
    await Topic.raw().insert_one({**raw, "comment_count": len(rows), "like_count": likes}, session=session)
    await _carry_there(work, source, made, board, rows)
    found = found_by(sorted({*opening["words"], *words_of(title)}))
    if opening["segmented"] != SEGMENTER_VERSION:  # its own words are still to be made
        found["segmented"] = not_yet()
    await Comment.raw().update_one({"_id": opening["_id"]}, {"$set": found}, session=session)
    await answer_anew(work, rows)
    await stand(work, made, {"topic": made})
    await Board.add(board, session, topic_count=1, comment_count=len(rows))
    await User.add(opening["author"], session, topic_count=1, comment_count=-1)


async def _carry_there(work: Work, source: Raw, made: ObjectId, board: ObjectId, rows: list[Raw]) -> None:
    for first, last, shift in runs_of([row["number"] for row in rows]):
        run = [row["_id"] for row in rows if first <= row["number"] <= last]
        await carry(work, run, made, board, shift)
        await lead(work, source["_id"], (first, last), made, shift)


async def resplit(work: Work, source: Raw, made: Raw, numbers: Sequence[int]) -> None:
    """The topic that was brought back is one again, with the same comments under the numbers that they had there.

    `Invalid` when some of them are not where they were.
    """
    id, board, session = made["_id"], made["board"], work.session
    rows = await _live_rows(work, source["_id"], numbers)
    if made["last_number"] != len(rows):
        raise changed_since()
    # The newest way is the one that is gone, so those of before would lead round in circles.
    for way in ({"topic": id, "to": source["_id"]}, {"topic": source["_id"], "to": id}):
        await Moved.raw().delete_many(way, session=session)
    await _carry_there(work, source, id, board, rows)
    await answer_anew(work, rows)
    likes = sum(row["like_count"] for row in rows)
    back: Raw = {**RESTORED, "merged_into": None, "comment_count": len(rows), "like_count": likes}
    await Topic.change(id, session, **back)
    await stand(work, id, {"topic": id})
    await Board.add(board, session, topic_count=1, comment_count=len(rows))
    await User.add(rows[0]["author"], session, topic_count=1, comment_count=-1)
    await _leave(work, source, id, rows)
    await _bring_followers(work, source["_id"], id, numbers)
    await note_changed(work, made, source)


async def _leave(work: Work, source: Raw, made: ObjectId, rows: list[Raw]) -> None:
    """What the old topic has less."""
    likes = sum(row["like_count"] for row in rows)
    less = {"comment_count": -len(rows), "like_count": -likes}
    await Topic.change(source["_id"], work.session, inc=less, moved=True)
    await stand(work, source["_id"], {"topic": source["_id"]})
    await Board.add(source["board"], work.session, comment_count=-len(rows))


def runs_of(numbers: Sequence[int]) -> list[Run]:
    """Numbers that follow each other without a gap, with how far they move when all get the numbers from 1 on."""
    found: list[Run] = []
    for at, number in enumerate(numbers, 1):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number, found[-1][2])
        else:
            found.append((number, number, at - number))
    return found


async def answer_anew(work: Work, rows: list[Raw]) -> None:
    """Say by which number what they answer is known, where it stands in the same topic."""
    ids = [row["_id"] for row in rows]
    answered = [row["reply_to"] for row in rows if row.get("reply_to")]
    fields: Raw = {"topic": 1, "number": 1, "reply_to": 1}
    which: Raw = {"_id": {"$in": [*ids, *answered]}}
    places = {raw["_id"]: raw async for raw in Comment.raw().find(which, fields, session=work.session)}
    for id in ids:
        own, parent = places[id], places.get(places[id].get("reply_to"))
        number = parent["number"] if parent and parent["topic"] == own["topic"] else None
        await Comment.raw().update_one({"_id": id}, {"$set": {"reply_to_number": number}}, session=work.session)


async def _bring_followers(work: Work, source: ObjectId, made: ObjectId, numbers: Sequence[int]) -> None:
    """Who watched it watches both; who had read the comments has read them in the new topic too."""
    session, moment = work.session, now()
    fields: Raw = {"place": made, "kind": "topic", "level": "watch", "created_at": moment}
    watching = await Watch.raw().distinct("user", {"place": source, "level": "watch"}, session=session)
    known = await Watch.raw().distinct("user", {"place": made}, session=session)
    rows = [{"_id": ObjectId(), "user": user, **fields} for user in watching if user not in known]
    if rows:
        await Watch.raw().insert_many(rows, session=session)
    markers: list[Raw] = []
    known = await Marker.raw().distinct("user", {"place": made}, session=session)
    read: Raw = {"place": source, "number": {"$gte": numbers[0]}, "user": {"$nin": known}}
    async for raw in Marker.raw().find(read, session=session):
        through = sum(number <= raw["number"] for number in numbers)
        markers.append({"_id": ObjectId(), "user": raw["user"], "place": made, "number": through, "at": moment})
    if markers:
        await Marker.raw().insert_many(markers, session=session)


async def unsplit(work: Work, viewer: Viewer, source: Raw, made: Raw, numbers: Sequence[int]) -> None:
    """Have the comments stand where they stood; the topic that they were only leads there."""
    which: Raw = {"topic": made["_id"]}
    rows = (
        await Comment.raw()
        .find(which, {"number": 1, "author": 1, "reply_to": 1}, session=work.session)
        .sort("number")
        .to_list()
    )
    if made["last_number"] != len(numbers) or [row["number"] for row in rows] != list(range(1, len(numbers) + 1)):
        raise Conflict(
            Text(N_("Something has been written or moved in the new topic since. Merge the topics instead."))
        )
    live, likes = await sums(work, which)
    for first, last, shift in runs_of(numbers):
        run = [row["_id"] for row in rows if first <= row["number"] - shift <= last]
        await carry(work, run, source["_id"], source["board"], -shift)
        await lead(work, made["_id"], (first + shift, last + shift), source["_id"], -shift)
    await answer_anew(work, rows)
    gone: Any = {**deletion(now(), viewer.me, "moderator", ""), "comment_count": 0, "like_count": 0}
    await Topic.change(made["_id"], work.session, merged_into=source["_id"], **gone)
    await Topic.change(source["_id"], work.session, inc={"comment_count": live, "like_count": likes})
    await stand(work, source["_id"], {"topic": source["_id"]})
    await Board.add(made["board"], work.session, topic_count=-1, comment_count=-live)
    await Board.add(source["board"], work.session, comment_count=live)
    await User.add(rows[0]["author"], work.session, topic_count=-1, comment_count=1)
    await bring_drafts(work, made["_id"], source["_id"])
    await note_changed(work, made, source)
