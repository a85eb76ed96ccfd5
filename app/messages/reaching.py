"""Whom a message reaches: asked before a text is rendered, and again in the transaction that delivers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bson import ObjectId

from app.errors import Declined, Forbidden, Invalid
from app.people.reach import follows, takes_first_word, takes_replies
from app.text.names import username_key
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work
from documents import Conversation, Membership, Message, User
from documents.base import LIVE, Raw, Session
from documents.message import SPOKEN

# People in a group, whoever began it included.
GROUP_MAX: Final = 20
# Between names, in Latin and in Chinese.
SEPARATORS: Final = re.compile(r"[\s,;，、；]+")
# Messages that somebody may send before a stranger has accepted the first.
UNANSWERED_MAX: Final = 5


async def receivers_named(viewer: Viewer, to: str, *, with_me: bool = False) -> list[User]:
    """The people named, each once and in order, who all take a new conversation from the viewer.

    Names stand apart by spaces or commas, with or without an @ before them. `Invalid` where there is no such person or
    there are too many; the viewer's own name counts only where `with_me` says so or nobody else is named.
    """
    typed = (name.lstrip("@＠") for name in SEPARATORS.split(to.strip()))
    names = dict.fromkeys(username_key(name) for name in typed if name)
    if len(names) > GROUP_MAX:
        raise _wrong(N_("A group has at most %(count)s people."), count=GROUP_MAX)
    found = {user.username_key: user async for user in User.find({"username_key": {"$in": list(names)}, **LIVE})}
    missing = [name for name in names if name not in found]
    if len(names) > 1 and missing:
        raise _wrong(N_("There is nobody with this name: %(name)s"), name=", ".join(missing))
    if missing or not names:
        raise _wrong(N_("There is nobody with this name."))
    people = [found[name] for name in names if found[name].oid != viewer.me]
    if not people and not with_me:
        raise _wrong(N_("You cannot send yourself a message."))
    if len(people) >= GROUP_MAX:
        raise _wrong(N_("A group has at most %(count)s people."), count=GROUP_MAX)
    for person in people:
        await require_first(viewer, person)
    return people


def _wrong(text: str, **params: object) -> Invalid:
    return Invalid(fields={"to": Text(text, **params)})


async def require_first(viewer: Viewer, person: User, session: Session = None) -> None:
    """The person takes a new conversation from the viewer, alone or in a group."""
    _require_unblocked(viewer, person)
    if not await takes_first_word(person, viewer, session):
        raise _declined(person)


def _require_unblocked(viewer: Viewer, other: User) -> None:
    if other.oid in viewer.blocks:
        raise Declined(
            Text(N_("You have blocked %(name)s. Unblock them first, so that they can reply."), name=other.name)
        )


def _declined(other: User) -> Declined:
    """The same words whatever the reason is: they tell nobody that they are blocked."""
    return Declined(Text(N_("%(name)s does not take messages from you at the moment."), name=other.name))


async def is_stranger(viewer: Viewer, person: User, session: Session = None) -> bool:
    """Whether a first message from the viewer waits among this person's requests.

    Not from staff, nor from whom they follow, have written to or once accepted; what they said in a group that others
    began makes nobody there a friend.
    """
    if viewer.moderates or await follows(person.oid, viewer.me, session):
        return False
    together: Raw = {"members": {"$all": [person.oid, viewer.me]}}
    theirs: Raw = {"$or": [{"group": {"$ne": True}}, {"started_by": person.oid}]}
    shared = await Conversation.raw().distinct("_id", {**together, **theirs}, session=session)
    if not shared:
        return True
    wrote: Raw = {"conversation": {"$in": shared}, "author": person.oid, **SPOKEN}
    if await Message.raw().find_one(wrote, {"_id": 1}, session=session):
        return False
    accepted: Raw = {"conversation": {"$in": shared}, "user": person.oid, "accepted_at": {"$ne": None}}
    return await Membership.raw().find_one(accepted, {"_id": 1}, session=session) is None


async def strangers_among(viewer: Viewer, people: Iterable[User], session: Session = None) -> set[ObjectId]:
    """Those of `people` for whom the viewer is a stranger."""
    return {person.oid for person in people if await is_stranger(viewer, person, session)}


async def require_reader(viewer: Viewer, conversation: Conversation) -> None:
    """There is somebody to answer, who takes answers from the viewer. In a group there always is."""
    if conversation.group:
        return
    other = await User.find_one({"_id": {"$in": [member for member in conversation.members if member != viewer.me]}})
    if other is None or not other.live:
        raise Forbidden(Text(N_("This person can no longer be reached.")))
    _require_unblocked(viewer, other)
    if not takes_replies(other, viewer) or await _is_declined(viewer, conversation.oid, other):
        raise _declined(other)


async def _is_declined(viewer: Viewer, conversation: ObjectId, person: User, session: Session = None) -> bool:
    """Whether this person wants none of this conversation; who has followed the viewer since does."""
    if viewer.may("reach_anyone"):
        return False
    which: Raw = {"conversation": conversation, "user": person.oid, "declined_at": {"$ne": None}}
    if await Membership.raw().find_one(which, {"_id": 1}, session=session) is None:
        return False
    return not await follows(person.oid, viewer.me, session)


async def people_in(members: Sequence[ObjectId], session: Session) -> dict[ObjectId, User]:
    """The accounts of these people as they are within a unit of work."""
    return {person.oid: person async for person in User.find({"_id": {"$in": list(members)}}, session=session)}


async def require_taken(work: Work, viewer: Viewer, conversation: Conversation, *, more: bool = True) -> None:
    """Asked again where it counts: delivery writes to the receiver, as blocking does, so that one sees the other.

    One message `more` than a stranger may have before they accept is refused.
    """
    if conversation.group:
        return
    others = [member for member in conversation.members if member != viewer.me]
    for person in (await people_in(others, work.session)).values():
        if person.live and not takes_replies(person, viewer):
            raise _declined(person)
        if await _is_declined(viewer, conversation.oid, person, work.session):
            raise _declined(person)
    if more:
        await _require_room(work, viewer, conversation.oid, others)


async def _require_room(work: Work, viewer: Viewer, id: ObjectId, others: Sequence[ObjectId]) -> None:
    waiting: Raw = {"conversation": id, "user": {"$in": list(others)}, "request": True}
    if await Membership.raw().find_one(waiting, {"_id": 1}, session=work.session):
        sent: Raw = {"conversation": id, "author": viewer.me}
        if await Message.raw().count_documents(sent, session=work.session) >= UNANSWERED_MAX:
            raise Declined(Text(N_("You can write more once they have accepted your message.")))
