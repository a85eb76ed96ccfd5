"""Another text for a message, for a while after it was sent. What it said before stays readable in the conversation."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from app.comments.flooding import look_at_message, trace_of_message
from app.comments.merging import Clash, compared
from app.comments.rendering import Written
from app.drafts import service as drafts
from app.drafts.service import Sending
from app.errors import Conflict, Forbidden
from app.files.links import touch
from app.messages.clearing import visible_message
from app.messages.reaching import require_reader, require_taken
from app.messages.service import change, visible_conversation, write_message
from app.text.diff import difference, merged
from app.text.model import RENDERER_VERSION
from app.text.segment import found_by, words_of
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Conversation, EarlierMessage, Membership, Message
from documents.base import Raw
from documents.clock import now


def may_edit(viewer: Viewer, message: Message, side: Membership, minutes: int) -> bool:
    """Its author, while they are in the conversation, for so many minutes."""
    mine = message.kind == "text" and message.live and message.author == viewer.me and side.until is None
    return mine and viewer.writes and now() - message.created_at < timedelta(minutes=minutes)


async def editable(viewer: Viewer, conversation_id: ObjectId, number: int, minutes: int) -> Message:
    """The message, if the viewer may edit it; `Forbidden` says why not."""
    _, side = await visible_conversation(viewer, conversation_id)
    message = await visible_message(viewer, conversation_id, number)
    if message.author != viewer.me or message.kind != "text":
        raise Forbidden
    if not may_edit(viewer, message, side, minutes):
        raise Forbidden(Text(N_("This message can no longer be edited. Send another one instead.")))
    return message


def changed_meanwhile() -> Conflict:
    """The same person has edited it elsewhere."""
    return Conflict(
        Text(N_("You have edited this elsewhere in the meantime. Your text is still here: compare it before you save."))
    )


async def edit(
    viewer: Viewer, message: Message, body: str, *, seen: int | None = None, draft: Sending | None = None
) -> None:
    """Change the text of an editable message. `seen` is the number of edits that the writer knew of.

    Another one since is a `Conflict`. Nobody is told of an edit.
    """
    if seen is not None and seen != message.edit_count:
        raise changed_meanwhile()
    if body == message.body:
        await drafts.finish(viewer, draft, body)
        return
    conversation, _ = await visible_conversation(viewer, message.conversation)
    await require_reader(viewer, conversation)
    written = await write_message(viewer, body, message.oid)
    trace = await trace_of_message(viewer, body, message.body)

    async def steps(work: Work) -> None:
        await look_at_message(work, trace, viewer.me, message.conversation)
        await require_taken(work, viewer, conversation, more=False)
        await _store(work, message, body, written)
        await _show(work, message, written)
        await drafts.sent(work, viewer, draft, body)

    await together(steps, hot=(message.conversation,))


async def _store(work: Work, message: Message, body: str, written: Written) -> None:
    moment = now()
    fields: Raw = {"body": body, "html": written.html, "excerpt": written.excerpt, "renderer": RENDERER_VERSION}
    fields |= {"edited_at": moment, "uploads": list(written.uploads), **found_by(await _words(work, message, written))}
    found = await Message.raw().update_one(
        {"_id": message.oid, "edit_count": {"$in": [message.edit_count, None]}, "deleted_at": None},
        {"$set": {**fields, "edit_count": message.edit_count + 1}},
        session=work.session,
    )
    if not found.modified_count:
        raise changed_meanwhile()
    await EarlierMessage.raw().insert_one(_as_it_is(message).as_stored(), session=work.session)
    await touch((*message.uploads, *written.uploads), work.session)


async def _words(work: Work, message: Message, written: Written) -> list[str]:
    """The first message is found by the title too."""
    if message.number != 1:
        return list(written.words)
    raw = await Conversation.raw().find_one({"_id": message.conversation}, {"title": 1}, session=work.session)
    return list(dict.fromkeys([*words_of(raw["title"] if raw else ""), *written.words]))


def _as_it_is(message: Message) -> EarlierMessage:
    return EarlierMessage(
        conversation=message.conversation,
        message=message.oid,
        number=message.edit_count,
        author=message.author,
        body=message.body,
        html=message.html,
        written_at=message.edited_at or message.created_at,
        created_at=now(),
        uploads=message.uploads,
    )


async def _show(work: Work, message: Message, written: Written) -> None:
    """In the boxes too, when it is the last one. Whoever has deleted it for themselves sees nothing of it."""
    which: Raw = {"_id": message.conversation, "last_number": message.number}
    await Conversation.raw().update_one(which, {"$set": {"excerpt": written.excerpt}}, session=work.session)
    await change(work, message.conversation)


async def clash_of(message: Message, mine: str, base: int | None) -> Clash:
    """Both texts beside each other. `base` is the number of edits that the writer began from."""
    began = await EarlierMessage.find_one({"message": message.oid, "number": base}) if base is not None else None
    theirs = message.body

    def compare() -> Clash:
        return Clash(theirs, difference(theirs, mine), merged(began.body, mine, theirs) if began else None)

    return await compared(compare, len(theirs) + len(mine))


async def earlier(message: Message) -> list[EarlierMessage]:
    """What it said before, oldest first."""
    return await EarlierMessage.find({"message": message.oid}).sort("number").to_list()
