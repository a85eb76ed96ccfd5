"""Scripts as their users start them, and what to look at from outside."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 60  # seconds: other work may share the machine

T = TypeVar("T")


def eventually(found: Callable[[], T]) -> T:
    """What `found` gives as soon as that is true."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    pytest.fail(f"not within {LONGEST} s: {found}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**settings: str) -> dict[str, str]:
    """Ours without the settings of whoever runs the tests; empty URIs count as none, also against a `.env`."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("QUORUM_")}
    return {**outside, "MONGODB_URI": "", "REDIS_URL": "", **settings}


class Script:
    """A running script; `output` is what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_for(self, text: str) -> None:
        eventually(lambda: text in self.output or self.process.poll() is not None)
        assert text in self.output, self.output

    def signal(self, number: int) -> int:
        """Send it and wait; gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(LONGEST)


@contextlib.contextmanager
def started(name: str, *arguments: str, log: Path, **settings: str) -> Iterator[Script]:
    """`python3 scripts/NAME.py ARGUMENTS` in the background, killed at the end if it still runs."""
    command = [sys.executable, str(ROOT / "scripts" / f"{name}.py"), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(**settings), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Script(process, log)
    finally:
        process.kill()
        process.wait()


def refusal(name: str, *arguments: str, **settings: str) -> tuple[int, str]:
    """Exit code and words of a script that is expected to end by itself."""
    command = [sys.executable, str(ROOT / "scripts" / f"{name}.py"), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stderr


def descendants(pid: int) -> set[int]:
    """The processes that `pid` has started, and what these have started."""
    parents = {int(entry.name): parent_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdecimal()}
    found = {pid}
    while True:
        more = {child for child, parent in parents.items() if parent in found} | found
        if more == found:
            return found - {pid}
        found = more


def parent_of(entry: Path) -> int:
    return int(status_of(entry)[1])


def status_of(entry: Path) -> list[str]:
    """State, parent and so on of a process; one that is gone is as dead as one that nobody has buried yet."""
    with contextlib.suppress(OSError):
        return (entry / "stat").read_text().rpartition(")")[2].split()
    return ["Z", "0"]


def command_of(pid: int) -> str:
    """Its command line; empty when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    return ""


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if status_of(Path(f"/proc/{pid}"))[0] not in "ZX"}
