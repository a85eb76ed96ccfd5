"""The administration."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.admin.forms import BoardForm
from app.admin.service import counts
from app.boards import service
from app.boards.directory import all_boards, forget
from app.boards.views import rows
from app.errors import Invalid, NotFound, Refusal
from app.permissions.catalogue import RUNNING
from app.web.context import page, plumbing, say, status_of, to, viewer
from app.web.i18n import N_, Text
from app.web.needs import declare, staff
from documents import Board

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
declare(blueprint, staff("manage_boards"), index=staff(*RUNNING))
Answer = Response | WerkzeugResponse


@blueprint.get("")
async def index() -> Answer:
    """An overview."""
    return await page("admin/index.html", counts=await counts(), warnings=_warnings())


def _warnings() -> tuple[str, ...]:
    if plumbing().settings.limited:
        return ()
    return (str(Text(N_("Rate limits are off (QUORUM_LIMITS=off): use this for load tests only."))),)


@blueprint.get("/boards")
async def boards() -> Answer:
    """All boards, deleted ones too."""
    return await _boards_page(BoardForm())


async def _boards_page(form: BoardForm, refusal: Refusal | None = None) -> Response:
    forget()
    found = list((await all_boards()).values())
    error = form.refuse(refusal) if refusal else None
    return await page("admin/boards.html", status=status_of(refusal), boards=await rows(found), form=form, error=error)


@blueprint.post("/boards")
async def make_board() -> Answer:
    """A new board."""
    form = await BoardForm.read()
    try:
        form.check()
        await service.make_board(viewer(), **_fields(form))
    except Refusal as refusal:
        return await _boards_page(form, refusal)
    await say("success", N_("Board “%(name)s” created."), name=form.name.data)
    return to("/admin/boards")


def _fields(form: BoardForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "description": form.description.data or "",
        "staff_only": bool(form.staff_only.data),
    }


async def _board(board_id: ObjectId) -> Board:
    found = await Board.get(board_id)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/boards/<oid:board_id>")
async def board(board_id: ObjectId) -> Answer:
    """One board's form."""
    found = await _board(board_id)
    return await _board_page(found, _form_of(found))


def _form_of(found: Board) -> BoardForm:
    return BoardForm(data={"name": found.name, "description": found.description, "staff_only": found.staff_only})


async def _board_page(found: Board, form: BoardForm, refusal: Refusal | None = None) -> Response:
    row = (await rows([found]))[0]
    error = form.refuse(refusal) if refusal else None
    return await page("admin/board.html", status=status_of(refusal), board=row, form=form, error=error)


@blueprint.post("/boards/<oid:board_id>")
async def change_board(board_id: ObjectId) -> Answer:
    """Change it."""
    found = await _board(board_id)
    form = await BoardForm.read()
    try:
        form.check()
        await service.change_board(viewer(), board_id, **_fields(form))
    except Refusal as refusal:
        return await _board_page(found, form, refusal)
    await say("success", N_("Saved."))
    return to("/admin/boards")


@blueprint.post("/boards/<oid:board_id>/delete")
async def delete_board(board_id: ObjectId) -> Answer:
    """Hide it with all that is in it."""
    await service.delete_board(viewer(), board_id, (await request.form).get("reason", "")[:300])
    await say("success", N_("Board deleted. You can restore it here."))
    return to(f"/admin/boards/{board_id}")


@blueprint.post("/boards/<oid:board_id>/restore")
async def restore_board(board_id: ObjectId) -> Answer:
    """Bring it back, unless another has its name by now: then it needs a new one first."""
    found = await _board(board_id)
    try:
        await service.restore_board(viewer(), board_id)
    except Invalid as refusal:
        return await _board_page(found, _form_of(found), refusal)
    await say("success", N_("Board restored."))
    return to(f"/admin/boards/{board_id}")
