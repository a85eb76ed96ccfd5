"""What an archive of a person has in it: one file of JSON for each kind, and what goes into it from each document."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from documents import (
    ApiToken,
    Appeal,
    Archive,
    Attempt,
    Block,
    Bookmark,
    Comment,
    Conversation,
    Draft,
    EarlierMessage,
    Follow,
    Letter,
    Login,
    Marker,
    Membership,
    Message,
    Notification,
    Passkey,
    Reaction,
    Report,
    Rescued,
    Revision,
    Topic,
    Upload,
    User,
    Watch,
)
from documents.base import Raw, Record

BATCH: Final = 200
UPLOADS: Final = "uploads"
# Names, hashes and marks that are the forum's own tools, and say nothing about the person that is not said elsewhere.
TOOLS: Final = (
    "password_hash",
    "display_skeleton",
    "starts",
    "token_hash",
    "username_key",
    "skeleton",
    "email_key",
    "once",
    "source",
    "source_mark",
    "source_slug",
    "sources",
)
RENDERED: Final = ("html", "bio_html", "renderer", "words", "segmented", "excerpt", "version", "heat")


@dataclass(frozen=True, slots=True)
class Part:
    """`name`.json: the documents whose `field` is the person, without the fields `hidden`."""

    name: str
    document: type[Record]
    field: str
    hidden: tuple[str, ...] = ()

    async def rows(self, user: ObjectId) -> AsyncIterator[Raw]:
        """What goes into the file, in the order in which it came to be."""
        left_out: Raw = dict.fromkeys((*TOOLS, *RENDERED, *self.hidden), 0)
        async for raw in self.document.raw().find({self.field: user}, left_out, batch_size=BATCH).sort("_id"):
            yield raw


BY_MODERATORS: Final = ("deleted_by", "edited_by")

PARTS: Final[tuple[Part, ...]] = (
    Part("profile", User, "_id", (*BY_MODERATORS, "notification_seq", "notices_turn", "mail_turn", "mail_places")),
    Part("logins", Login, "user"),
    Part("attempts", Attempt, "user", ("device",)),
    Part("passkeys", Passkey, "user", ("credential", "public_key", "sign_count")),
    Part("api_tokens", ApiToken, "user"),
    Part("letters", Letter, "user", ("facts", "leased_until", "error", "attempts", "due_at")),
    Part("archives", Archive, "user", ("name", "file", "leased_until", "attempts", "due_at")),
    Part("notifications", Notification, "user"),
    Part("following", Follow, "user"),
    Part("followers", Follow, "person"),
    Part("blocked", Block, "user"),
    Part("drafts", Draft, "user", ("rev", "once", "known")),
    Part("rescued", Rescued, "user", ("browser", "key", "rev", "fields.once", "fields.known")),
    Part(UPLOADS, Upload, "user", ("touched_at",)),
    Part("topics", Topic, "author", (*BY_MODERATORS, "participants", "last_author", "last_visible")),
    Part("comments", Comment, "author", BY_MODERATORS),
    Part("earlier_texts", Revision, "author"),
    Part("earlier_messages", EarlierMessage, "author"),
    Part("likes", Reaction, "user"),
    Part("watching", Watch, "user"),
    Part("bookmarks", Bookmark, "user"),
    Part("reading", Marker, "user"),
    Part("appeals", Appeal, "person", ("decided_by",)),
)


OWN_SIDE: Final = ("read_to", "muted", "request", "declined_at", "archived_at", "accepted_at", "left_at")


async def conversations(user: ObjectId) -> AsyncIterator[Raw]:
    """The conversations that the person has not deleted, with their members' names."""
    async for side in Membership.raw().find({"user": user}, batch_size=BATCH).sort("_id"):
        found = await Conversation.raw().find_one({"_id": side["conversation"]}, {"excerpt": 0, "cleared_at": 0})
        if found is None or side["cleared_to"] >= Membership.model_validate(side).reach(found["last_number"]):
            continue
        own = {name: side[name] for name in OWN_SIDE if side.get(name)}
        if side.get("until") is not None:  # what the group has become since is not theirs to know
            yield {"_id": found["_id"], "title": side.get("left_title"), "created_at": found["created_at"], **own}
            continue
        people = User.raw().find({"_id": {"$in": found["members"]}, "deleted_at": None}, {"username": 1})
        names = [raw["username"] async for raw in people]
        yield {**found, "names": names, **own}


async def messages(user: ObjectId) -> AsyncIterator[Raw]:
    """What was said in them, by the person and to them."""
    async for side in Membership.raw().find({"user": user}, batch_size=BATCH).sort("_id"):
        query: Raw = {**Membership.model_validate(side).covered, "deleted_at": None}
        fields: Raw = dict.fromkeys(("conversation", "number", "kind", "author", "body", "created_at", "edited_at"), 1)
        async for raw in Message.raw().find(query, fields, batch_size=BATCH).sort("number"):
            yield {**raw, "mine": raw["author"] == user}


async def reports(user: ObjectId) -> AsyncIterator[Raw]:
    """What the person has reported, in their own words; neither what others said nor who decided."""
    fields: Raw = dict.fromkeys(("kind", "subject", "state", "decided_at", "reporters", "complaints"), 1)
    async for raw in Report.raw().find({"reporters": user}, fields, batch_size=BATCH).sort("_id"):
        said = zip(raw.pop("reporters"), raw.pop("complaints"), strict=False)
        yield raw | {"complaints": [complaint for who, complaint in said if who == user]}


Rows = Callable[[ObjectId], AsyncIterator[Raw]]
FILES: Final[dict[str, Rows]] = {
    **{part.name: part.rows for part in PARTS},
    "conversations": conversations,
    "messages": messages,
    "reports": reports,
}
Progress = Callable[[], Awaitable[None]]
