"""Finding messages again: in one's own conversations only, and only what one has not deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from bson import ObjectId

from app.messages.pages import FoundMessage
from app.people.cards import NOBODY, cards
from app.search.marking import marked, snippet
from app.search.query import read_query
from app.text.language import language_of
from app.text.names import username_key
from app.text.segment import Term, fold, plain_of
from app.viewer import Viewer
from app.web.pages import Card, KeyPager
from app.web.routing import as_id
from documents import Conversation, Membership, Message, User
from documents.base import Raw

ROWS: Final = 20
# Messages that are looked at for a page; what is further back is one link away.
SCANNED_MAX: Final = 2_000


async def find(viewer: Viewer, text: str, after: str | None) -> tuple[tuple[FoundMessage, ...], KeyPager]:
    """One page of what was found, newest first. `after` is the id of the last message looked at."""
    asked = read_query({"q": text})
    author = await _author(asked.author) if asked.author else None
    if not asked.terms and author is None:
        return (), KeyPager()
    which: Raw = {"author": author} if author is not None else {}
    if asked.terms:
        which["words"] = {"$all": sorted({token for term in asked.terms for token in term.tokens})}
    key = as_id(after)
    found, reached = await _scan(viewer, which, asked.terms, key)
    first = url_of(text) if key else None
    pager = KeyPager(next=url_of(text, reached) if reached else None, first=first)
    return await _drawn(found, asked.terms), pager


def url_of(text: str, after: ObjectId | None = None) -> str:
    """The address of a page of results."""
    return "/messages/search?" + urlencode({"q": text} | ({"after": str(after)} if after else {}))


async def _author(name: str) -> ObjectId:
    """Nobody has the new id that stands for a name there is not."""
    found = await User.by_username_key(username_key(name))
    return found.oid if found else ObjectId()


async def _sides(viewer: Viewer) -> dict[ObjectId, Membership]:
    found = Membership.find({"user": viewer.me, "deleted_at": None})
    return {side.conversation: side async for side in found}


async def _scan(
    viewer: Viewer, which: Raw, terms: Sequence[Term], after: ObjectId | None
) -> tuple[list[tuple[Message, Membership]], ObjectId | None]:
    """The messages of a page, and the last one looked at when there are more."""
    sides = await _sides(viewer)
    exact = [term for term in terms if term.exact]
    titles = await _titles(sides) if exact else {}
    mine: Raw = {"conversation": {"$in": list(sides)}, "hidden_for": {"$ne": viewer.me}, "deleted_at": None, **which}
    mine |= {"_id": {"$lt": after}} if after else {}
    found: list[tuple[Message, Membership]] = []
    seen = 0
    async for raw in Message.raw().find(mine, {"words": 0}).sort("_id", -1).limit(SCANNED_MAX):
        seen += 1
        message = Message.model_validate(raw)
        side = sides[message.conversation]
        if not side.covers(message.number) or message.author in viewer.blocks:
            continue
        title = _title_of(side, titles) if message.number == 1 else ""
        if exact and not _stand(exact, title, message):
            continue
        found.append((message, side))
        if len(found) > ROWS:
            return found[:ROWS], found[ROWS - 1][0].oid
    return found, message.oid if seen == SCANNED_MAX else None


def _stand(exact: Sequence[Term], title: str, message: Message) -> bool:
    """Whether all of these are there just as they stand. A line of a new title has it as its body."""
    said = message.body if message.kind == "renamed" else plain_of(message.html)
    texts = [" ".join(fold(text).split()) for text in (title, said)]
    return all(any(term.text in text for text in texts) for term in exact)


async def _titles(ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
    found = Conversation.raw().find({"_id": {"$in": list(ids)}}, {"title": 1})
    return {raw["_id"]: raw["title"] async for raw in found}


def _title_of(side: Membership, titles: Mapping[ObjectId, str]) -> str:
    """As it was when they left, for who has left."""
    return titles.get(side.conversation, "") if side.left_title is None else side.left_title


async def _drawn(found: Sequence[tuple[Message, Membership]], terms: Sequence[Term]) -> tuple[FoundMessage, ...]:
    people = await cards(message.author for message, _ in found)
    titles = await _titles([message.conversation for message, _ in found])
    return tuple(_row(message, side, titles, people, terms) for message, side in found)


def _row(
    message: Message,
    side: Membership,
    titles: Mapping[ObjectId, str],
    people: Mapping[ObjectId, Card],
    terms: Sequence[Term],
) -> FoundMessage:
    title = _title_of(side, titles)
    said = plain_of(message.html) or message.body
    return FoundMessage(
        url=f"/messages/{message.conversation}?before={message.number + 1}#m{message.number}",
        title=marked(title, terms),
        snippet=snippet(said, terms),
        author=people.get(message.author, NOBODY),
        at=message.created_at,
        lang=language_of(said),
    )
