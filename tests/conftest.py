"""Every test talks to a real forum: hypercorn on a free port, MongoDB and Redis of its own, all thrown away after."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis  # here, else its plugin imports it last, when CPython 3.11.7 cannot parse any more (gh-106905)
import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from quart import Quart
from redis import Redis

from app import create_app
from app.accounts.passwords import PASSWORDS, Passwords
from app.lifecycle import prepare
from app.realtime.hub import Hub
from app.realtime.routes import HUB
from app.settings import Settings, load_settings
from app.topics.counting import VIEWS
from app.web.context import EXTENSION
from app.web.limits import Limits
from documents import ALL, Board
from documents.base import Raw
from scripts.servers import EmbeddedMongo, EmbeddedRedis
from tests.doctored import Doctor, examine, sentences
from tests.mailbox import PostOffice
from tests.people import Forum, Person, cheap_hasher

READY_SECONDS = 20

# The same examples each time, however slow the machine is; HYPOTHESIS_PROFILE=explore looks for others.
SLOW = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large]
hypothesis.settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=SLOW)
hypothesis.settings.register_profile("explore", deadline=None, suppress_health_check=SLOW)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedMongo, EmbeddedRedis]]:
    """A mongod and a redis-server for this run of the tests."""
    data = tmp_path_factory.mktemp("servers")
    mongo, redis = EmbeddedMongo(data), EmbeddedRedis(data)
    mongo.start()
    redis.start()
    yield mongo, redis
    redis.stop()
    mongo.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
async def post_office() -> AsyncIterator[PostOffice]:
    """The SMTP server that the forum sends its e-mail to."""
    async with PostOffice() as found:
        yield found


@pytest.fixture(scope="session")
def settings(
    servers: tuple[EmbeddedMongo, EmbeddedRedis], post_office: PostOffice, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings that depend on nothing in the environment."""
    for name in [name for name in os.environ if name.startswith("QUORUM_") and not name.startswith("QUORUM_TEST_")]:
        del os.environ[name]
    mongo, redis = servers
    return load_settings(
        _env_file=None,
        mongodb_uri=mongo.uri,
        mongodb_db="quorum_test",
        redis_url=redis.url,
        data_dir=tmp_path_factory.mktemp("data"),
        bind=f"127.0.0.1:{free_port()}",
        log_level="warning",
        smtp_url=post_office.url,
        mail_from="forum@quorum.example",
    )


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Quart]:
    """The forum, served on its port."""
    await prepare(settings)
    forum = create_app(settings)
    forum.extensions[PASSWORDS].close()
    forum.extensions[PASSWORDS] = Passwords(settings.password_hash_concurrency, cheap_hasher())
    stop = asyncio.Event()
    config = Config()
    config.bind = [settings.bind]
    config.errorlog = None
    config.graceful_timeout = 1
    serving = asyncio.create_task(serve(forum, config, shutdown_trigger=stop.wait))
    await _until_listening(settings.port, serving)
    yield forum
    await forum.close_websockets()  # type: ignore[attr-defined]
    stop.set()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(serving, 10)


async def _until_listening(port: int, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(READY_SECONDS):
        while True:
            if serving.done():
                serving.result()
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


def forget_limits(limits: Limits) -> None:
    """As in a new process: nothing counted without Redis, and no reason to do without it."""
    limits._alone = MovingWindowRateLimiter(MemoryStorage())
    limits._paused_until = 0.0


def _one_of(collection: str) -> list[Raw]:
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": collection}}}]


async def empty() -> None:
    """Take everything out of the database: one question finds the few collections that have something."""
    first, *others = (document.raw() for document in ALL)
    unions: list[Raw] = [{"$unionWith": {"coll": other.name, "pipeline": _one_of(other.name)}} for other in others]
    found = [raw["name"] async for raw in await first.aggregate([*_one_of(first.name), *unions])]
    await asyncio.gather(*(first.database[name].delete_many({}) for name in found))


@pytest.fixture
async def forum(app: Quart, settings: Settings, servers: tuple[EmbeddedMongo, EmbeddedRedis]) -> AsyncIterator[Forum]:
    """The forum with nothing and nobody in it."""
    await empty()
    with Redis.from_url(servers[1].url) as redis:
        redis.flushall()
    hub: Hub = app.extensions[HUB]
    hub.on_gap(hub.connected)
    forget_limits(app.extensions[EXTENSION].limits)
    app.extensions[VIEWS]._gathered.clear()  # of topics that a later import may make again, under the same ids
    app.extensions[EXTENSION].memory.forget()
    found = Forum(app, settings)
    yield found
    await found.close()


@pytest.fixture
def mailbox(forum: Forum, post_office: PostOffice) -> PostOffice:
    """The post office with nothing in it."""
    post_office.clear()
    return post_office


@pytest.fixture
async def board(forum: Forum) -> Board:
    """A board for everyone."""
    return await forum.board()


@pytest.fixture
async def alice(forum: Forum) -> Person:
    """Alice opens topics."""
    return await forum.person("alice")


@pytest.fixture
async def bob(forum: Forum) -> Person:
    """Bob answers them."""
    return await forum.person("bob")


@pytest.fixture
async def xiaoming(forum: Forum) -> Person:
    """小明 writes Chinese and reads the forum in Chinese."""
    return await forum.person("小明", locale="zh")


@pytest.fixture
async def charlie(forum: Forum) -> Person:
    """Charlie must not see or touch what is Alice's and Bob's."""
    return await forum.person("charlie")


@pytest.fixture
async def mod(forum: Forum) -> Person:
    """Mod looks after what others write."""
    return await forum.person("mod_mira", role="moderator")


@pytest.fixture
async def admin(forum: Forum) -> Person:
    """Ada runs the forum."""
    return await forum.person("ada", role="admin")


@pytest.fixture
def guest(forum: Forum) -> Person:
    """Somebody who only reads."""
    return forum.guest()


@pytest.fixture
def doctor(settings: Settings) -> Doctor:
    """`await doctor()`: everything that scripts/doctor.py checks is well."""

    async def check() -> None:
        found = await examine(settings)
        assert not found, sentences(found)

    return check


@pytest.fixture
def root() -> Path:
    """The project's folder."""
    return Path(__file__).parent.parent


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say at the very end what failed, in a line each, however much was printed about it."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        for report in (*reporter.getreports("failed"), *reporter.getreports("error")):
            reporter.write_line(f"FAILED {report.nodeid}: {report.longreprtext.strip().splitlines()[-1][:200]}")
