"""Whom a message reaches: asked before a text is rendered, and again in the transaction that delivers it."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from app.errors import Declined, Forbidden, Invalid
from app.people.reach import takes_first_word, takes_replies
from app.text.names import username_key
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work
from documents import User


async def receiver_named(viewer: Viewer, to: str) -> User:
    """The person named, with or without an @ before the name, if they take a new conversation from the viewer."""
    found = await User.by_username_key(username_key(to.strip().removeprefix("@").removeprefix("＠")))
    if found is None:
        raise Invalid(fields={"to": Text(N_("There is nobody with this name."))})
    if found.oid == viewer.me:
        raise Invalid(fields={"to": Text(N_("You cannot send yourself a message."))})
    _require_unblocked(viewer, found)
    if not await takes_first_word(found, viewer):
        raise _declined(found)
    return found


def _require_unblocked(viewer: Viewer, other: User) -> None:
    if other.oid in viewer.blocks:
        raise Declined(
            Text(N_("You have blocked %(name)s. Unblock them first, so that they can reply."), name=other.name)
        )


def _declined(other: User) -> Declined:
    """The same words whatever the reason is: they tell nobody that they are blocked."""
    return Declined(Text(N_("%(name)s does not take messages from you at the moment."), name=other.name))


async def require_reader(viewer: Viewer, members: Sequence[ObjectId]) -> None:
    """There is somebody to answer, who takes answers from the viewer."""
    other = await User.find_one({"_id": {"$in": [member for member in members if member != viewer.me]}})
    if other is None or not other.live:
        raise Forbidden(Text(N_("This person can no longer be reached.")))
    _require_unblocked(viewer, other)
    if not takes_replies(other, viewer):
        raise _declined(other)


async def require_taken(work: Work, viewer: Viewer, other: ObjectId, *, first: bool) -> None:
    """Asked again where it counts: delivery writes to the receiver, as blocking does, so that one sees the other."""
    raw = await User.raw().find_one({"_id": other}, session=work.session)
    if raw is None:
        return
    person = User.model_validate(raw)
    taken = await takes_first_word(person, viewer, work.session) if first else takes_replies(person, viewer)
    if person.live and not taken:
        raise _declined(person)
