"""Roles are made, changed, put in order and deleted. Each is one transaction, written down with what was before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import Forbidden, Invalid, NotFound
from app.events import PersonChanged, RolesChanged
from app.operations.service import record, target
from app.permissions.book import Held, fresh
from app.permissions.catalogue import ADMINISTRATOR, ALLOWANCES, BUILT_IN, FOR_GUESTS, GUEST, PERMISSIONS
from app.roles.limits import changed_meanwhile, permissions_of, require, require_held
from app.text.names import username_key
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Role, User
from documents.base import Raw
from documents.clock import now

# So many have a place in a list that people read.
ROLES_MAX: Final = 100


async def role_by(key: str) -> Held:
    """The role of this key, or `NotFound`."""
    found = (await fresh()).roles.get(key)
    if found is None:
        raise NotFound
    return found


async def make_role(
    viewer: Viewer,
    *,
    name: str,
    description: str,
    permissions: Collection[str],
    limits: Mapping[str, int] | None = None,
) -> str:
    """A new role at the end of the list; gives its key."""
    require(viewer, "manage_roles")
    wanted = known(permissions)
    require_held(viewer, wanted)
    roles = (await fresh()).roles
    if len(roles) >= ROLES_MAX:
        raise Invalid(Text(N_("There are %(count)s roles already, which is as many as there can be."), count=ROLES_MAX))
    _require_free(name, roles.values())
    id = ObjectId()
    role = Role(
        id=id,
        key=str(id),
        name=name,
        name_key=username_key(name),
        description=description,
        permissions=sorted(wanted),
        known=sorted(PERMISSIONS),
        limits=dict(limits or {}),
        position=max((each.position for each in roles.values()), default=0) + 1,
        created_at=now(),
    )

    async def steps(work: Work) -> None:
        await Role.raw().insert_one(role.as_stored(), session=work.session)
        after = {"name": name, "description": description, "permissions": sorted(wanted), "limits": role.limits}
        await record(work, viewer, "role.create", [target("role", id, {}, after)])
        work.record(RolesChanged())

    try:
        await together(steps)
    except DuplicateKeyError:
        raise name_taken() from None
    return role.key


async def change_role(
    viewer: Viewer,
    key: str,
    *,
    name: str,
    description: str,
    permissions: Collection[str],
    seen: int,
    limits: Mapping[str, int] | None = None,
) -> None:
    """Give a role other permissions and limits, and an own one another name. `seen` is the number of edits known of.

    Without `limits` they stay; one that is not among them is as at the start, or nothing is said of it.
    """
    require(viewer, "manage_roles")
    role = await role_by(key)
    if key == ADMINISTRATOR and permissions:
        raise Forbidden(Text(N_("Administrators can do everything: otherwise everybody could be locked out.")))
    wanted = role.permissions if key == ADMINISTRATOR else known(permissions)
    if key == GUEST and not wanted <= FOR_GUESTS:
        raise Invalid(fields={"permissions": Text(N_("Guests can read and compare versions, at most."))})
    require_held(viewer, wanted ^ role.permissions)
    if seen != role.edits:
        raise changed_meanwhile()
    before: Raw = {"permissions": sorted(role.permissions)}
    after: Raw = {"permissions": sorted(wanted)}
    if not role.built_in:
        _require_free(name, (each for each in (await fresh()).roles.values() if each.key != key))
        before |= {"name": role.name, "description": role.description}
        after |= {"name": name, "description": description}
    if limits is not None:
        before["limits"], after["limits"] = set_apart(role.key, role.limits), set_apart(role.key, limits)
    if before != after:
        await _store(viewer, role, before, after)


def set_apart(key: str, limits: Mapping[str, int]) -> dict[str, int]:
    """Those limits of a role that are not what they are at the start anyway."""
    start = {name: each.at_start(key) for name, each in ALLOWANCES.items()} if key in BUILT_IN else {}
    return {name: most for name, most in limits.items() if most != start.get(name)}


async def _store(viewer: Viewer, role: Held, before: Raw, after: Raw) -> None:
    fields: Raw = {**after, "known": sorted(PERMISSIONS)}
    if "name" in after:
        fields["name_key"] = username_key(after["name"])

    async def steps(work: Work) -> None:
        change: Raw = {"$set": fields, "$inc": {"edits": 1}}
        if role.built_in:
            change["$setOnInsert"] = {"created_at": now()}
        guard: Raw = {"key": role.key, "edits": role.edits}
        found = await Role.raw().find_one_and_update(
            guard, change, upsert=role.built_in and role.edits == 0, return_document=True, session=work.session
        )
        if found is None:
            raise changed_meanwhile()
        await record(work, viewer, "role.change", [target("role", found["_id"], before, after)])
        work.record(RolesChanged())

    try:
        await together(steps, hot=())
    except DuplicateKeyError:
        raise (changed_meanwhile() if role.built_in else name_taken()) from None


async def move_role(viewer: Viewer, key: str, *, up: bool) -> None:
    """Let an own role and its neighbour change places; at the end of the list nothing happens."""
    require(viewer, "manage_roles")
    own = [role for role in (await fresh()).roles.values() if not role.built_in]
    at = next((number for number, role in enumerate(own) if role.key == key), None)
    if at is None:
        raise NotFound
    to = at + (-1 if up else 1)
    if not 0 <= to < len(own):
        return
    own[at], own[to] = own[to], own[at]

    async def steps(work: Work) -> None:
        for number, role in enumerate(own, 1):
            await Role.raw().update_one({"key": role.key}, {"$set": {"position": number}}, session=work.session)
        work.record(RolesChanged())

    await together(steps)


async def delete_role(viewer: Viewer, key: str, *, to: str = "") -> int:
    """Take an own role away from everybody and from the boards; gives how many people had it.

    They get the role `to` instead, if one is named.
    """
    require(viewer, "manage_roles")
    role = await role_by(key)
    if role.built_in:
        raise Forbidden(Text(N_("This role is built in and cannot be deleted.")))
    require_held(viewer, permissions_of(role))
    if to:
        heir = (await fresh()).roles.get(to)
        if heir is None or heir.built_in or to == key:
            raise Invalid(fields={"to": Text(N_("Please choose one of the other roles."))})
        require_held(viewer, permissions_of(heir))

    async def steps(work: Work) -> int:
        gone = await Role.raw().find_one_and_delete({"key": key}, session=work.session)
        if gone is None:
            raise NotFound
        people = [raw["_id"] async for raw in User.raw().find({"roles": key}, {"_id": 1}, session=work.session)]
        left: Raw = {"$setDifference": ["$roles", [key]]}
        now_theirs = {"$setUnion": [left, [to]]} if to else left
        await User.raw().update_many({"roles": key}, [{"$set": {"roles": now_theirs}}], session=work.session)
        here = f"overrides.{key}"
        await Board.raw().update_many({here: {"$exists": True}}, {"$unset": {here: ""}}, session=work.session)
        before = {"name": role.name, "permissions": sorted(role.permissions), "people": people}
        await record(work, viewer, "role.delete", [target("role", gone["_id"], before, {"to": to} if to else {})])
        work.record(RolesChanged())
        for person in people:
            work.record(PersonChanged(person))
        return len(people)

    return await together(steps)


def known(names: Collection[str]) -> frozenset[str]:
    """Permissions by name; `Invalid` for what is none."""
    wanted = frozenset(names)
    if not wanted <= PERMISSIONS.keys():
        raise Invalid(fields={"permissions": Text(N_("There is no such permission. Please open the page again."))})
    return wanted


def _require_free(name: str, others: Iterable[Held]) -> None:
    """No own role may be called like another one, nor like a built-in one in any language."""
    key = username_key(name)
    taken = {username_key(role.name) for role in others if not role.built_in}
    texts = [Text(role.name) for role in BUILT_IN.values()]
    taken |= {username_key(text.into(locale)) for text in texts for locale in ("en", "zh")}
    if key in taken:
        raise name_taken()


def name_taken() -> Invalid:
    """There is one already."""
    return Invalid(fields={"name": Text(N_("There is already a role with this name."))})
