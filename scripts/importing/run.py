"""All of an import, in its order."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from bson import ObjectId

from app.realtime.news import News
from app.search.catching_up import catch_up
from app.text.pool import RenderPool
from app.work import together
from scripts.importing import boards, counting, loading, people, topics, writing
from scripts.importing.drafts import Draft
from scripts.importing.drafting import draft_batch
from scripts.importing.identity import oid
from scripts.importing.loading import Reader, Slice
from scripts.importing.rendering import Renderer
from scripts.importing.spool import Spool
from scripts.importing.tally import Tally
from scripts.opened import Opened


class Import:
    """One run over a spool. With `BOARDS_CLOSED` new boards are for nobody until `_before_posts` has said for whom."""

    BOARDS_CLOSED: ClassVar = False

    def __init__(self, opened: Opened, spool: Spool, tally: Tally, pool: RenderPool, read: Reader) -> None:
        self._opened = opened
        self._spool = spool
        self._tally = tally
        self._read = read
        self._renderer = Renderer(pool, spool, opened.settings.origin)
        self._new: set[ObjectId] = set()

    async def run(self, categories: dict[int, str], prefix: str, advance: Callable[[int], None]) -> None:
        """Boards and people, then topic by topic, then what counts them."""
        await boards.import_boards(self._spool, self._tally, given=categories, prefix=prefix, closed=self.BOARDS_CLOSED)
        await people.import_people(self._spool, self._tally)
        await self._before_posts()
        for batch in loading.batches(self._spool):
            new, changed = await self._posts(batch)
            await self._after_posts(batch)
            changed |= await self._settle(batch)
            self._tally.new["topics"] += len(new)
            self._new |= new
            self._tally.changed["topics"] += len(changed - self._new)
            await self._opened.publish(News(topics=tuple(changed)))
            advance(sum(len(part.posts) for part in batch))
        await self._after_topics()
        await catch_up()
        await counting.count_boards()
        for rows in self._spool.users():
            await together(partial(counting.count_people, people=[oid("user", row.id) for row in rows]))

    async def _before_posts(self) -> None:
        """What has to be known of boards and people before anything is said there."""

    async def _after_posts(self, batch: Sequence[Slice]) -> None:
        """What belongs to posts that are stored now, before their topics are counted."""

    async def _after_topics(self) -> None:
        """What needs all topics."""

    async def _posts(self, batch: Sequence[Slice]) -> tuple[set[ObjectId], set[ObjectId]]:
        """Write a batch. Gives the topics that are new, and those in which something is new or changed."""
        drafts = await draft_batch(batch, self._spool, self._tally, self._read)
        await writing.render_all(drafts, self._renderer, self._tally)
        topics_added = await topics.add_topics(drafts, [part.topic for part in batch], self._spool)
        changed = [draft for draft in drafts if await writing.change_comment(draft, self._tally)]
        new = await writing.without_conflicts([draft for draft in drafts if draft.stored is None], self._tally)
        if new:
            await together(lambda work: writing.add_comments(work, new))
        self._count(new, changed)
        return topics_added, {draft.place.id for draft in (*new, *changed)}

    def _count(self, new: Sequence[Draft], changed: Sequence[Draft]) -> None:
        self._tally.new["posts"] += len(new)
        self._tally.new["likes"] += sum(draft.fields["like_count"] for draft in new)
        self._tally.new["earlier versions"] += sum(draft.versions_added for draft in (*new, *changed))
        self._tally.changed["posts"] += len(changed)

    async def _settle(self, batch: Sequence[Slice]) -> set[ObjectId]:
        """Bring those topics up to date whose last post is there. Gives those that were behind."""
        whole = [part.topic for part in batch if part.last]
        self._tally.found["topics"] += len(whole)
        places = await topics.places(whole, self._spool)
        behind = set()
        for row in whole:
            place = places[row.id]
            if place.stored is not None and await together(
                partial(topics.settle, topic=place.id, wanted=topics.wanted(row, place))
            ):
                behind.add(place.id)
        return behind
