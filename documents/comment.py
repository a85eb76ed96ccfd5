"""Comments and their earlier texts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from bson import ObjectId

from documents.base import LIVE, Field, Id, Raw, Record, Session, SoftDeleted, by_deletion, index, only_strings
from documents.upload import by_uploads

# The index over what somebody wrote, newest first; named, as for a new person others look just as good.
BY_AUTHOR: Final = "author_deleted_at_desc_created_at_desc__id"


class Comment(SoftDeleted):
    """One numbered text of a topic. `html` was rendered from `body` by version `renderer` when it was written.

    `words` are those by which it is found, made by version `segmented` of app.text.segment; an opening post is found by
    those of its title and tags as well. `source` says what an import has made it of, and `source_mark` of which version
    of that; topics, people and earlier texts have them too. `quoted` are whose posts it quotes, None where nobody has
    looked. `unheard` are those of the mentioned who were not told, as they did not want to be or may not read it.
    `rewrites` counts changes while it waited, of which nothing is kept. `deleted_as` says whose deletion it was;
    `hidden_with_topic` never appears: a deleted topic hides its comments by itself.
    """

    topic: Id
    board: Id
    number: int
    author: Id
    body: str
    html: str
    excerpt: str = ""
    renderer: int
    words: list[str] = Field(default_factory=list)
    segmented: int = 0
    created_at: datetime
    edited_at: datetime | None = None
    edited_by: Id | None = None
    edit_count: int = 0
    rewrites: int = 0
    edit_reason: str = ""
    restored_from: int | None = None
    reply_to: Id | None = None
    reply_to_number: int | None = None
    reply_to_author: Id | None = None
    mentions: list[Id] = Field(default_factory=list)
    quoted: list[Id] | None = None
    unheard: list[Id] = Field(default_factory=list)
    uploads: list[Id] = Field(default_factory=list)
    like_count: int = 0
    once: str | None = None
    source: str | None = None
    source_mark: str | None = None

    kind: ClassVar[Literal["comment"]] = "comment"

    class Settings:
        """Collection and indexes."""

        name = "comments"
        indexes: ClassVar = [
            index("topic", "number", unique=True),
            index("author", "deleted_at", "-created_at", "-_id"),
            index("author", "topic", "-created_at"),
            index("author", "once", unique=True, where=only_strings("once")),
            index("source", unique=True, where=only_strings("source")),
            index("deleted_at"),
            index("created_at", "number"),
            index("deleted_as", "_id", where={"deleted_as": "held"}),
            by_deletion(),
            index("words", "board", "deleted_at", "-created_at"),
            index("segmented"),
            by_uploads(),
        ]

    @property
    def place(self) -> ObjectId:
        """The topic that it is in."""
        return self.topic

    @property
    def counts_in(self) -> tuple[ObjectId, ...]:
        """What changes its numbers with it: topic, board and author."""
        return self.topic, self.board, self.author

    @property
    def edits(self) -> int:
        """How often the text was changed, before it appeared and since: a form that knows of fewer is behind."""
        return self.edit_count + self.rewrites

    @classmethod
    async def window(cls, topic: ObjectId, first: int, last: int) -> list[Comment]:
        """The comments numbered `first` to `last`, in order; what was purged is missing."""
        which = {"topic": topic, "number": {"$gte": first, "$lte": last}}
        found = cls.raw().find(which, {"words": 0}).sort("number")
        return [cls.model_validate(raw) async for raw in found]

    @classmethod
    async def last_live(cls, topic: ObjectId, session: Session) -> Comment | None:
        """The last comment of a topic that is not deleted."""
        found = cls.find({"topic": topic, "deleted_at": None}, session=session).sort("-number").limit(1)
        return next(iter(await found.to_list()), None)

    @classmethod
    async def latest_live(cls, topic: ObjectId, session: Session) -> Comment | None:
        """The last one in time, where comments came from elsewhere: looks at all of the topic."""
        found = cls.find({"topic": topic, "deleted_at": None}, session=session)
        return next(iter(await found.sort("-created_at", "-number").limit(1).to_list()), None)

    @classmethod
    async def by_author(cls, topic: ObjectId, session: Session) -> dict[ObjectId, int]:
        """How many live comments each person has in a topic, without the opening post."""
        counted: list[Raw] = [
            {"$match": {"topic": topic, "number": {"$gt": 1}, **LIVE}},
            {"$group": {"_id": "$author", "n": {"$sum": 1}}},
        ]
        return {raw["_id"]: raw["n"] async for raw in await cls.raw().aggregate(counted, session=session)}


class Revision(Record):
    """The text of a comment before its edit number `number`; of an opening post with the title.

    `reason` is why it was written, and `restored_from` the version (from 1) that it repeats.
    """

    comment: Id
    topic: Id
    number: int
    body: str
    html: str
    title: str | None = None
    tags: list[str] | None = None
    reason: str = ""
    restored_from: int | None = None
    author: Id
    written_at: datetime
    created_at: datetime
    source_mark: str | None = None
    uploads: list[Id] = Field(default_factory=list)

    class Settings:
        """Collection and indexes."""

        name = "revisions"
        indexes: ClassVar = [index("comment", "number", unique=True), index("topic"), by_uploads()]


class Reaction(Record):
    """A like: one for each person and comment."""

    comment: Id
    topic: Id
    number: int
    user: Id
    created_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "reactions"
        indexes: ClassVar = [
            index("comment", "user", unique=True),
            index("comment", "-created_at", "-_id"),
            index("user", "topic", "number"),
            index("user", "-created_at", "-_id"),
            index("topic"),
        ]
