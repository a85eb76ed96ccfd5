"""Archives: asked for by their owner, made by a job, fetched by nobody else, gone after some days."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import structlog
from bson import ObjectId
from gridfs import AsyncGridFSBucket, NoFile
from pymongo.errors import DuplicateKeyError

from app.errors import NotFound
from app.events import ArchiveAsked
from app.files.storage import Storage
from app.jobs.queue import Kind
from app.mail import letters
from app.mydata.packing import pack
from app.settings import Settings
from app.site.current import effective, fresh
from app.viewer import Viewer
from app.web.i18n import as_locale
from app.work import Work, tell, together
from documents import Archive, User
from documents.clock import now

log = structlog.get_logger()

JOB: Final = "archive"
BUCKET: Final = "archive_files"
LEASE: Final = timedelta(hours=1)
KEPT_FOR: Final = timedelta(days=7)
TRIES: Final = 3
TRY_AGAIN_AFTER: Final = timedelta(minutes=5)
NAME_BYTES: Final = 32
# How many are shown, and kept: with files they can be large, so a newer one takes the place of an older one.
SHOWN: Final = 2


def bucket() -> AsyncGridFSBucket:
    """Where they are: in the database, which all processes have."""
    return AsyncGridFSBucket(Archive.raw().database, BUCKET)


async def ask(viewer: Viewer, locale: str) -> None:
    """Have one made, unless one is being made already."""
    moment = now()
    archive = Archive(
        user=viewer.me, name=secrets.token_urlsafe(NAME_BYTES), locale=locale, created_at=moment, due_at=moment
    )
    raw = archive.as_stored()
    try:
        await Archive.raw().insert_one(raw)
    except DuplicateKeyError:  # one is being made
        return
    await tell(ArchiveAsked(raw["_id"]))


async def of(viewer: Viewer) -> list[Archive]:
    """Those that are being made, have failed or can be fetched, the newest first."""
    live = {"user": viewer.me, "$or": [{"expires_at": None}, {"expires_at": {"$gt": now()}}]}
    return await Archive.find(live).sort("-created_at").limit(SHOWN).to_list()


async def fetch(viewer: Viewer, name: str) -> tuple[Archive, AsyncIterator[bytes]]:
    """An archive of one's own, in pieces; for everybody else there is none."""
    raw = await Archive.raw().find_one({"name": str(name), "user": viewer.me, "expires_at": {"$gt": now()}})
    if raw is None or raw["file"] is None:
        raise NotFound
    try:
        stream = await bucket().open_download_stream(raw["file"])
    except NoFile:
        raise NotFound from None

    async def pieces() -> AsyncIterator[bytes]:
        while piece := await stream.readchunk():
            yield piece

    return Archive.model_validate(raw), pieces()


class Archivist:
    """Makes archives."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        self._settings = settings
        self._storage = storage

    def job(self) -> Kind:
        """As the queue knows it."""
        return Kind(JOB, int(LEASE.total_seconds()), self.make, Archive.waiting)

    async def make(self, archive_id: ObjectId) -> None:
        """Make this one, if nobody else is at it."""
        archive = await Archive.claim(archive_id, LEASE)
        if archive is None:
            return
        try:
            await self._make(archive)
        except Exception:
            log.exception("archive.failed", archive=str(archive_id), attempt=archive.attempts)
            await self._postpone(archive)

    async def _make(self, archive: Archive) -> None:
        user = await User.load(archive.user)
        if user is None or not user.live:
            await Archive.raw().delete_one({"_id": archive.oid})
            return
        await fresh()
        settings = effective(self._settings)
        locale = as_locale(archive.locale) or settings.default_locale
        with tempfile.TemporaryFile() as file:
            await pack(file, user, self._storage, locale=locale, site=settings.site_name)
            size = file.tell()
            file.seek(0)
            stored = await bucket().upload_from_stream(f"{archive.oid}.zip", file)
        done = await together(lambda work: self._announce(work, archive, user, stored, size), hot=(user.oid,))
        if not done:  # somebody else has made it, or the account is gone
            await bucket().delete(stored)
        for old in (await Archive.find({"user": archive.user, "state": "ready"}).sort("-created_at").to_list())[SHOWN:]:
            await erase(old)

    async def _announce(self, work: Work, archive: Archive, user: User, stored: ObjectId, size: int) -> bool:
        moment = now()
        ready = {"state": "ready", "file": stored, "bytes": size, "ready_at": moment, "expires_at": moment + KEPT_FOR}
        mine = {"_id": archive.oid, "state": "waiting", "leased_until": archive.leased_until}
        changed = await Archive.raw().update_one(mine, {"$set": ready | {"leased_until": None}}, session=work.session)
        if not changed.modified_count:
            return False
        await letters.write(
            "archive_ready",
            to=user.email,
            locale=archive.locale,
            once=f"archive:{archive.oid}",
            facts={"name": user.name, "link": "/settings/data", "until": moment + KEPT_FOR},
            user=user.oid,
            work=work,
        )
        return True

    async def _postpone(self, archive: Archive) -> None:
        end = {"state": "failed", "expires_at": now() + KEPT_FOR} if archive.attempts >= TRIES else {}
        again = {"due_at": now() + TRY_AGAIN_AFTER, "leased_until": None}
        await Archive.raw().update_one({"_id": archive.oid, "state": "waiting"}, {"$set": again | end})


async def expire() -> int:
    """Erase what is over, and files that no archive names; gives how many archives."""
    over = await Archive.find({"expires_at": {"$lt": now()}}).to_list()
    for archive in over:
        await erase(archive)
    long_ago = now() - LEASE - LEASE
    async for file in bucket().find({"uploadDate": {"$lt": long_ago}}):
        if await Archive.raw().find_one({"file": file._id}, {"_id": 1}) is None:  # noqa: SLF001 - its public name
            await bucket().delete(file._id)  # noqa: SLF001
    return len(over)


async def erase(archive: Archive) -> None:
    """The document first: a file that nobody names is found later, a name without a file would be shown."""
    await Archive.raw().delete_one({"_id": archive.oid})
    if archive.file is not None:
        try:
            await bucket().delete(archive.file)
        except NoFile:
            log.debug("archive.gone", archive=str(archive.oid))
