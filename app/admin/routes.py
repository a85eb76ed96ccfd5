"""Boards: making and changing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.admin.forms import BoardForm
from app.boards import service
from app.boards.directory import all_boards, forget
from app.boards.pages import BoardRef
from app.boards.views import ref, rows
from app.errors import Invalid, NotFound, Refusal
from app.web.context import page, say, speak_json, status_of, to, viewer
from app.web.i18n import N_, Text
from app.web.needs import declare, staff
from app.web.routing import as_id
from documents import Board

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
declare(blueprint, staff("manage_boards"))
Answer = Response | WerkzeugResponse


@blueprint.get("/boards")
async def boards() -> Answer:
    """All boards, deleted ones too."""
    return await _boards_page(BoardForm())


async def _boards_page(form: BoardForm, refusal: Refusal | None = None) -> Response:
    forget()
    found = list((await all_boards()).values())
    error = form.refuse(refusal) if refusal else None
    return await page(
        "admin/boards.html",
        status=status_of(refusal),
        boards=await rows(found),
        parents=_parents(found, None),
        form=form,
        error=error,
    )


def _parents(boards: Sequence[Board], of: ObjectId | None) -> tuple[BoardRef, ...]:
    """The boards that this one, or a new one, may stand below."""
    if any(board.parent == of for board in boards if of is not None):
        return ()
    return tuple(ref(board) for board in boards if board.live and board.parent is None and board.oid != of)


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
        "parent": _parent(form.text("parent")),
    }


def _parent(text: str) -> ObjectId | None:
    if not text:
        return None
    found = as_id(text)
    if found is None:
        raise Invalid(fields={"parent": Text(N_("There is no such board any more. Please choose again."))})
    return found


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
    shown = {"name": found.name, "description": found.description, "staff_only": found.staff_only}
    return BoardForm(data={**shown, "parent": str(found.parent or "")})


async def _board_page(found: Board, form: BoardForm, refusal: Refusal | None = None) -> Response:
    boards = list((await all_boards()).values())
    row = (await rows([found]))[0]
    error = form.refuse(refusal) if refusal else None
    parents = _parents(boards, found.oid)
    return await page("admin/board.html", status=status_of(refusal), board=row, parents=parents, form=form, error=error)


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


@blueprint.post("/boards/<oid:board_id>/archive")
async def archive_board(board_id: ObjectId) -> Answer:
    """Let it only be read."""
    await service.archive_board(viewer(), board_id)
    await say("success", N_("Board archived. Everything in it can still be read."))
    return to(f"/admin/boards/{board_id}")


@blueprint.post("/boards/<oid:board_id>/unarchive")
async def unarchive_board(board_id: ObjectId) -> Answer:
    """Let people write there again."""
    await service.unarchive_board(viewer(), board_id)
    await say("success", N_("The board is open again."))
    return to(f"/admin/boards/{board_id}")


@blueprint.post("/boards/<oid:board_id>/place")
async def place_board(board_id: ObjectId) -> Answer:
    """Before the board that `before` names, or at the end of its level: for scripts, which have shown it so already."""
    speak_json()
    text = (await request.form).get("before", "")
    before = as_id(text)
    if text and before is None:
        raise NotFound
    await service.place_board(viewer(), board_id, before)
    return Response(status=204)


@blueprint.post("/boards/<oid:board_id>/up")
async def board_up(board_id: ObjectId) -> Answer:
    """One place up."""
    await service.move_board(viewer(), board_id, up=True)
    return to("/admin/boards")


@blueprint.post("/boards/<oid:board_id>/down")
async def board_down(board_id: ObjectId) -> Answer:
    """One place down."""
    await service.move_board(viewer(), board_id, up=False)
    return to("/admin/boards")
