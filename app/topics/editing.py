"""Editing and deleting topics."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards.access import visible_topic
from app.comments.forms import ReasonForm
from app.comments.merging import clash_of
from app.comments.pages import Preview
from app.comments.routes import SAVED, WITHDRAWN, preview_of
from app.drafts.filling import opened
from app.drafts.forms import whole_number
from app.drafts.pages import Writing
from app.drafts.places import edit_of
from app.errors import Conflict, Forbidden, Refusal
from app.topics import policy, removing, rewriting, tagging
from app.topics.conversation import head_of
from app.topics.forms import TopicEditForm
from app.web.context import page, require_login, say, spend, status_of, to, viewer
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare, needs
from documents import Board, Comment, Topic

blueprint = Blueprint("topic_editing", __name__, url_prefix="/topics")
declare(
    blueprint,
    needs("edit_others", own=True),
    **dict.fromkeys(("ask_delete", "delete", "restore"), needs("delete_others", own=True)),
    withdraw=MEMBERS,
)
Answer = Response | WerkzeugResponse


async def _editable(topic_id: ObjectId) -> tuple[Topic, Board, Comment]:
    topic, board = await visible_topic(require_login(), topic_id)
    if not policy.may_edit(viewer(), topic, board):
        raise Forbidden
    return topic, board, await rewriting.opening_post(topic)


@blueprint.get("/<oid:topic_id>/edit")
async def edit(topic_id: ObjectId) -> Answer:
    """The form."""
    topic, board, opening = await _editable(topic_id)
    given = {
        "title": topic.title,
        "tags": ", ".join(topic.tags),
        "body": opening.body,
        "seen": str(opening.edits),
        "reason": "",
    }
    fields, writing = await opened(viewer(), edit_of(opening.oid), given)
    return await _edit_page(topic, board, opening, TopicEditForm(data=fields), writing=writing)


@blueprint.post("/<oid:topic_id>/edit")
async def save(topic_id: ObjectId) -> Answer:
    """Save, or show what it will look like."""
    topic, board, opening = await _editable(topic_id)
    form = await TopicEditForm.read()
    if "resolve" in await request.form:
        form.meet(opening.edits)
        clash = await clash_of(opening, form.text("body"), whole_number(form.text("base")))
        form.take((await request.form)["resolve"], clash)
        return await _edit_page(topic, board, opening, form)
    try:
        form.check()
        tags = tagging.tags_from(form.tags.data or "")
        if "preview" in await request.form:
            return await _edit_page(topic, board, opening, form, preview=await preview_of(form.text("body")))
        await spend(Limit.EDIT)
        await rewriting.edit_topic(
            viewer(),
            topic_id,
            title=form.text("title"),
            body=form.text("body"),
            tags=tags,
            seen=form.seen_edits,
            why=form.why,
            draft=form.sending(edit_of(opening.oid)),
        )
    except Refusal as refusal:
        if isinstance(refusal, Conflict):
            topic, board, opening = await _editable(topic_id)
            form.meet(opening.edits)
        return await _edit_page(topic, board, opening, form, refusal=refusal)
    await say(*SAVED[topic.unseen])
    return to(f"/topics/{topic_id}")


async def _edit_page(
    topic: Topic,
    board: Board,
    opening: Comment,
    form: TopicEditForm,
    *,
    writing: Writing | None = None,
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> Response:
    return await page(
        "topics/edit.html",
        status=status_of(refusal),
        head=await head_of(topic, board),
        form=form,
        writing=writing or form.writing(edit_of(opening.oid)),
        preview=preview,
        clash=await clash_of(opening, form.text("body"), whole_number(form.text("base")))
        if isinstance(refusal, Conflict)
        else None,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.post("/<oid:topic_id>/withdraw")
async def withdraw(topic_id: ObjectId) -> Answer:
    """Take it out of the queue of approval."""
    await removing.withdraw_topic(require_login(), topic_id)
    await say("success", WITHDRAWN)
    return to(f"/topics/{topic_id}")


async def _deletable(topic_id: ObjectId) -> tuple[Topic, Board]:
    topic, board = await visible_topic(require_login(), topic_id)
    if not policy.may_delete(viewer(), topic, board):
        raise Forbidden
    return topic, board


@blueprint.get("/<oid:topic_id>/delete")
async def ask_delete(topic_id: ObjectId) -> Answer:
    """Ask once, and for a reason."""
    return await _delete_page(*await _deletable(topic_id), ReasonForm())


async def _delete_page(topic: Topic, board: Board, form: ReasonForm, refusal: Refusal | None = None) -> Response:
    error = form.refuse(refusal) if refusal else None
    head = await head_of(topic, board)
    return await page("topics/delete.html", status=status_of(refusal), head=head, form=form, error=error)


@blueprint.post("/<oid:topic_id>/delete")
async def delete(topic_id: ObjectId) -> Answer:
    """Delete it, softly."""
    topic, board = await _deletable(topic_id)
    form = await ReasonForm.read()
    try:
        form.check()
        await removing.delete_topic(viewer(), topic_id, form.reason.data or "")
    except Refusal as refusal:
        return await _delete_page(topic, board, form, refusal)
    await say("success", N_("Topic deleted. You can restore it from its page."))
    return to(f"/topics/{topic_id}")


@blueprint.post("/<oid:topic_id>/restore")
async def restore(topic_id: ObjectId) -> Answer:
    """Bring it back."""
    await removing.restore_topic(require_login(), topic_id)
    await say("success", N_("Topic restored."))
    return to(f"/topics/{topic_id}")
