"""What counts as dead, as queries: the same ones find it for the plan and check it again before it goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bson import ObjectId

from documents import (
    ApiToken,
    Archive,
    Attempt,
    Block,
    Board,
    Bookmark,
    Comment,
    Conversation,
    Draft,
    EarlierMessage,
    Factor,
    Follow,
    Letter,
    Login,
    Marker,
    Membership,
    Message,
    Notification,
    Passkey,
    Pending,
)
from documents import Reaction, Removal, Removed, Rescued, Revision, Said, Token, Topic, Upload, User, Watch
from documents.base import Raw, Record
from documents.clock import now
from documents.draft import DRAFT_KEPT
from scripts.cleaning.plan import Kind

DOCUMENTS: Final[dict[Kind, type[Record]]] = {
    "users": User,
    "boards": Board,
    "topics": Topic,
    "comments": Comment,
    "revisions": Revision,
    "reactions": Reaction,
    "notifications": Notification,
    "messages": Message,
    "earlier_messages": EarlierMessage,
    "conversations": Conversation,
    "memberships": Membership,
    "sessions": Login,
    "letters": Letter,
    "archives": Archive,
    "factors": Factor,
    "passkeys": Passkey,
    "api_tokens": ApiToken,
    "pending": Pending,
    "tokens": Token,
    "attempts": Attempt,
    "follows": Follow,
    "blocks": Block,
    "drafts": Draft,
    "markers": Marker,
    "watches": Watch,
    "bookmarks": Bookmark,
    "uploads": Upload,
    "rescued": Rescued,
    "said": Said,
    "removed": Removed,
}


@dataclass(frozen=True, slots=True)
class Dead:
    """Things that had to go before `since`; who has left by themselves, before `left_before`."""

    since: datetime
    left_before: datetime | None = None

    async def stages(self, kind: Kind) -> list[Raw]:
        """Aggregation stages that find the dead of a kind; of people also those who are still named."""
        if kind == "conversations":
            return self._empty_conversations
        return [{"$match": await self._query(kind)}]

    async def _query(self, kind: Kind) -> Raw:
        if kind == "topics":  # by themselves, or with their board
            boards = await Board.raw().distinct("_id", self._deleted)
            # What was merged leads to its place for ever.
            return {"$or": [{**self._deleted, "merged_into": None}, {"board": {"$in": boards}}]}
        if kind == "removed":  # notes for the way back: what they are about is gone by then, or was brought back
            over_long: Raw = {"at": {"$lt": self.since}, "due_at": None}
            return {"removal": {"$in": await Removal.raw().distinct("_id", over_long)}}
        # Users: not while they may come back. Comments: number 1 goes only with its topic.
        over: Raw = {"deleted_at": {"$lt": self.left_before or self.since}}
        otherwise: dict[Kind, Raw] = {
            "comments": {**self._deleted, "number": {"$ne": 1}},
            "sessions": {"$or": [{"ended_at": {"$lt": self.since}}, {"expires_at": {"$lt": self.since}}]},
            "letters": {"state": {"$ne": "waiting"}, "created_at": {"$lt": self.since}},
            "users": {**self._deleted, "$or": [{"deleted_as": {"$ne": "author"}}, {"erased_at": {"$ne": None}}, over]},
            "drafts": {"updated_at": {"$lt": min(self.since, now() - DRAFT_KEPT)}},
        }
        return otherwise.get(kind, self._deleted)

    @property
    def _deleted(self) -> Raw:
        """What waits for approval is not deleted."""
        return {"deleted_at": {"$lt": self.since}, "deleted_as": {"$ne": "held"}}

    @property
    def _empty_conversations(self) -> list[Raw]:
        """Those without a message that stays."""
        stays: Raw = {"$or": [{"deleted_at": None}, {"deleted_at": {"$gte": self.since}}]}
        left: Raw = {
            "from": Message.Settings.name,
            "localField": "_id",
            "foreignField": "conversation",
            "pipeline": [{"$match": stays}, {"$limit": 1}, {"$project": {"_id": 1}}],
            "as": "left",
        }
        return [{"$lookup": left}, {"$match": {"left": []}}, {"$unset": "left"}]

    async def among(self, kind: Kind, ids: list[str]) -> list[str]:
        """Those of `ids` that are dead as things are now."""
        chosen: Raw = {"$match": {"_id": {"$in": [ObjectId(id) for id in ids]}}}
        stages = [chosen, *await self.stages(kind), {"$project": {"_id": 1}}]
        return [str(raw["_id"]) async for raw in await DOCUMENTS[kind].raw().aggregate(stages)]
