"""Each script starts by itself, as its users start it; the other tests ask a process that has imported everything."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.scripts.calling import call
from tests.scripts.processes import LONGEST, ROOT, environment

SCRIPTS = sorted(path.stem for path in (ROOT / "scripts").glob("*.py") if "\nbootstrap.enter" in path.read_text())


def started(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(), cwd="/", capture_output=True, text=True, timeout=LONGEST, check=False
    )


def help_of(name: str) -> subprocess.CompletedProcess[str]:
    return started([sys.executable, str(ROOT / "scripts" / f"{name}.py"), "--help"])


def test_every_script_says_what_it_does() -> None:
    assert {"run", "test", "admin", "seed", "cleanup", "doctor", "backup", "restore", "worker"} < set(SCRIPTS)
    with ThreadPoolExecutor(2) as pool:
        for name, done in zip(SCRIPTS, pool.map(help_of, SCRIPTS), strict=True):
            assert (done.returncode, done.stderr) == (0, ""), name
            assert done.stdout.startswith(f"Usage: {name}.py"), name


@pytest.mark.parametrize("arguments", [["--help"], ["--nonsense"], ["nothing"]])
async def test_a_call_in_tests_says_and_ends_as_a_start_does(arguments: list[str]) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "admin.py"), *arguments]
    done = await asyncio.to_thread(started, command)
    called = await call("admin", *arguments)
    assert (called.code, called.out, called.err) == (done.returncode, done.stdout, done.stderr)
