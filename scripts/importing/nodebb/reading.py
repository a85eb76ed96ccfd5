"""Posts with their earlier texts, as the importer takes them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from bson import ObjectId

from documents import Comment
from documents.base import Raw
from scripts.importing.archive import TEXT_CHARS_MAX, Post
from scripts.importing.identity import oid
from scripts.importing.nodebb.files import Files
from scripts.importing.nodebb.marks import digest, mark, newest_mark
from scripts.importing.nodebb.patches import DoesNotFit, earlier
from scripts.importing.nodebb.places import Places, Told
from scripts.importing.nodebb.scanning import LONG_AGO
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.values import at, is_set, milliseconds, said, whole
from scripts.importing.nodebb.words import Place, ours, uploads_named, within
from scripts.importing.spool import PostRow
from scripts.importing.tally import Tally

FIELDS: Final = ("uid", "content", "sourceContent", "timestamp", "edited", "deleted", "deleterUid", "toPid")
VERSIONS_MAX: Final = 200


class NodePost(Post):
    """A version of a post, under a mark that was made for it."""

    given_mark: str

    @cached_property
    def mark(self) -> str:
        """See marks."""
        return self.given_mark


class Posts:
    """Reads posts of a NodeBB."""

    def __init__(self, nodebb: NodeBB, spool: Places, tally: Tally, files: Files, address: str) -> None:
        self._nodebb, self._spool, self._tally, self._files, self._address = nodebb, spool, tally, files, address

    async def read(self, rows: Sequence[PostRow]) -> dict[PostRow, list[Post]]:
        """Every version that is known, the oldest first."""
        raws = await self._nodebb.hashes([f"post:{row.id}" for row in rows], FIELDS)
        told = self._spool.told({row.topic for row in rows})
        stored = await _stored_marks(rows)
        edited = [row.id for row in rows if milliseconds(raws.get(f"post:{row.id}", {}).get("edited"))]
        diffs = await self._diffs(edited)
        found: dict[PostRow, list[Post]] = {}
        for row in rows:
            raw = raws.get(f"post:{row.id}")
            if raw is None or len(said(raw.get("content"))) > TEXT_CHARS_MAX:
                self._tally.broken(f"post {row.id}", "was purged meanwhile" if raw is None else "is too long")
                continue
            texts = self._texts(row, raw, diffs.get(row.id, []))
            found[row] = await self._versions(row, raw, told[row.topic], texts, stored.get(oid("post", row.id)))
        return found

    async def _diffs(self, posts: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
        """Of edited posts when they were edited, the last time first, with the diff that leads back."""
        lists = await self._nodebb.members([f"post:{post}:diffs" for post in posts], "array")
        moments = {post: sorted({*map(milliseconds, lists.get(f"post:{post}:diffs", []))} - {0}) for post in posts}
        kept = {post: found[-VERSIONS_MAX:] for post, found in moments.items()}
        keys = [f"diff:{post}.{moment}" for post, found in kept.items() for moment in found]
        raws = await self._nodebb.hashes(keys, ("patch",))
        return {
            post: [(moment, said(raws.get(f"diff:{post}.{moment}", {}).get("patch"))) for moment in reversed(found)]
            for post, found in kept.items()
        }

    def _texts(self, row: PostRow, raw: Raw, diffs: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
        """(since when, text), the oldest first; 0 for as long as it is there."""
        text = said(raw.get("content"))
        found: list[tuple[int, str]] = []
        for moment, patch in diffs:
            found.insert(0, (moment, text))
            try:
                text = earlier(text, patch)
            except DoesNotFit:
                self._tally.aside["posts whose first versions cannot be read"] += 1
                return found
        return [(0, text), *found]

    async def _versions(
        self, row: PostRow, raw: Raw, told: Told, texts: Sequence[tuple[int, str]], stored: str | None
    ) -> list[Post]:
        posted = milliseconds(raw.get("timestamp"), LONG_AGO)
        edited = max(milliseconds(raw.get("edited")), texts[-1][0])
        gone = is_set(raw.get("deleted")) or (row.number == 1 and told.deleted)
        own = gone and whole(raw.get("deleterUid")) == row.user
        parent = self._spool.post(whole(raw.get("toPid")))
        reply = parent.number if parent and parent.topic == row.topic and parent.id != row.id else None
        out: list[Post] = []
        for count, (since, text) in enumerate(texts, 1):
            last = count == len(texts)
            moment = at(max((edited if last else since) or posted, posted))
            version = max(count, 2 if last and edited else 1)
            state = digest(text, told.title if row.number == 1 else "", row.topic, row.user, reply, gone, own)
            out.append(
                NodePost(
                    id=row.id,
                    topic_id=row.topic,
                    topic_title=told.title,
                    category_id=told.board,
                    post_number=row.number,
                    reply_to_post_number=reply,
                    user_id=row.user,
                    username=str(row.user),
                    created_at=at(posted),
                    updated_at=moment,
                    version=version,
                    raw=await self.words(text, row.user),
                    deleted_at=moment if gone else None,
                    user_deleted=own,
                    given_mark=newest_mark(moment, version, state, stored) if last else mark(moment, version, state),
                )
            )
        return out

    async def words(self, text: str, user: int) -> str:
        """A text of somebody as this forum has it."""
        text = within(text, self._address)
        uploads: Mapping[str, str] = {}
        if named := uploads_named(text):
            uploads = await self._files.resolved(named, user)
        return ours(text, self._find, uploads)

    def _find(self, topic: int, index: int) -> Place | None:
        found = self._spool.post_at(topic, index) if topic else self._spool.post(index)
        found = found or self._spool.post_at(topic, 1)
        return (oid("topic", found.topic), found.number) if found else None


async def _stored_marks(rows: Sequence[PostRow]) -> dict[ObjectId, str]:
    query = {"_id": {"$in": [oid("post", row.id) for row in rows]}}
    return {raw["_id"]: raw["source_mark"] async for raw in Comment.raw().find(query, {"source_mark": 1})}
