"""Scripts called as their users do, on the test's own servers, while the forum goes on serving."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sys
from dataclasses import dataclass
from typing import Any

from app.settings import Settings
from tests.scripts.processes import ROOT, environment

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
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "scripts" / f"{name}.py"),
        *arguments,
        cwd=ROOT,
        env=environment(**env),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), LONGEST)
    assert b"Traceback" not in err, err.decode()
    assert process.returncode is not None
    return Called(process.returncode, out.decode(), err.decode())


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
