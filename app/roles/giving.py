"""Giving roles to people."""

from __future__ import annotations

from collections.abc import Collection

from bson import ObjectId

from app.errors import Conflict, Invalid, NotFound
from app.events import PersonChanged
from app.operations.service import record, target
from app.permissions.book import Book, fresh
from app.permissions.catalogue import ADMINISTRATOR, MEMBER, MODERATOR, OFFICES, TRUSTED
from app.roles.limits import require, require_above
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import User
from documents.base import LIVE, Raw
from documents.operation import Target
from documents.user import Office

BY_ROLE: dict[str, Office] = {ADMINISTRATOR: "admin", MODERATOR: "moderator"}


def givable(now: Book) -> list[str]:
    """The keys of the roles that are given by hand, in order: all but those that come by themselves alone."""
    own = [role.key for role in now.roles.values() if not role.built_in]
    return [ADMINISTRATOR, MODERATOR, TRUSTED, MEMBER, *own]


def given_to(person: User) -> frozenset[str]:
    """The keys of the roles that somebody was given by hand."""
    office = {OFFICES[person.role]} - {MEMBER}
    return frozenset(person.roles) | office


async def give_roles(viewer: Viewer, id: ObjectId, keys: Collection[str], *, seen: Collection[str]) -> None:
    """Let somebody have exactly these roles beside those that come by themselves. `seen` are those they had before."""
    require(viewer, "manage_people")
    wanted = frozenset(keys)
    if not wanted <= set(givable(await fresh())):
        raise Invalid(fields={"roles": Text(N_("There is no such role any more. Please choose again."))})

    async def steps(work: Work) -> None:
        person = await User.find_one({"_id": id, **LIVE}, session=work.session)
        if person is None:
            raise NotFound
        had = given_to(person)
        if had != frozenset(seen):
            raise Conflict(
                Text(N_("Somebody has given this person other roles in the meantime. Please look again, then save."))
            )
        if had == wanted:
            return
        require_above(viewer, had ^ wanted)
        if ADMINISTRATOR in had - wanted:
            await require_another(work, id)
        await record(work, viewer, "person.role", [await take_roles(work, person, wanted)])

    await together(steps, hot=(id,))


async def require_another(work: Work, id: ObjectId) -> None:
    """`Conflict` when nobody else is an administrator."""
    if not await User.other_admin(id, work.session):
        raise Conflict(Text(N_("This is the only administrator. Make somebody else one first.")))


def stored(keys: frozenset[str]) -> Raw:
    """The fields of somebody who was given these roles; of two offices the higher one counts."""
    office: Office = next((office for key, office in BY_ROLE.items() if key in keys), "member")
    return {"role": office, "roles": sorted(keys - BY_ROLE.keys())}


async def take_roles(work: Work, person: User, wanted: frozenset[str]) -> Target:
    """Have somebody hold exactly these; gives what has changed by it."""
    after = stored(wanted)
    before: Raw = {"role": person.role, "roles": sorted(person.roles)}
    await User.raw().update_one({"_id": person.oid}, {"$set": after}, session=work.session)
    work.record(PersonChanged(person.oid))
    return target("person", person.oid, before, after)
