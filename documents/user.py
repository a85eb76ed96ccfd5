"""People."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from documents.base import LIVE, Field, Id, Raw, Session, SoftDeleted, index, only_strings
from documents.clock import now

Office = Literal["member", "moderator", "admin"]
Audience = Literal["everyone", "followed", "nobody"]

CARD_FIELDS: Raw = {"username": 1, "display_name": 1, "role": 1, "deleted_at": 1, "avatar": 1}

# For so long a letter about one notice counts.
MAIL_HOUR: Final = timedelta(hours=1)
# What begins with `nodebb$`, as a partial index takes it.
FOREIGN_HASH: Raw = {"$gte": "nodebb$", "$lt": "nodebb%"}


class User(SoftDeleted):
    """A person. `username_key`, `skeleton` and `email_key` are what makes them unique; see app.text.names.

    `email` is confirmed when `email_confirmed_at` is set. `avatar` is the hash of their picture's content, or nothing.
    `upload_bytes` is what their uploads take.
    `messages_got` grows with each message, so that delivery and a block at the same moment see each other.
    `role` is the office they hold, `roles` are the keys of the roles they were given beside; see app.permissions.
    `messages_from` says who may write to them first, `banned_at` that they may not log in (until `banned_until`, if
    that is set), `silenced_until` that they may not write before, `warned_at` when they were last warned.
    `display_skeleton` is what the display name looks like; `starts` how people may begin to write either name, by
    which they are found, and `segmented` as in `Comment`. `blocks` repeats whom they have blocked, for guards and
    for who is looking; see Block.
    `mutes` are the topics and boards they want to hear nothing of, see Watch; `watches_own`: they watch what they open.
    `notices` is of which kinds they want to hear how, `{"reply": {"site": true, "email": "digest"}}`; see
    app.notifications.preferences, which has the defaults.
    `put_away` is the mark of the announcement they do not want to see again.
    `digest` is when they want digests by e-mail, `{"every": "weekly", "hour": 8, "weekday": 0}`, see
    app.notifications.schedule; `mails_texts`: private messages come by e-mail with their text. `mail_trouble` is how
    often their address has refused e-mail since it last took some, `{"address", "count", "reason", "at"}`. `mail_turn`
    is counted up so that a digest that goes out and a notice at the same moment see each other. `mail_places` are the
    letters about single notices that they had within an hour, `{"letter": "<its id>", "at"}`.
    `admin_turn` is counted up so that two administrators who stop at the same time see each other.
    `notification_seq` is the last number of their feed, `forgotten_notices` how many of it went with their subjects.
    `notices_turn` grows when one looks otherwise, goes or comes back and takes no number for it: a text that
    somebody likes no more, or that is deleted or restored.
    `source_slug` is how addresses of the forum that they came from named them.
    Who has deleted their own account can take it back until it is erased (`erased_at`).
    """

    username: str
    username_key: str
    skeleton: str
    display_name: str = ""
    display_skeleton: str = ""
    starts: list[str] = Field(default_factory=list)
    segmented: int = 0
    email: str
    email_key: str | None
    password_hash: str
    role: Office = "member"
    roles: list[str] = Field(default_factory=list)
    locale: str = ""
    theme: str = ""
    time_zone: str = ""
    avatar: str = ""
    upload_bytes: int = 0
    signature: str = ""
    bio: str = ""
    bio_html: str = ""
    website: str = ""
    place: str = ""
    messages_from: Audience = "everyone"
    messages_got: int = 0
    shows_read: bool = False
    shows_online: bool = True
    shows_likes: bool = True
    blocks: list[Id] = Field(default_factory=list)
    mutes: list[Id] = Field(default_factory=list)
    watches_own: bool = False
    notices: dict[str, dict[str, Any]] = Field(default_factory=dict)
    digest: dict[str, Any] = Field(default_factory=dict)
    mails_texts: bool = False
    mail_trouble: dict[str, Any] = Field(default_factory=dict)
    mail_turn: int = 0
    mail_places: list[dict[str, Any]] = Field(default_factory=list)
    email_confirmed_at: datetime | None = None
    tells_of_logins: bool = True
    banned_at: datetime | None = None
    warned_at: datetime | None = None
    admin_turn: int = 0
    banned_until: datetime | None = None
    ban_reason: str = ""
    silenced_until: datetime | None = None
    silence_reason: str = ""
    erased_at: datetime | None = None
    created_at: datetime
    seen_at: datetime | None = None
    topic_count: int = 0
    comment_count: int = 0
    like_count: int = 0
    follower_count: int = 0
    following_count: int = 0
    notification_seq: int = 0
    notices_turn: int = 0
    forgotten_notices: int = 0
    put_away: str = ""
    source: str | None = None
    source_mark: str | None = None
    source_slug: str | None = None

    class Settings:
        """Collection and indexes."""

        name = "users"
        indexes: ClassVar = [
            index("username_key", unique=True),
            index("skeleton", unique=True),
            index("email_key", unique=True, where=only_strings("email_key")),
            index("source", unique=True, where=only_strings("source")),
            index("deleted_at"),
            index("created_at"),
            index("banned_at", where={"banned_at": {"$type": "date"}}),
            index("silenced_until", where={"silenced_until": {"$type": "date"}}),
            index("warned_at", where={"warned_at": {"$type": "date"}}),
            index("role"),
            index("-upload_bytes", where={"upload_bytes": {"$gt": 0}}),
            index("starts"),
            index("segmented"),
            index("roles"),
            index("source_slug", where=only_strings("source_slug")),
            index("password_hash", where={"password_hash": FOREIGN_HASH}),
            index("display_skeleton", where={"display_skeleton": {"$gt": ""}}),
        ]

    @property
    def name(self) -> str:
        """What others read: the display name, else the username."""
        return self.display_name or self.username

    @classmethod
    async def by_username_key(cls, key: str) -> User | None:
        """The live person of that name."""
        return await cls.find_one({"username_key": str(key), **LIVE})

    @classmethod
    async def by_login(cls, key: str) -> User | None:
        """The live person with this username key or e-mail key."""
        return await cls.find_one({"$or": [{"username_key": str(key)}, {"email_key": str(key)}], **LIVE})

    @classmethod
    async def slowest_foreign_hash(cls) -> str | None:
        """Of the password hashes that came from another forum the one that takes longest; see app.accounts.foreign."""
        order = [("password_hash", -1)]
        found = await cls.raw().find_one({"password_hash": FOREIGN_HASH}, {"password_hash": 1}, sort=order)
        return None if found is None else str(found["password_hash"])

    @classmethod
    async def gone_by_login(cls, key: str) -> User | None:
        """The person with this username key or e-mail key who has deleted their account and may still take it back."""
        either = {"$or": [{"username_key": str(key)}, {"email_key": str(key)}]}
        gone = {"deleted_at": {"$ne": None}, "deleted_as": "author", "erased_at": None}
        found = await cls.find_one({**either, **gone})
        return found if found is not None and found.deleted_by == found.id else None

    @classmethod
    async def projected(cls, people: Iterable[ObjectId], fields: Iterable[str], session: Session) -> list[Raw]:
        """Some fields of these people."""
        query = {"_id": {"$in": list(people)}}
        return await cls.raw().find(query, dict.fromkeys(fields, 1), session=session).to_list()

    @classmethod
    async def other_admin(cls, user: ObjectId, session: Session) -> bool:
        """Whether somebody else is an administrator. They are written to, so that two cannot stop at the same time."""
        others = {"role": "admin", "_id": {"$ne": user}, "banned_at": None, **LIVE}
        touch = {"$inc": {"admin_turn": 1}}
        return await cls.raw().find_one_and_update(others, touch, projection={"_id": 1}, session=session) is not None

    @classmethod
    async def next_seq(
        cls, user: ObjectId, session: Session, *, actor: ObjectId | None = None, places: Iterable[ObjectId] = ()
    ) -> int | None:
        """Take the next number of this person's feed, or None when there is no such live person.

        Nor is there one for an `actor` whom they have blocked, or in `places` that they have muted: the selector says
        so, and blocking and muting write here as well.
        """
        found = await cls.raw().find_one_and_update(
            cls._hearing([user], actor, places),
            {"$inc": {"notification_seq": 1}},
            projection={"notification_seq": 1},
            return_document=True,
            session=session,
        )
        return None if found is None else int(found["notification_seq"])

    @classmethod
    async def next_seqs(
        cls,
        users: Iterable[ObjectId],
        session: AsyncClientSession,
        *,
        actor: ObjectId | None,
        places: Iterable[ObjectId],
    ) -> dict[ObjectId, int]:
        """The same for many people in one update; the transaction reads what it has written itself."""
        hearing = cls._hearing(list(users), actor, places)
        await cls.raw().update_many(hearing, {"$inc": {"notification_seq": 1}}, session=session)
        rows = await cls.raw().find(hearing, {"notification_seq": 1}, session=session).to_list()
        return {raw["_id"]: int(raw["notification_seq"]) for raw in rows}

    @classmethod
    def _hearing(cls, users: list[ObjectId], actor: ObjectId | None, places: Iterable[ObjectId]) -> Raw:
        """Those of `users` who can be told of what `actor` did in `places`."""
        heard: Raw = {} if actor is None else {"blocks": {"$ne": actor}}
        muted = list(places)
        if muted:
            heard["mutes"] = {"$nin": muted}
        return {"_id": {"$in": users}, **LIVE, **heard}

    @classmethod
    async def take_mail_place(cls, user: ObjectId, letter: ObjectId, *, most: int) -> bool:
        """Have this letter be one of the `most` that the person gets within an hour; the same letter may ask again."""
        moment = now()
        others: Raw = {
            "$filter": {
                "input": {"$ifNull": ["$mail_places", []]},
                "cond": {
                    "$and": [
                        {"$gt": ["$$this.at", moment - MAIL_HOUR]},
                        {"$ne": ["$$this.letter", str(letter)]},
                    ]
                },
            }
        }
        own: Raw = {"$concatArrays": ["$mail_places", [{"letter": str(letter), "at": moment}]]}
        fits: Raw = {"$lt": [{"$size": "$mail_places"}, most]}
        steps: list[Raw] = [
            {"$set": {"mail_places": others}},
            {"$set": {"mail_places": {"$cond": [fits, own, "$mail_places"]}}},
        ]
        found = await cls.raw().find_one_and_update(
            {"_id": user}, steps, projection={"mail_places": 1}, return_document=True
        )
        return found is not None and any(place["letter"] == str(letter) for place in found["mail_places"])

    @classmethod
    async def add(cls, user: ObjectId, session: Session, **by: int) -> None:
        """Add to the counters named in `by` (topic_count, comment_count, like_count)."""
        await cls.raw().update_one({"_id": user}, {"$inc": by}, session=session)

    @classmethod
    async def note_forgotten(cls, counts: Mapping[ObjectId, int], session: Session) -> None:
        """So many numbers of these people's feeds stand for nothing any more."""
        changes = [UpdateOne({"_id": user}, {"$inc": {"forgotten_notices": counts[user]}}) for user in sorted(counts)]
        if changes:
            await cls.raw().bulk_write(changes, session=session)

    @classmethod
    async def add_comments(cls, counts: Mapping[ObjectId, int], session: Session) -> None:
        """Add to the comment counters of many people."""
        changes = [UpdateOne({"_id": user}, {"$inc": {"comment_count": by}}) for user, by in counts.items()]
        if changes:
            await cls.raw().bulk_write(changes, ordered=False, session=session)
