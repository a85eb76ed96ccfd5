"""Keeping files: equal contents once, counted by those who use them, in the transaction that makes them do so.

Who keeps a file stores its contents first and names it afterwards; who deletes one deletes its document first and its
contents afterwards. Whatever is interrupted between the two leaves contents that no document names, which cleanup.py
finds, and never a document without contents. Nobody writes where something was deleted: each document has a path of its
own (`generation`), so that an upload and a clean-up of the same content cannot meet.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final, TypeVar

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import Busy
from app.files.pictures import Squares
from app.files.storage import Storage
from app.work import Work, together
from documents import StoredFile
from documents.clock import now
from documents.file import FileKind, Variant

T = TypeVar("T")

GENERATION_BYTES: Final = 4
ATTEMPTS: Final = 5
WEBP: Final = "image/webp"


class Vanished(Exception):
    """The file was deleted between a look at it and its use: store it again."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file with its contents by the names of its variants, not stored yet."""

    file: StoredFile
    contents: dict[str, bytes | IO[bytes]]


def picture(kind: FileKind, squares: Squares) -> Content:
    """A picture in its sizes."""
    best = squares.sizes[0]
    contents: dict[str, bytes | IO[bytes]] = {f"{size.side}.webp": size.content for size in squares.sizes}
    variants = [
        Variant(name=f"{size.side}.webp", type=WEBP, bytes=len(size.content), width=size.width, height=size.height)
        for size in squares.sizes
    ]
    file = StoredFile(
        sha256=squares.sha256,
        kind=kind,
        generation=secrets.token_hex(GENERATION_BYTES),
        type=WEBP,
        bytes=sum(len(size.content) for size in squares.sizes),
        width=best.width,
        height=best.height,
        variants=variants,
        created_at=now(),
    )
    return Content(file, contents)


async def keep(
    storage: Storage,
    content: Content,
    steps: Callable[[Work, Callable[[], Awaitable[None]]], Awaitable[T]],
    *,
    hot: Iterable[ObjectId] = (),
) -> T:
    """Run `steps(work, use)` in a transaction. Its `await use()` counts one who uses the content more.

    When the content is stored already nothing is written; when it is deleted at this moment, it is stored again.
    """
    hot = tuple(hot)
    for _ in range(ATTEMPTS):
        fresh = await _stored_anew(storage, content)
        used: list[str | None] = []

        async def run(work: Work, fresh: bool = fresh, used: list[str | None] = used) -> T:
            used.clear()

            async def use() -> None:
                used.append(await StoredFile.use(content.file, work.session, stored=fresh))
                if used[-1] is None:
                    raise Vanished

            return await steps(work, use)

        try:
            result = await together(run, hot=hot)
        except (Vanished, DuplicateKeyError):
            continue
        # Only now: who was interrupted before cannot know whether their contents are named.
        if fresh and content.file.generation not in used:
            await storage.delete(content.file.keys)
        return result
    raise Busy


async def _stored_anew(storage: Storage, content: Content) -> bool:
    """Store the contents unless they are: under a path never used before, or where a document says that they are."""
    found = await StoredFile.named(content.file.sha256, content.file.kind)
    if found is not None and (not found.variants or await storage.has(next(found.keys))):
        return False  # without contents it was taken down, and takes none
    content.file.generation = found.generation if found else secrets.token_hex(GENERATION_BYTES)
    for key, name in zip(content.file.keys, content.contents, strict=True):
        found_content = content.contents[name]
        if not isinstance(found_content, bytes):
            found_content.seek(0)
        await storage.put(key, found_content)
    return found is None


async def leave(work: Work, kind: FileKind, sha256: str, since: datetime | None = None) -> None:
    """Count one who uses it less; empty means none. It has waited `since` then, when that is said."""
    if sha256:
        await StoredFile.leave(sha256, kind, since or now(), work.session)
