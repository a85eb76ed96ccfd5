"""Numbers and roles for administrators."""

from __future__ import annotations

from typing import Final

from app.admin.pages import Count
from app.events import PersonChanged
from app.operations.service import record, target
from app.viewer import Viewer
from app.work import Work, together
from documents import Board, Comment, Message, Topic, User
from documents.base import LIVE, SoftDeleted
from documents.user import Office

KINDS: Final[dict[str, type[SoftDeleted]]] = {
    "users": User,
    "boards": Board,
    "topics": Topic,
    "comments": Comment,
    "messages": Message,
}


async def counts() -> tuple[Count, ...]:
    """How many there are of each kind, and how many more are soft-deleted."""
    return tuple([await _count(kind, document) for kind, document in KINDS.items()])


async def _count(kind: str, document: type[SoftDeleted]) -> Count:
    live = await document.raw().count_documents({"deleted_at": None})
    deleted = await document.raw().count_documents({"deleted_at": {"$ne": None}})
    return Count(kind, live, deleted)


async def staff() -> list[User]:
    """The administrators and moderators, in that order, by name."""
    return await User.find({"role": {"$in": ["admin", "moderator"]}, **LIVE}).sort("role", "username_key").to_list()


async def set_role(viewer: Viewer, user: User, role: Office) -> bool:
    """Give a role, which counts from the next request on; False when it was theirs already."""
    another = {"_id": user.oid, "role": {"$ne": role}, **LIVE}

    async def steps(work: Work) -> bool:
        change = {"$set": {"role": role}}
        before = await User.raw().find_one_and_update(another, change, projection={"role": 1}, session=work.session)
        if before is None:
            return False
        done = target("person", user.oid, {"role": before["role"]}, {"role": role})
        await record(work, viewer, "person.role", [done])
        work.record(PersonChanged(user.oid))
        return True

    return await together(steps, hot=(user.oid,))
