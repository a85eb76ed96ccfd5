"""Roles: the list, one of them, making and deleting."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.drafts.forms import whole_number
from app.errors import Conflict, Refusal
from app.permissions.book import Held, fresh
from app.permissions.catalogue import ADMINISTRATOR
from app.roles import service, views
from app.roles.explaining import role_name
from app.roles.forms import BuiltInForm, DeletingForm, RoleForm
from app.web.context import page, say, status_of, to, viewer
from app.web.i18n import N_
from app.web.needs import declare, staff

blueprint = Blueprint("roles", __name__, url_prefix="/admin/roles")
declare(blueprint, staff("manage_roles"))
Answer = Response | WerkzeugResponse


@blueprint.get("")
async def index() -> Answer:
    """All roles."""
    return await page("roles/index.html", roles=await views.role_rows(await fresh()))


@blueprint.get("/create")
async def new() -> Answer:
    """An empty form; a new role may what members may not, so nothing is chosen."""
    return await _new_page(RoleForm())


async def _new_page(form: RoleForm, refusal: Refusal | None = None) -> Response:
    error = form.refuse(refusal) if refusal else None
    groups = views.permission_choices(form.permissions.chosen)
    limits = views.limit_rows(form)
    return await page(
        "roles/new.html",
        status=status_of(refusal),
        form=form,
        groups=groups,
        limits=limits,
        labels={row.field: row.label for row in limits},
        error=error,
    )


@blueprint.post("/create")
async def make() -> Answer:
    """Make one."""
    form = await RoleForm.read()
    try:
        form.check()
        key = await service.make_role(
            viewer(),
            name=form.text("name"),
            description=form.text("description"),
            permissions=form.permissions.chosen,
            limits=form.limits(),
        )
    except Refusal as refusal:
        return await _new_page(form, refusal)
    await say("success", N_("Role “%(name)s” created."), name=form.text("name"))
    return to(f"/admin/roles/{key}")


@blueprint.get("/<key>")
async def show(key: str) -> Answer:
    """One role's form."""
    role = await service.role_by(key)
    return await _page(role, _as_it_is(role))


def _as_it_is(role: Held) -> RoleForm | BuiltInForm:
    """Its form, filled in."""
    fields: dict[str, Any] = {f"limit_{name}": str(most) for name, most in role.limits.items()}
    fields |= {"name": role.name, "description": role.description, "permissions": list(role.permissions)}
    return (BuiltInForm if role.built_in else RoleForm)(data=fields)


async def _page(
    role: Held, form: RoleForm | BuiltInForm, refusal: Refusal | None = None, heir: Refusal | None = None
) -> Response:
    rows = await views.role_rows(await fresh())
    error = form.refuse(refusal) if refusal else None
    limits = views.limit_rows(form, role.key)
    return await page(
        "roles/show.html",
        status=status_of(refusal or heir),
        role=next(row for row in rows if row.key == role.key),
        heirs=[row for row in rows if not row.built_in and row.key != role.key],
        edits=role.edits,
        groups=views.permission_choices(form.permissions.chosen, role.key),
        limits=limits,
        labels={row.field: row.label for row in limits},
        form=form,
        locked=role.key == ADMINISTRATOR,
        error=error,
        wrong_heir=str(heir.fields.get("to") or heir.text) if heir else "",
    )


@blueprint.post("/<key>")
async def change(key: str) -> Answer:
    """Change it."""
    role = await service.role_by(key)
    form = await (BuiltInForm if role.built_in else RoleForm).read()
    try:
        form.check()
        seen = whole_number(form.text("seen"))
        await service.change_role(
            viewer(),
            key,
            name=role.name if role.built_in else form.text("name"),
            description=role.description if role.built_in else form.text("description"),
            permissions=form.permissions.chosen,
            seen=-1 if seen is None else seen,
            limits=form.limits() if set(form.NAMES) & set(await request.form) else None,
        )
    except Refusal as refusal:
        again = await service.role_by(key) if isinstance(refusal, Conflict) else role
        return await _page(again, form, refusal)
    await say("success", N_("Saved. It applies everywhere now."))
    return to("/admin/roles")


@blueprint.post("/<key>/up")
async def up(key: str) -> Answer:
    """One place up."""
    await service.move_role(viewer(), key, up=True)
    return to("/admin/roles")


@blueprint.post("/<key>/down")
async def down(key: str) -> Answer:
    """One place down."""
    await service.move_role(viewer(), key, up=False)
    return to("/admin/roles")


@blueprint.post("/<key>/delete")
async def delete(key: str) -> Answer:
    """Delete it; who had it gets another one, or none."""
    role = await service.role_by(key)
    name = role_name(key)
    form = await DeletingForm.read()
    try:
        await service.delete_role(viewer(), key, to=form.text("to"))
    except Refusal as refusal:
        return await _page(role, _as_it_is(role), heir=refusal)
    await say("success", N_("Role “%(name)s” deleted."), name=name)
    return to("/admin/roles")
