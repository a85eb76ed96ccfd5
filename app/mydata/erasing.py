"""Erasing an account whose owner has left: what is theirs goes, what others need stays without a name, or goes too.

Each step can be done again: whoever is interrupted begins anew. The table of what is where is app.mydata.held.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bson import ObjectId

from app.accounts.leaving import to_be_erased
from app.events import PersonChanged, TopicChanged
from app.files.service import leave
from app.mydata import archives
from app.mydata.held import HELD, Held
from app.mydata.words import erase_words
from app.settings import Settings
from app.text.segment import SEGMENTER_VERSION, not_yet
from app.work import Work, together
from documents import Archive, Comment, Conversation, EarlierMessage, Follow, Message, Report, Revision, Topic, User
from documents.base import Raw, Record
from documents.clock import now

# In the place of a person of whom nothing is left.
NOBODY: Final = ObjectId("0" * 24)
NAMELESS: Final = "–"
TEXTS: Final = ("title", "body", "html", "excerpt")
PROFILE: Final[Raw] = {
    "display_name": "",
    "display_skeleton": "",
    "starts": [],
    "segmented": SEGMENTER_VERSION,
    "blocks": [],
    "email": "",
    "email_key": None,
    "mail_trouble": {},
    "mail_places": [],
    "digest": {},
    "password_hash": "",
    "role": "member",
    "roles": [],
    "locale": "",
    "theme": "",
    "time_zone": "",
    "avatar": "",
    "signature": "",
    "bio": "",
    "bio_html": "",
    "website": "",
    "place": "",
    "seen_at": None,
    "email_confirmed_at": None,
    "source": None,
    "source_mark": None,
    "source_slug": None,
}


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who is to be erased."""

    id: ObjectId
    username: str


async def due(before: datetime) -> list[Leaver]:
    """Who has left before this moment and is not erased yet."""
    query: Raw = {"deleted_at": {"$lt": before}, "deleted_as": "author", "erased_at": None}
    found = User.raw().find({**query, "$expr": {"$eq": ["$deleted_by", "$_id"]}}, {"username": 1})
    return [Leaver(raw["_id"], raw["username"]) async for raw in found]


async def erase(leaver: Leaver, settings: Settings) -> bool:
    """Erase one; False when they have come back meanwhile."""
    if not await _close(leaver):
        return False
    await _erase_theirs(leaver)
    await _unname(leaver)
    if settings.deleted_accounts == "erase":
        await erase_words(leaver.id, NOBODY)
        await Report.silence(leaver.id)
        await _wipe_traces(leaver)
        await User.raw().delete_one({"_id": leaver.id})
    else:
        name = f"deleted-{leaver.id}"
        nameless = {"username": name, "username_key": name, "skeleton": name, "erased_at": now()}
        await User.raw().update_one({"_id": leaver.id}, {"$set": nameless})
    return True


async def _close(leaver: Leaver) -> bool:
    """Empty the account: from here on nobody can come back to it. Its name goes last, as the other steps need it."""

    async def steps(work: Work) -> bool:
        before = await User.raw().find_one_and_update(
            to_be_erased(leaver.id), {"$set": PROFILE}, return_document=False, session=work.session
        )
        if before is None:
            return False
        await leave(work, "avatar", before.get("avatar", ""))
        work.record(PersonChanged(leaver.id))
        return True

    return await together(steps, hot=(leaver.id,))


async def _erase_theirs(leaver: Leaver) -> None:
    async for archive in Archive.find({"user": leaver.id}):
        await archives.erase(archive)
    await _uncount_follows(leaver.id)
    for held in HELD:
        if held.leaving == "theirs":
            await held.document.raw().delete_many({held.field: leaver.id})


async def _uncount_follows(user: ObjectId) -> None:
    """Each with its counter at the other side, so that an interrupted run counts nothing twice."""
    for mine, theirs, counter in (("user", "person", "follower_count"), ("person", "user", "following_count")):
        async for raw in Follow.raw().find({mine: user}):

            async def steps(work: Work, raw: Raw = raw, theirs: str = theirs, counter: str = counter) -> None:
                gone = await Follow.raw().delete_one({"_id": raw["_id"]}, session=work.session)
                if gone.deleted_count:
                    await User.add(raw[theirs], work.session, **{counter: -1})

            await together(steps, hot=(raw[theirs],))


async def _unname(leaver: Leaver) -> None:
    """Take the name out of what others have written: a mention becomes a dash, in the text as in its source."""
    link = re.compile(rf'<a class="mention" href="/users/{leaver.id}"[^>]*>[^<]*</a>')
    name = re.compile(rf"@{re.escape(leaver.username)}(?!\w)", re.IGNORECASE)

    def unnamed(text: str) -> str:
        return name.sub(f"@{NAMELESS}", link.sub(f"@{NAMELESS}", text))

    topics = await Comment.raw().distinct("topic", {"mentions": leaver.id})
    mentioned: Raw = {"html": {"$regex": f"/users/{leaver.id}"}}
    talks = await Conversation.raw().distinct("_id", {"members": leaver.id})
    # First texts are found by the title too: theirs go before.
    await _rewrite(Conversation, {"members": leaver.id}, unnamed)
    await _rewrite(Topic, {"_id": {"$in": topics}}, unnamed)
    await Message.raw().update_many({"conversation": {"$in": talks}, "number": 1}, {"$set": unfound()})
    await Comment.raw().update_many({"topic": {"$in": topics}, "number": 1}, {"$set": unfound()})
    for document in (Comment, Revision, Message, EarlierMessage):
        await _rewrite(document, mentioned, unnamed)
    await _redraw(topics)


def unfound() -> Raw:
    """Of a text by whose words somebody could be found: they are made anew, see app.search.catching_up."""
    return {"words": [], "segmented": not_yet()}


async def _rewrite(document: type[Record], query: Raw, rewritten: Callable[[str], str]) -> None:
    """Each text that is still as it was read; who edits it meanwhile is right, and the next run finds the rest."""
    async for raw in document.raw().find(query, dict.fromkeys(TEXTS, 1)):
        before = {name: raw[name] for name in TEXTS if isinstance(raw.get(name), str)}
        after: Raw = {name: rewritten(text) for name, text in before.items()}
        if after != before:
            if "words" in document.model_fields:
                after |= unfound()
            await document.raw().update_one({"_id": raw["_id"], **before}, {"$set": after})


async def _redraw(topics: list[ObjectId]) -> None:
    """Have the pages drawn anew on which the person was named."""
    for topic in topics:

        async def steps(work: Work, topic: ObjectId = topic) -> None:
            await Topic.change(topic, work.session)
            found = await Topic.raw().find_one({"_id": topic}, {"board": 1}, session=work.session)
            if found is not None:
                work.record(TopicChanged(topic, found["board"]))

        await together(steps, hot=(topic,))


async def _wipe_traces(leaver: Leaver) -> None:
    for held in HELD:
        if held.leaving in ("words", "trace") and held.field not in ("_id", "deleted_by"):
            await _wipe(held, leaver.id)
    await User.raw().update_many({"deleted_by": leaver.id, "_id": {"$ne": leaver.id}}, {"$set": {"deleted_by": NOBODY}})


async def _wipe(held: Held, user: ObjectId) -> None:
    """Nobody in their place; out of a list they are taken, unless its length says something."""
    many: Any = held.document.raw()
    if held.field in ("participants", "mentions", "unheard", "quoted", "people", "blocks", "hidden_for"):
        await many.update_many({held.field: user}, {"$pull": {held.field: user}})
    elif held.field in ("members", "about", "reporters", "noters", "attached_authors"):
        await many.update_many(
            {held.field: user}, {"$set": {f"{held.field}.$[theirs]": NOBODY}}, array_filters=[{"theirs": user}]
        )
    else:
        await many.update_many({held.field: user}, {"$set": {held.field: NOBODY}})
