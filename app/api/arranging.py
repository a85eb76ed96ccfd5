"""What moderators do with topics and people; each is an operation that can be undone."""

from __future__ import annotations

from typing import Literal

from bson import ObjectId
from pydantic import Field

from app.api.parsing import checked
from app.api.shapes import Id, Line, Sent
from app.api.table import Given, operation
from app.api.topics import NUMBER_MAX, Reason, TopicOut, given_topic
from app.errors import Forbidden, NotFound
from app.moderation import arranging, people, splitting, titles, undoing
from app.moderation.forms import ActForm, RetitleForm, SplitForm
from app.topics import policy
from app.topics.places import VERBS
from app.web.context import viewer
from app.web.needs import needs, staff
from documents import User

PATH = "/topics/<oid:topic_id>"
UNDOING = ("delete_others", "edit_others", "approve", "see_reports", "manage_boards", "warn", "silence", "ban")


class MoveIn(Reason):
    """Into which board."""

    board: Id


class MergeIn(Reason):
    """Into which other topic."""

    into: Id


class SplitIn(Reason):
    """Which comments become a topic of what title, in which board; the first of them opens it."""

    numbers: list[int] = Field(min_length=1, max_length=splitting.CHOSEN_MAX)
    title: Line
    board: Id


class RetitleIn(Reason):
    """Which title."""

    title: Line


class PaceIn(Reason):
    """How many seconds everybody waits between two comments; 0 ends it."""

    seconds: int = Field(ge=0, le=NUMBER_MAX)


class SanctionIn(Sent):
    """What is done, for how many hours (0: a ban for good), and why; who is warned, silenced or banned hears it."""

    act: Literal["warn", "silence", "unsilence", "ban", "unban"]
    hours: int | None = Field(None, ge=0, le=1_000_000)
    reason: Line = ""


@operation(
    "POST",
    f"{PATH}/retitle",
    "Give a topic another title",
    scope="moderate",
    need=needs("retitle"),
    takes=RetitleIn,
    gives=TopicOut,
)
async def retitle_topic(topic_id: ObjectId, body: RetitleIn) -> Given:
    """Its author hears of it."""
    form = checked(RetitleForm, title=body.title, reason=body.reason)
    await titles.retitle(viewer(), topic_id, form.text("title"), form.text("reason"))
    return await given_topic(topic_id)


@operation(
    "POST",
    f"{PATH}/move",
    "Move a topic into another board",
    scope="moderate",
    need=needs("move"),
    takes=MoveIn,
    gives=TopicOut,
)
async def move_topic(topic_id: ObjectId, body: MoveIn) -> Given:
    """Who may not read there does not see it any more."""
    reason = checked(ActForm, reason=body.reason).text("reason")
    await arranging.move_topic(viewer(), topic_id, ObjectId(body.board), reason)
    return await given_topic(topic_id)


@operation(
    "POST",
    f"{PATH}/merge",
    "Make a topic part of another one",
    scope="moderate",
    need=needs("merge"),
    takes=MergeIn,
    gives=TopicOut,
)
async def merge_topic(topic_id: ObjectId, body: MergeIn) -> Given:
    """Its old addresses lead there for ever."""
    reason = checked(ActForm, reason=body.reason).text("reason")
    await arranging.merge_topics(viewer(), topic_id, ObjectId(body.into), reason)
    return await given_topic(ObjectId(body.into))


@operation(
    "POST",
    f"{PATH}/split",
    "Make a topic of its own of some comments",
    scope="moderate",
    need=needs("merge"),
    takes=SplitIn,
    gives=TopicOut,
    status=201,
)
async def split_topic(topic_id: ObjectId, body: SplitIn) -> Given:
    """Their old numbers lead there."""
    form = checked(SplitForm, title=body.title, reason=body.reason)
    title, board = form.text("title"), ObjectId(body.board)
    numbers = [number for number in body.numbers if 0 < number < NUMBER_MAX]
    made = await splitting.split_topic(
        viewer(), topic_id, numbers, title=title, board_id=board, reason=form.text("reason")
    )
    return await given_topic(made, 201)


@operation(
    "PUT",
    f"{PATH}/slow",
    "Set the pace of a topic",
    scope="moderate",
    need=needs("slow_mode"),
    takes=PaceIn,
    gives=TopicOut,
)
async def slow_topic(topic_id: ObjectId, body: PaceIn) -> Given:
    """One of the paces of the page."""
    reason = checked(ActForm, reason=body.reason).text("reason")
    await titles.slow_down(viewer(), topic_id, body.seconds, reason)
    return await given_topic(topic_id)


@operation(
    "POST",
    "/users/<oid:user_id>/sanctions",
    "Warn, silence or ban somebody, or end it",
    scope="moderate",
    need=staff("warn", "silence", "ban"),
    takes=SanctionIn,
)
async def sanction_user(user_id: ObjectId, body: SanctionIn) -> None:
    """A ban logs them out everywhere."""
    user = await User.load(user_id)
    if user is None:
        raise NotFound
    if not people.may_sanction(viewer(), user) or not viewer().may(people.PERMISSION[body.act]):
        raise Forbidden
    form = checked(people.SanctionForm if body.act.startswith("un") else people.ReasonedForm, reason=body.reason)
    hours = "" if body.hours is None else str(body.hours)
    await people.carry_out(viewer(), user, body.act, hours, form.text("reason"))


@operation(
    "POST",
    "/operations/<oid:operation_id>/undo",
    "Undo an operation",
    scope="moderate",
    need=staff(*policy.ARRANGING, *VERBS, *UNDOING),
)
async def undo_operation(operation_id: ObjectId) -> None:
    """All of it, or nothing where something has changed since."""
    await undoing.undo(viewer(), operation_id)
