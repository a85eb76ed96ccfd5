"""What was decided about somebody or their texts, as they may read of it; and whether it is still in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bson import ObjectId

from app.errors import NotFound
from app.uploads import taken
from documents import Comment, Message, Operation, Removal, Topic, User
from documents.base import Raw
from documents.clock import now

# What one can appeal against, and who may do such a thing may judge the appeal.
VERBS: Final = {
    **dict.fromkeys(("comment.delete", "topic.delete", "comment.reject", "topic.reject"), "delete_others"),
    "message.delete": "delete_others",
    "person.warn": "warn",
    "person.silence": "silence",
    "person.ban": "ban",
    "person.remove": "delete_others",
    taken.VERB: "manage_uploads",
}
# By these somebody may be banned.
BANS: Final = ("person.ban", "person.remove")
SHOWN: Final = 50
Own = Comment | Topic | Message


async def concerning(person: ObjectId, id: ObjectId) -> Operation:
    """An operation that somebody may read of because it is about them."""
    found = await Operation.load(id)
    if found is None or person not in found.concerns or found.verb not in VERBS or found.actor == person:
        raise NotFound
    if found.undo_of is not None and not found.redo:
        raise NotFound  # it took such a thing back
    return found


async def about(person: ObjectId) -> list[Operation]:
    """The newest of those."""
    which: Raw = {"concerns": person, "verb": {"$in": list(VERBS)}, "actor": {"$ne": person}}
    which["$or"] = [{"undo_of": None}, {"redo": True}]
    return await Operation.find(which).sort("-at", "-_id").limit(SHOWN).to_list()


async def ban_of(user: User) -> Operation | None:
    """The operation by which somebody is banned now; None where that was not written down."""
    if user.banned_at is None:
        return None
    about: Raw = {"id": user.oid, "after.banned_at": user.banned_at}
    which: Raw = {"verb": {"$in": list(BANS)}, "targets": {"$elemMatch": about}, "undone_by": None}
    return await Operation.find(which).sort("-at", "-_id").first_or_none()


async def texts_of(operation: Operation, person: ObjectId) -> list[Own]:
    """What an operation has deleted of somebody's: comments, topics or messages."""
    texts: list[Own] = []
    for kind, document in (("comment", Comment), ("topic", Topic), ("message", Message)):
        ids = [about.id for about in operation.targets if about.kind == kind and about.id is not None]
        reading: Any = document
        if ids:
            texts += await reading.find({"_id": {"$in": ids}, "author": person}).to_list()
    return texts


def deleted_still(operation: Operation, texts: Sequence[Own]) -> list[Own]:
    """Those that moderators keep deleted. What was turned down may wait again, since its author has sent it again."""
    turned_down = operation.verb.endswith(".reject")
    marks = ("rejected", "held") if turned_down else ("moderator",)
    return [text for text in texts if text.deleted_as in marks]


async def stands(operation: Operation, person: ObjectId) -> bool:
    """Whether what was done to them is still in force."""
    if operation.undone_by is not None:
        return False
    if operation.verb == "person.remove":
        return await Removal.find_one({"operation": operation.oid, "returning": False}) is not None
    if operation.verb == taken.VERB:
        return bool(await taken.still_down(operation, await taken.files_of(operation, person)))
    if operation.targets[0].kind == "person":
        return await _holds(operation, person)
    texts = await texts_of(operation, person)
    return any(text.deleted_as != "held" for text in deleted_still(operation, texts))


async def _holds(operation: Operation, person: ObjectId) -> bool:
    """Whether they are as it has left them, and it is not over by itself."""
    left = operation.targets[0].after
    raw = await User.raw().find_one({"_id": person}, dict.fromkeys(left, 1))
    if raw is None or any(raw.get(name) != value for name, value in left.items()):
        return False
    ends = raw.get("banned_until") or raw.get("silenced_until")
    return ends is None or bool(ends > now())
