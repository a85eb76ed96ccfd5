"""Settings in, settings with servers out: for run.py, which owns its data folder, and for the other scripts."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import SecretStr

from app.settings import Settings
from scripts.bootstrap import step
from scripts.servers import given, instance
from scripts.servers.mongo import EmbeddedMongo
from scripts.servers.problems import DataFolderInUse
from scripts.servers.redis import EmbeddedRedis
from scripts.servers.server import Server


@dataclass(frozen=True)
class Servers:
    """The embedded servers of this process; None where the settings name one."""

    mongo: EmbeddedMongo | None
    redis: EmbeddedRedis | None

    @classmethod
    def missing(cls, settings: Settings) -> "Servers":
        """What has to be started, as nothing else is named; not started yet."""
        return cls(
            None if settings.mongodb_uri else EmbeddedMongo(settings.data_dir),
            None if settings.redis_url else EmbeddedRedis(settings.data_dir),
        )

    @property
    def all(self) -> list[Server]:
        """In the order in which they start."""
        return [server for server in (self.mongo, self.redis) if server is not None]

    @property
    def uris(self) -> dict[str, str | None]:
        """By the names of the settings."""
        return {
            "mongodb_uri": self.mongo.uri if self.mongo else None,
            "redis_url": self.redis.url if self.redis else None,
        }

    def start(self) -> None:
        """Start them side by side."""
        if not self.all:
            return
        names = " and ".join(server.name for server in self.all if server.binary)  # fetching is a step of its own
        with step(f"Starting {names}"):
            for server in self.all:
                server.spawn()
            for server in self.all:
                server.wait()

    def stop(self) -> None:
        """Stop them, the last started first."""
        for server in reversed(self.all):
            server.stop()


@contextlib.contextmanager
def available(settings: Settings) -> Iterator[Settings]:
    """`settings` with servers to use: the named ones, else those of a running Quorum, else own ones until the end.

    Raises a `ServersError`. From the main thread, see `children.spawn`.
    """
    with contextlib.ExitStack() as stack:
        if settings.mongodb_uri and settings.redis_url:
            check_given(settings)
        else:
            settings = stack.enter_context(started_or_joined(settings))
        yield settings


@contextlib.contextmanager
def started_or_joined(settings: Settings) -> Iterator[Settings]:
    """Own servers, unless somebody runs some on the same data folder already."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(instance.locked(settings.data_dir))
        except DataFolderInUse:
            settings = joined(settings)
        else:
            settings, _ = stack.enter_context(started(settings))
        yield settings


@contextlib.contextmanager
def started(settings: Settings) -> Iterator[tuple[Settings, Servers]]:
    """Start what the settings do not name, on their data folder. Take `instance.locked` first."""
    check_given(settings)
    servers = Servers.missing(settings)
    try:
        servers.start()
        instance.leave_note(settings.data_dir, instance.Note(os.getpid(), **servers.uris))
        yield filled(settings, servers.uris), servers
    finally:
        instance.remove_note(settings.data_dir)
        servers.stop()


def joined(settings: Settings) -> Settings:
    """`settings` with the servers of the Quorum that runs on the same data folder."""
    note = instance.await_note(settings.data_dir)
    settings = filled(settings, {"mongodb_uri": note.mongodb_uri, "redis_url": note.redis_url})
    for value, name in ((settings.mongodb_uri, "MONGODB_URI"), (settings.redis_url, "REDIS_URL")):
        if not value:
            running = f"The Quorum that runs on {settings.data_dir} (process {note.pid})"
            raise DataFolderInUse(f"{running} was given {name}: set it here as well")
    return settings


def filled(settings: Settings, uris: dict[str, str | None]) -> Settings:
    """`settings` with the URIs that it lacks."""
    lacking = {name: SecretStr(uri) for name, uri in uris.items() if uri and not getattr(settings, name)}
    return settings.model_copy(update=lacking)


def check_given(settings: Settings) -> None:
    """Raise `Unreachable` unless the servers that the settings name can be used."""
    if settings.mongodb_uri:
        given.check_mongodb(settings.mongodb_uri.get_secret_value())
    if settings.redis_url:
        given.check_redis(settings.redis_url.get_secret_value())
