"""Each script starts by itself, as its users start it; the other tests ask a process that has imported everything."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.scripts.calling import call
from tests.scripts.processes import LONGEST, ROOT, environment

# `admin`, `run` and `worker` are started by tests of their own.
ASKED = ("backup", "cleanup", "doctor", "import_discourse", "import_nodebb", "restore", "seed")


def started(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(), cwd="/", capture_output=True, text=True, timeout=LONGEST, check=False
    )


def help_of(name: str) -> subprocess.CompletedProcess[str]:
    return started([sys.executable, str(ROOT / "scripts" / f"{name}.py"), "--help"])


def test_every_script_says_what_it_does() -> None:
    with ThreadPoolExecutor(2) as pool:
        for name, done in zip(ASKED, pool.map(help_of, ASKED), strict=True):
            assert (done.returncode, done.stderr) == (0, ""), name
            assert done.stdout.startswith(f"Usage: {name}.py"), name


async def test_a_call_in_tests_says_and_ends_as_a_start_does() -> None:
    done = await asyncio.to_thread(started, [sys.executable, str(ROOT / "scripts" / "admin.py"), "nothing"])
    called = await call("admin", "nothing")
    assert done.returncode == 2
    assert (called.code, called.out, called.err) == (done.returncode, done.stdout, done.stderr)
