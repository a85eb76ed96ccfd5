"""A single message: editing it for a while, what it said before, deleting it for oneself."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.comments.forms import TextEditForm
from app.comments.pages import Preview
from app.comments.routes import preview_of
from app.drafts.filling import opened
from app.drafts.forms import whole_number
from app.drafts.pages import Writing
from app.drafts.places import edit_in
from app.errors import Conflict, NotFound, Refusal
from app.messages import clearing, editing, service, versions
from app.web.context import page, plumbing, require_login, say, spend, status_of, to, viewer
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare, needs
from documents import Message

blueprint = Blueprint("message_texts", __name__, url_prefix="/messages/<oid:conversation_id>/<int:number>")
declare(blueprint, MEMBERS, save=needs("message"))
Answer = Response | WerkzeugResponse


def place_of(message: Message) -> WerkzeugResponse:
    """To the message in its thread, after something was done with it."""
    return to(f"/messages/{message.conversation}?before={message.number + 1}#m{message.number}")


async def _editable(conversation_id: ObjectId, number: int) -> Message:
    minutes = plumbing().settings.message_edit_minutes
    return await editing.editable(require_login(), conversation_id, number, minutes)


@blueprint.get("/edit")
async def edit(conversation_id: ObjectId, number: int) -> Answer:
    """The form."""
    message = await _editable(conversation_id, number)
    given = {"body": message.body, "seen": str(message.edit_count)}
    fields, writing = await opened(viewer(), edit_in(conversation_id, number), given)
    return await _edit_page(message, TextEditForm(data=fields), writing=writing)


@blueprint.post("/edit")
async def save(conversation_id: ObjectId, number: int) -> Answer:
    """Save, or show what it will look like."""
    message = await _editable(conversation_id, number)
    form = await TextEditForm.read()
    if "resolve" in await request.form:
        form.meet(message.edit_count)
        clash = await editing.clash_of(message, form.text("body"), whole_number(form.text("base")))
        form.take((await request.form)["resolve"], clash)
        return await _edit_page(message, form)
    try:
        form.check()
        if "preview" in await request.form:
            return await _edit_page(message, form, preview=await preview_of(form.text("body")))
        await spend(Limit.EDIT)
        draft = form.sending(edit_in(conversation_id, number))
        await editing.edit(viewer(), message, form.text("body"), seen=form.seen_edits, draft=draft)
    except Refusal as refusal:
        if isinstance(refusal, Conflict):
            message = await _editable(conversation_id, number)
            form.meet(message.edit_count)
        return await _edit_page(message, form, refusal=refusal)
    await say("success", N_("Saved."))
    return place_of(message)


async def _edit_page(
    message: Message,
    form: TextEditForm,
    *,
    writing: Writing | None = None,
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> Response:
    conversation, _ = await service.visible_conversation(viewer(), message.conversation)
    return await page(
        "messages/edit.html",
        status=status_of(refusal),
        message=message,
        title=conversation.title,
        thread_url=f"/messages/{message.conversation}",
        form=form,
        writing=writing or form.writing(edit_in(message.conversation, message.number)),
        preview=preview,
        clash=await editing.clash_of(message, form.text("body"), whole_number(form.text("base")))
        if isinstance(refusal, Conflict)
        else None,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.get("/history")
async def history(conversation_id: ObjectId, number: int) -> Answer:
    """What it said before."""
    message = await clearing.visible_message(require_login(), conversation_id, number)
    if message.kind != "text" or (message.author in viewer().blocks):
        raise NotFound
    shown = await versions.history(message)
    return await page("messages/history.html", message=message, versions=shown, author=await versions.author(message))


@blueprint.get("/delete")
async def ask_delete(conversation_id: ObjectId, number: int) -> Answer:
    """Ask once."""
    message = await clearing.visible_message(require_login(), conversation_id, number)
    return await page("messages/hide.html", message=message, author=await versions.author(message))


@blueprint.post("/delete")
async def delete(conversation_id: ObjectId, number: int) -> Answer:
    """Delete it for the viewer alone."""
    await clearing.hide(require_login(), conversation_id, number)
    await say("success", N_("Message deleted for you."))
    return to(f"/messages/{conversation_id}")
