"""Private messages: the lists, writing, and the thread."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.comments.pages import Preview
from app.comments.routes import preview_of
from app.drafts.filling import opened
from app.drafts.pages import Writing
from app.drafts.places import Place, answer_in, message_to
from app.errors import Forbidden, NotFound, Refusal
from app.messages import boxes, clearing, keeping, searching, service, views
from app.messages.boxes import Box
from app.messages.forms import MessageForm, ReplyForm
from app.messages.reaching import GROUP_MAX
from app.search.query import QUERY_CHARS_MAX
from app.web.context import look_again, page, plumbing, require_login, say, spend, status_of, to, viewer
from app.web.forms import new_once, one_line
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, declare, needs
from app.web.sending import SENT_BY_PAGE
from app.web.withheld import require_writer

blueprint = Blueprint("messages", __name__, url_prefix="/messages")
declare(blueprint, MEMBERS, new=needs("message"), send=needs("message"), reply=needs("message"), replies=EVERYBODY)
Answer = Response | WerkzeugResponse


@blueprint.get("")
async def inbox() -> Answer:
    """What others have written to the viewer."""
    return await _box("inbox")


@blueprint.get("/sent")
async def sent() -> Answer:
    """Where the viewer has written."""
    return await _box("sent")


@blueprint.get("/requests")
async def requests() -> Answer:
    """First messages from people the viewer does not know."""
    return await _box("requests")


@blueprint.get("/declined")
async def declined() -> Answer:
    """Requests that the viewer has declined; they can still be accepted."""
    return await _box("declined")


@blueprint.get("/archive")
async def archive() -> Answer:
    """What the viewer has put away."""
    return await _box("archive")


async def _box(box: Box) -> Response:
    found = require_login()
    rows, pager = await boxes.box_rows(found, box, request.args.get("after"))
    waiting = await keeping.waiting(found)
    return await page("messages/index.html", box=box, rows=rows, pager=pager, waiting=waiting)


@blueprint.get("/search")
async def search() -> Answer:
    """Messages by their words, in the viewer's own conversations."""
    found = require_login()
    text = one_line(request.args.get("q", ""))[:QUERY_CHARS_MAX]
    if text:
        await spend(Limit.SEARCH)
    rows, pager = await searching.find(found, text, request.args.get("after"))
    return await page("messages/search.html", text=text, rows=rows, pager=pager)


@blueprint.get("/new")
async def new() -> Answer:
    """The form, for whoever is named in the URL."""
    found = require_writer()
    given = {"to": request.args.get("to", ""), "title": "", "body": ""}
    fields, writing = await opened(found, _opened_for(), given)
    return await _new_page(MessageForm(data=fields), writing=writing)


def _opened_for() -> Place:
    """Each whom one begins to write to has a draft of their own."""
    return message_to(request.args.get("to", ""))


@blueprint.post("/new")
async def send() -> Answer:
    """Send, or show what it will look like."""
    found = require_login()
    form = await MessageForm.read()
    try:
        form.check()
        if "preview" in await request.form:
            return await _new_page(form, preview=await preview_of(form.text("body")))
        await spend(Limit.MESSAGE)
        conversation = await service.start(
            found,
            to=form.text("to"),
            title=form.text("title"),
            body=form.text("body"),
            once=form.once_key,
            draft=form.sending(_opened_for()),
            meeting=spend_on_strangers,
        )
    except Refusal as refusal:
        return await _new_page(form, refusal=refusal)
    await say("success", N_("Message sent."))
    return to(f"/messages/{conversation}")


async def spend_on_strangers(count: int) -> None:
    """Each whom one writes to for the first time counts."""
    for _ in range(count):
        await spend(Limit.STRANGER)


async def _new_page(
    form: MessageForm,
    *,
    writing: Writing | None = None,
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> Response:
    return await page(
        "messages/new.html",
        status=status_of(refusal),
        form=form,
        writing=writing or form.writing(_opened_for()),
        once=form.again or (writing and writing.once) or new_once(),
        preview=preview,
        group_max=GROUP_MAX,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.get("/<oid:conversation_id>")
async def show(conversation_id: ObjectId) -> Answer:
    """The thread; what is shown is read."""
    found = require_login()
    fields, writing = await opened(found, answer_in(conversation_id), {"body": ""})
    return await _thread_page(conversation_id, ReplyForm(data=fields), writing=writing)


async def _thread_page(
    conversation_id: ObjectId,
    form: ReplyForm,
    *,
    writing: Writing | None = None,
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> Response:
    conversation, side = await service.visible_conversation(viewer(), conversation_id)
    minutes = plumbing().settings.message_edit_minutes
    thread, last = await views.thread(viewer(), conversation, side, _before(), minutes)
    if side.unread and request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        await service.read_to(viewer(), conversation_id, last)
        await look_again()
    return await page(
        "messages/show.html",
        status=status_of(refusal),
        thread=thread,
        form=form,
        writing=writing or form.writing(answer_in(conversation_id)),
        once=form.again or (writing and writing.once) or new_once(),
        preview=preview,
        most=views.SHOWN_MAX,
        error=form.refuse(refusal) if refusal else None,
    )


def _before() -> int | None:
    asked = request.args.get("before")
    if asked is None:
        return None
    if not asked.isdecimal() or len(asked) > 9 or int(asked) < 1:
        raise NotFound
    return int(asked)


@blueprint.post("/<oid:conversation_id>/replies")
async def reply(conversation_id: ObjectId) -> Answer:
    """Answer, or show what it will look like."""
    found = require_login()
    await service.visible_conversation(found, conversation_id)
    form = await ReplyForm.read()
    try:
        form.check()
        if "preview" in await request.form:
            return await _thread_page(conversation_id, form, preview=await preview_of(form.text("body")))
        await spend(Limit.MESSAGE)
        draft = form.sending(answer_in(conversation_id))
        exact = SENT_BY_PAGE in request.headers
        number = await service.reply(
            found, conversation_id, form.text("body"), once=form.once_key, draft=draft, exact=exact
        )
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return await _thread_page(conversation_id, form, refusal=refusal)
    return to(f"/messages/{conversation_id}#m{number}")


@blueprint.get("/<oid:conversation_id>/replies")
async def replies(conversation_id: ObjectId) -> Answer:
    """Where a reload after sending leads."""
    return to(f"/messages/{conversation_id}")


@blueprint.get("/<oid:conversation_id>/delete")
async def ask_delete(conversation_id: ObjectId) -> Answer:
    """Ask once."""
    conversation, side = await service.visible_conversation(require_login(), conversation_id)
    thread, _ = await views.thread(viewer(), conversation, side, None, 0)
    return await page("messages/delete.html", thread=thread)


@blueprint.post("/<oid:conversation_id>/delete")
async def delete(conversation_id: ObjectId) -> Answer:
    """Delete it for the viewer alone."""
    await clearing.delete_for_me(require_login(), conversation_id)
    await say("success", N_("Conversation deleted for you. The others keep their copy."))
    return to("/messages")
