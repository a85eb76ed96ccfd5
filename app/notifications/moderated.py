"""Telling authors what moderators did with what they wrote: once an operation, with the reason, without a name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from bson import ObjectId

from app.notifications.service import notify_moderation
from app.people.readers import readers_among
from app.viewer import Viewer
from app.web.i18n import N_
from app.work import Work
from documents import Board, Comment, Notification
from documents.base import Raw

# Of those who wrote in a topic that was merged, so many hear of it: who wrote last.
WRITERS_TOLD: Final = 200
TEXTS: Final[Mapping[str, str]] = {
    "topic.move": N_("Moderators have moved your topic “%(title)s” to the board %(place)s."),
    "topic.move.unseen": N_("Moderators have moved your topic “%(title)s” to a board that you cannot read."),
    "topic.move.many": N_("Moderators have moved some of your topics to the board %(place)s, among them “%(title)s”."),
    "topic.merge": N_("Moderators have made your topic “%(title)s” a part of “%(into)s”."),
    "topic.merge.comments": N_("Moderators have made “%(title)s”, where you wrote, a part of “%(into)s”."),
    "topic.merge.unseen": N_("Moderators have merged “%(title)s” into a topic that you cannot read."),
    "topic.split": N_("Moderators have moved comments from your topic “%(title)s” into a new one, “%(into)s”."),
    "topic.split.comments": N_("Moderators have moved what you wrote in “%(title)s” into a new topic, “%(into)s”."),
    "topic.split.unseen": N_("Moderators have moved comments from “%(title)s” into a topic that you cannot read."),
    "topic.retitle": N_("Moderators have changed the title of your topic “%(before)s”. It is now “%(title)s”."),
    "topic.delete": N_("Moderators have deleted your topic “%(title)s”."),
    "topic.delete.many": N_("Moderators have deleted some of your topics, among them “%(title)s”."),
    "topic.restore": N_("Moderators have restored your topic “%(title)s”."),
    "topic.restore.many": N_("Moderators have restored some of your topics, among them “%(title)s”."),
    "comment.delete": N_("Moderators have deleted a comment of yours in “%(title)s”."),
    "comment.restore": N_("Moderators have restored a comment of yours in “%(title)s”."),
    "topic.approve": N_("Moderators have approved your topic “%(title)s”. Everybody can read it now."),
    "topic.hold": N_("Moderators have put your topic “%(title)s” on hold. You can change it while it waits."),
    "comment.hold": N_("Moderators have put your comment in “%(title)s” on hold. You can change it while it waits."),
    "topic.reject": N_("Moderators have not approved your topic “%(title)s”."),
    "comment.approve": N_("Moderators have approved your comment in “%(title)s”. Everybody can read it now."),
    "comment.reject": N_("Moderators have not approved your comment in “%(title)s”."),
    "person.remove": N_("Moderators have removed what you wrote lately."),
    "person.remove.undone": N_("Moderators have brought back what they had removed of yours."),
    "upload.take_down": N_("Moderators have taken down a file of yours. Nobody can see it any more."),
    "upload.down": N_("Moderators have taken down a file of yours. Nobody can see it any more."),
    "upload.restore": N_("A file of yours that was taken down is there again."),
    "message.delete": N_("Moderators have removed a private message of yours."),
    "message.delete.undone": N_("Moderators have restored a private message of yours that they had removed."),
    "undone": N_("Moderators have taken back what they did in “%(title)s”. It is as it was before."),
    "redone": N_("Moderators have done again in “%(title)s” what they had taken back."),
    "person.warn.undone": N_("Moderators have taken back their warning."),
    "person.silence.undone": N_("Moderators have lifted your silence: you can write again."),
    "person.ban.undone": N_("Moderators have lifted your ban: you can use your account again."),
}
# The page of the decision shows the text, says why, and takes an appeal.
APPEALABLE: Final = frozenset(
    {
        *("topic.delete", "topic.delete.many", "comment.delete", "topic.reject", "comment.reject"),
        *("message.delete", "person.remove", "upload.take_down"),
    }
)


async def tell_authors(
    work: Work,
    viewer: Viewer,
    done: ObjectId,
    what: str,
    people: Iterable[ObjectId],
    *,
    url: str,
    reason: str = "",
    **facts: str,
) -> None:
    """Tell each of `people` but the one who did it; `done` is the operation, `what` a key of `TEXTS`."""
    others = [person for person in people if person != viewer.id]
    if not others:
        return
    if what in APPEALABLE:
        url = f"/decisions/{done}"
    known = {**facts, **({"reason": reason} if reason else {})}
    actor = viewer.id or others[0]
    await notify_moderation(work, *others, subject=done, actor=actor, text=TEXTS[what], facts=known, url=url)


async def tell_readers(
    work: Work,
    viewer: Viewer,
    done: ObjectId,
    people: Mapping[ObjectId, str],
    board: ObjectId,
    *,
    url: str,
    reason: str = "",
    **facts: str,
) -> None:
    """Tell people, each in the words of a key of `TEXTS`; who may not read in `board` does not hear what is there."""
    there = await Board.find_one({"_id": board}, session=work.session)
    seeing = await readers_among(people, there, work.session) if there else set()
    for what in sorted(set(people.values())):
        named = {person for person, key in people.items() if key == what}
        await tell_authors(work, viewer, done, what, named & seeing, url=url, reason=reason, **facts)
        unseen = f"{what.removesuffix('.comments').removesuffix('.many')}.unseen"
        known = {name: fact for name, fact in facts.items() if name not in ("into", "place")}
        await tell_authors(work, viewer, done, unseen, named - seeing, url="", reason=reason, **known)


async def tell_each(
    work: Work,
    viewer: Viewer,
    done: ObjectId,
    what: str,
    written: Collection[tuple[ObjectId, str, str]],
    *,
    reason: str = "",
    board: ObjectId | None = None,
    **facts: str,
) -> None:
    """Tell authors of one or many things by one notice each: `written` holds author, title and path.

    `board` is where the things are from now on: who cannot read there does not hear which it is.
    """
    for author in sorted({author for author, _, _ in written}):
        own = [(title, url) for person, title, url in written if person == author]
        title, url = own[0]
        key = f"{what}.many" if len(own) > 1 and f"{what}.many" in TEXTS else what
        if board is None:
            await tell_authors(work, viewer, done, key, [author], url=url, reason=reason, title=title, **facts)
        else:
            await tell_readers(work, viewer, done, {author: key}, board, url=url, reason=reason, title=title, **facts)


async def writers_in(work: Work, topic: ObjectId) -> list[ObjectId]:
    """Who wrote in a topic, those who did last first; at most `WRITERS_TOLD`."""
    stages: list[Raw] = [
        {"$match": {"topic": topic, "deleted_at": None}},
        {"$group": {"_id": "$author", "at": {"$max": "$created_at"}}},
        {"$sort": {"at": -1}},
        {"$limit": WRITERS_TOLD},
    ]
    return [raw["_id"] async for raw in await Comment.raw().aggregate(stages, session=work.session)]


async def tell_undone(
    work: Work, viewer: Viewer, operation: ObjectId, by: ObjectId, *, title: str, url: str, again_as: str = ""
) -> None:
    """Whoever was told of an operation hears that it was taken back; `again_as` is what was done again instead."""
    told = await Notification.raw().distinct("user", {"subject": operation, "kind": "moderation"}, session=work.session)
    if again_as in APPEALABLE:
        url = f"/decisions/{by}"
    await tell_authors(work, viewer, by, "redone" if again_as else "undone", told, url=url, title=title)


async def tell_person_undone(work: Work, viewer: Viewer, verb: str, by: ObjectId, person: ObjectId) -> None:
    """Who was warned, silenced or banned, or whose message was removed, hears that it was taken back."""
    if f"{verb}.undone" in TEXTS:
        await tell_authors(work, viewer, by, f"{verb}.undone", [person], url="/notifications")
