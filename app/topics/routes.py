"""Lists of topics, and topics themselves with what is said in them."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bson import ObjectId
from quart import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards import views as board_views
from app.boards.access import visible_topic
from app.boards.directory import may_post, readable_boards, visible_board
from app.comments.forms import CommentForm
from app.comments.pages import Preview
from app.comments.posting import post_comment
from app.comments.routes import preview_of
from app.comments.views import number_url
from app.drafts.filling import opened
from app.drafts.pages import Writing
from app.drafts.places import new_topic, reply_to
from app.errors import Forbidden, Invalid, MovedAway, NotFound, Refusal
from app.interest.kept import kept_in
from app.interest.pages import Eye
from app.search import views as search_views
from app.search.pages import RelatedTopic
from app.search.service import related_to
from app.topics import lists, opening, tagging
from app.topics.conversation import page_of, page_url
from app.topics.forms import TopicForm
from app.topics.pages import SORTS, Sort, TopicList
from app.topics.reading import topic_page
from app.topics.tags import tag_counts, tag_named, tag_url
from app.topics.unread import marked, tabs, unread_list
from app.viewer import Viewer
from app.web.context import page, plumbing, require_login, say, spend, status_of, to, viewer, wants_fresh
from app.web.forms import new_once
from app.web.i18n import N_, Text, current_locale
from app.web.limits import Limit
from app.web.needs import EVERYBODY, declare, needs
from app.web.routing import as_id
from app.web.shared import Own, draw_shared, filled_page, list_page
from app.web.withheld import require_writer
from documents import Comment, Moved, Tag
from documents.base import Raw

blueprint = Blueprint("topics", __name__)
declare(
    blueprint,
    EVERYBODY,
    **dict.fromkeys(("choose_board", "open_in_chosen", "new", "open_here"), needs("post")),
    comment=needs("reply"),
)
Answer = Response | WerkzeugResponse
PICKS_FROM = 10
NUMBER_MAX = 2**31 - 1


async def listed(viewer: Viewer, which: Raw, url: str, *, show_board: bool = True) -> TopicList:
    """The page of a list of topics that the URL asks for, as it is for all."""
    sort = asked_sort()
    key = lists.parse_key(sort, request.args.get("after"), request.args.get("before"))
    limit = plumbing().settings.topics_per_page
    return await lists.topic_list(viewer, which, sort=sort, key=key, limit=limit, url=url, show_board=show_board)


async def marked_list(
    template: str,
    load: Callable[[Viewer, TopicList], Awaitable[Raw]],
    which: Raw,
    url: str,
) -> Answer:
    """A page with a list of topics, in which what is new to the viewer is marked. `load` gives what else it shows."""
    show_board = "board" not in which

    async def all_of_it(somebody: Viewer) -> dict[str, Any]:
        topics = await listed(somebody, which, url, show_board=show_board)
        if somebody.known:
            topics = replace(topics, sorts=tabs(url))
        about = {"facts": topics.facts, "marks": somebody.known, "bulk": somebody.moderates}
        return {**await load(somebody, topics), "topics": topics, **about}

    async def own(found: Viewer, facts: Any) -> Own:
        eye = {"eye": await eye_of(found, which["board"])} if "board" in which else {}
        return {**await marked(found, facts), **eye}

    async def unread_only() -> dict[str, Any]:
        key = lists.parse_key("unread", request.args.get("after"), None)
        limit = plumbing().settings.topics_per_page
        topics = await unread_list(viewer(), which, key=key, limit=limit, url=url, show_board=show_board)
        return {**await load(viewer().standing, topics), "topics": topics, "facts": topics.facts, "marks": True}

    if viewer().known and request.args.get("sort") == "unread":
        drawn = draw_shared(template, **await unread_only())
        return filled_page(drawn, await own(viewer(), drawn.facts))
    return await list_page(template, all_of_it, own=own)


async def eye_of(found: Viewer, board_id: ObjectId) -> Callable[[str], str]:
    """The buttons to watch or mute a board."""
    kept = await kept_in(found, board_id, fresh=wants_fresh())
    eye = Eye(f"/boards/{board_id}", kept.level)
    drawn = plumbing().templates.drawn("interest/_eye.html", locale=current_locale.get(), eye=eye)
    return lambda _: drawn


def asked_sort() -> Sort:
    """The order that the URL asks for; an unknown one is the usual one."""
    wanted = request.args.get("sort", "")
    return next((sort for sort in SORTS if sort == wanted), "active")


@blueprint.get("/")
async def home() -> Answer:
    """Everything, last active first."""

    async def load(somebody: Viewer, topics: TopicList) -> dict[str, Any]:
        boards = await board_views.rows(await readable_boards(somebody))
        # Where all stands on half a page, nothing has to be pointed out.
        first = topics.sort == "active" and not topics.pager.first and len(topics.rows) >= PICKS_FROM
        picks = await lists.recommended(somebody) if first else ()
        return {"boards": boards, "picks": picks, "welcome": not somebody.known and not request.args}

    return await marked_list("topics/index.html", load, {}, "/")


@blueprint.get("/boards/<oid:board_id>")
async def board(board_id: ObjectId) -> Answer:
    """One board."""
    found = await visible_board(viewer(), board_id)

    async def load(somebody: Viewer, _: TopicList) -> dict[str, Any]:
        row = (await board_views.rows([found], above=await readable_boards(somebody)))[0]
        return {"board": row, "may_post": may_post(somebody, found), "read_url": f"/boards/{board_id}/read"}

    return await marked_list("boards/show.html", load, {"board": board_id}, f"/boards/{board_id}")


@blueprint.get("/tags")
async def all_tags() -> Answer:
    """All tags, the commonest first."""

    async def load(somebody: Viewer) -> dict[str, Any]:
        return {"tags": await tag_counts(somebody)}

    return await list_page("tags/index.html", load)


@blueprint.get("/tags/<tag>")
async def tagged(tag: str) -> Answer:
    """The topics with a tag; a tag that nobody uses is an empty list."""
    folded = tag_named(tag)
    if folded is None:
        raise NotFound
    about = (await Tag.named([folded])).get(folded)
    if about is not None and about.leads_to:
        return redirect(tag_url((await Tag.standing([folded]))[0][0]), 301)

    async def load(_viewer: Viewer, _list: TopicList) -> dict[str, Any]:
        return {"tag": folded, "read_url": "", "about": about.description if about else ""}

    return await marked_list("tags/show.html", load, {"tags": folded}, tag_url(folded))


@blueprint.get("/topics/new")
async def choose_board() -> Answer:
    """A new topic, the board still to be chosen."""
    require_writer()
    return await _empty_page(None)


async def _empty_page(board_id: ObjectId | None) -> Response:
    """The form with what was kept of it."""
    given = {"title": "", "body": "", "tags": "", "board": request.args.get("board", "")}
    fields, writing = await opened(viewer(), new_topic(board_id), given)
    return await _new_page(board_id, TopicForm(data=fields), writing=writing)


@blueprint.post("/topics/new")
async def open_in_chosen() -> Answer:
    """Open a topic in the board that the form names."""
    require_login()
    form = await TopicForm.read()
    board_id = as_id(form.board.data)
    if board_id is None:
        form.validate()
        return await _new_page(None, form, refusal=Invalid(fields={"board": Text(N_("Please choose a board."))}))
    return await _open(board_id, form, choosing=True)


@blueprint.get("/boards/<oid:board_id>/topics/new")
async def new(board_id: ObjectId) -> Answer:
    """The form."""
    require_writer()
    await _postable(board_id)
    return await _empty_page(board_id)


async def _postable(board_id: ObjectId) -> None:
    if not may_post(viewer(), await visible_board(viewer(), board_id)):
        raise Forbidden


@blueprint.post("/boards/<oid:board_id>/topics/new")
async def open_here(board_id: ObjectId) -> Answer:
    """Open a topic."""
    require_login()
    return await _open(board_id, await TopicForm.read(), choosing=False)


async def _open(board_id: ObjectId, form: TopicForm, *, choosing: bool) -> Answer:
    place = None if choosing else board_id
    await _postable(board_id)
    try:
        form.check()
        tags = tagging.tags_from(form.tags.data or "")
        if "preview" in await request.form:
            return await _new_page(place, form, preview=await preview_of(form.text("body")))
        await spend(Limit.TOPIC)
        topic = await opening.open_topic(
            viewer(),
            board_id,
            title=form.text("title"),
            body=form.text("body"),
            tags=tags,
            once=form.once_key,
            draft=form.sending(new_topic(place)),
        )
    except Refusal as refusal:
        return await _new_page(place, form, refusal=refusal)
    return to(f"/topics/{topic.oid}")


async def _new_page(
    board_id: ObjectId | None,
    form: TopicForm,
    *,
    writing: Writing | None = None,
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> Response:
    found = board_views.ref(await visible_board(viewer(), board_id)) if board_id else None
    postable = [] if found else [each for each in await readable_boards(viewer()) if may_post(viewer(), each)]
    boards = await board_views.rows(postable)
    return await page(
        "topics/new.html",
        status=status_of(refusal),
        board=found,
        boards=boards,
        chosen=form.board.data or "",
        form=form,
        writing=writing or form.writing(new_topic(board_id)),
        once=form.again or (writing and writing.once) or new_once(),
        preview=preview,
        related=await _related(form) if preview is not None else (),
        error=form.refuse(refusal) if refusal else None,
    )


async def _related(form: TopicForm) -> tuple[RelatedTopic, ...]:
    """What has been talked about already, for those whose browser does not ask while they write."""
    return await search_views.related_rows(await related_to(viewer(), form.text("title")))


@blueprint.get("/topics/<oid:topic_id>")
async def show(topic_id: ObjectId) -> Answer:
    """A window of the conversation."""
    return await topic_page(topic_id)


@blueprint.get("/topics/<oid:topic_id>/n/<int:number>")
async def by_number(topic_id: ObjectId, number: int) -> Answer:
    """To where a number stands."""
    try:
        topic, _ = await visible_topic(viewer(), topic_id)
    except MovedAway:
        return await _moved_number(topic_id, number)
    if not topic.first_number <= number <= topic.last_number:
        raise NotFound
    if topic.moved and not await Comment.raw().find_one({"topic": topic_id, "number": number}, {"_id": 1}):
        with contextlib.suppress(NotFound):  # what was purged is not, its place is
            return await _moved_number(topic_id, number)
    per_page = plumbing().settings.comments_per_page
    first_page = page_of(topic.first_number, per_page)
    response = to(f"{page_url(topic_id, page_of(number, per_page), first_page)}#c{number}")
    response.status_code = 302
    return response


async def _moved_number(topic_id: ObjectId, number: int) -> Answer:
    """To where a number stands that has left its topic."""
    place = await Moved.whither(topic_id, min(number, NUMBER_MAX))
    if place is None:
        raise NotFound
    return redirect(number_url(*place), 301)


@blueprint.post("/topics/<oid:topic_id>/comments")
async def comment(topic_id: ObjectId) -> Answer:
    """Add a comment, or show what it will look like."""
    require_login()
    form = await CommentForm.read()
    try:
        form.check()
        if "preview" in await request.form:
            return await topic_page(topic_id, form, preview=await preview_of(form.text("body")))
        await spend(Limit.COMMENT)
        posted = await post_comment(
            viewer(),
            topic_id,
            form.text("body"),
            reply_to=_replied(form),
            once=form.once_key,
            known=form.known_number,
            draft=form.sending(reply_to(topic_id)),
        )
    except (NotFound, Forbidden):
        raise  # there is no form on the topic's page any more to show the text in
    except Refusal as refusal:
        return await topic_page(topic_id, form, refusal=refusal)
    if posted.unseen:
        await say("info", N_("Thank you. It waits for approval; you will be told when everybody can read it."))
    return to(number_url(posted.topic, posted.number))


def _replied(form: CommentForm) -> ObjectId | None:
    """The comment that is answered; what is no id cannot be there."""
    if not form.reply_to.data:
        return None
    found = as_id(form.reply_to.data)
    if found is None:
        raise Invalid(Text(N_("The comment you are replying to is no longer there.")))
    return found


@blueprint.get("/topics/<oid:topic_id>/comments")
async def comments(topic_id: ObjectId) -> Answer:
    """Where a reload after sending leads."""
    return to(f"/topics/{topic_id}")
