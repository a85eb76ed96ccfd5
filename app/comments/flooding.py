"""The same again, and too much at once: refused with a way to the first, or held for approval, but never lost.

All of it is looked at in the transaction of the text, along documents that whoever writes the same at that moment
writes to as well: of two at once the second begins again and sees the first.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from bson import ObjectId

from app.errors import Refusal
from app.permissions.catalogue import NEW
from app.text.alike import key_of_text, links_in
from app.viewer import Viewer
from app.web.i18n import N_, Linked, Text
from app.work import Work
from documents import Comment, Said, Spread, Topic
from documents.base import Raw
from documents.clock import now

BYPASS: Final = "repeat"
WINDOW: Final = timedelta(hours=24)
BURST: Final = timedelta(minutes=10)
SHORT_CHARS: Final = 2_000
SAME: Final = N_("Several new people have written the same.")
LINKS: Final = N_("New people have put the same link in several places.")
MANY: Final = N_("Many topics of a new person in a few minutes.")
WHYS: Final = (SAME, LINKS, MANY)


@dataclass(frozen=True, slots=True)
class Rules:
    """For how many minutes the same text is not taken again; from how many new people with the same text, places with
    the same link, and after how many topics within ten minutes, texts wait; into how many conversations the same
    private message goes. 0 ends each.
    """

    repeat_minutes: int = 60
    flood_people: int = 3
    flood_places: int = 3
    flood_topics: int = 7
    flood_messages: int = 5
    own_host: str = ""


_rules = Rules()


def rules_of(settings: object) -> Rules:
    """What settings say, each under its name."""
    names = ("repeat_minutes", "flood_people", "flood_places", "flood_topics", "flood_messages")
    host = urlsplit(str(settings.origin)).netloc  # type: ignore[attr-defined]
    return Rules(**{name: getattr(settings, name) for name in names}, own_host=host.casefold().removeprefix("www."))


def use(rules: Rules) -> None:
    """Go by these from now on."""
    global _rules
    _rules = rules


class Repeated(Refusal):
    """The same person has written the same a while ago."""

    status = 409

    def __init__(self, url: str) -> None:
        said = N_("You have written %(the_same)s already. Say something new; your text is still here.")
        super().__init__(Linked(said, the_same=Linked(N_("the same"), url=url)))


class Withdrawn(Repeated):
    """What they wrote then was taken away by moderators, so that there is nothing to lead to."""

    def __init__(self) -> None:
        Refusal.__init__(self, Linked(N_("You have written the same a while ago, and moderators took it away.")))


class Spreading(Refusal):
    """A text that is there already cannot wait, so it does not take what a new one would have to wait for."""

    status = 409
    default = Text(
        N_(
            "Other new people have written the same, or put the same link in several places. "
            "Write it as a new text: moderators look at that first. Your text is still here."
        )
    )


class SentAround(Refusal):
    """The same private message, or link of a new person, has gone into many conversations."""

    status = 409

    def __init__(self, count: int, *, link: bool) -> None:
        same = N_("You have sent the same message in %(count)s conversations today. Write this one in other words.")
        place = N_("You have sent the same link in %(count)s conversations today. Please leave it out of this message.")
        super().__init__(Text(place if link else same, count=count))


@dataclass(frozen=True, slots=True)
class Trace:
    """Of a text, what the same again is told by. `key` is empty for a short one; `new`: its author is."""

    key: str
    links: tuple[str, ...]
    new: bool


async def trace_of(viewer: Viewer, body: str, title: str = "") -> Trace | None:
    """What to look at; None for who may repeat themselves."""
    if viewer.may(BYPASS):
        return None
    new = NEW in viewer.held
    if len(body) < SHORT_CHARS:
        return _trace(body, title, new)
    return await asyncio.to_thread(_trace, body, title, new)


def _trace(body: str, title: str, new: bool) -> Trace:
    key = key_of_text(body) or (key_of_text(f"{title}\n{body}") if title else "")
    own = _rules.own_host
    links = tuple(link for link in links_in(f"{title}\n{body}") if not own or link.partition("/")[0] != own)
    return Trace(key, links, new)


async def trace_of_edit(
    viewer: Viewer, text: Comment | Topic, before: tuple[str, str], after: tuple[str, str]
) -> Trace | None:
    """What is new in an edited text, of which there is title and body; None for who may repeat themselves, and for
    who edits what somebody else has written.
    """
    if viewer.id != text.author:
        return None
    trace = await trace_of(viewer, after[1], after[0])
    return trace and _beyond(trace, await trace_of(viewer, before[1], before[0]))


def _beyond(trace: Trace, before: Trace | None) -> Trace:
    known = before or Trace("", (), new=False)
    key = "" if trace.key == known.key else trace.key
    return replace(trace, key=key, links=tuple(link for link in trace.links if link not in known.links))


async def trace_of_message(viewer: Viewer, body: str, before: str = "") -> Trace | None:
    """The same of a private message; `before` is what an edited one has said."""
    trace = await trace_of(viewer, body)
    return trace and _beyond(trace, await trace_of(viewer, before))


async def look(work: Work, trace: Trace | None, text: Comment | Topic) -> str:
    """Note a text that is about to be stored; `Repeated` when it is not taken, else why it has to wait, or nothing."""
    if trace is None:
        return ""
    moment = now()
    spreading = await _noted(work, trace, text, moment)
    bursting = await _bursting(work, text, moment) if trace.new else ""
    return spreading or bursting


async def look_at_edit(work: Work, trace: Trace | None, text: Comment | Topic) -> None:
    """The same of an edited one, of which an opening post is a topic; `Repeated` or `Spreading`."""
    if trace is not None and await _noted(work, trace, text, now()):
        raise Spreading


async def _noted(work: Work, trace: Trace, text: Comment | Topic, moment: datetime) -> str:
    if trace.key and _rules.repeat_minutes:
        await _require_another(work, trace.key, text, moment)
    return await _spreading(work, trace, text, moment) if trace.new else ""


async def look_at_message(work: Work, trace: Trace | None, author: ObjectId, conversation: ObjectId) -> None:
    """Note a private message that is about to be stored; `SentAround` when too many have it already."""
    most = _rules.flood_messages
    if trace is None or not most:
        return
    entry = _entry(author, conversation, now())
    marks = [f"link:{link}" for link in sorted(trace.links)] if trace.new else []
    for mark in [f"text:{trace.key}", *marks] if trace.key else marks:
        seen = await Spread.add(f"message:{author}:{mark}", entry, entry["at"] - WINDOW, work.session)
        if len({each["place"] for each in seen}) > most:
            raise SentAround(most, link=mark.startswith("link:"))


async def _require_another(work: Work, key: str, text: Comment | Topic, moment: datetime) -> None:
    last = await Said.last(text.author, key, work.session)
    mine = last is not None and last["subject"] == text.oid
    if last is not None and not mine and last["at"] > moment - timedelta(minutes=_rules.repeat_minutes):
        await _require_gone(work, last)
    said = Said(author=text.author, key=key, kind=text.kind, subject=text.oid, at=moment)
    await Said.note(said, work.session)


async def _require_gone(work: Work, last: Raw) -> None:
    """What its author has deleted themselves may be said again; what moderators deleted or turned down may not."""
    document = Topic if last["kind"] == "topic" else Comment
    raw = await document.raw().find_one({"_id": last["subject"]}, {"deleted_as": 1}, session=work.session)
    if raw is None or raw.get("deleted_as") == "author":
        return
    if raw.get("deleted_as") in ("moderator", "rejected"):
        raise Withdrawn
    raise Repeated(f"/{last['kind']}s/{last['subject']}")


async def _spreading(work: Work, trace: Trace, text: Comment | Topic, moment: datetime) -> str:
    entry = _entry(text.author, text.place, moment)
    why = ""
    if trace.key and _rules.flood_people:
        seen = await Spread.add(f"text:{trace.key}", entry, moment - WINDOW, work.session)
        why = SAME if len({each["who"] for each in seen}) >= _rules.flood_people else why
    for link in sorted(trace.links) if _rules.flood_places else ():
        seen = await Spread.add(f"link:{link}", entry, moment - WINDOW, work.session)
        why = why or (LINKS if len({each["place"] for each in seen}) >= _rules.flood_places else "")
    return why


def _entry(who: ObjectId, place: ObjectId, moment: datetime) -> Raw:
    return {"who": str(who), "place": str(place), "at": moment}


async def _bursting(work: Work, text: Comment | Topic, moment: datetime) -> str:
    if not isinstance(text, Topic) or not _rules.flood_topics:
        return ""
    entry = _entry(text.author, text.place, moment)
    seen = await Spread.add(f"topics:{text.author}", entry, moment - BURST, work.session)
    return MANY if len(seen) > _rules.flood_topics else ""
