"""Notifications: the numbered feed of each person."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal, get_args

from bson import ObjectId

from documents.base import Due, Field, Id, Record, index

# Why somebody is told. `watch` is of a topic, `watch_board` of a board.
Reason = Literal["mention", "reply", "quote", "message", "like", "follow", "watch", "watch_board", "moderation"]
# `moved` is the place of a notice that has grown and taken a later number since.
Kind = Reason | Literal["moved"]
EmailWhen = Literal["never", "at_once", "digest"]
# It was read before; it is not there for them any more; they want none (any more); their address is not confirmed, or
# refuses what is sent; the mail server would not have it; there were too many for one digest.
EmailSkipped = Literal["", "read", "gone", "off", "unconfirmed", "paused", "failed", "many"]

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
BELL: Final[tuple[Reason, ...]] = tuple(reason for reason in REASONS if reason != "message")


class Notification(Record):
    """One event for one person. (user, subject) is unique: a retry or a second edit tells nobody twice.

    `seq` has no gaps within a person. `subject` is the comment or message it is about, who follows, or what moderators
    did; `withdrawn_at` is set while that is not there. `board` is that of the topic, so that what is in boards the
    person may not read is not counted. Private messages are numbered here too, but counted and listed in the inbox, not
    in the bell. `site`: it is shown at all; without it, it is for `email` alone.

    Of likes, `people` are the newest few, `like_count` all, and `peak` how many there were when it was told last. What
    moderators did has a `text` to translate with its `facts`, and a `url`.

    `email` is when the person wanted it by e-mail as it was written, `emailed_at` when that was sent and
    `email_skipped` why it was not; `awaits_email` is set until either is, and `gathered` when it waits for one letter
    with others. `pushed_at` is when it first reached an open page.
    """

    user: Id
    seq: int
    kind: Kind
    reasons: list[Reason]
    subject: Id
    actor: Id
    topic: Id | None = None
    board: Id | None = None
    number: int | None = None
    conversation: Id | None = None
    created_at: datetime
    unread: bool = True
    read_at: datetime | None = None
    withdrawn_at: datetime | None = None
    site: bool = True
    email: EmailWhen = "never"
    emailed_at: datetime | None = None
    email_skipped: EmailSkipped = ""
    awaits_email: bool = False
    gathered: bool = False
    pushed_at: datetime | None = None
    people: list[Id] = Field(default_factory=list)
    like_count: int | None = None
    peak: int = 0
    text: str = ""
    facts: dict[str, str] = Field(default_factory=dict)
    url: str = ""
    moved_to: int | None = None

    class Settings:
        """Collection and indexes."""

        name = "notifications"
        indexes: ClassVar = [
            index("user", "seq", unique=True),
            index("user", "subject", unique=True),
            index("user", "withdrawn_at", "kind", "unread"),
            index("user", "reasons", "-seq"),
            index("subject"),
            index("topic"),
            index("conversation"),
            index("user", where={"awaits_email": True}),
        ]

    @classmethod
    async def after(cls, user: ObjectId, seq: int, limit: int) -> list[Notification]:
        """Up to `limit` events after `seq`, oldest first."""
        return await cls.find({"user": user, "seq": {"$gt": int(seq)}}).sort("seq").limit(limit).to_list()


class Settling(Due):
    """A topic, or one comment in it, of which more notices have to follow it than its own change can wait for: they go
    or come back with it, or are in another board. Gone when they stand as it does.
    """

    topic: Id
    comment: Id | None = None

    class Settings:
        """Collection and indexes."""

        name = "settlings"
        indexes: ClassVar = [index("due_at"), index("topic")]
