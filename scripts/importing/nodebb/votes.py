"""Upvotes → likes. This forum knows no downvotes: they are counted and left."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from bson import ObjectId

from app.web.batches import in_parts
from app.work import Work, together
from documents import Comment, Reaction, User
from documents.base import Raw
from scripts.importing import topics
from scripts.importing.identity import derived, oid, source
from scripts.importing.nodebb.accounts import has_moved
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.values import at
from scripts.importing.spool import PostRow
from scripts.importing.tally import Tally

# Likes of one post in one transaction.
BATCH: Final = 1_000


class Votes:
    """Brings them for a batch of posts."""

    def __init__(self, nodebb: NodeBB, tally: Tally) -> None:
        self._nodebb, self._tally = nodebb, tally

    async def bring(self, rows: Sequence[PostRow]) -> None:
        """Those of these posts that are not there yet. Their topics are to be settled after that."""
        posts = [row.id for row in rows]
        homes = {oid("post", row.id): oid("topic", row.topic) for row in rows}
        sets = await self._nodebb.members([f"pid:{post}:{way}" for post in posts for way in ("upvote", "downvote")])
        voters = {post: _numbers(sets.get(f"pid:{post}:upvote", [])) for post in posts}
        self._tally.found["likes"] += sum(map(len, voters.values()))
        self._tally.aside["downvotes"] += sum(len(sets.get(f"pid:{post}:downvote", [])) for post in posts)
        wanted = {oid("post", post): post for post in posts if voters[post]}
        may = await _who_may({oid("user", uid) for post in wanted.values() for uid in voters[post]})
        there = await _there(list(wanted))
        async for comment in Comment.raw().find({"_id": {"$in": list(wanted)}}, {"topic": 1, "number": 1, "author": 1}):
            post = wanted[comment["_id"]]
            ids = {oid("user", uid): uid for uid in voters[post]}
            new = [uid for id, uid in ids.items() if id in may - there[comment["_id"]] - {comment["author"]}]
            moved = comment["topic"] != homes[comment["_id"]]
            for some in in_parts(new, BATCH):
                await self._like(comment, post, some, moved=moved)

    async def _like(self, comment: Raw, post: int, voters: Sequence[int], *, moved: bool) -> None:
        moments = await self._nodebb.scored([f"uid:{uid}:upvote" for uid in voters], [str(post)])
        rows = [
            Reaction(
                id=derived(source("like", f"{post} {uid}")),
                comment=comment["_id"],
                topic=comment["topic"],
                number=comment["number"],
                user=oid("user", uid),
                created_at=at(int(moments.get(f"uid:{uid}:upvote", {}).get(str(post), 0)) or 1),
            ).as_stored()
            for uid in voters
        ]

        async def steps(work: Work) -> None:
            await Reaction.raw().insert_many(rows, session=work.session)
            count = await Reaction.raw().count_documents({"comment": comment["_id"]}, session=work.session)
            likes = {"$set": {"like_count": count}}
            await Comment.raw().update_one({"_id": comment["_id"]}, likes, session=work.session)
            if moved:
                await topics.settle(work, comment["topic"], {})

        await together(steps)
        self._tally.new["likes"] += len(rows)


async def _who_may(people: set[ObjectId]) -> set[ObjectId]:
    """Those who are here and have not moved yet: their likes are as they are here."""
    found = User.raw().find({"_id": {"$in": list(people)}, "deleted_at": None}, {"password_hash": 1})
    return {raw["_id"] async for raw in found if not has_moved(raw["password_hash"])}


async def _there(comments: Sequence[ObjectId]) -> dict[ObjectId, set[ObjectId]]:
    found: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    async for raw in Reaction.raw().find({"comment": {"$in": list(comments)}}, {"comment": 1, "user": 1}):
        found[raw["comment"]].add(raw["user"])
    return found


def _numbers(values: Sequence[str]) -> list[int]:
    return sorted({int(value) for value in values if value.isascii() and value.isdecimal()})
