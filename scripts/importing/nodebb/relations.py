"""Whom people follow and block, what they watch and keep. Of those who have not logged in here yet."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from bson import ObjectId
from pymongo import UpdateOne

from app.web.batches import in_parts
from app.interest.service import MUTES_MAX
from app.users.follows import FOLLOWED_MAX
from app.work import Work, together
from documents import Block, Board, Bookmark, Comment, Follow, Topic, User, Watch
from documents.base import Raw, Record
from documents.interest import Level, PlaceKind
from scripts.importing.identity import derived, number_in, oid, source
from scripts.importing.nodebb.accounts import has_moved
from scripts.importing.nodebb.places import Places
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.values import at
from scripts.importing.tally import Tally

# People whose relations are looked at together, and documents in one transaction.
PEOPLE: Final = 100
BATCH: Final = 500
# Of the states of a category. Tracking (3; once called watching) only marked what is unread, as everything is here.
IGNORING, WATCHING = 1, 4
Pairs = dict[tuple[ObjectId, ObjectId], int]
Scores = Mapping[str, Mapping[str, float]]


class Relations:
    """Brings them, some people at a time."""

    def __init__(self, nodebb: NodeBB, tally: Tally) -> None:
        self._nodebb, self._tally = nodebb, tally
        self._boards: list[int] = []

    async def bring(self, spool: Places) -> None:
        """Everybody's."""
        self._boards = list(spool.categories())
        for rows in spool.users():
            for some in in_parts(rows, PEOPLE):
                await self._of([row.id for row in some])

    async def _of(self, uids: Sequence[int]) -> None:
        found = User.raw().find({"_id": {"$in": [oid("user", uid) for uid in uids]}, "deleted_at": None})
        people = {number_in(raw["source"]): raw async for raw in found if not has_moved(raw["password_hash"])}
        blocks = await self._people(people, "uid:{}:blocked_uids")
        follows = await self._people(people, "following:{}")
        apart = {(a, b) for a, b in blocks} | {(b, a) for a, b in blocks}
        kept = {pair: since for pair, since in follows.items() if pair not in apart}
        await self._add(Block, "person", blocks, "blocks")
        await self._repeat(Block, "person", "blocks", {}, people)
        await self._add(Follow, "person", self._at_most(kept, FOLLOWED_MAX), "follows")
        await _count_follows({id for pair in follows for id in pair})
        await self._bookmarks(people)
        await self._watches(people)

    def _at_most(self, pairs: Pairs, most: int) -> Pairs:
        counts: dict[ObjectId, int] = {}
        kept: Pairs = {}
        for (user, other), since in pairs.items():
            counts[user] = counts.get(user, 0) + 1
            if counts[user] <= most:
                kept[user, other] = since
        self._tally.aside["more than may be followed or muted here"] += len(pairs) - len(kept)
        return kept

    async def _people(self, people: Mapping[int, Raw], key: str) -> Pairs:
        """Pairs of people who are here, with since when."""
        scores = await self._nodebb.scored([key.format(uid) for uid in people])
        pairs = {
            (oid("user", uid), oid("user", other)): int(since)
            for uid in people
            for other, since in scores.get(key.format(uid), {}).items()
            if other.isdecimal() and int(other) != uid
        }
        others = {"_id": {"$in": list({other for _, other in pairs})}, "deleted_at": None}
        here = {raw["_id"] async for raw in User.raw().find(others, {"_id": 1})}
        return {pair: since for pair, since in pairs.items() if pair[1] in here}

    async def _add(
        self,
        document: type[Record],
        field: str,
        wanted: Pairs,
        name: str,
        more: Mapping[ObjectId, Raw] | None = None,
    ) -> None:
        """Store what is not there; `more` are further fields by what it is about."""
        users = list({user for user, _ in wanted})
        there = document.raw().find({"user": {"$in": users}}, {"user": 1, field: 1})
        have = {(raw["user"], raw[field]) async for raw in there}
        rows = [
            document(
                id=derived(source(name, f"{user} {other}")),
                user=user,
                created_at=at(since if since > 0 else 1),
                **{field: other},
                **(more or {}).get(other, {}),
            ).as_stored()
            for (user, other), since in wanted.items()
            if (user, other) not in have
        ]
        self._tally.found[name] += len(wanted)
        self._tally.new[name] += len(rows)
        for some in in_parts(rows, BATCH):
            await document.raw().insert_many(some)

    async def _repeat(
        self, document: type[Record], field: str, where: str, which: Raw, people: Mapping[int, Raw]
    ) -> None:
        """What stands in documents of its own stands with the person too, for guards."""
        ids = {raw["_id"]: raw for raw in people.values()}
        have: dict[ObjectId, list[ObjectId]] = {}
        async for raw in document.raw().find({"user": {"$in": list(ids)}, **which}, {"user": 1, field: 1}):
            have.setdefault(raw["user"], []).append(raw[field])
        changes = [
            UpdateOne({"_id": user}, {"$addToSet": {where: {"$each": others}}})
            for user, others in have.items()
            if not set(others) <= set(ids[user].get(where) or ())
        ]
        if changes:
            await User.raw().bulk_write(changes, ordered=False)

    async def _bookmarks(self, people: Mapping[int, Raw]) -> None:
        scores = await self._nodebb.scored([f"uid:{uid}:bookmarks" for uid in people])
        wanted = _pairs(people, scores, "uid:{}:bookmarks", "post")
        comments = Comment.raw().find({"_id": {"$in": list({id for _, id in wanted})}}, {"topic": 1, "number": 1})
        more = {raw["_id"]: {"topic": raw["topic"], "number": raw["number"]} async for raw in comments}
        here = {pair: since for pair, since in wanted.items() if pair[1] in more}
        await self._add(Bookmark, "comment", here, "bookmarks", more)

    async def _watches(self, people: Mapping[int, Raw]) -> None:
        levels: tuple[tuple[str, Level], ...] = (("uid:{}:followed_tids", "watch"), ("uid:{}:ignored_tids", "mute"))
        for key, level in levels:
            scores = await self._nodebb.scored([key.format(uid) for uid in people])
            await self._watch(Topic, "topic", level, _pairs(people, scores, key, "topic"))
        keys = [f"cid:{cid}:uid:watch:state" for cid in self._boards]
        states = await self._nodebb.scored(keys, [str(uid) for uid in people])
        for state, level in ((WATCHING, "watch"), (IGNORING, "mute")):
            pairs = {
                (oid("user", int(uid)), oid("category", cid)): 1
                for cid in self._boards
                for uid, found in states.get(f"cid:{cid}:uid:watch:state", {}).items()
                if found == state and uid.isdecimal() and int(uid) in people
            }
            await self._watch(Board, "board", level, pairs)
        await self._repeat(Watch, "place", "mutes", {"level": "mute"}, people)

    async def _watch(
        self,
        document: type[Record],
        kind: PlaceKind,
        level: Level,
        wanted: Pairs,
    ) -> None:
        there = document.raw().find({"_id": {"$in": list({place for _, place in wanted})}}, {"_id": 1})
        more: dict[ObjectId, Raw] = {raw["_id"]: {"kind": kind, "level": level} async for raw in there}
        here = {pair: since for pair, since in wanted.items() if pair[1] in more}
        kept = self._at_most(here, MUTES_MAX // 2) if level == "mute" else here
        await self._add(Watch, "place", kept, "watches", more)


def _pairs(people: Mapping[int, Raw], scores: Scores, key: str, kind: str) -> Pairs:
    return {
        (oid("user", uid), oid(kind, int(value))): int(since)
        for uid in people
        for value, since in scores.get(key.format(uid), {}).items()
        if value.isascii() and value.isdecimal()
    }


async def _count_follows(people: set[ObjectId]) -> None:
    """The numbers of those who follow and are followed, a few hundred at a time."""
    for ids in in_parts(sorted(people), BATCH):
        await together(partial(_counted, ids=ids))


async def _counted(work: Work, ids: Sequence[ObjectId]) -> None:
    numbers: dict[ObjectId, Raw] = {id: {"follower_count": 0, "following_count": 0} for id in ids}
    for field, counter in (("person", "follower_count"), ("user", "following_count")):
        stages: list[Raw] = [
            {"$match": {field: {"$in": list(ids)}}},
            {"$group": {"_id": f"${field}", "n": {"$sum": 1}}},
        ]
        async for raw in await Follow.raw().aggregate(stages, session=work.session):
            numbers[raw["_id"]][counter] = raw["n"]
    stored = User.raw().find(
        {"_id": {"$in": list(ids)}}, {"follower_count": 1, "following_count": 1}, session=work.session
    )
    changes = [
        UpdateOne({"_id": raw["_id"]}, {"$set": numbers[raw["_id"]]})
        async for raw in stored
        if raw != {"_id": raw["_id"], **numbers[raw["_id"]]}
    ]
    if changes:
        await User.raw().bulk_write(changes, ordered=False, session=work.session)
