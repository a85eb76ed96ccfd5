"""The files of a person in their archive: each as it is kept, in pieces, under a name that any system can write."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from bson import ObjectId

from app.files.storage import Missing, Storage
from documents import StoredFile, Upload, User
from documents.base import Raw
from documents.clock import now

# Asked for again after so many: a cursor that waits for long transfers would be forgotten by the database.
PAGE: Final = 50
NAME_CHARS_MAX: Final = 100
UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
TEXT: Final = "text/"


def path_of(upload: Raw) -> str:
    """Where an upload stands in the archive: its id makes it the only one, and no name of a device or folder."""
    stem, dot, ending = UNSAFE.sub("-", upload["name"]).rpartition(".")
    return f"uploads/{upload['_id']}-{stem[:NAME_CHARS_MAX]}{dot}{ending[:NAME_CHARS_MAX]}".rstrip(". ")


async def add_avatar(archive: ZipFile, user: User, storage: Storage) -> None:
    """The person's picture in its sizes."""
    picture = await StoredFile.named(user.avatar, "avatar") if user.avatar else None
    for key, variant in zip(picture.keys, picture.variants, strict=True) if picture else ():
        await _add(archive, f"avatar/{variant.name}", variant.type, storage.stream(key))


async def add_uploads(archive: ZipFile, user: ObjectId, storage: Storage) -> set[ObjectId]:
    """Every file of theirs, pictures as large as they are kept; gives those whose contents are not there."""
    missing: set[ObjectId] = set()
    async for upload in _uploads(user):
        file = await StoredFile.named(upload["sha256"], "upload")
        content = storage.stream(next(file.keys)) if file else None
        if content is None or not await _add(archive, path_of(upload), upload["type"], content):
            missing.add(upload["_id"])
    return missing


async def _uploads(user: ObjectId) -> AsyncIterator[Raw]:
    after: Raw = {}
    while page := await Upload.raw().find({"user": user, **after}).sort("_id").limit(PAGE).to_list():
        for upload in page:
            yield upload
        after = {"_id": {"$gt": page[-1]["_id"]}}


async def _add(archive: ZipFile, path: str, type: str, content: AsyncIterator[bytes]) -> bool:
    """Write a content piece by piece; False, and no entry, when there is none."""
    try:
        first = await anext(content, b"")
    except Missing:
        return False
    info = ZipInfo(path, now().timetuple()[:6])
    info.compress_type = ZIP_DEFLATED if type.startswith(TEXT) else ZIP_STORED  # all else is compressed already
    with archive.open(info, "w", force_zip64=True) as entry:
        await asyncio.to_thread(entry.write, first)
        async for piece in content:
            await asyncio.to_thread(entry.write, piece)
    return True
