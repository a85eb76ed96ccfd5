"""Opening and closing what the application lives on."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import Final

import structlog
from beanie import init_beanie
from pymongo import AsyncMongoClient
from quart import Quart
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app import orphans
from app.accounts.passwords import PASSWORDS, Passwords
from app.admin import days
from app.comments import rendering
from app.files.storage import Storage
from app.interest import telling
from app.jobs.queue import Jobs
from app.jobs.worker import ANSWER_SECONDS as WORKER_TIMEOUT_SECONDS
from app.jobs.workshop import WORKSHOP, Workshop
from app.mail.composing import Composer
from app.mail.courier import Courier
from app.mail.delivery import delivery_for
from app.mail.errands import Errand
from app.moderation import removals, transfers
from app.mydata.archives import Archivist
from app.notifications import delivered, letters, settling
from app.notifications.catching_up import give_boards
from app.notifications.digests import Digest, Gathered
from app.notifications.errands import AtOnce
from app.notifications.headers import Headers
from app.people.presence import PRESENCE, Presence
from app.realtime import channels
from app.realtime.hub import Hub
from app.realtime.routes import HUB
from app.search import catching_up
from app.settings import Settings, SettingsError
from app.site import current
from app.tags import changing
from app.text import lookalikes, segment
from app.text.pool import RenderPool
from app.topics import daily
from app.topics.counting import VIEWS, Views
from app.web import heap, numbers, tally
from app.web.health import Running
from app.web.templating import Templates
from documents import ALL
from documents.base import Raw

log = structlog.get_logger()

# Here a restore from a backup says that it is not finished yet; no document, as it is no part of a forum.
RESTORES: Final = "restores"
MONGO_WAIT_MS: Final = 5_000
REDIS_TIMEOUT_SECONDS: Final = 0.5
# Nobody waits longer for a page; after that, a text is refused and still in its form.
RENDER_PATIENCE_SECONDS: Final = 5.0


def mongo_client(settings: Settings, *, name: str | None = None) -> AsyncMongoClient[Raw]:
    """A client whose writes are acknowledged by a majority, so that what was confirmed survives the primary.

    MongoDB shows `name` beside what the client does.
    """
    if settings.mongodb_uri is None:
        raise SettingsError("MONGODB_URI is not set; scripts/run.py starts a database of its own")
    return AsyncMongoClient(
        settings.mongodb_uri.get_secret_value(),
        tz_aware=True,
        appname=name,
        serverSelectionTimeoutMS=MONGO_WAIT_MS,
        w="majority",
        retryWrites=True,
    )


def redis_client(settings: Settings, *, timeout: float | None = REDIS_TIMEOUT_SECONDS) -> Redis | None:
    """A client that fails fast: without Redis the forum goes on, only slower news. None when there is no Redis."""
    if settings.redis_url is None:
        return None
    return Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=timeout,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=10,
    )


def make_workshop(
    settings: Settings, redis: Redis | None, templates: Templates, storage: Storage | None = None
) -> Workshop:
    """The jobs of this forum, with a client that gives up soon for what is only said to the queue."""
    wait, an_hour = timedelta(minutes=settings.notice_email_minutes), settings.notice_emails_per_hour
    letters.use(letters.Office(wait, an_hour, settings.time_zone))
    headers = Headers.of(settings)
    errands: dict[str, Errand] = {"notice": AtOnce(headers), "gathered": Gathered(headers), "digest": Digest(headers)}
    courier = Courier(Composer(templates, settings), delivery_for(settings), errands)
    archivist = Archivist(settings, storage or Storage.of(settings))
    kinds = (
        courier.job(),
        archivist.job(),
        telling.job(),
        settling.job(),
        transfers.job(),
        changing.job(),
        removals.job(),
        daily.job(settings.time_zone),
        days.job(settings.time_zone),
    )
    jobs = Jobs(redis, channels.jobs(settings.mongodb_db), kinds)
    return Workshop(jobs, lambda: redis_client(settings, timeout=WORKER_TIMEOUT_SECONDS))


async def open_documents(client: AsyncMongoClient[Raw], settings: Settings, *, make_indexes: bool = False) -> None:
    """Bind the documents to their database."""
    await init_beanie(client[settings.mongodb_db], document_models=list(ALL), skip_indexes=not make_indexes)


class HalfRestored(Exception):
    """A restore was interrupted, so what is there is not the forum."""


async def prepare(settings: Settings) -> None:
    """Make the indexes and complete what older versions wrote: once, by a command, before any process serves.

    `HalfRestored` when it must not.
    """
    client = mongo_client(settings)
    try:
        if await client[settings.mongodb_db][RESTORES].find_one({}) is not None:
            raise HalfRestored
        await open_documents(client, settings, make_indexes=True)
        await give_boards()
    finally:
        await client.close()


async def open_all(app: Quart, settings: Settings) -> Running:
    """Open everything and start what runs beside the requests."""
    name = f"quorum {settings.mongodb_db}"
    mongo = mongo_client(settings, name=name)
    await open_documents(mongo, settings)
    await current.fresh()
    pool = RenderPool(
        timeout=settings.render_timeout_ms / 1000, workers=settings.render_workers, patience=RENDER_PATIENCE_SECONDS
    )
    rendering.use(pool, settings.origin)
    hub: Hub = app.extensions[HUB]
    views: Views = app.extensions[VIEWS]
    presence: Presence = app.extensions[PRESENCE]
    workshop: Workshop = app.extensions[WORKSHOP]
    running = Running(mongo, *hub.clients, pool, workshop.numbers)
    # Now, not beside the first request: two that wait for one worker's first words are one too many.
    warm_ups = (lookalikes.warm_up, segment.warm_up)
    await asyncio.gather(pool.start(1), *(asyncio.to_thread(warm_up) for warm_up in warm_ups))
    beside = [
        hub.listen(),
        hub.rouse(),
        hub.patrol(),
        hub.beat(),
        hub.watch.run(),
        views.run(),
        presence.run(),
        catching_up.run(),
    ]
    beside += [numbers.watch(), current.watch(), tally.run()]
    beside += [delivered.run(), heap.run()]
    beside += [workshop.run()] if settings.jobs == "inside" else []
    beside += [orphans.run(mongo, name)]
    running.tasks = [asyncio.create_task(work) for work in beside]
    return running


async def close_all(app: Quart, running: Running) -> None:
    """Stop and close everything, in the order in which things need each other."""
    for task in running.tasks:
        task.cancel()
    await asyncio.gather(*running.tasks, return_exceptions=True)
    passwords: Passwords = app.extensions[PASSWORDS]
    passwords.close()
    with contextlib.suppress(Exception):
        await running.pool.close()
    for redis in (running.redis, running.line):
        if redis is not None:
            await redis.aclose()
    await running.mongo.close()


def channel_prefix(settings: Settings) -> str:
    """What this forum's Redis keys begin with."""
    return channels.prefix(settings.mongodb_db)
