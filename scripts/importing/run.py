"""All of an import, in its order."""

from collections.abc import Callable, Sequence

from bson import ObjectId

from app.realtime.news import News
from app.text.pool import RenderPool
from app.work import together
from documents.base import Raw
from scripts.importing import boards, counting, loading, people, topics, writing
from scripts.importing.drafts import Draft
from scripts.importing.drafting import draft_batch
from scripts.importing.identity import oid
from scripts.importing.loading import Slice
from scripts.importing.rendering import Renderer
from scripts.importing.spool import Spool
from scripts.importing.tally import Tally
from scripts.opened import Opened


class Import:
    """One run over a spool."""

    def __init__(self, opened: Opened, spool: Spool, tally: Tally, pool: RenderPool) -> None:
        self._opened = opened
        self._spool = spool
        self._tally = tally
        self._renderer = Renderer(pool, spool, opened.settings.origin)
        self._touched: set[ObjectId] = set()  # topics with other comments than before
        self._new: set[ObjectId] = set()  # topics that are not settled yet
        self._left: set[ObjectId] = set()  # people who have written less than before

    async def run(self, categories: dict[int, str], prefix: str, advance: Callable[[int], None]) -> None:
        """Boards and people, then topic by topic, then what counts them."""
        await boards.import_boards(self._spool, self._tally, given=categories, prefix=prefix)
        await people.import_people(self._spool, self._tally)
        for batch in loading.batches(self._spool):
            await self._posts(batch)
            await self._topics([part for part in batch if part.last])
            advance(sum(len(part.posts) for part in batch))
        for topic in list(self._touched):  # posts were moved out of them
            await self._settle(topic, {})
        await counting.count_boards()
        for rows in self._spool.users():
            await counting.count_people([oid("user", row.id) for row in rows])
        await counting.count_people(list(self._left))

    async def _posts(self, batch: Sequence[Slice]) -> None:
        drafts = await draft_batch(batch, self._spool, self._tally)
        await writing.render_all(drafts, self._renderer, self._tally)
        for draft in drafts:
            if draft.stored is not None and await writing.change_comment(draft):
                self._note_change(draft)
        new = await writing.without_conflicts([draft for draft in drafts if draft.stored is None], self._tally)
        added = await topics.add_topics(new, [part.topic for part in batch], self._spool)
        self._tally.new["topics"] += len(added)
        self._new |= added
        await writing.add_comments(new)
        self._note_new(new)

    def _note_new(self, drafts: Sequence[Draft]) -> None:
        self._touched |= {draft.place.id for draft in drafts}
        self._tally.new["posts"] += len(drafts)
        self._tally.new["earlier versions"] += sum(len(draft.history) for draft in drafts)
        self._tally.new["likes"] += sum(draft.fields["like_count"] for draft in drafts)

    def _note_change(self, draft: Draft) -> None:
        assert draft.stored is not None
        before = draft.stored.comment
        self._touched |= {draft.place.id, before["topic"]}
        self._left |= {before["author"]} - {draft.fields.get("author", before["author"])}
        self._tally.changed["posts"] += 1
        self._tally.new["earlier versions"] += max(0, len(draft.history) - len(draft.stored.revisions))

    async def _topics(self, batch: Sequence[Slice]) -> None:
        """Settle the topics whose last post is there."""
        rows = {oid("topic", part.topic.id): part.topic for part in batch}
        places = await topics.places(list(rows.values()), self._spool)
        changed = [id for id, row in rows.items() if await self._settle(id, topics.wanted(row, places[row.id]))]
        self._tally.found["topics"] += len(rows)
        self._tally.changed["topics"] += len(set(changed) - self._new)
        self._new -= rows.keys()
        await self._opened.publish(News(topics=tuple(changed)))

    async def _settle(self, topic: ObjectId, wanted: Raw) -> bool:
        touched = topic in self._touched
        before = await together(lambda work: topics.settle(work, topic, wanted, touched=touched))
        self._touched.discard(topic)
        self._left |= {before["author"]} if "author" in before else set()
        return touched or bool(before)
