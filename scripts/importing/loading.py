"""What a batch of posts is compared with and made of: their files, what is stored of them, and whom they answer."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from documents import Comment, Revision
from documents.base import Raw
from scripts.importing.archive import Broken, Post, read_post
from scripts.importing.drafts import Parent, Stored
from scripts.importing.identity import oid, ours
from scripts.importing.spool import PostRow, Spool, TopicRow
from scripts.importing.tally import Tally

# Posts in a batch: their texts and HTML are in memory together.
BATCH: Final = 200
# Gives every known version of posts, the oldest first; what cannot be read is left out.
Reader = Callable[[Sequence[PostRow]], Awaitable[dict[PostRow, list[Post]]]]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some posts of a topic; the topic is whole after the `last` one."""

    topic: TopicRow
    posts: list[PostRow]
    last: bool


def batches(spool: Spool) -> Iterator[list[Slice]]:
    """All posts by topic and number, in batches of some two hundred; large topics are cut."""
    batch: list[Slice] = []
    for topic in spool.topics():
        for part in _slices(topic, spool):
            batch.append(part)
            if sum(len(part.posts) for part in batch) >= BATCH:
                yield batch
                batch = []
    yield batch


def _slices(topic: TopicRow, spool: Spool) -> Iterator[Slice]:
    done, after = 0, 0
    while done < topic.posts:
        posts = spool.posts(topic.id, after=after, limit=BATCH)
        done, after = done + len(posts), posts[-1].number
        yield Slice(topic, posts, done >= topic.posts)


def from_files(spool: Spool, tally: Tally) -> Reader:
    """Reads the files that the spool names."""

    async def read(rows: Sequence[PostRow]) -> dict[PostRow, list[Post]]:
        return {row: found for row in rows if (found := versions(row, spool, tally))}

    return read


def versions(row: PostRow, spool: Spool, tally: Tally) -> list[Post]:
    """Every archived version of a post, the oldest first; a file that was changed since it was scanned is left out."""
    found = []
    for mark, path in spool.paths(row.id):
        try:
            post = read_post(path)
        except Broken as broken:
            tally.broken(path, str(broken))
            continue
        if post.mark == mark:
            found.append(post)
        else:
            tally.broken(path, "was changed meanwhile")
    return found


async def stored_comments(which: Raw) -> dict[ObjectId, Stored]:
    """The imported ones of these comments, with their earlier texts in order."""
    found = Comment.raw().find({**which, "source": ours()})
    comments = {raw["_id"]: raw async for raw in found}
    revisions: dict[ObjectId, list[Raw]] = {id: [] for id in comments}
    async for raw in Revision.raw().find({"comment": {"$in": list(comments)}}).sort([("comment", 1), ("number", 1)]):
        revisions[raw["comment"]].append(raw)
    return {id: Stored(raw, revisions[id]) for id, raw in comments.items()}


async def parent_of(post: Post, spool: Spool) -> Parent | None:
    """The post that it replies to, in this archive or an earlier one; None when nobody has it."""
    number = post.reply_to_post_number
    if number is None or number == post.post_number:
        return None
    row = spool.post_at(post.topic_id, number)
    if row is not None:
        return Parent(oid("post", row.id), number, oid("user", row.user))
    found = await Comment.raw().find_one({"topic": oid("topic", post.topic_id), "number": number}, {"author": 1})
    return Parent(found["_id"], number, found["author"]) if found else None


async def taken(topic: ObjectId, numbers: dict[int, ObjectId]) -> set[int]:
    """Those of these numbers that another comment of the topic has."""
    found = Comment.raw().find({"topic": topic, "number": {"$in": list(numbers)}}, {"number": 1})
    return {raw["number"] async for raw in found if raw["_id"] != numbers[raw["number"]]}
