"""The page from which moderators arrange a topic, and what its forms do."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards import views as board_views
from app.boards.directory import may_post, readable_boards, visible_board
from app.errors import Invalid, NotFound, Refusal
from app.moderation import arranging, splitting, titles, undoing, views
from app.moderation.forms import ActForm, MergeForm, MoveForm, RetitleForm, SlowForm, SplitForm
from app.topics import lists, policy
from app.topics.conversation import head_of
from app.topics.places import VERBS
from app.web.context import page, require_login, safe_next, say, status_of, to, viewer
from app.web.forms import Form
from app.web.i18n import N_, Text
from app.web.needs import MEMBERS, declare, needs, staff
from app.web.routing import as_id
from documents import Topic
from documents.base import Raw

blueprint = Blueprint("moderation", __name__)
UNDOING: Final = ("delete_others", "edit_others", "approve", "see_reports", "manage_boards", "warn", "silence", "ban")
MANY: Final = needs("pin", "lock", "feature", "move", "delete_others")
declare(
    blueprint,
    MEMBERS,
    moderate=needs(*policy.ARRANGING),
    retitle=needs("retitle"),
    move=needs("move"),
    merge=needs("merge"),
    split=needs("merge"),
    slow=needs("slow_mode"),
    choose=MANY,
    bulk=MANY,
    undo=staff(*policy.ARRANGING, *VERBS, *UNDOING),
)
Answer = Response | WerkzeugResponse
F = TypeVar("F", bound=Form)
_ID: Final = re.compile(r"[0-9a-f]{24}")


@blueprint.get("/topics/<oid:topic_id>/moderate")
async def moderate(topic_id: ObjectId) -> Answer:
    """Everything that can be done with a topic, and what was done."""
    return await _page(topic_id)


async def _page(
    topic_id: ObjectId, act: str = "", form: Form | None = None, refusal: Refusal | None = None
) -> Response:
    """`form` is the one of `act`, with what was typed; all others are as they are first shown."""
    found = require_login()
    topic, board = await arranging.arrangeable(found, topic_id)
    boards = [each for each in await readable_boards(found) if may_post(found, each)]
    error = form.refuse(refusal) if form is not None and refusal is not None else None
    return await page(
        "moderation/topic.html",
        status=status_of(refusal),
        head=await head_of(topic, board),
        topic_id=str(topic_id),
        ahead=_from_here(topic, request.args.get("from", "")) if request.args.get("on") else "",
        slow_seconds=topic.slow_seconds,
        slow_choices=titles.SLOW_CHOICES,
        boards=await board_views.rows(boards),
        comments=await views.choosable(topic, request.args.get("from", "")),
        operations=await views.about(found, topic_id),
        act=act,
        form=form,
        typed=(await request.form) if request.method == "POST" else {},
        chosen=(await request.form).getlist("number") if request.method == "POST" else [],
        error=error,
    )


def _from_here(topic: Topic, start: str) -> str:
    """The numbers from one on, as the form takes them; no more than can be moved at once."""
    if not (start.isdecimal() and len(start) < 10 and 1 < int(start) <= topic.last_number):
        return ""
    last = min(topic.last_number, int(start) + splitting.CHOSEN_MAX - 1)
    return f"{int(start)}-{last}" if last > int(start) else start


async def _carry_out(
    topic_id: ObjectId, act: str, kind: type[F], done: str, do: Callable[[F], Awaitable[ObjectId | None]]
) -> Answer:
    """Read the form, do it, and go to where the topic is then; or show the page again, saying why not."""
    require_login()
    await arranging.arrangeable(viewer(), topic_id)
    form = await kind.read()
    try:
        form.check()
        goal = await do(form)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(topic_id, act, form, refusal)
    await say("success", done)
    return to(f"/topics/{goal or topic_id}")


@blueprint.post("/topics/<oid:topic_id>/retitle")
async def retitle(topic_id: ObjectId) -> Answer:
    """Give it another title."""

    async def do(form: RetitleForm) -> None:
        await titles.retitle(viewer(), topic_id, form.title.data or "", form.reason.data or "")

    return await _carry_out(topic_id, "retitle", RetitleForm, N_("Title changed."), do)


@blueprint.post("/topics/<oid:topic_id>/move")
async def move(topic_id: ObjectId) -> Answer:
    """Put it into another board."""

    async def do(form: MoveForm) -> None:
        await arranging.move_topic(viewer(), topic_id, _board(form.board.data), form.reason.data or "")

    return await _carry_out(topic_id, "move", MoveForm, N_("Topic moved."), do)


def _board(text: str | None) -> ObjectId:
    found = as_id(text)
    if found is None:
        raise Invalid(fields={"board": Text(N_("Please choose a board."))})
    return found


@blueprint.post("/topics/<oid:topic_id>/merge")
async def merge(topic_id: ObjectId) -> Answer:
    """Make it part of another topic."""

    async def do(form: MergeForm) -> ObjectId:
        into = _topic(form.into.data or "")
        try:
            await arranging.merge_topics(viewer(), topic_id, into, form.reason.data or "")
        except NotFound:
            raise _no_topic() from None
        return into

    return await _carry_out(topic_id, "merge", MergeForm, N_("The topics are one now."), do)


def _topic(text: str) -> ObjectId:
    """The id in an address of a topic, or alone."""
    match = _ID.search(text.lower())
    if match is None:
        raise _no_topic()
    return ObjectId(match[0])


def _no_topic() -> Invalid:
    return Invalid(fields={"into": Text(N_("There is no such topic. Copy the address of the other topic here."))})


@blueprint.post("/topics/<oid:topic_id>/split")
async def split(topic_id: ObjectId) -> Answer:
    """Make a topic of its own of some comments."""
    ticked = [int(text) for text in (await request.form).getlist("number") if text.isdecimal() and len(text) < 10]

    async def do(form: SplitForm) -> ObjectId:
        numbers = {*ticked, *splitting.numbers_from(form.numbers.data or "")}
        board = _board(form.board.data)
        title, reason = form.title.data or "", form.reason.data or ""
        return await splitting.split_topic(viewer(), topic_id, numbers, title=title, board_id=board, reason=reason)

    return await _carry_out(topic_id, "split", SplitForm, N_("Comments moved into a new topic."), do)


@blueprint.post("/topics/<oid:topic_id>/slow")
async def slow(topic_id: ObjectId) -> Answer:
    """Set the pace."""

    async def do(form: SlowForm) -> None:
        text = form.seconds.data or ""
        seconds = int(text) if text.isdecimal() and len(text) < 10 else -1
        await titles.slow_down(viewer(), topic_id, seconds, form.reason.data or "")

    return await _carry_out(topic_id, "slow", SlowForm, N_("Saved."), do)


@blueprint.get("/topics/choose")
async def choose() -> Answer:
    """A list in which moderators tick what one act is to be done to."""
    return await _choose_page(request.args.get("board", ""))


async def _choose_page(board: str, refusal: Refusal | None = None) -> Response:
    found = require_login()
    board_id = as_id(board)
    which: Raw = {} if board_id is None else {"board": (await visible_board(found, board_id)).oid}
    key = lists.parse_key("active", request.args.get("after"), request.args.get("before"))
    url = "/topics/choose" + (f"?board={board_id}" if board_id else "")
    boards = [each for each in await readable_boards(found) if may_post(found, each)]
    return await page(
        "moderation/choose.html",
        status=status_of(refusal),
        topics=await lists.topic_list(found, which, sort="active", key=key, limit=titles.BULK_MAX, url=url),
        boards=await board_views.rows(boards),
        chosen=(await request.form).getlist("topic") if request.method == "POST" else [],
        error=str(refusal.text) if refusal else None,
    )


@blueprint.post("/topics/bulk")
async def bulk() -> Answer:
    """One act on the topics that were ticked."""
    require_login()
    form = await request.form
    ids = [found for found in map(as_id, form.getlist("topic")) if found is not None]
    try:
        count = await _do_to(ids)
    except Invalid as refusal:
        return await _choose_page("", refusal)
    await say("success", N_("Done, with %(count)s topics."), count=count)
    return to(safe_next(form.get("next"), "/"))


async def _do_to(ids: list[ObjectId]) -> int:
    form, why = await request.form, await ActForm.read()
    why.check()
    board, reason = as_id(form.get("board")), why.reason.data or ""
    return await titles.do_to_many(viewer(), ids, form.get("act", ""), board_id=board, reason=reason)


@blueprint.post("/operations/<oid:operation_id>/undo")
async def undo(operation_id: ObjectId) -> Answer:
    """Take an operation back."""
    require_login()
    await undoing.undo(viewer(), operation_id)
    await say("success", N_("Undone."))
    return to(safe_next(request.args.get("next"), "/"))
