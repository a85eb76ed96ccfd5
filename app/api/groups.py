"""Groups: who is in them, and what they are called."""

from __future__ import annotations

from bson import ObjectId
from pydantic import Field

from app.api.conversations import ConversationOut, conversation_out
from app.api.parsing import checked
from app.api.shapes import Line, Sent
from app.api.table import operation
from app.messages import groups
from app.messages.forms import NamesForm, TitleForm
from app.messages.reaching import GROUP_MAX
from app.messages.routes import spend_on_strangers
from app.web.context import spend, viewer
from app.web.limits import Limit
from app.web.needs import needs

PATH = "/conversations/<oid:conversation_id>"


class GroupChange(Sent):
    """What the group is called from now on."""

    title: Line


class MembersIn(Sent):
    """Whom to add, by their usernames."""

    to: list[Line] = Field(min_length=1, max_length=GROUP_MAX)


@operation(
    "PATCH", PATH, "Rename a group", scope="messages", need=needs("message"), takes=GroupChange, gives=ConversationOut
)
async def rename_group(conversation_id: ObjectId, body: GroupChange) -> ConversationOut:
    """By who looks after it."""
    await groups.managed(viewer(), conversation_id)
    form = checked(TitleForm, title=body.title)
    await spend(Limit.MESSAGE)
    await groups.rename(viewer(), conversation_id, form.text("title"))
    return await conversation_out(conversation_id)


@operation(
    "POST",
    f"{PATH}/members",
    "Add people to a group",
    scope="messages",
    need=needs("message"),
    takes=MembersIn,
    gives=ConversationOut,
)
async def add_members(conversation_id: ObjectId, body: MembersIn) -> ConversationOut:
    """They see what is said from then on."""
    await groups.managed(viewer(), conversation_id)
    form = checked(NamesForm, to=", ".join(body.to))
    await spend(Limit.MESSAGE)
    await groups.add(viewer(), conversation_id, form.text("to"), meeting=spend_on_strangers)
    return await conversation_out(conversation_id)


@operation("DELETE", f"{PATH}/members/<oid:user_id>", "Remove somebody from a group", scope="messages")
async def remove_member(conversation_id: ObjectId, user_id: ObjectId) -> None:
    """They keep what they had."""
    await groups.managed(viewer(), conversation_id)
    await spend(Limit.MESSAGE)
    await groups.remove(viewer(), conversation_id, user_id)
