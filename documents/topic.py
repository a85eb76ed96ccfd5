"""Topics: the title and the numbers; what was said stands in the comments, the opening post as number 1."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from bson import ObjectId

from documents.base import LIVE, Field, Id, Raw, Session, SoftDeleted, by_deletion, index, only_strings

PARTICIPANTS_KEPT = 5
# A topic gains one unit of heat for ten times the replies, likes and views; one that is younger by this time has one
# more. So heat falls behind as newer topics come, and what is stored never has to be worked out again as time passes.
HEAT_SECONDS = 45_000
# So many views weigh as much as one reply; a like weighs two. Whole numbers, so that few views change an index.
VIEWS_A_REPLY = 20

HEAT: Raw = {
    "$add": [
        {"$divide": [{"$toLong": "$created_at"}, HEAT_SECONDS * 1000]},
        {
            "$log10": {
                "$add": [
                    "$comment_count",
                    {"$multiply": [2, "$like_count"]},
                    {"$floor": {"$divide": ["$view_count", VIEWS_A_REPLY]}},
                    1,
                ]
            }
        },
    ]
}


class Topic(SoftDeleted):
    """A conversation. `version` grows with every change of anything that its pages show.

    `words` are those by which its title and tags are found, see `Comment`. `slow_seconds` is how long each person waits
    between two comments. A topic that was `merged_into` another is deleted for ever and only leads there; `moved` says
    that comments have gone elsewhere (see `Moved`), `mixed` that some came from elsewhere, so that the order of numbers
    is not that of time. `tellings` grows with each batch of watchers who are told of something in it.
    """

    board: Id
    author: Id
    title: str
    tags: list[str] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list)
    segmented: int = 0
    created_at: datetime
    active_at: datetime
    edited_at: datetime | None = None
    first_number: int = 1
    last_number: int = 1
    last_author: Id
    last_visible: int = 1
    comment_count: int = 1
    view_count: int = 0
    like_count: int = 0
    heat: float = 0.0
    participants: list[Id] = Field(default_factory=list)
    pinned: bool = False
    announced: bool = False
    featured: bool = False
    locked: bool = False
    slow_seconds: int = 0
    merged_into: Id | None = None
    moved: bool = False
    mixed: bool = False
    version: int = 1
    tellings: int = 0
    once: str | None = None
    source: str | None = None
    source_mark: str | None = None

    kind: ClassVar[Literal["topic"]] = "topic"

    class Settings:
        """Collection and indexes: for each order of a list one over all boards and one within a board."""

        name = "topics"
        indexes: ClassVar = [
            index("deleted_at", "-active_at", "-_id"),
            index("deleted_at", "-created_at", "-_id"),
            index("deleted_at", "-heat", "-_id"),
            index("deleted_at", "comment_count", "-created_at", "-_id"),
            index("board", "deleted_at", "-active_at", "-_id"),
            index("board", "deleted_at", "-created_at", "-_id"),
            index("board", "deleted_at", "-heat", "-_id"),
            index("board", "deleted_at", "comment_count", "-created_at", "-_id"),
            index("author", "deleted_at", "-created_at", "-_id"),
            index("tags", "deleted_at", "-active_at", "-_id"),
            index("words", "board", "deleted_at", "-created_at"),
            index("segmented"),
            index("deleted_as", "_id", where={"deleted_as": "held"}),
            index("tags", "deleted_at", "-created_at", "-_id"),
            index("tags", "deleted_at", "-heat", "-_id"),
            by_deletion(),
            index("pinned", where={"pinned": True}),
            index("announced", where={"announced": True}),
            index("featured", where={"featured": True}),
            index("author", "once", unique=True, where=only_strings("once")),
            index("source", unique=True, where=only_strings("source")),
        ]

    @property
    def place(self) -> ObjectId:
        """The topic itself; of a comment, the one that it is in."""
        return self.oid

    @property
    def counts_in(self) -> tuple[ObjectId, ...]:
        """What changes its numbers with it: itself, board and author."""
        return self.oid, self.board, self.author

    @classmethod
    async def take_number(
        cls, topic: ObjectId, board: ObjectId, author: ObjectId, at: datetime, session: Session
    ) -> Raw | None:
        """Count one more comment by `author` and give the topic after it; None when it takes none.

        It is gone, locked, or not in this `board` any more.
        """
        others = {"$filter": {"input": "$participants", "cond": {"$ne": ["$$this", author]}}}
        return await cls.raw().find_one_and_update(
            {"_id": topic, "board": board, "locked": False, **LIVE},
            [
                {
                    "$set": {
                        "last_number": {"$add": ["$last_number", 1]},
                        "last_visible": {"$add": ["$last_number", 1]},
                        "comment_count": {"$add": ["$comment_count", 1]},
                        "version": {"$add": ["$version", 1]},
                        "active_at": at,
                        "last_author": author,
                        "participants": {"$slice": [{"$concatArrays": [[author], others]}, PARTICIPANTS_KEPT]},
                    }
                },
                {"$set": {"heat": HEAT}},
            ],
            return_document=True,
            session=session,
        )

    @classmethod
    async def take_hidden_number(cls, topic: ObjectId, board: ObjectId, session: Session) -> Raw | None:
        """The same for a comment that nobody sees yet: it has its number, and counts nowhere."""
        return await cls.raw().find_one_and_update(
            {"_id": topic, "board": board, "locked": False, **LIVE},
            {"$inc": {"last_number": 1, "version": 1}},
            return_document=True,
            session=session,
        )

    @classmethod
    async def join(cls, topic: ObjectId, author: ObjectId, session: Session) -> None:
        """Somebody takes part from now on."""
        others = {"$filter": {"input": "$participants", "cond": {"$ne": ["$$this", author]}}}
        joined = {"$slice": [{"$concatArrays": [[author], others]}, PARTICIPANTS_KEPT]}
        await cls.raw().update_one({"_id": topic}, [{"$set": {"participants": joined}}], session=session)

    @classmethod
    async def change(
        cls, topic: ObjectId, session: Session, *, inc: dict[str, int] | None = None, **fields: Any
    ) -> ObjectId | None:
        """Set `fields` and add `inc`; what the pages show is a new version then, and the heat is worked out anew.

        Gives the board that it was in if the topic is live, which counters elsewhere depend on.
        """
        grown: Raw = {name: {"$add": [f"${name}", by]} for name, by in {"version": 1, **(inc or {})}.items()}
        literal: Raw = {name: {"$literal": value} for name, value in fields.items()}
        found = await cls.raw().find_one_and_update(
            {"_id": topic},
            [{"$set": {**grown, **literal}}, {"$set": {"heat": HEAT}}],
            projection={"deleted_at": 1, "board": 1},
            session=session,
        )
        return found["board"] if found is not None and found["deleted_at"] is None else None

    @classmethod
    async def last_active(cls, board: ObjectId, session: Session) -> ObjectId | None:
        """The live topic of a board that was written in last."""
        order = [("active_at", -1), ("_id", -1)]
        found = await cls.raw().find_one({"board": board, **LIVE}, {"_id": 1}, sort=order, session=session)
        return None if found is None else ObjectId(found["_id"])
