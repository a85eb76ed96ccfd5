"""What is measured: a seeded forum in one process of its own, and the yardstick beside it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bson import ObjectId
from quart_auth import QuartAuth

from app import create_app
from app.accounts import logins
from app.assembly import AUTH_COOKIE
from app.lifecycle import mongo_client, open_documents
from app.settings import Settings
from app.web.tally import day_of
from documents import Board, Day, Topic, User
from documents.clock import now
from scripts.seeding.plan import Sizes
from scripts.seeding.planting import Planter

ROOT: Final = Path(__file__).parents[2]
READY_SECONDS: Final = 30.0
LONG_AGO: Final = timedelta(days=500)
UNUSABLE_HASH: Final = "!"
TICKS: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Scene:
    """Where to look, and as whom."""

    cookie: str
    other_cookie: str
    other_name: str
    long_topic: ObjectId
    short_topic: ObjectId
    board: ObjectId
    board_name: str
    person: ObjectId
    long_ago: str


async def prepare_scene(settings: Settings, sizes: Sizes) -> Scene:
    """Seed the database and log somebody in."""
    client = mongo_client(settings)
    try:
        await open_documents(client, settings)
        await Planter(sizes, 1, UNUSABLE_HASH, lambda _: None).plant()
        await open_documents(client, settings, make_indexes=True)  # afterwards, which is several times faster
        return await _scene(settings)
    finally:
        await client.close()


async def _scene(settings: Settings) -> Scene:
    person, other = await User.find().sort("-comment_count").limit(2).to_list()
    longest = (await Topic.find().sort("-comment_count").limit(1).to_list())[0]
    full = (await Topic.find({"comment_count": {"$gte": 20, "$lte": 40}}).limit(1).to_list())[0]
    board = (await Board.find().sort("-topic_count").limit(1).to_list())[0]
    cookies = [await _cookie(settings, someone) for someone in (person, other)]
    long_ago = (now() - LONG_AGO).strftime("%Y-%m-%d")
    place = (board.oid, board.name, person.oid)
    return Scene(cookies[0], cookies[1], other.username, longest.oid, full.oid, *place, long_ago)


async def _cookie(settings: Settings, person: User) -> str:
    token = await logins.begin(person, settings, remembered=True, address="127.0.0.1", agent="bench")
    forum = create_app(settings)
    auth: QuartAuth = forum.extensions["QUART_AUTH"][0]
    return f"{AUTH_COOKIE}={auth.dump_token(token, app=forum)}"


async def days_counted(settings: Settings) -> None:
    """Wait until the days before the forum began are worked out: what happens once is no part of what a page costs."""
    client = mongo_client(settings)
    try:
        await open_documents(client, settings)
        today, last = (day_of(now() - timedelta(days=ago), settings.time_zone) for ago in (0, 1))
        while await Day.raw().find_one({"day": last}) is None or await Day.waiting(today, 1):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
    finally:
        await client.close()


@contextlib.contextmanager
def process(arguments: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """A Python process that listens on `port`, ended afterwards; gives its id."""
    child = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment})
    try:
        _await_answer(port, child)
        yield child.pid
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


def _await_answer(port: int, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and child.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"Nothing answers on port {port}")


def cpu_seconds(pid: int) -> float:
    """The processor time of a process so far, of itself and in the kernel; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS
