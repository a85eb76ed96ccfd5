"""The people of a group: who is in it, adding, removing, leaving, and what it is called."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound, Refusal
from app.messages import groups, service, views
from app.messages.forms import NamesForm, TitleForm
from app.messages.reaching import GROUP_MAX
from app.messages.routes import spend_on_strangers
from app.web.context import page, require_login, say, spend, status_of, to, viewer
from app.web.forms import Form
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare, needs
from app.web.routing import as_id

blueprint = Blueprint("groups", __name__, url_prefix="/messages/<oid:conversation_id>")
declare(blueprint, MEMBERS, add=needs("message"), rename=needs("message"))
Answer = Response | WerkzeugResponse


@blueprint.get("/people")
async def show(conversation_id: ObjectId) -> Answer:
    """Who is in it, and what may be done."""
    require_login()
    return await _page(conversation_id)


async def _page(
    conversation_id: ObjectId,
    *,
    names: NamesForm | None = None,
    title: TitleForm | None = None,
    refusal: Refusal | None = None,
) -> Response:
    conversation, side = await service.visible_conversation(viewer(), conversation_id)
    if not groups.may_leave(viewer(), conversation):
        raise NotFound
    thread, _ = await views.thread(viewer(), conversation, side, 1, 0)
    refused: Form | None = names or title
    return await page(
        "messages/people.html",
        status=status_of(refusal),
        thread=thread,
        names=names or NamesForm(),
        title=title or TitleForm(data={"title": conversation.title}),
        refused=refused,
        error=refused.refuse(refusal) if refused and refusal else None,
        group_max=GROUP_MAX,
    )


def _place(conversation_id: ObjectId) -> WerkzeugResponse:
    return to(f"/messages/{conversation_id}/people")


@blueprint.post("/add")
async def add(conversation_id: ObjectId) -> Answer:
    """Add the people named (`to`)."""
    await groups.managed(require_login(), conversation_id)
    form = await NamesForm.read()
    try:
        form.check()
        await spend(Limit.MESSAGE)
        fresh = await groups.add(viewer(), conversation_id, form.text("to"), meeting=spend_on_strangers)
    except Refusal as refusal:
        return await _page(conversation_id, names=form, refusal=refusal)
    await say("success", N_("Added: %(names)s"), names=", ".join(person.name for person in fresh))
    return _place(conversation_id)


@blueprint.post("/rename")
async def rename(conversation_id: ObjectId) -> Answer:
    """Give it another `title`."""
    await groups.managed(require_login(), conversation_id)
    form = await TitleForm.read()
    try:
        form.check()
        await spend(Limit.MESSAGE)
        await groups.rename(viewer(), conversation_id, form.text("title"))
    except Refusal as refusal:
        return await _page(conversation_id, title=form, refusal=refusal)
    await say("success", N_("Saved."))
    return to(f"/messages/{conversation_id}")


@blueprint.post("/remove")
async def remove(conversation_id: ObjectId) -> Answer:
    """Take somebody (`person`) out."""
    await groups.managed(require_login(), conversation_id)
    person = as_id((await request.form).get("person"))
    if person is None:
        raise NotFound
    await spend(Limit.MESSAGE)
    await groups.remove(viewer(), conversation_id, person)
    await say("success", N_("Removed from the group."))
    return _place(conversation_id)


@blueprint.post("/leave")
async def leave(conversation_id: ObjectId) -> Answer:
    """Leave it."""
    found = require_login()
    await service.visible_conversation(found, conversation_id)
    await spend(Limit.MESSAGE)
    await groups.leave(found, conversation_id)
    await say("success", N_("You have left the group. What was said until now stays with you."))
    return to("/messages")
