"""Scripts called as their users do, on the test's own servers, while the forum goes on serving."""

from __future__ import annotations

import asyncio
import json
import math
import os
import pty
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from app.search.catching_up import catch_up
from app.settings import Settings
from documents import ALL
from documents.base import Raw
from documents.topic import HEAT_SECONDS, VIEWS_A_REPLY
from tests.scripts.processes import ROOT, environment
from tests.stock import BY_ITSELF

LONGEST = 60  # seconds


@dataclass(frozen=True)
class Called:
    """How a script ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


def on(settings: Settings) -> dict[str, str]:
    """The environment that leads a script to these servers."""
    assert settings.mongodb_uri is not None
    assert settings.redis_url is not None
    return {
        "MONGODB_URI": settings.mongodb_uri.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "MONGODB_DB": settings.mongodb_db,
        "QUORUM_DATA_DIR": str(settings.data_dir),
        "QUORUM_BASE_URL": settings.base_url,
    }


async def call(name: str, *arguments: str, **env: str) -> Called:
    """`python3 scripts/NAME.py ARGUMENTS` with nobody at a terminal."""
    out, err, ended = (os.pipe() for _ in range(3))
    argv = [str(ROOT / "scripts" / f"{name}.py"), *arguments]
    request = json.dumps({"argv": argv, "environment": environment(**env)}).encode()
    writing = [out[1], err[1], ended[1]]
    socket.send_fds(starter(), [request], writing)
    for file in writing:
        os.close(file)
    readers = [await _reading(file) for file in (out[0], err[0], ended[0])]
    child = int(await asyncio.wait_for(readers[2].readline(), LONGEST))
    try:
        said = asyncio.gather(*(reader.read() for reader in readers))
        words, complaints, code = await asyncio.wait_for(said, LONGEST)
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        pytest.fail(f"{name} {' '.join(arguments)}: not within {LONGEST} s")
    assert b"Traceback" not in complaints, complaints.decode()
    return Called(int(code), words.decode(), complaints.decode())


async def _reading(file: int) -> asyncio.StreamReader:
    """Of what is written there."""
    reader = asyncio.StreamReader()
    pipe = os.fdopen(file, "rb", 0)  # closed by the transport at its end
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


@cache
def starter() -> socket.socket:
    """Where to ask for a script; for this process and as long as it is there."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        command = [sys.executable, "-m", "tests.scripts.starter", str(there.fileno())]
        subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, pass_fds=[there.fileno()])
    return here


async def call_at_terminal(answers: list[tuple[str, str]], name: str, *arguments: str, **env: str) -> Called:
    """The same with somebody at a terminal, who gives each answer once they have read the question before it."""
    controller, terminal = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "scripts" / f"{name}.py"),
        *arguments,
        cwd=ROOT,
        env=environment(TERM="xterm", COLUMNS="100", **env),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    said = await asyncio.wait_for(asyncio.to_thread(_talk, controller, answers), LONGEST)
    code = await asyncio.wait_for(process.wait(), LONGEST)
    assert "Traceback" not in said, said
    return Called(code, said, "")


def _talk(controller: int, answers: list[tuple[str, str]]) -> str:
    waiting, said, read = list(answers), "", 0
    while True:
        try:
            said += os.read(controller, 65536).decode(errors="replace")
        except OSError:  # the script has ended
            os.close(controller)
            return said
        while waiting and waiting[0][0] in said[read:]:
            question, answer = waiting.pop(0)
            read = said.index(question, read) + len(question)
            os.write(controller, f"{answer}\n".encode())


KEPT = [document for document in ALL if document not in BY_ITSELF]


async def dump() -> dict[str, list[Raw]]:
    """Everything that is in the database, once every text has its words: a forum that runs gives them at any moment."""
    await catch_up()
    return {document.raw().name: await document.raw().find({}).sort("_id").to_list() for document in KEPT}


def changes(before: dict[str, list[Raw]], after: dict[str, list[Raw]]) -> dict[str, list[Raw]]:
    """By collection, what is not in both of two dumps: nothing when they are the same, no more than that to read."""
    return {
        name: [raw for raw in was + after[name] if raw not in was or raw not in after[name]]
        for name, was in before.items()
        if was != after[name]
    }


async def put_back(dumped: dict[str, list[Raw]]) -> None:
    """Exactly that, and nothing else."""
    for document in KEPT:
        await document.raw().delete_many({})
        if dumped[document.raw().name]:
            await document.raw().insert_many(dumped[document.raw().name])


async def miscounted() -> list[str]:
    """Every counter that is not what counting from scratch gives, as a sentence each."""
    things = await dump()
    live = {raw["_id"]: raw for raw in things["topics"] if raw["deleted_at"] is None}
    wrong = [_compare("topic", raw, _counted_topic(raw, things)) for raw in things["topics"]]
    wrong += [_compare("board", raw, _counted_board(raw, live)) for raw in things["boards"]]
    wrong += [_compare("user", raw, _counted_user(raw, things, live)) for raw in things["users"]]
    return [sentence for sentence in wrong if sentence]


def _compare(kind: str, raw: Raw, counted: Raw) -> str:
    stored = {name: raw[name] for name in counted}
    return "" if stored == counted else f"{kind} {raw['_id']}: {stored} is stored, {counted} counted"


def _counted_topic(topic: Raw, things: dict[str, list[Raw]]) -> Raw:
    comments = [raw for raw in things["comments"] if raw["topic"] == topic["_id"]]
    live = sorted((raw for raw in comments if raw["deleted_at"] is None), key=lambda raw: int(raw["number"]))
    likes = sum(raw["like_count"] for raw in comments)
    counted: Raw = {"comment_count": len(live), "like_count": likes}
    if live:
        # Where comments came from elsewhere, the order of numbers is not that of time.
        latest = max(live, key=lambda raw: raw["created_at"]) if topic.get("mixed") else live[-1]
        counted |= {"last_visible": live[-1]["number"], "last_author": latest["author"]}
        counted |= {"active_at": latest["created_at"]}
    seconds = topic["created_at"].timestamp()
    heat = seconds / HEAT_SECONDS + math.log10(len(live) + 2 * likes + topic["view_count"] // VIEWS_A_REPLY + 1)
    return counted | {"heat": pytest.approx(heat, abs=1e-6)}


def _counted_board(board: Raw, live: dict[Any, Raw]) -> Raw:
    topics = [raw for raw in live.values() if raw["board"] == board["_id"]]
    last = max(topics, key=lambda raw: (raw["active_at"], raw["_id"]), default=None)
    comments = sum(raw["comment_count"] for raw in topics)
    return {"topic_count": len(topics), "comment_count": comments, "last_topic": last and last["_id"]}


def _counted_user(user: Raw, things: dict[str, list[Raw]], live: dict[Any, Raw]) -> Raw:
    comments = [raw for raw in things["comments"] if raw["author"] == user["_id"]]
    counting = [raw for raw in comments if raw["deleted_at"] is None and raw["number"] > 1 and raw["topic"] in live]
    return {
        "topic_count": sum(raw["author"] == user["_id"] for raw in live.values()),
        "comment_count": len(counting),
        "like_count": sum(raw["like_count"] for raw in comments),
    }
