"""From what people write to what is stored: names looked up, Markdown rendered off the loop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.errors import Busy
from app.files.links import linked_in
from app.text.model import Person, Rendered
from app.text.pool import Overloaded, RenderPool
from app.text.segment import plain_of, words_of
from app.uploads.access import usable
from app.web.i18n import N_, Text
from documents import User
from documents.base import Raw

PERSON_FIELDS: Final[Raw] = {"username": 1, "username_key": 1}
SHORT_CHARS: Final = 5_000
_shared: list[tuple[RenderPool, str]] = []


@dataclass(frozen=True, slots=True)
class Written:
    """A rendered text, the people it names, the words by which it is found, and the uploads it uses.

    `quotes` are the places (topic, number) of the posts it quotes, `quoted` their authors; see app.comments.quoting.
    """

    html: str
    excerpt: str
    named: tuple[ObjectId, ...]
    words: tuple[str, ...] = ()
    uploads: tuple[ObjectId, ...] = ()
    quotes: tuple[tuple[ObjectId, int], ...] = ()
    quoted: tuple[ObjectId, ...] = ()


def use(pool: RenderPool, origin: str) -> None:
    """Render with this pool; links to `origin` are our own."""
    _shared[:] = [(pool, origin)]


async def write(writer: ObjectId, body: str, prefix: str, *beside: str) -> Written:
    """Render a text; `prefix` keeps the ids of its footnotes apart from those of others on the page.

    It is found by the words of what is written `beside` it as well: the title and tags of an opening post.

    `Busy` when too many wait: stored plain it would mention nobody, and the form has the text still.
    """
    pool, origin = _shared[0]
    people = await _people(await pool.candidates(body)) if "@" in body or "＠" in body else {}
    linked = {key: Person(username=raw["username"], id=str(raw["_id"])) for key, raw in people.items()}
    uploads = await usable(writer, linked_in(body))
    pictures = {str(found.oid): (found.width, found.height, found.widths) for found in uploads if found.is_picture}
    try:
        rendered: Rendered = await pool.render(
            body, people=linked, prefix=prefix, origin=origin, whose=writer, pictures=pictures
        )
    except Overloaded:
        raise Busy(
            Text(N_("The forum has more to do than usual right now. Your text is still here; please send it again."))
        ) from None
    named = tuple(people[key]["_id"] for key in rendered.mentions if key in people)
    words = await words_in(rendered.html, beside)
    quotes = tuple((ObjectId(topic), number) for topic, number in rendered.quoted)
    used = tuple(found.oid for found in uploads)
    return Written(rendered.html, rendered.excerpt, named, words, used, quotes=quotes)


async def words_in(html: str, beside: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The words of a rendered text; of a long one beside the loop, which 50,000 characters would hold up for 70 ms."""
    if len(html) < SHORT_CHARS:
        return tuple(words_of(*beside, plain_of(html)))
    return tuple(await asyncio.to_thread(lambda: words_of(*beside, plain_of(html))))


async def _people(keys: frozenset[str]) -> dict[str, Raw]:
    found = User.raw().find({"username_key": {"$in": sorted(keys)}, "deleted_at": None}, PERSON_FIELDS)
    return {raw["username_key"]: raw async for raw in found}
