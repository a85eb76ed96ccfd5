"""Taking files and deleting them. Who may read one is in `app.uploads.access`."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import file_digest
from typing import IO, Final

from bson import ObjectId

from app.errors import Conflict, Invalid, NotFound
from app.files.pictures import Pictures
from app.files.service import GENERATION_BYTES, Content, keep, leave, picture
from app.files.storage import Storage
from app.settings import Settings
from app.uploads.kinds import Kind, kind_of, safe_name
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Comment, Draft, EarlierMessage, Message, Revision, StoredFile, Upload, User
from documents.base import Raw, Record, Session
from documents.clock import now
from documents.file import FileKind, Variant
from documents.upload import using

KIND: Final[FileKind] = "upload"
# Widths of thumbnails in pixels: a phone, a phone or page on a fine screen, a large one.
WIDTHS: Final = (1600, 960, 480)
WHOLE: Final = "whole"
USERS: Final[tuple[type[Record], ...]] = (Comment, Message, EarlierMessage, Revision, Draft)


async def take(
    pictures: Pictures, storage: Storage, settings: Settings, viewer: Viewer, file: IO[bytes], said: str
) -> Upload:
    """Keep a file for this person; the one they have with the same content where there is one.

    `said` is what they call it. Raises `WrongType` (415), and `Invalid` (422) for what is broken or over the quota.
    """
    kind = await asyncio.to_thread(kind_of, file, settings.upload_types)
    content = picture(KIND, await pictures.photo(file, WIDTHS)) if kind.is_picture else await _as_it_is(file, kind)
    upload = _upload(viewer.me, content.file, kind, safe_name(said, kind))

    async def steps(work: Work, use: Callable[[], Awaitable[None]]) -> Upload:
        return await _store(work, upload, use, settings.upload_quota_mib)

    return await keep(storage, content, steps, hot=[viewer.me])


async def _as_it_is(file: IO[bytes], kind: Kind) -> Content:
    def digest() -> tuple[str, int]:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return file_digest(file, "sha256").hexdigest(), size  # type: ignore[arg-type]

    sha256, size = await asyncio.to_thread(digest)
    stored = StoredFile(
        sha256=sha256,
        kind=KIND,
        generation=secrets.token_hex(GENERATION_BYTES),
        type=kind.mimetype,
        bytes=size,
        variants=[Variant(name=WHOLE, type=kind.mimetype, bytes=size)],
        created_at=now(),
    )
    return Content(stored, {WHOLE: file})


def _upload(user: ObjectId, file: StoredFile, kind: Kind, name: str) -> Upload:
    moment = now()
    return Upload(
        id=ObjectId(),
        user=user,
        sha256=file.sha256,
        name=name,
        type=kind.mimetype,
        bytes=file.bytes,
        width=file.width,
        height=file.height,
        widths=[variant.width for variant in file.variants[1:]],
        created_at=moment,
        touched_at=moment,
    )


async def _store(work: Work, upload: Upload, use: Callable[[], Awaitable[None]], quota_mib: int) -> Upload:
    which = {"user": upload.user, "sha256": upload.sha256}
    file = await StoredFile.named(upload.sha256, KIND, work.session)
    if file is not None and file.taken_at is not None:
        raise Invalid(Text(N_("This file has been taken down here, so it cannot be sent again.")))
    there = await Upload.raw().find_one(which, session=work.session)
    if there is not None:
        await Upload.touch([there["_id"]], now(), work.session)
        found: Upload = Upload.model_validate(there)
        return found
    room = quota_mib * 1024 * 1024 - upload.bytes
    fits: Raw = {"_id": upload.user, "deleted_at": None, "upload_bytes": {"$not": {"$gt": room}}}
    counted = await User.raw().update_one(fits, {"$inc": {"upload_bytes": upload.bytes}}, session=work.session)
    if not counted.modified_count or room < 0:
        text = N_("Your files take all of your %(mebibytes)s MiB. Delete some that nothing uses, then try again.")
        raise Invalid(Text(text, mebibytes=quota_mib))
    await use()
    await Upload.raw().insert_one(upload.as_stored(), session=work.session)
    return upload


async def used(id: ObjectId, session: Session = None) -> bool:
    """Whether any text uses it, be it a deleted one that could come back."""
    for document in USERS:
        if await document.raw().find_one(using(id), {"_id": 1}, session=session):
            return True
    return False


async def delete(viewer: Viewer, id: ObjectId) -> None:
    """Delete one's own that nothing uses."""

    async def steps(work: Work) -> None:
        if not await remove(work, {"_id": id, "user": viewer.me}):
            raise NotFound
        if await used(id, work.session):
            raise Conflict(Text(N_("This file is used in a text and cannot be deleted.")))

    await together(steps, hot=[viewer.me])


async def delete_unused(id: ObjectId, since: datetime) -> bool:
    """Delete one that nothing has used since; its content has waited as long as it has. For clean-ups."""

    async def steps(work: Work) -> bool:
        if await used(id, work.session):
            return False
        return await remove(work, {"_id": id, "touched_at": {"$lt": since}}, waited=True)

    return await together(steps)


async def remove(work: Work, which: Raw, *, waited: bool = False) -> bool:
    """Forget it, and use its content no more; False when there is no such upload."""
    raw = await Upload.raw().find_one_and_delete(which, session=work.session)
    if raw is None:
        return False
    await User.raw().update_one(
        {"_id": raw["user"]},
        [{"$set": {"upload_bytes": {"$max": [0, {"$subtract": [{"$ifNull": ["$upload_bytes", 0]}, raw["bytes"]]}]}}}],
        session=work.session,
    )
    await leave(work, KIND, raw["sha256"], raw["touched_at"] if waited else None)
    return True
