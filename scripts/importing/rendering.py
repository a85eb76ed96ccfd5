"""Markdown → HTML, with the people and topics of the archive under their names and numbers there."""

import re
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.comments.making import footnote_prefix
from app.files.links import linked_in
from app.text.markdown import Person, mention_candidates
from app.text.pool import RenderPool
from app.uploads.access import usable
from documents import Topic
from scripts.importing.identity import oid
from scripts.importing.readable import readable
from scripts.importing.spool import Spool
from scripts.importing.texts import Text
from scripts.importing.uploads import KEY

# Where quoted words stand: [quote="who, post:3, topic:42"]
QUOTED_TOPIC: Final = re.compile(r"\btopic\s*:\s*(\d{1,15})(?![0-9a-f])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A rendered text and whom it mentions; `plain` when it could not be rendered in time."""

    html: str
    excerpt: str
    mentions: list[ObjectId]
    uploads: list[ObjectId]
    plain: bool


class Renderer:
    """Renders with what is known of the archive and of earlier imports."""

    def __init__(self, pool: RenderPool, spool: Spool, origin: str) -> None:
        self._pool = pool
        self._spool = spool
        self._origin = origin
        self._elsewhere: dict[int, bool] = {}

    async def render(self, text: Text, comment: ObjectId, author: ObjectId) -> Written:
        """The HTML of a text of a comment."""
        return await self.written(readable(text.body, text.uploads), footnote_prefix(comment), author)

    async def written(self, body: str, prefix: str, author: ObjectId) -> Written:
        """The HTML of any text; `prefix` keeps the ids of its footnotes apart from those of others."""
        people, topics = self._people(body), await self._topics(body)
        uploads = await usable(author, linked_in(body))
        pictures = {str(found.oid): (found.width, found.height, found.widths) for found in uploads if found.is_picture}
        rendered = await self._pool.render(
            body, people=people, prefix=prefix, origin=self._origin, topics=topics, pictures=pictures
        )
        ids = dict.fromkeys(ObjectId(people[key].id) for key in rendered.mentions if key in people)
        used = [found.oid for found in uploads]
        return Written(rendered.html, rendered.excerpt, list(ids), used, rendered.fallback)

    async def is_behind(self, text: Text, html: str) -> bool:
        """Whether a text could name somebody, or quote a topic, who was not known yet when it was rendered.

        One whose uploads only an earlier archive knew stays as it is.
        """
        body = text.body
        if any(key not in text.uploads for key in KEY.findall(body)):
            return False
        ids = {person.id for person in self._people(body).values()} | {*(await self._topics(body)).values()}
        return any(id not in html for id in ids)

    def _people(self, body: str) -> dict[str, Person]:
        """Those whom it could mention, by every name that they have had."""
        keys = sorted(mention_candidates(body)) if "@" in body or "＠" in body else []
        found = self._spool.named(keys)
        return {key: Person(username, str(oid("user", user))) for key, (user, username) in found.items()}

    async def _topics(self, body: str) -> dict[str, str]:
        """Those which it quotes, by their numbers there."""
        numbers = {int(number) for number in QUOTED_TOPIC.findall(body)}
        return {str(number): str(oid("topic", number)) for number in numbers if await self._is_known(number)}

    async def _is_known(self, topic: int) -> bool:
        if self._spool.has_topic(topic):
            return True
        if topic not in self._elsewhere:
            found = await Topic.raw().find_one({"_id": oid("topic", topic)}, {"_id": 1})
            self._elsewhere[topic] = found is not None
        return self._elsewhere[topic]
