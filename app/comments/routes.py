"""A comment by its id: where it stands, editing, deleting, restoring, liking."""

from __future__ import annotations

from bson import ObjectId
from markupsafe import Markup
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards.access import visible_comment
from app.comments import editing, liking, marking, policy, views
from app.comments.forms import EditForm, ReasonForm
from app.comments.ledger import ledger_of, where_of
from app.comments.merging import clash_of
from app.comments.pages import Preview
from app.comments.rendering import write
from app.drafts.filling import opened
from app.drafts.forms import whole_number
from app.drafts.pages import Writing
from app.drafts.places import edit_of
from app.errors import Conflict, Forbidden, NotFound, Refusal
from app.people.cards import cards
from app.web.context import page, require_login, say, spend, status_of, to, viewer
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, Need, declare, needs
from app.web.pages import FlashKind
from app.web.routing import as_id
from documents import Comment, Topic

blueprint = Blueprint("comments", __name__, url_prefix="/comments")
EDITING, DELETING = needs("edit_others", own=True), needs("delete_others", own=True)
declare(
    blueprint,
    EVERYBODY,
    edit=EDITING,
    save=EDITING,
    withdraw=MEMBERS,
    ask_delete=DELETING,
    delete=DELETING,
    restore=DELETING,
    like=needs("like"),
    unlike=MEMBERS,
    history=Need(("see_history", "see_deleted"), login=False),
)
Answer = Response | WerkzeugResponse


WITHDRAWN = N_("Withdrawn. Only you and moderators can see it; edit it to send it again.")
# What is said of a text that everybody sees, and of one that waits.
SAVED: dict[bool, tuple[FlashKind, str]] = {
    False: ("success", N_("Saved.")),
    True: ("info", N_("Saved. It waits for approval; you will be told what moderators decide.")),
}


def place_of(comment: Comment) -> WerkzeugResponse:
    """To the comment in its topic, after something was done with it."""
    return to(views.number_url(comment.topic, comment.number))


@blueprint.get("/<oid:comment_id>")
async def show(comment_id: ObjectId) -> Answer:
    """To where it stands."""
    comment, _, _ = await visible_comment(viewer(), comment_id)
    response = to(views.number_url(comment.topic, comment.number))
    response.status_code = 302
    return response


@blueprint.get("/<oid:comment_id>/edit")
async def edit(comment_id: ObjectId) -> Answer:
    """The form; of an opening post it is the topic's."""
    comment, topic = await _editable(comment_id)
    if comment.number == 1:
        return to(f"/topics/{topic.oid}/edit")
    given = {"body": comment.body, "seen": str(comment.edits), "reason": ""}
    fields, writing = await opened(viewer(), edit_of(comment_id), given)
    return await _edit_page(comment, topic, EditForm(data=fields), writing=writing)


async def _editable(comment_id: ObjectId) -> tuple[Comment, Topic]:
    found = require_login()
    comment, topic, board = await visible_comment(found, comment_id)
    if not policy.may_edit(found, comment, topic, board):
        raise Forbidden
    return comment, topic


@blueprint.post("/<oid:comment_id>/edit")
async def save(comment_id: ObjectId) -> Answer:
    """Save, or show what it will look like."""
    comment, topic = await _editable(comment_id)
    form = await EditForm.read()
    if "resolve" in await request.form:
        form.meet(comment.edits)
        clash = await clash_of(comment, form.text("body"), whole_number(form.text("base")))
        form.take((await request.form)["resolve"], clash)
        return await _edit_page(comment, topic, form)
    try:
        form.check()
        if "preview" in await request.form:
            return await _edit_page(comment, topic, form, preview=await preview_of(form.text("body")))
        await spend(Limit.EDIT)
        draft = form.sending(edit_of(comment_id))
        await editing.edit_comment(
            viewer(), comment_id, form.text("body"), seen=form.seen_edits, why=form.why, draft=draft
        )
    except Refusal as refusal:
        if isinstance(refusal, Conflict):
            comment, topic = await _editable(comment_id)
            form.meet(comment.edits)
        return await _edit_page(comment, topic, form, refusal=refusal)
    await say(*SAVED[comment.unseen])
    return place_of(comment)


async def preview_of(body: str) -> Preview:
    """What a text will look like, and who will be told of it where the form says that it goes."""
    await spend(Limit.PREVIEW)
    form = await request.form
    board, reply_to = as_id(form.get("board")), as_id(form.get("reply_to"))
    where = await where_of(viewer(), place=form.get("draft", ""), board=board, reply_to=reply_to)
    written = await write(viewer().me, body, "preview-")
    return Preview(Markup(written.html), await ledger_of(viewer(), where, written) if where else None)


async def _edit_page(
    comment: Comment,
    topic: Topic,
    form: EditForm,
    *,
    writing: Writing | None = None,
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> Response:
    people = await cards(views.people_in([comment]))
    return await page(
        "comments/edit.html",
        status=status_of(refusal),
        comment=views.view(comment, people),
        topic_title=topic.title,
        topic_url=f"/topics/{topic.oid}",
        form=form,
        writing=writing or form.writing(edit_of(comment.oid)),
        preview=preview,
        clash=await clash_of(comment, form.text("body"), whole_number(form.text("base")))
        if isinstance(refusal, Conflict)
        else None,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.post("/<oid:comment_id>/withdraw")
async def withdraw(comment_id: ObjectId) -> Answer:
    """Take it out of the queue of approval."""
    comment = await editing.withdraw_comment(require_login(), comment_id)
    await say("success", WITHDRAWN)
    return place_of(comment)


@blueprint.get("/<oid:comment_id>/delete")
async def ask_delete(comment_id: ObjectId) -> Answer:
    """Ask once, and for a reason."""
    return await _delete_page(await _deletable(comment_id), ReasonForm())


async def _deletable(comment_id: ObjectId) -> Comment:
    found = require_login()
    comment, _, board = await visible_comment(found, comment_id)
    if not policy.may_delete(found, comment, board):
        raise Forbidden
    return comment


async def _delete_page(comment: Comment, form: ReasonForm, refusal: Refusal | None = None) -> Response:
    people = await cards(views.people_in([comment]))
    shown = views.view(comment, people)
    error = form.refuse(refusal) if refusal else None
    return await page("comments/delete.html", status=status_of(refusal), comment=shown, form=form, error=error)


@blueprint.post("/<oid:comment_id>/delete")
async def delete(comment_id: ObjectId) -> Answer:
    """Delete it, softly."""
    comment = await _deletable(comment_id)
    form = await ReasonForm.read()
    try:
        form.check()
        await marking.delete_comment(viewer(), comment_id, form.reason.data or "")
    except Refusal as refusal:
        return await _delete_page(comment, form, refusal)
    await say("success", N_("Comment deleted. You can restore it in its place."))
    return place_of(comment)


@blueprint.post("/<oid:comment_id>/restore")
async def restore(comment_id: ObjectId) -> Answer:
    """Bring it back."""
    require_login()
    comment = await marking.restore_comment(viewer(), comment_id)
    await say("success", N_("Comment restored."))
    return place_of(comment)


@blueprint.post("/<oid:comment_id>/like")
async def like(comment_id: ObjectId) -> Answer:
    """Like it."""
    require_login()
    await spend(Limit.LIKE)
    return place_of(await liking.like(viewer(), comment_id))


@blueprint.post("/<oid:comment_id>/unlike")
async def unlike(comment_id: ObjectId) -> Answer:
    """Take the like back."""
    require_login()
    await spend(Limit.LIKE)
    return place_of(await liking.unlike(viewer(), comment_id))


@blueprint.get("/<oid:comment_id>/history")
async def history(comment_id: ObjectId) -> Answer:
    """All texts there have been."""
    comment, topic, board = await visible_comment(viewer(), comment_id)
    if not policy.may_see_history(viewer(), comment, board):
        raise Forbidden
    before = request.args.get("before")
    if before is not None and whole_number(before) is None:
        raise NotFound
    people = await cards(views.people_in([comment]))
    versions, older = await views.history(
        comment, topic.title if comment.number == 1 else None, whole_number(before) if before else None
    )
    return await page(
        "comments/history.html",
        comment=views.view(comment, people),
        topic_title=topic.title,
        topic_url=f"/topics/{topic.oid}",
        revisions=versions,
        older=older,
        paged=before is not None,
        beside=request.args.get("view") == "beside",
        may_restore=policy.may_restore_version(viewer(), comment, topic, board),
    )
