"""How the scripts that work on a forum's data begin: settings, servers, documents, and news to running processes."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from bson import ObjectId
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app import logs, wiring
from app.errors import Refusal
from app.events import Event
from app.jobs.workshop import Workshop
from app.lifecycle import make_workshop, mongo_client, open_documents, redis_client
from app.realtime import channels
from app.realtime.news import News
from app.settings import Settings, SettingsError, load_settings
from app.site import current
from app.web.templating import Templates
from app.work import on_events
from scripts import servers
from scripts.bootstrap import CALLER_DIR
from scripts.servers.given import reason
from scripts.servers.problems import ServersError

T = TypeVar("T")

data_dir_option = click.option(
    "--data-dir", metavar="FOLDER", help="Where the data is; var unless QUORUM_DATA_DIR says otherwise."
)


class Failure(ServersError):
    """Why a script cannot do what it was asked for: one sentence for the person at the terminal."""


class Misuse(Failure):
    """It was asked for in a way that cannot work."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """A forum whose documents can be used."""

    settings: Settings
    redis: Redis | None

    def workshop(self) -> Workshop:
        """Where this forum's jobs are done. E-mails show no static files, so their templates need to know of none."""
        return make_workshop(self.settings, self.redis, Templates(str))

    async def publish(self, news: News) -> None:
        """Tell the running processes; without Redis they find out by themselves within seconds."""
        if self.redis is None:
            return
        try:
            await self.redis.publish(channels.news(self.settings.mongodb_db), news.pack())
        except (RedisError, OSError) as error:
            click.echo(f"Redis does not answer, so pages may be old for some seconds: {reason(error)}", err=True)

    async def follow(self, event: Event) -> None:
        """What the tables in `app.wiring` say that follows from an event. Jobs that are not queued are found later."""
        await wiring.follow(event, self.publish, self._hint)

    async def _hint(self, kind: str, id: ObjectId) -> None:
        await self.workshop().jobs.hint(kind, id)


def on_forum(
    work: Callable[[Opened], Coroutine[Any, Any, T]], data_dir: str | None, *, make_indexes: bool = False
) -> T:
    """Run `work` on the forum, whether it is being served or not. From the main thread, see `children.spawn`.

    A `Failure` says what went wrong. `make_indexes` is for work that writes and may be the first to do so.
    """
    settings = settings_for(data_dir)
    logs.configure(settings)
    try:
        with servers.available(settings) as filled:
            return asyncio.run(_run(filled, work, make_indexes))
    except Refusal as refusal:
        raise Failure(sentence(refusal)) from None
    except sqlite3.Error as error:  # what does not fit into memory
        raise Failure(f"A temporary file cannot be written: {error}") from None
    except PyMongoError as error:
        raise Failure(f"MongoDB does not do what was asked for: {reason(error)}") from None


def settings_for(data_dir: str | None) -> Settings:
    """The settings; a data folder from the command line is relative to where the script was called."""
    try:
        return load_settings(**({"data_dir": CALLER_DIR / data_dir} if data_dir else {}))
    except SettingsError as error:
        raise Misuse(str(error)) from None


def sentence(refusal: Refusal) -> str:
    """What a form would say beside its fields, or above them."""
    return " ".join(str(text) for text in refusal.fields.values()) or str(refusal.text)


async def _run(settings: Settings, work: Callable[[Opened], Coroutine[Any, Any, T]], make_indexes: bool) -> T:
    async with _opened(settings, make_indexes) as opened:
        on_events(opened.follow)
        return await work(opened)


@contextlib.asynccontextmanager
async def _opened(settings: Settings, make_indexes: bool) -> AsyncIterator[Opened]:
    client, redis = mongo_client(settings), redis_client(settings)
    try:
        await open_documents(client, settings, make_indexes=make_indexes)
        await current.fresh()
        yield Opened(current.effective(settings), redis)
    finally:
        await client.close()
        if redis is not None:
            await redis.aclose()
