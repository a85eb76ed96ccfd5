"""Writing an archive: piece by piece into a file, so that a long life here needs no more memory than a short one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bson import ObjectId

from app.files.storage import Missing, Storage
from app.mydata.parts import BATCH, FILES
from app.web.i18n import N_, Text
from app.web.pages import Locale
from documents import StoredFile, User
from documents.base import Raw
from documents.clock import now

README: Final = N_(
    "This is what %(site)s has of you.\n\n"
    "Each file with the ending .json is a list that programs can read and any text editor shows. Times are in UTC.\n"
    "The folder “avatar” has your picture.\n"
    "Passwords and other secrets are not in here, nor what belongs to other people alone."
)


async def pack(file: IO[bytes], user: User, storage: Storage, *, locale: Locale, site: str) -> None:
    """Write everything of this person into `file`."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", Text(README, site=site).into(locale) + "\n")
        for name, rows in FILES.items():
            await _add_rows(archive, f"{name}.json", rows(user.oid))
        await _add_picture(archive, user, storage)


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


async def _add_picture(archive: ZipFile, user: User, storage: Storage) -> None:
    picture = await StoredFile.named(user.avatar, "avatar") if user.avatar else None
    for key, variant in zip(picture.keys, picture.variants, strict=True) if picture else ():
        try:
            content = await storage.get(key)
        except Missing:
            continue
        archive.writestr(f"avatar/{variant.name}", content)
