"""Ids that lead nowhere. Which field names what is said by app.mydata.held for people and by `TARGETS` for the rest, so
that a document with a new field is looked at as soon as it is declared there.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final, Literal, get_args

from bson import ObjectId

from app.mydata.erasing import NOBODY
from app.mydata.held import HELD, Held
from app.notifications.service import forget
from app.work import Work
from documents import (
    ALL,
    Appeal,
    Board,
    Bookmark,
    Comment,
    Conversation,
    Marker,
    Membership,
    Message,
    Moved,
    Notification,
    Operation,
    Reaction,
    Removal,
    Removed,
    Report,
    Retagged,
    Revision,
    Said,
    Settling,
    Telling,
    Topic,
    Upload,
    User,
    Watch,
)
from documents.base import Id, Raw, Record, Session
from scripts.doctoring.check import Check, Fault, Mend, deleting, found, setting

# What fields of this name lead to: to one of these.
TARGETS: Final[dict[str, tuple[type[Record], ...]]] = {
    "board": (Board,),
    "topic": (Topic,),
    "last_topic": (Topic,),
    "comment": (Comment,),
    "conversation": (Conversation,),
    "subject": (Comment, Message, User, Operation, Notification, Topic, Board, Report, Appeal),
    "place": (Topic, Board, User),
    "mutes": (Topic, Board),
    "uploads": (Upload,),
    "topics": (Topic,),
    "message": (Message,),
    "to": (Topic,),
    "merged_into": (Topic,),
    "parent": (Board,),
    "undo_of": (Operation,),
    "operation": (Operation,),
    "undone_by": (Operation,),
}
# `reply_to`: a reply outlives what it answers when that is purged. `file` is in GridFS, see scripts.doctoring.rest.
# The others are of removals, which outlive what they are about.
ELSEWHERE: Final = frozenset({"reply_to", "file", "boards", "removal", "thing"})
# What was said of a text or a decision, or done to it, stays when that is purged.
OUTLIVING: Final[tuple[type[Record], ...]] = (Report, Appeal, Retagged, Removal, Removed, Said)

# Documents that are about one other thing and mean nothing without it.
HANGING: Final[tuple[type[Record], ...]] = (
    Reaction,
    Revision,
    Bookmark,
    Watch,
    Marker,
    Membership,
    Notification,
    Telling,
    Settling,
)
Remedy = Literal["delete", "nobody", "pull", "clear", None]


def id_fields(document: type[Record]) -> dict[str, bool]:
    """The fields with ids, and whether each is a list of them."""
    kinds = {name: _types(field.annotation) for name, field in document.model_fields.items() if name != "id"}
    return {name: list in types or any(_is_list(t) for t in types) for name, types in kinds.items() if Id in types}


def _types(annotation: Any) -> set[Any]:
    return {annotation}.union(*(_types(part) for part in get_args(annotation)))


def _is_list(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is list


def held_in(document: type[Record], name: str) -> Held | None:
    """What app.mydata.held says of a field that names people."""
    return next((held for held in HELD if held.document is document and held.field == name), None)


def targets_of(document: type[Record], name: str) -> tuple[type[Record], ...]:
    """Where a field leads to; KeyError for one that nobody has declared. What stays in a log may lead to nobody."""
    held = held_in(document, name)
    if held is not None:
        return () if held.leaving == "record" else (User,)
    return () if name in ELSEWHERE or document in OUTLIVING else TARGETS[name]


def remedy_of(document: type[Record], name: str, *, many: bool) -> Remedy:
    """What a repair does about an id that leads nowhere; nothing where a text would be lost."""
    held = held_in(document, name)
    if many and name not in ("members", "about"):
        return "pull"
    if held is not None:
        return "delete" if held.leaving == "theirs" else "nobody"
    if document in HANGING:
        return "delete"
    return "clear" if name == "last_topic" else None


def checks() -> list[Check]:
    """One for each document with ids. Where comments have gone (`Moved`) is known for ever, wherever they are now."""
    return [_check(document) for document in ALL if id_fields(document) and document is not Moved]


def _check(document: type[Record]) -> Check:
    name = document.Settings.name
    fields = {name: many for name, many in id_fields(document).items() if targets_of(document, name)}

    async def look(ids: list[Any], session: Session) -> list[Fault]:
        raws = await found(document, {"_id": {"$in": ids}}, dict.fromkeys(fields, 1), session)
        gone = await _missing(document, fields, raws, session)
        return [
            Fault(raw["_id"], f"{field} names {id}", _mend(document, raw["_id"], field, id, many=fields[field]))
            for raw in raws
            for field in fields
            for id in _values(raw, field)
            if (field, id) in gone
        ]

    return Check(f"ids.{name}", f"ids in {name} lead nowhere", document, look)


def _values(raw: Raw, field: str) -> list[ObjectId]:
    value = raw.get(field)
    values = value if isinstance(value, list) else [value]
    return [id for id in values if id is not None and id != NOBODY]


async def _missing(
    document: type[Record], fields: Iterable[str], raws: list[Raw], session: Session
) -> set[tuple[str, ObjectId]]:
    """Pairs of field and id that lead nowhere. What several fields name is asked for once."""
    wanted: dict[tuple[type[Record], ...], set[ObjectId]] = defaultdict(set)
    for field in fields:
        wanted[targets_of(document, field)].update(id for raw in raws for id in _values(raw, field))
    gone = {targets: await _gone(targets, ids, session) for targets, ids in wanted.items()}
    return {(field, id) for field in fields for id in gone[targets_of(document, field)]}


async def _gone(targets: tuple[type[Record], ...], ids: set[ObjectId], session: Session) -> set[ObjectId]:
    for target in targets:
        if ids:
            ids = ids - {raw["_id"] for raw in await found(target, {"_id": {"$in": list(ids)}}, {"_id": 1}, session)}
    return ids


def _mend(document: type[Record], at: ObjectId, field: str, id: ObjectId, *, many: bool) -> Mend | None:
    remedy = remedy_of(document, field, many=many)
    if remedy == "pull":
        return _pulling(document, at, field, id)
    if remedy == "delete":
        return _forgetting(at) if document is Notification else deleting(document, at)
    if remedy == "nobody":
        return _replacing(document, at, field, id) if many else setting(document, at, **{field: NOBODY})
    return setting(document, at, **{field: None}) if remedy == "clear" else None


def _pulling(document: type[Record], at: ObjectId, field: str, id: ObjectId) -> Mend:
    async def mend(work: Work) -> None:
        await document.raw().update_one({"_id": at}, {"$pull": {field: id}}, session=work.session)

    return mend


def _replacing(document: type[Record], at: ObjectId, field: str, id: ObjectId) -> Mend:
    async def mend(work: Work) -> None:
        change = {"$set": {f"{field}.$": NOBODY}}
        await document.raw().update_one({"_id": at, field: id}, change, session=work.session)

    return mend


def _forgetting(at: ObjectId) -> Mend:
    async def mend(work: Work) -> None:
        await forget(work, {"_id": at})

    return mend
