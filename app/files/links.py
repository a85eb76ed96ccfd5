"""Uploads that a text links to: `/uploads/<id>/<name>`, with or without this forum's address before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bson import ObjectId

from documents import Upload
from documents.base import Session
from documents.clock import now

UPLOADS_PREFIX: Final = "/uploads/"
LINK: Final = re.compile(r"/uploads/([0-9a-f]{24})/")
# A text with more shows the rest as links do that lead nowhere.
LINKS_MAX: Final = 100


def linked_in(text: str) -> tuple[ObjectId, ...]:
    """The ids of uploads in a text, each once, in order."""
    if UPLOADS_PREFIX not in text:
        return ()
    found = dict.fromkeys(match[1] for match in LINK.finditer(text))
    return tuple(ObjectId(id) for id in list(found)[:LINKS_MAX])


async def keep_used(text: str) -> list[ObjectId]:
    """The uploads that a draft is about to use; from now on no clean-up takes them."""
    ids = linked_in(text)
    if not ids:
        return []
    await touch(ids)
    return [raw["_id"] async for raw in Upload.raw().find({"_id": {"$in": list(ids)}}, {"_id": 1})]


async def touch(ids: Sequence[ObjectId], session: Session = None) -> None:
    """Somebody begins or ends to use these now."""
    if ids:
        await Upload.touch(ids, now(), session)
