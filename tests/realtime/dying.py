"""A forum whose process dies at a chosen step of a request: `python -m tests.realtime.dying FD`, for the tests alone.

A request says by `X-Die-At: N` that the process is to be killed (SIGKILL, no goodbye) just before its N-th step: a
command to MongoDB, a command to Redis, or the first byte of the answer. Each time it is killed the next one serves; it
is forked from here, where everything is imported already, and takes over the listening socket `FD`, so that nobody is
refused meanwhile.
"""

from __future__ import annotations

import contextvars
import functools
import os
import signal
import socket
import sys
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from pymongo import monitoring
from redis.asyncio.connection import AbstractConnection

from app import create_app, orphans, serve
from app.settings import load_settings
from app.text import lookalikes, segment

HEADER = b"x-die-at"


class Steps:
    """The steps of one request. What it starts counts as well, other requests and what runs beside do not."""

    def __init__(self, last: int) -> None:
        self.left = last

    def one_more(self) -> None:
        """Die when it is the one."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


steps: contextvars.ContextVar[Steps | None] = contextvars.ContextVar("steps", default=None)


def step() -> None:
    """Something is about to be done."""
    counted = steps.get()
    if counted is not None:
        counted.one_more()


class Commands(monitoring.CommandListener):
    """Sees each command to MongoDB before it is sent."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Another step."""
        step()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing: the next step is where it would be noticed."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing."""


class Mortal:
    """The application, with steps counted for requests that say so."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass it on."""
        wanted = dict(scope.get("headers", ())).get(HEADER)
        if wanted is None:
            await self.app(scope, receive, send)
            return
        steps.set(Steps(int(wanted)))

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                step()
            await send(message)

        await self.app(scope, receive, sent)


def watch_redis() -> None:
    """See each command to Redis before it is sent."""
    send = AbstractConnection.send_packed_command

    async def watched(self: AbstractConnection, *args: Any, **options: Any) -> None:
        step()
        await send(self, *args, **options)

    AbstractConnection.send_packed_command = watched  # type: ignore[method-assign]


def main(fd: int) -> None:
    """Fork one after the other, until one ends by itself."""
    monitoring.register(Commands())
    watch_redis()
    soon = timedelta(milliseconds=100)
    orphans.run = functools.partial(orphans.run, idle=soon, every=soon)
    lookalikes.warm_up()
    segment.warm_up()
    listening, settings = socket.socket(fileno=fd), load_settings()
    forum = create_app(settings)
    forum.asgi_app = Mortal(forum.asgi_app)  # type: ignore[method-assign]
    patch.object(serve, "listening_socket", lambda *_: listening.dup()).start()
    patch.object(serve, "create_app", lambda _: forum).start()
    child = 0

    def stop(*_: Any) -> None:
        os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os._exit(serve.run(settings))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(int(sys.argv[1]))
