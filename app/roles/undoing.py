"""The way back from giving and taking roles, for those who may go it: nobody gets by it what they may not give."""

from __future__ import annotations

from app.errors import Conflict
from app.operations.conflicts import changed_since
from app.permissions.book import fresh
from app.permissions.catalogue import ADMINISTRATOR, MEMBER, OFFICES
from app.roles.giving import given_to, require_another, take_roles
from app.roles.limits import require, require_above
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work
from documents import Operation, User
from documents.base import LIVE
from documents.operation import Target


async def roles_back(work: Work, viewer: Viewer, operation: Operation) -> None:
    """The roles that these people had; those that are not there any more are left out."""
    require(viewer, "manage_people")
    known = (await fresh()).roles.keys()
    people = [await _as_it_was_left(work, target) for target in operation.targets]
    lost = None
    for person, target in zip(people, operation.targets, strict=True):
        office = OFFICES[target.before.get("role", person.role)]
        had, wanted = (
            given_to(person),
            frozenset({*({office} - {MEMBER}), *target.before.get("roles", person.roles)} & known),
        )
        require_above(viewer, had ^ wanted)
        await take_roles(work, person, wanted)
        lost = person.oid if ADMINISTRATOR in had - wanted else lost
    if lost is not None:
        await require_another(work, lost)


async def _as_it_was_left(work: Work, target: Target) -> User:
    person = await User.find_one({"_id": target.id, **LIVE}, session=work.session)
    if person is None:
        raise Conflict(Text(N_("It is not there any more.")))
    if person.role != target.after.get("role", person.role):
        raise changed_since(N_("the role"))
    if sorted(person.roles) != sorted(target.after.get("roles", person.roles)):
        raise changed_since(N_("the role"))
    return person
