"""Private messages: conversations, who is in them, and what was said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Final, Literal

from bson import ObjectId

from documents.base import Field, Id, Raw, Record, Session, SoftDeleted, index, only_strings
from documents.upload import by_uploads

# What somebody has said, and what has happened in a group: a line of its own with a number like any other.
MessageKind = Literal["text", "added", "left", "removed", "renamed"]
SPOKEN: Final[Raw] = {"kind": {"$in": [None, "text"]}}

# The sides whose unread messages count in the inbox's number.
COUNTED: Final[Raw] = {
    "unread": {"$gt": 0},
    "deleted_at": None,
    "archived_at": None,
    "request": {"$ne": True},
    "muted": {"$ne": True},
}


class Conversation(Record):
    """A thread of private messages with a title, between two people or in a `group`.

    `members` are those who are in it now, in the order in which they came. `version` grows with each change that its
    page shows.
    """

    title: str
    started_by: Id
    members: list[Id]
    group: bool = False
    created_at: datetime
    active_at: datetime
    last_number: int = 1
    last_author: Id
    excerpt: str = ""
    version: int = 0
    cleared_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "conversations"
        indexes: ClassVar = [index("members")]

    @property
    def manager(self) -> ObjectId | None:
        """Who adds and removes people and gives the title: who began it, else who has been there longest."""
        if self.started_by in self.members:
            return self.started_by
        return next(iter(self.members), None)


class Membership(Record):
    """A person's side of a conversation: what they have read, and what they have deleted for themselves.

    They see the messages after `cleared_to`, none after `until` once they have left, and none of the `gaps` (first and
    last number) in which they were not there. `deleted_at` takes the thread out of their lists until something new is
    said, `archived_at` out of the inbox; a `request` waits for their consent, unless it is `declined_at`. `left_title`
    is what the group was called when they left.
    """

    conversation: Id
    user: Id
    read_to: int = 0
    unread: int = 0
    cleared_to: int = 0
    until: int | None = None
    gaps: list[list[int]] = Field(default_factory=list)
    received_at: datetime | None = None
    sent_at: datetime | None = None
    deleted_at: datetime | None = None
    archived_at: datetime | None = None
    muted: bool = False
    request: bool = False
    declined_at: datetime | None = None
    accepted_at: datetime | None = None
    invited_by: Id | None = None
    left_at: datetime | None = None
    left_title: str | None = None

    class Settings:
        """Collection and indexes."""

        name = "memberships"
        indexes: ClassVar = [
            index("conversation", "user", unique=True),
            index("user", "deleted_at", "-received_at", "-_id"),
            index("user", "deleted_at", "-sent_at", "-_id"),
            index("user", "unread", where={"unread": {"$gt": 0}}),
            index("user", "request", where={"request": True}),
            index("user", "-archived_at", where={"archived_at": {"$type": "date"}}),
        ]

    @property
    def covered(self) -> Raw:
        """Selects the messages of the conversation that they may see."""
        number: Raw = {"$gt": self.cleared_to} | ({} if self.until is None else {"$lte": self.until})
        gaps = [{"number": {"$gte": first, "$lte": last}} for first, last in self.gaps]
        whose: Raw = {"conversation": self.conversation, "number": number, "hidden_for": {"$ne": self.user}}
        return whose | ({"$nor": gaps} if gaps else {})

    @property
    def uncovered(self) -> Raw:
        """Selects the messages of the conversation that are nothing to them any more."""
        ways: list[Raw] = [{"number": {"$lte": self.cleared_to}}, {"hidden_for": self.user}]
        ways += [{"number": {"$gte": first, "$lte": last}} for first, last in self.gaps]
        return {"$or": ways if self.until is None else [*ways, {"number": {"$gt": self.until}}]}

    def covers(self, number: int, hidden_for: Collection[ObjectId] = ()) -> bool:
        """Whether they may see the message of this number."""
        if number <= self.cleared_to or (self.until is not None and number > self.until):
            return False
        return self.user not in hidden_for and not any(first <= number <= last for first, last in self.gaps)

    def reach(self, last: int) -> int:
        """The last number that they may see, when `last` is that of the conversation."""
        return last if self.until is None else min(last, self.until)


class Message(SoftDeleted):
    """One numbered text or line of a conversation. It is soft-deleted once every member has deleted it, or by
    moderators to whom it was reported.

    `about` are the people of a line; a line of another title has it as its `body`. `words` are those by which it is
    found, made by version `segmented` of app.text.segment. `hidden_for` have deleted it for themselves.
    """

    conversation: Id
    number: int
    kind: MessageKind = "text"
    author: Id
    about: list[Id] = Field(default_factory=list)
    body: str
    html: str
    excerpt: str = ""
    renderer: int
    words: list[str] = Field(default_factory=list)
    segmented: int = 0
    created_at: datetime
    edit_count: int = 0
    edited_at: datetime | None = None
    hidden_for: list[Id] = Field(default_factory=list)
    once: str | None = None
    uploads: list[Id] = Field(default_factory=list)

    class Settings:
        """Collection and indexes."""

        name = "messages"
        indexes: ClassVar = [
            index("conversation", "number", unique=True),
            index("author", "once", unique=True, where=only_strings("once")),
            index("author", "-created_at", "-_id"),
            index("words", "conversation", "-_id"),
            index("segmented"),
            index("created_at"),
            index("deleted_at"),
            by_uploads(),
        ]

    @classmethod
    async def count_new(
        cls, conversation: ObjectId, user: ObjectId, after: int, blocks: Collection[ObjectId], session: Session
    ) -> int:
        """How many after a number are unread when nothing after it is read: not one's own, nor of those blocked."""
        told: Raw = {"$or": [SPOKEN, {"kind": "added", "about": user}]}
        others: Raw = {"author": {"$nin": [user, *blocks]}, "hidden_for": {"$ne": user}, **told}
        query = {"conversation": conversation, "number": {"$gt": after}, **others}
        return await cls.raw().count_documents(query, session=session)


class EarlierMessage(Record):
    """What a message said before it was edited, counted from 0."""

    conversation: Id
    message: Id
    number: int
    author: Id
    body: str
    html: str
    written_at: datetime
    created_at: datetime
    uploads: list[Id] = Field(default_factory=list)

    class Settings:
        """Collection and indexes."""

        name = "earlier_messages"
        indexes: ClassVar = [index("message", "number", unique=True), index("author"), by_uploads()]
