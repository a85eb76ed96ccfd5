"""The health of the forum: what it stands on, what is missing, what waits, and settings that one should know of."""

from __future__ import annotations

import asyncio
import platform
import shutil
from collections.abc import Awaitable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final, Literal

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.errors import Refusal
from app.files.storage import Storage
from app.site.settings import SiteSettings
from app.web.health import ANSWER_SECONDS, Running, jobs
from app.web.i18n import N_, Text
from documents import ALL
from documents.file import key_of

State = Literal["good", "warn", "bad"]
DISK_WARN_SHARE: Final = 0.10
MIB: Final = 1024 * 1024
# Nothing has this name.
PROBE: Final = key_of("0" * 64, "0" * 8, "96.webp")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what was seen."""

    title: str
    state: State
    text: str


async def checks(running: Running | None, storage: Storage, settings: SiteSettings) -> tuple[Check, ...]:
    """All of it; nothing that hangs holds the page up for long."""
    found = await asyncio.gather(
        _mongodb(running), _redis(running), _storage(storage), _disk(settings), _indexes(), _jobs(running)
    )
    return (*found, _versions())


async def _asked(title: str, question: Awaitable[Check]) -> Check:
    try:
        return await asyncio.wait_for(question, ANSWER_SECONDS)
    except (PyMongoError, RedisError, OSError, TimeoutError) as error:
        return Check(title, "bad", str(Text(N_("Does not answer (%(error)s)."), error=type(error).__name__)))


async def _mongodb(running: Running | None) -> Check:
    async def ask() -> Check:
        assert running is not None
        info: dict[str, Any] = await running.mongo.server_info()
        hello: dict[str, Any] = await running.mongo.admin.command("hello")
        text = N_("Version %(version)s, replica set “%(name)s”, members: %(hosts)s.")
        said = Text(text, version=info["version"], name=hello.get("setName", "–"), hosts=len(hello.get("hosts", [1])))
        return Check("MongoDB", "good", str(said))

    return await _asked("MongoDB", ask())


async def _redis(running: Running | None) -> Check:
    if running is None or running.redis is None:
        return Check(
            "Redis", "warn", str(Text(N_("There is none: news travel by asking, limits count in each process.")))
        )
    redis = running.redis

    async def ask() -> Check:
        info: dict[str, Any] = await redis.info()
        used = int(info.get("used_memory", 0)) // MIB
        text = Text(N_("Version %(version)s, %(mebibytes)s MiB in use."), version=info["redis_version"], mebibytes=used)
        return Check("Redis", "good", str(text))

    return await _asked("Redis", ask())


async def _storage(storage: Storage) -> Check:
    title = str(Text(N_("Files")))

    async def ask() -> Check:
        await storage.has(PROBE)
        where = str(storage.folder) if storage.folder is not None else "S3"
        return Check(title, "good", str(Text(N_("The storage answers: %(where)s."), where=where)))

    try:
        return await _asked(title, ask())
    except Refusal as error:
        return Check(title, "bad", str(Text(N_("Does not answer (%(error)s)."), error=type(error).__name__)))


async def _disk(settings: SiteSettings) -> Check:
    title = str(Text(N_("Disk")))
    try:
        usage = await asyncio.to_thread(shutil.disk_usage, settings.data_dir)
    except OSError as error:
        return Check(title, "warn", str(Text(N_("Does not answer (%(error)s)."), error=type(error).__name__)))
    free = f"{usage.free / MIB / 1024:.1f}"
    text = Text(N_("%(free)s GiB of %(total)s GiB are free."), free=free, total=f"{usage.total / MIB / 1024:.1f}")
    return Check(title, "good" if usage.free > usage.total * DISK_WARN_SHARE else "warn", str(text))


async def _indexes() -> Check:
    title = str(Text(N_("Indexes")))

    async def ask() -> Check:
        missing = await missing_indexes()
        if missing:
            text = Text(N_("Missing: %(names)s. They are made when the forum starts."), names=", ".join(missing))
            return Check(title, "bad", str(text))
        return Check(title, "good", str(Text(N_("All are there."))))

    return await _asked(title, ask())


async def missing_indexes() -> list[str]:
    """What the documents declare and the database does not have, as collection.name."""
    missing = []
    for document in ALL:
        there = await document.raw().index_information()
        declared = [each.document["name"] for each in getattr(document.Settings, "indexes", ())]
        missing += [f"{document.raw().name}.{name}" for name in declared if name not in there]
    return missing


async def _jobs(running: Running | None) -> Check:
    title = str(Text(N_("Jobs")))
    found = await jobs(running)
    if found is None:
        return Check(title, "bad", str(Text(N_("It is not known what waits."))))
    overdue = sum(found["overdue"].values())
    if overdue:
        return Check(title, "bad", str(Text(N_("%(count)s have waited for too long."), count=overdue)))
    if found["queue"] is None:
        return Check(title, "warn", str(Text(N_("No queue: each process does what it finds."))))
    workers = found["queue"]["workers"]
    text = Text(N_("Nothing is late; workers: %(workers)s."), workers=workers)
    return Check(title, "good" if workers else "warn", str(text))


def _versions() -> Check:
    names = ("quart", "hypercorn", "beanie", "pymongo", "redis")
    said = ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])
    return Check(str(Text(N_("Versions"))), "good", said)


WARNINGS: Final = {
    "limits": N_("Rate limits are off (QUORUM_LIMITS=off): use this for load tests only."),
    "smtp": N_("No mail server is set (QUORUM_SMTP_URL): nobody gets e-mails, not even for a forgotten password."),
    "base": N_("QUORUM_BASE_URL is not set: links in e-mails lead to the address the forum listens on."),
    "plain": N_("QUORUM_BASE_URL does not begin with https: passwords travel in the open."),
    "proxies": N_("QUORUM_TRUSTED_PROXIES is 0: behind a proxy everybody seems to come from the same address."),
    "read_only": N_("The forum is read-only."),
    "registration": N_("Nobody can sign up."),
}


def warnings(settings: SiteSettings) -> tuple[str, ...]:
    """Settings that are well meant, but not for for ever."""
    local = settings.host in ("127.0.0.1", "::1", "localhost")
    found = {
        "limits": not settings.limited,
        "smtp": settings.smtp_url is None,
        "base": not settings.base_url,
        "plain": bool(settings.base_url) and not settings.secure,
        "proxies": settings.secure and local and settings.trusted_proxies == 0,
        "read_only": settings.read_only,
        "registration": not settings.registers,
    }
    return tuple(str(Text(WARNINGS[name])) for name, wrong in found.items() if wrong)
