"""Reporting, and what moderators decide: each decision is one transaction with all that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from bson import ObjectId

from app.boards.directory import all_boards
from app.comments import marking
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.events import QueueChanged
from app.messages import removing
from app.notifications.service import notify_moderation, unsay
from app.operations.service import record, target
from app.reports.subjects import SAID_CHARS, Subject
from app.reports.waiting import handles_in
from app.reports.words import REASONS
from app.topics import removing as topics
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, tell, together
from documents import Comment, Message, Operation, Report, Topic
from documents.base import Raw
from documents.clock import now
from documents.report import NOBODY, Complaint, Note

Verdict = Literal["accept", "keep", "defer"]
STATES: Final = {"accept": "accepted", "keep": "rejected", "defer": "deferred"}
NOTES_MAX: Final = 100
# What reporters are told; each has the title of what they reported.
THANKS: Final = {
    "accept": N_("Thank you: moderators have looked at what you reported (“%(title)s”) and acted."),
    "keep": N_("Thank you: moderators have looked at what you reported (“%(title)s”) and found that it can stay."),
}


async def report(viewer: Viewer, subject: Subject, reason: str, words: str, attached: Sequence[Message] = ()) -> bool:
    """Add a complaint; False when this person's is there already. `attached` are messages to be shown with it."""
    if subject.accused == viewer.id:
        raise Forbidden(Text(N_("This is your own.")))
    if reason not in REASONS:
        raise Invalid(fields={"reason": Text(N_("Please choose one of these."))})
    if reason == "other" and not words:
        raise Invalid(fields={"words": Text(N_("Please say in a few words what is wrong."))})
    moment = now()
    fresh = Report(
        kind=subject.kind,
        subject=subject.id,
        accused=subject.accused,
        topic=subject.topic,
        board=subject.board,
        said=subject.said,
        attached_authors=[message.author for message in attached],
        attached=[Note(text=message.body[:SAID_CHARS], at=message.created_at) for message in attached],
        first_at=moment,
        last_at=moment,
    )
    added = await Report.complain(fresh, viewer.me, Complaint(reason=reason, words=words, at=moment))
    if added:
        await tell(QueueChanged())
    return added


async def visible_report(viewer: Viewer, id: ObjectId) -> Report:
    """A report of a board that they look after; never one about themselves."""
    found = await Report.load(id)
    if found is None or found.accused == viewer.id or not handles_in(viewer, "see_reports", found.board):
        raise NotFound
    return found


async def decide(viewer: Viewer, id: ObjectId, verdict: Verdict, reason: str) -> None:
    """Accept (and delete the text, or remove the message), keep, or defer what is pending.

    `Conflict` when somebody else has decided meanwhile.
    """
    found = await visible_report(viewer, id)
    comment, topic = await _text_of(found)
    if verdict == "accept" and topic is not None:
        board = (await all_boards()).get(topic.board)
        if board is None or not viewer.may("delete_others", board):
            raise Forbidden

    async def steps(work: Work) -> None:
        before = await Report.settle(id, _settled(viewer, verdict, reason), work.session)
        if before is None:
            raise Conflict(Text(N_("Somebody else has decided this meanwhile.")))
        work.record(QueueChanged())
        if verdict == "defer":
            return
        operation = await _act(work, viewer, found, comment, topic, verdict, reason)
        await Report.raw().update_one({"_id": id}, {"$set": {"operation": operation}}, session=work.session)
        await _thank(work, viewer, before, operation, topic.title if topic else "", verdict)

    hot = [found.subject, *found.reporters, *(each for each in (found.topic, found.board, found.accused) if each)]
    await together(steps, hot=hot)


def _settled(viewer: Viewer, verdict: Verdict, reason: str) -> Raw:
    if verdict == "defer":
        return {"state": "deferred"}
    decided = {"decided_by": viewer.me, "decided_at": now(), "reason": reason}
    return {"state": STATES[verdict], "pending": False, **decided}


async def _text_of(found: Report) -> tuple[Comment | None, Topic | None]:
    """The comment, if it is one, and the topic it stands in now."""
    comment = await Comment.load(found.subject) if found.kind == "comment" else None
    at = comment.topic if comment else found.topic
    return comment, await Topic.load(at) if at else None


async def _act(
    work: Work,
    viewer: Viewer,
    found: Report,
    comment: Comment | None,
    topic: Topic | None,
    verdict: Verdict,
    reason: str,
) -> ObjectId:
    """Do what the decision says; gives the operation: the deletion itself, or that something was decided."""
    if verdict == "accept" and (comment is not None or topic is not None) and found.accused != viewer.id:
        if found.kind == "comment" and comment is not None and comment.live:
            await marking.delete_within(work, viewer, comment, reason)
            return await _latest(work, comment.oid)
        if found.kind == "topic" and topic is not None and topic.live:
            await topics.delete_within(work, viewer, topic, reason)
            return await _latest(work, topic.oid)
    message = await Message.load(found.subject) if found.kind == "message" and verdict == "accept" else None
    if message is not None and message.live and viewer.may("delete_others"):
        return await removing.remove(work, viewer, message, reason)
    settled = target("report", found.oid, {"state": found.state}, {"state": STATES[verdict]})
    verb = "report.accept" if verdict == "accept" else "report.reject"
    concerns = [found.accused] if found.accused else []
    return await record(work, viewer, verb, [settled], reason, concerns=concerns)


async def _latest(work: Work, of: ObjectId) -> ObjectId:
    """The operation that this transaction has just written."""
    order = [("at", -1), ("_id", -1)]
    raw = await Operation.raw().find_one({"targets.id": of}, {"_id": 1}, sort=order, session=work.session)
    if raw is None:
        raise Conflict(Text(N_("Somebody else has decided this meanwhile.")))
    return ObjectId(raw["_id"])


async def _thank(work: Work, viewer: Viewer, before: Raw, operation: ObjectId, title: str, verdict: Verdict) -> None:
    """Everybody who has reported hears of each decision; a message or person is named by nothing but the day."""
    for person in dict.fromkeys(before["reporters"]):
        if person in (viewer.id, NOBODY):
            continue
        await notify_moderation(
            work,
            person,
            subject=operation,
            actor=viewer.me,
            text=THANKS[verdict],
            facts={"title": title or before["first_at"].date().isoformat()},
            url="/notifications",
        )


async def reopen(work: Work, operation: ObjectId) -> None:
    """A decision was taken back: what it was about waits again, unless it was reported anew and waits already.

    What reporters were told of it holds no more; they hear of the next decision.
    """
    await unsay(work, operation, THANKS.values())
    which: Raw = {"operation": operation, "pending": False}
    anew: Raw = {"state": "open", "decided_by": None, "decided_at": None, "reason": "", "operation": None}
    async for raw in Report.raw().find(which, {"subject": 1}, session=work.session):
        pending: Raw = {"subject": raw["subject"], "pending": True}
        if await Report.raw().find_one(pending, {"_id": 1}, session=work.session) is None:
            change = {"$set": {**anew, "pending": True}}
            await Report.raw().update_one({"_id": raw["_id"]}, change, session=work.session)
            work.record(QueueChanged())


async def take(viewer: Viewer, id: ObjectId, *, taken: bool) -> None:
    """Look after it oneself, or leave it to others again."""
    found = await visible_report(viewer, id)
    await Report.raw().update_one({"_id": found.oid}, {"$set": {"assignee": viewer.me if taken else None}})


async def note(viewer: Viewer, id: ObjectId, text: str) -> None:
    """Tell the other moderators something."""
    found = await visible_report(viewer, id)
    if len(found.notes) >= NOTES_MAX:
        raise Invalid(Text(N_("There are enough notes here.")))
    added = {"noters": viewer.me, "notes": Note(text=text, at=now()).model_dump()}
    await Report.raw().update_one({"_id": found.oid}, {"$push": added})
