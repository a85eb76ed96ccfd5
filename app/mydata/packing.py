"""Writing an archive: piece by piece into a file, so that a long life here needs no more memory than a short one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bson import ObjectId

from app.files.storage import Storage
from app.mydata.contents import add_avatar, add_uploads, path_of
from app.mydata.parts import BATCH, FILES, UPLOADS
from app.web.i18n import N_, Text
from app.web.pages import Locale
from documents import User
from documents.base import Raw
from documents.clock import now

README: Final = N_(
    "This is what %(site)s has of you.\n\n"
    "Each file with the ending .json is a list that programs can read and any text editor shows. Times are in UTC.\n"
    "The folder “avatar” has your picture, the folder “uploads” the files that you have sent: uploads.json says "
    "which is which.\n"
    "Passwords and other secrets are not in here, nor what belongs to other people alone."
)


async def pack(file: IO[bytes], user: User, storage: Storage, *, locale: Locale, site: str) -> None:
    """Write everything of this person into `file`."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", Text(README, site=site).into(locale) + "\n")
        await add_avatar(archive, user, storage)
        missing = await add_uploads(archive, user.oid, storage)
        for name, rows in FILES.items():
            found = rows(user.oid)
            await _add_rows(archive, f"{name}.json", _with_files(found, missing) if name == UPLOADS else found)


async def _with_files(rows: AsyncIterator[Raw], missing: set[ObjectId]) -> AsyncIterator[Raw]:
    """Uploads with where each is in the archive; null for one whose content is not there."""
    async for row in rows:
        yield {**row, "file": None if row["_id"] in missing else path_of(row)}


async def _add_rows(archive: ZipFile, name: str, rows: AsyncIterator[Raw]) -> None:
    """A list of objects, one a line."""
    info = ZipInfo(name, now().timetuple()[:6])
    info.compress_type = ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as entry:
        lines: list[str] = []
        before = "[\n"
        async for row in rows:
            lines.append(_line(row))
            if len(lines) == BATCH:
                await asyncio.to_thread(entry.write, (before + ",\n".join(lines)).encode())
                lines, before = [], ",\n"
        start = before if lines else before.rstrip(",\n")
        await asyncio.to_thread(entry.write, (start + ",\n".join(lines) + "\n]\n").encode())


def _line(row: Raw) -> str:
    named = {"id" if name == "_id" else name: value for name, value in row.items()}
    return json.dumps(named, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, ObjectId):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an archive")
