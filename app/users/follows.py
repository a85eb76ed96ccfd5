"""Following people: one transaction with both counters and the one notice that there ever is of it."""

from __future__ import annotations

import contextlib
from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import Declined, Forbidden, NotFound
from app.events import PeopleTold, ProfilesChanged
from app.notifications.service import notify
from app.people.reach import may_follow
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Follow, Notification, User
from documents.base import LIVE, Raw
from documents.clock import now

# The feed asks for what all of them wrote; see app.users.feed.
FOLLOWED_MAX: Final = 1_000


async def follow(viewer: Viewer, person_id: ObjectId) -> None:
    """Follow somebody; a second time changes nothing."""
    person = await _live(person_id)
    if person_id == viewer.me:
        raise Forbidden(Text(N_("You cannot follow yourself.")))
    if not may_follow(person, viewer):
        raise declined(person)

    async def steps(work: Work) -> None:
        if await Follow.raw().find_one({"user": viewer.me, "person": person_id}, session=work.session) is None:
            await _begin(work, viewer, person)

    with contextlib.suppress(DuplicateKeyError):
        await together(steps, hot=(person_id, viewer.me))


def declined(person: User) -> Declined:
    """The same sentence whatever the reason is: it tells nobody that they are blocked."""
    return Declined(Text(N_("You cannot follow %(name)s at the moment."), name=person.name))


async def _live(id: ObjectId) -> User:
    person = await User.load(id)
    if person is None or not person.live:
        raise NotFound
    return person


async def _begin(work: Work, viewer: Viewer, person: User) -> None:
    """The selectors say that there is no block between them and that the follower may have one more."""
    open_to = {"_id": person.oid, **LIVE, "blocks": {"$ne": viewer.me}}
    room = {
        "_id": viewer.me,
        **LIVE,
        "blocks": {"$ne": person.oid},
        "following_count": {"$not": {"$gte": FOLLOWED_MAX}},
    }
    counts = {person.oid: (open_to, "follower_count"), viewer.me: (room, "following_count")}
    for id in sorted(counts):  # in one order, so that two who follow each other do not wait for each other
        which, counter = counts[id]
        found = await User.raw().update_one(which, {"$inc": {counter: 1}}, session=work.session)
        if not found.matched_count:
            raise await _refused(viewer, person)
    raw = Follow(user=viewer.me, person=person.oid, created_at=now()).as_stored()
    await Follow.raw().insert_one(raw, session=work.session)
    await notify(work, {person.oid: ["follow"]}, {"subject": viewer.me, "actor": viewer.me})
    await _renew_notice(work, _notice(person.oid, viewer.me), None)
    work.record(ProfilesChanged((person.oid, viewer.me)))


async def _refused(viewer: Viewer, person: User) -> Declined:
    me = await User.load(viewer.me)
    if me is not None and me.following_count >= FOLLOWED_MAX:
        return Declined(Text(N_("You follow %(count)s people, and more are not possible."), count=FOLLOWED_MAX))
    return declined(person)


async def unfollow(viewer: Viewer, person_id: ObjectId) -> None:
    """Follow somebody no more; when one does not, nothing changes. A notice they have not read is taken back."""
    await together(lambda work: part(work, viewer.me, person_id), hot=(person_id, viewer.me))


async def part(work: Work, user: ObjectId, person: ObjectId) -> None:
    """End that `user` follows `person`, with all that counted it."""
    found = await Follow.raw().delete_one({"user": user, "person": person}, session=work.session)
    if not found.deleted_count:
        return
    for id, counter in sorted([(person, "follower_count"), (user, "following_count")]):
        await User.raw().update_one({"_id": id}, {"$inc": {counter: -1}}, session=work.session)
    await _renew_notice(work, _notice(person, user), now())
    work.record(ProfilesChanged((person, user)))


def _notice(person: ObjectId, follower: ObjectId) -> Raw:
    return {"user": person, "subject": follower, "kind": "follow", "unread": True}


async def _renew_notice(work: Work, which: Raw, withdrawn_at: object) -> None:
    """Take the unread notice back, or bring it back: there is one for each follower, however often they come and go."""
    differs = {"withdrawn_at": None if withdrawn_at else {"$ne": None}}
    changes = {"$set": {"withdrawn_at": withdrawn_at}}
    found = await Notification.raw().update_one({**which, **differs}, changes, session=work.session)
    if found.modified_count:
        work.record(PeopleTold((which["user"],)))
