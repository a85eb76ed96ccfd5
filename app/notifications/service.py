"""Telling people: durable, numbered without gaps, once for each subject, in the transaction of what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from app.events import NoticesTurned, PeopleTold
from app.notifications import letters
from app.notifications.bell import in_bell
from app.notifications.preferences import email_when, on_site
from app.notifications.settling import ABOUT_TEXTS, has_to_wait, put_off
from app.viewer import Viewer
from app.web import pace
from app.web.batches import in_parts
from app.work import Work, tell
from documents import Notification, User
from documents.base import LIVE, Raw
from documents.clock import now
from documents.notification import Reason

log = structlog.get_logger()

# Written in one command: of many, nothing else of this process has its turn while they are put together.
STORED_AT_ONCE: Final = 75

# A topic, or a comment in it.
Text = tuple[ObjectId, ObjectId | None]


async def notify(
    work: Work, people: dict[ObjectId, list[Reason]], subject: Raw, *, places: Iterable[ObjectId] = ()
) -> set[ObjectId]:
    """Tell each of `people` about `subject` for the reasons given, the strongest first.

    `subject` holds the fields of the notification beside user, seq and reasons. Who was told of the subject
    before is not told again, only the reasons grow; who has muted one of `places`, or wants to hear of none of the
    reasons in any way, is not told at all. People are taken in the order of their ids, so that two transactions cannot
    wait for each other. Gives who did not want to hear, or is not there.
    """
    wishes = await _wishes(work, people)
    before = await _told_before(work, wishes, subject["subject"])
    wanted = {}
    for person in sorted(wishes):
        wanted[person] = Wanted(wishes[person], people[person], subject["actor"])
        await pace.rest()
    again = [person for person in before if await _tell_again(work, before[person], wanted[person], tuple(places))]
    fresh = {person: wanted[person] for person in wanted if person not in before}
    new = await _tell_new(work, fresh, subject, places)
    if again or new:
        work.record(PeopleTold(tuple(sorted([*again, *new]))))
    return set(people) - set(before) - set(new)


class Wanted:
    """Why somebody is told, and what of that they want to hear how."""

    def __init__(self, wishes: Raw, reasons: list[Reason], actor: ObjectId) -> None:
        self.person = wishes
        self.reasons = reasons
        self.shown = on_site(wishes, reasons)
        self.email = email_when(wishes, reasons)
        # Whether a message is taken was decided by who may write to whom; all else of somebody blocked tells nobody.
        self.actor = None if reasons in (["message"], ["moderation"]) else actor


async def _wishes(work: Work, people: Iterable[ObjectId]) -> dict[ObjectId, Raw]:
    """What they want to hear of. Numbering a notice writes to the same document, so this is never out of date."""
    ids = list(people)
    if not ids:
        return {}
    fields = dict.fromkeys(letters.FIELDS, 1)
    found = User.raw().find({"_id": {"$in": ids}, **LIVE}, fields, session=work.session)
    return {raw["_id"]: raw for raw in await found.to_list()}


async def _told_before(work: Work, people: Iterable[ObjectId], subject: ObjectId) -> dict[ObjectId, Raw]:
    """Those who have a notice of the subject already, in the order of ids."""
    ids = sorted(people)
    if not ids:
        return {}
    found = Notification.raw().find({"user": {"$in": ids}, "subject": subject}, session=work.session).sort("user")
    return {raw["user"]: raw for raw in await found.to_list()}


async def _tell_again(work: Work, known: Raw, wanted: Wanted, places: tuple[ObjectId, ...]) -> bool:
    """There are more reasons. It is news only if it was not shown before."""
    grown = {"$addToSet": {"reasons": {"$each": wanted.reasons}}}
    changed = await Notification.raw().update_one({"_id": known["_id"]}, grown, session=work.session)
    if changed.modified_count:
        look_again(work, [known["user"]])
    if known.get("emailed_at") is None and letters.is_sooner(wanted.email, known.get("email", "never")):
        await letters.write_anew(work, known, wanted.email)
    if not wanted.shown or known.get("site") is not False:
        return False
    later = {"site": True, "kind": wanted.shown[0], "unread": True, "read_at": None}
    return await move(work, known, later, actor=wanted.actor, places=places)


async def _tell_new(
    work: Work, wanted: dict[ObjectId, Wanted], subject: Raw, places: Iterable[ObjectId]
) -> list[ObjectId]:
    """Number and store the notices of all who want one; gives them. As many queries for a hundred as for one."""
    wanted = {person: each for person, each in wanted.items() if each.shown or each.email != "never"}
    seqs: dict[ObjectId, int] = {}
    for actor in {each.actor for each in wanted.values()}:
        people = [person for person, each in wanted.items() if each.actor == actor]
        seqs |= await User.next_seqs(people, work.session, actor=actor, places=places)
    rows = []
    for person in sorted(seqs):
        rows.append(_notice(person, seqs[person], wanted[person], subject))
        await pace.rest()
    for some in in_parts(rows, STORED_AT_ONCE):
        await Notification.raw().insert_many(some, session=work.session)
    if rows:
        await letters.write_letters(work, rows, {person: wanted[person].person for person in seqs})
    return list(seqs)


def _notice(person: ObjectId, seq: int, wanted: Wanted, subject: Raw) -> Raw:
    kind = (*wanted.shown, *wanted.reasons)[0]
    raw = {"_id": ObjectId(), "user": person, "seq": seq, "kind": kind, "reasons": wanted.reasons, **subject}
    raw |= {"created_at": now(), "unread": True, "read_at": None, "withdrawn_at": None}
    return raw | {"site": bool(wanted.shown), **letters.posted(wanted.email, wanted.person)}


async def move(
    work: Work, notice: Raw, changes: Raw, *, actor: ObjectId | None, places: Iterable[ObjectId] = ()
) -> bool:
    """Give a notice that has changed the next number of the feed, so that everybody who follows the feed gets it.

    Its old number stays taken by a placeholder, which is shown to nobody. False for who does not want to hear of it.
    """
    seq = await User.next_seq(notice["user"], work.session, actor=actor, places=places)
    if seq is None:
        return False
    await Notification.raw().update_one(
        {"_id": notice["_id"]}, {"$set": {"created_at": now(), **changes, "seq": seq}}, session=work.session
    )
    await Notification.raw().insert_one(_placeholder(notice, seq), session=work.session)
    return True


def _placeholder(notice: Raw, moved_to: int) -> Raw:
    id = ObjectId()
    raw = {"_id": id, "user": notice["user"], "seq": notice["seq"], "kind": "moved", "reasons": [], "subject": id}
    raw |= {"actor": notice["user"], "created_at": notice["created_at"], "moved_to": moved_to}
    return raw | {"unread": False, "read_at": None, "withdrawn_at": None, "site": False, "email": "never"}


async def notify_moderation(
    work: Work,
    *people: ObjectId,
    subject: ObjectId,
    actor: ObjectId,
    text: str,
    facts: Mapping[str, str] | None = None,
    url: str = "",
    topic: ObjectId | None = None,
    number: int | None = None,
) -> None:
    """Tell `people` what moderators did; once for each `subject`, which is the operation or report it is about.

    `text` is a sentence marked with `N_`, with `facts` as its parameters: it is translated when it is shown. `url` is a
    path of ours. Reading `number` in `topic` reads it. Neither blocks nor mutes nor settings keep it away, no name of a
    moderator is shown, and it stays when the topic goes.
    """
    if url and not url.startswith("/"):
        raise ValueError(f"not a path of ours: {url}")
    about: Raw = {"subject": subject, "actor": actor, "text": text, "facts": dict(facts or {}), "url": url}
    await notify(work, {person: ["moderation"] for person in people}, {**about, "topic": topic, "number": number})


async def withdraw(work: Work, subjects: Raw, *, text: Text | None = None) -> None:
    """Take back what was told about these subjects, as long as they are deleted. `subjects` selects by any field.

    `text` names the topic, or one comment in it, if that is what they are: of those thousands may have been told, who
    then hear of it soon instead of at once.
    """
    await _change(work, {**subjects, **ABOUT_TEXTS, "withdrawn_at": None}, {"withdrawn_at": now()}, text)


async def bring_back(work: Work, subjects: Raw, *, text: Text | None = None) -> None:
    """The subjects are there again, and so is what was told about them; likes only if there still are any.

    `text` as for `withdraw`.
    """
    gone = {"withdrawn_at": {"$ne": None}, "like_count": {"$ne": 0}}
    await _change(work, {**subjects, **ABOUT_TEXTS, **gone}, {"withdrawn_at": None}, text)


async def unsay(work: Work, subject: ObjectId, texts: Collection[str]) -> None:
    """Take back what moderators said with these sentences about `subject`: it holds no more."""
    said = {"kind": "moderation", "subject": subject, "text": {"$in": list(texts)}, "withdrawn_at": None}
    await _change(work, said, {"withdrawn_at": now()})


async def forget(work: Work, which: Raw) -> None:
    """Erase notices for good. Their numbers stay taken, and how many they were is noted: no other gap is right."""
    found = await Notification.raw().find(which, {"user": 1}, session=work.session).to_list()
    await User.note_forgotten(Counter(raw["user"] for raw in found), work.session)
    await Notification.raw().delete_many({"_id": {"$in": [raw["_id"] for raw in found]}}, session=work.session)


def look_again(work: Work, people: Collection[ObjectId]) -> None:
    """Notices of these people look otherwise, or are there or not, without a number: open lists fetch them again."""
    work.record(NoticesTurned(tuple(sorted(people))))


async def turn(people: Collection[ObjectId]) -> None:
    """What they hear of their notices is another turn from now on.

    Not in the transaction: of thousands somebody is always being told something, and one would be in the other's way.
    """
    try:
        await User.raw().update_many({"_id": {"$in": list(people)}}, {"$inc": {"notices_turn": 1}})
    except PyMongoError as error:  # it is stored all the same, and seen when the list is opened next
        log.warning("notices.not_turned", people=len(people), error=type(error).__name__)


async def _change(work: Work, which: Raw, fields: Raw, text: Text | None = None) -> None:
    """Without numbers: these look otherwise, or are there or not."""
    if text is not None and await has_to_wait(work, which, text[0]):
        await put_off(work, *text)
        return
    people = await Notification.raw().distinct("user", which, session=work.session)
    if people:
        await Notification.raw().update_many(which, {"$set": fields}, session=work.session)
        look_again(work, people)


async def in_board(work: Work, topic: ObjectId, board: ObjectId) -> None:
    """The topic is in this board from now on: who may not read there counts and sees no notice of it any more.

    Whoever moves a topic calls this in the same transaction.
    """
    which = {"topic": topic, "board": {"$ne": board}, **ABOUT_TEXTS}
    await _change(work, which, {"board": board}, (topic, None))


async def read_some(viewer: Viewer, ids: Iterable[ObjectId]) -> None:
    """Mark these of the viewer's own notifications as read."""
    await _mark_read(viewer.me, {"_id": {"$in": list(ids)}})


async def read_all(viewer: Viewer) -> None:
    """Mark all in the bell as read; what is out of their sight stays as it is, should it come back."""
    await _mark_read(viewer.me, await in_bell(viewer))


async def unread_some(viewer: Viewer, ids: Iterable[ObjectId]) -> None:
    """Mark these as unread again, as far as they are in the bell."""
    query = {**await in_bell(viewer), "_id": {"$in": list(ids)}, "unread": False}
    changed = await Notification.raw().update_many(query, {"$set": {"unread": True, "read_at": None}})
    if changed.modified_count:
        await tell(PeopleTold((viewer.me,)))


async def read_in_topic(viewer: Viewer, topic: ObjectId, first: int, last: int) -> bool:
    """The viewer has these comments before their eyes: what was told about them is read. Gives whether any was."""
    return await _mark_read(viewer.me, {"topic": topic, "number": {"$gte": first, "$lte": last}})


async def read_about(viewer: Viewer, subject: ObjectId) -> bool:
    """The viewer has before their eyes what this is about: a person who follows them. Gives whether any was unread."""
    return await _mark_read(viewer.me, {"subject": subject})


async def read_conversation(viewer: Viewer, conversation: ObjectId, last: int) -> None:
    """The viewer has the messages up to number `last` before their eyes."""
    await _mark_read(viewer.me, {"conversation": conversation, "number": {"$lte": last}})


async def _mark_read(user: ObjectId, which: Raw) -> bool:
    query = {"user": user, "unread": True, **which}
    changed = await Notification.raw().update_many(query, {"$set": {"unread": False, "read_at": now()}})
    if changed.modified_count:
        await tell(PeopleTold((user,)))
    return bool(changed.modified_count)


async def latest_seq(user: ObjectId) -> int:
    """The number of the last event of a person's feed; 0 when there was none."""
    raw = await User.raw().find_one({"_id": user}, {"notification_seq": 1})
    return int(raw["notification_seq"]) if raw else 0
