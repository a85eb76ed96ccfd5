"""One process that serves: `python -m app.serve`. Any number may share a port; scripts/run.py supervises them.

Hypercorn does the serving. Stopping is ours, because hypercorn waits for open websockets (since Python 3.12 for ever):
they are told to come back, requests get a while to finish, and each step has its time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import click
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.utils import LifespanFailureError, LifespanTimeoutError
from pymongo.errors import PyMongoError
from quart import Quart

from app import create_app
from app.lifecycle import HalfRestored, prepare
from app.settings import Settings, SettingsError, load_settings

CONFIG: Final = Path(__file__).parent.parent / "hypercorn.toml"
# A file to make once connections are accepted; whoever starts us waits for it.
READY_FILE: Final = "QUORUM_READY_FILE"
WEBSOCKETS_SECONDS: Final = 4.0
# Hypercorn cancels connections when the time is up; our turn is just before, as requests end better that way.
CANCEL_EARLIER_SECONDS: Final = 0.5
# More than the steps of stopping take together: whatever hangs, the process is gone then.
LAST_SECONDS: Final = 15

log = logging.getLogger("hypercorn.error")


def main(arguments: list[str]) -> int:
    """Serve until told to stop. `--prepare-first` brings the database up to date before that, `--prepare` instead.

    Gives the exit code.
    """
    try:
        settings = load_settings()
    except SettingsError as error:
        click.echo(str(error), err=True)
        return 2
    failed = 0
    if {"--prepare", "--prepare-first"} & set(arguments):
        failed = bring_up_to_date(settings)
    return failed if failed or "--prepare" in arguments else run(settings)


def bring_up_to_date(settings: Settings) -> int:
    """Make the database what this version needs, once before any process serves; gives the exit code."""
    try:
        asyncio.run(prepare(settings))
    except HalfRestored:
        click.echo(
            "A restore into this forum is not finished. Run scripts/restore.py with the same file again.", err=True
        )
        return 1
    except PyMongoError as error:
        click.echo(f"The database could not be prepared: {error}", err=True)
        return 1
    return 0


def allow_many_connections() -> None:
    """As many descriptors as the system lets us have: each open page holds one."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def run(settings: Settings) -> int:
    """Serve on the address of `settings` until told to stop; gives the exit code."""
    allow_many_connections()
    app = create_app(settings)
    config = read_config()
    try:
        config.bind = [f"fd://{listening_socket(settings.host, settings.port).detach()}"]
    except OSError as error:
        click.echo(f"Cannot listen on {settings.bind} (QUORUM_BIND): {error.strerror}", err=True)
        return 1
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        return runner.run(serve_until_told(app, config))


def read_config() -> Config:
    """hypercorn.toml; errors go to the application's own log."""
    config = Config.from_toml(CONFIG)
    config.workers = 1
    config.errorlog = log
    return config


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that shares its port with other processes of ours. Nobody reaches it before hypercorn listens."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(address)
    return sock


def fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop, which Windows does not have."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


class Requests:
    """The application, with a list of what it is doing, so that it can be made to stop doing it."""

    def __init__(self, app: Quart) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request or websocket on; the lifespan is none, it outlives them."""
        task = asyncio.current_task()
        if task is None or scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        self._tasks.add(task)
        try:
            return await self._app(scope, receive, send)
        finally:
            self._tasks.discard(task)

    def cancel(self) -> None:
        """End them all."""
        for task in self._tasks:
            task.cancel()


async def serve_until_told(app: Quart, config: Config) -> int:
    """Serve until SIGTERM or SIGINT, then stop in good order; gives the exit code."""
    told = told_to_stop()
    requests = Requests(app)

    async def ready_until_told() -> None:
        say_ready()
        await told.wait()

    serving = asyncio.ensure_future(serve(requests, config, shutdown_trigger=ready_until_told, mode="asgi"))
    waiting = asyncio.ensure_future(told.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not serving.done():
        await stop(app, requests, serving, config)
    return exit_code(serving)


async def stop(app: Quart, requests: Requests, serving: asyncio.Future[None], config: Config) -> None:
    """Hypercorn, told as well, has stopped listening: now end what is open, politely and then not."""
    if hasattr(signal, "alarm"):
        signal.alarm(LAST_SECONDS)
    asyncio.get_running_loop().set_exception_handler(cut_off_quietly)
    await say_goodbye(getattr(app, "close_websockets", None))
    await asyncio.wait((serving,), timeout=config.graceful_timeout - CANCEL_EARLIER_SECONDS)
    requests.cancel()
    await asyncio.wait((serving,), timeout=config.shutdown_timeout + 1)
    serving.cancel()
    await asyncio.wait((serving,), timeout=1)


def cut_off_quietly(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report what goes wrong, but not each connection that is cut off because its other end says nothing."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


async def say_goodbye(close_websockets: Callable[[], Awaitable[None]] | None) -> None:
    """Close the websockets with 1012, "come back": their pages reconnect to another process, or to the next one."""
    if close_websockets is None:
        return
    try:
        await asyncio.wait_for(close_websockets(), WEBSOCKETS_SECONDS)
    except Exception:
        log.exception("Websockets could not be closed; they are cut off")


def exit_code(serving: asyncio.Future[None]) -> int:
    """0 unless serving failed; a start that the application itself refused is told in one line."""
    if not serving.done() or serving.cancelled():
        log.warning("Some requests did not end in time and were cut off")
        return 0
    error = serving.exception()
    if isinstance(error, LifespanFailureError | LifespanTimeoutError):
        click.echo(f"The application does not start: {error}", err=True)
        return 1
    if error is not None:
        raise error
    return 0


def told_to_stop() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, told.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(told.set))
    return told


def say_ready() -> None:
    """Tell whoever started us that connections are accepted; a folder that is gone means nobody waits any more."""
    path = os.environ.pop(READY_FILE, None)
    if path:
        with contextlib.suppress(FileNotFoundError):
            Path(path).touch()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
