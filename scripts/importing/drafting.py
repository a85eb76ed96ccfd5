"""A batch of posts → drafts."""

from collections.abc import Mapping, Sequence

from bson import ObjectId

from scripts.importing.archive import Post
from scripts.importing.drafts import Draft, Place, Stored, drafted
from scripts.importing.identity import number_in, oid
from scripts.importing.loading import Reader, Slice, parent_of, stored_comments
from scripts.importing.spool import PostRow, Spool
from scripts.importing.tally import Tally
from scripts.importing.topics import place_stored, places


async def draft_batch(batch: Sequence[Slice], spool: Spool, tally: Tally, read: Reader) -> list[Draft]:
    """Everything that may have to be written for these posts."""
    where = await places([part.topic for part in batch], spool)
    posts = await read([row for part in batch for row in part.posts])
    stored = await stored_comments({"_id": {"$in": [oid("post", row.id) for row in posts]}})
    drafts = []
    for row, found in posts.items():
        draft = await _draft(row, found, where[row.topic], stored, spool)
        _count(draft, found[-1], tally)
        drafts.append(draft)
    lost = [draft for draft in drafts if draft.stored is None and (draft.place.stored or {}).get("merged_into")]
    tally.aside["new in topics that were merged here, so left out"] += len(lost)
    drafts = [draft for draft in drafts if draft not in lost] if lost else drafts
    kept = [draft for draft in drafts if not (draft.stored and draft.stored.edited_here)]
    tally.aside["edited here, so left as they are"] += len(drafts) - len(kept)
    return kept + await _retitled(batch, where, spool)


async def _draft(
    row: PostRow, found: Sequence[Post], place: Place, stored: Mapping[ObjectId, Stored], spool: Spool
) -> Draft:
    known, number = stored.get(oid("post", row.id)), row.number
    if known is not None and known.comment["source_mark"] >= found[-1].mark:  # it may have been moved since
        number = known.comment["number"]
        place = place if place.id == known.comment["topic"] else await place_stored(known.comment["topic"])
    return drafted(row.id, number, found, place, known, await parent_of(found[-1], spool))


def _count(draft: Draft, newest: Post, tally: Tally) -> None:
    tally.found["posts"] += 1
    tally.found["earlier versions"] += len(draft.history)
    tally.found["likes"] += newest.likes


async def _retitled(batch: Sequence[Slice], where: Mapping[int, Place], spool: Spool) -> list[Draft]:
    """Opening posts that only an earlier archive had, of topics whose title is newer in this one."""
    drafts = []
    for part in batch:
        place = where[part.topic.id]
        newer = place.stored is not None and place.stored["title"] != place.title
        if part.last and newer and spool.post_at(part.topic.id, 1) is None:
            drafts += [
                drafted(number_in(stored.comment["source"]), 1, [], place, stored, None)
                for stored in (await stored_comments({"topic": place.id, "number": 1, "edited_by": None})).values()
            ]
    return drafts
