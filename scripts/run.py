"""Serve the forum: sets everything up, starts what it needs, and stops it all again.

Signals: SIGTERM and SIGINT (Ctrl-C) stop it, SIGHUP puts new processes in the place of the old ones, one by one.
"""

import bootstrap

bootstrap.enter()

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import NoReturn

import click
from pymongo import MongoClient

from app.settings import Settings, SettingsError, load_settings
from scripts import servers
from scripts.bootstrap import CALLER_DIR, step
from scripts.servers.connect import Servers
from scripts.servers.problems import ServersError, StartFailed
from scripts.servers.workers import Workers

POLL = 0.1  # seconds


class WrongSetting(ServersError):
    """A setting is wrong."""

    exit_code = 2


class PortTaken(ServersError):
    """Somebody else listens where we should."""


@click.command(help="Serve the forum; Ctrl-C stops it.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="How many share the work.")
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; 127.0.0.1:5000 unless QUORUM_BIND says otherwise.")
@click.option("--data-dir", metavar="FOLDER", help="Where the data is; var unless QUORUM_DATA_DIR says otherwise.")
def main(processes: int, bind: str | None, data_dir: str | None) -> None:
    """Start everything in its order; each `with` stops its part, in the opposite order."""
    stop_on_signals()
    reload = Reload()
    settings = checked_settings(bind, data_dir)
    with servers.locked(settings.data_dir), held_port(settings), servers.started(settings) as (settings, embedded):
        workers = Workers(processes, settings.data_dir, environment_of(settings))
        try:
            with step("Preparing the database and starting the application"):
                workers.start()
            announce(settings)
            supervise(workers, embedded, reload)
        finally:
            workers.stop()


def checked_settings(bind: str | None, data_dir: str | None) -> Settings:
    """The settings, with the command line over them; raises `WrongSetting`."""
    given = {"bind": bind, "data_dir": CALLER_DIR / data_dir if data_dir else None}
    try:
        return load_settings(**{name: value for name, value in given.items() if value})
    except SettingsError as error:
        raise WrongSetting(str(error)) from None


@contextlib.contextmanager
def held_port(settings: Settings) -> Iterator[None]:
    """Make sure that the port is free, and keep it from others, also while our processes restart."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise PortTaken(why_not(settings, error)) from None
    with socket.socket(family, kind) as held:
        if hasattr(socket, "SO_REUSEPORT"):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind(address)  # and never listens: connections go to the processes, which do
        yield


def why_not(settings: Settings, error: OSError) -> str:
    """Why we cannot listen, and what to do."""
    advice = "choose another one with --bind HOST:PORT or QUORUM_BIND"
    if isinstance(error, PermissionError):
        return f"Port {settings.port} is only for the system's administrator: {advice}"
    if isinstance(error, socket.gaierror):
        return f"{settings.host} is not an address of this machine: {advice}"
    return f"Cannot listen on {settings.bind} ({(error.strerror or 'no reason given').lower()}): {advice}"


def environment_of(settings: Settings) -> dict[str, str]:
    """What the processes need besides our own environment. Not their command line, which everybody may read."""
    assert settings.mongodb_uri is not None
    assert settings.redis_url is not None
    return {
        "MONGODB_URI": settings.mongodb_uri.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "QUORUM_BIND": settings.bind,
        "QUORUM_DATA_DIR": str(settings.data_dir),
    }


def announce(settings: Settings) -> None:
    """Say where the forum is and, while it is empty, what to do next."""
    click.echo(f"Quorum is ready: http://{settings.bind} (Ctrl-C stops it)")
    if is_empty(settings):
        click.echo("Nobody is registered yet.")
        click.echo("  python3 scripts/admin.py create NAME EMAIL   makes an administrator")
        click.echo("  python3 scripts/seed.py                      fills the forum with examples")


def is_empty(settings: Settings) -> bool:
    """Whether nobody has registered so far."""
    assert settings.mongodb_uri is not None
    with MongoClient[dict[str, object]](settings.mongodb_uri.get_secret_value()) as client:
        return client[settings.mongodb_db]["users"].find_one({}, {"_id": 1}) is None


def supervise(workers: Workers, embedded: Servers, reload: "Reload") -> NoReturn:
    """Restart whatever ends, until a signal ends us."""
    while True:
        if reload.wanted:
            reload.wanted = False
            replace(workers)
        workers.tend()
        for server in embedded.all:
            if server.ended:
                with step(f"{server.name} has ended; starting it again"):
                    server.start()
        time.sleep(POLL)


def replace(workers: Workers) -> None:
    """New processes for the old ones; when the new code does not start, the old ones go on."""
    try:
        with step("Replacing the application's processes"):
            workers.replace()
    except StartFailed as error:
        click.echo(f"{error.message}. The old processes go on.", err=True)


class Reload:
    """Whether SIGHUP has come. When it came because the terminal was closed, it ends us, as it would any program."""

    def __init__(self) -> None:
        self.wanted = False
        self._at_terminal = terminal_is_there()
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, self._come)

    def _come(self, *_: object) -> None:
        if self._at_terminal and not terminal_is_there():
            end()
        self.wanted = True


def terminal_is_there() -> bool:
    """Whether we have a terminal that could send Ctrl-C."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


def stop_on_signals() -> None:
    """End in good order at the first SIGTERM or SIGINT: the exception unwinds every `with`."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def end(*_: object) -> NoReturn:
    """Leave with exit code 0; further signals must not disturb the stopping, which takes its time but not for ever."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


if __name__ == "__main__":
    main()
