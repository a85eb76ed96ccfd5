"""Processes that end when this one does, also after `kill -9`: no server is left behind to hold a data folder."""

import contextlib
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

LOG_LIMIT = 10 * 1024 * 1024  # bytes; then the log starts anew and one older is kept
KERNEL_ENDS_ORPHANS = platform.system() == "Linux"
MORTAL = Path(__file__).with_name("mortal.py")


def spawn(
    command: Sequence[str], *, pid_file: Path, log: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start `command` so that it ends with us; its output goes to `log`, or to where ours goes.

    A session of its own keeps the terminal's Ctrl-C to us: we stop children in their order.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Linux ends a child together with the thread that started it: use the main thread")
    end_leftover(pid_file, Path(command[0]).name)
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(opened_log(log)) if log else None
        process = subprocess.Popen(
            [*mortal(), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=os.environ | (env or {}),
            start_new_session=True,
        )
    remember(pid_file, process)
    return process


def mortal() -> list[str]:
    """What to put before a command so that the kernel ends it with us, where the kernel can."""
    return [sys.executable, "-I", "-S", str(MORTAL), str(os.getpid())] if KERNEL_ENDS_ORPHANS else []


def stop(process: subprocess.Popen[bytes], timeout: float) -> None:
    """Ask `process` to end; make it, after `timeout` seconds."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def opened_log(path: Path) -> IO[bytes]:
    """`path` for appending; a large one is put aside first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def remember(pid_file: Path, process: subprocess.Popen[bytes]) -> None:
    """Note the process for `end_leftover`, where the kernel does not end orphans for us."""
    if not KERNEL_ENDS_ORPHANS:
        pid_file.parent.mkdir(parents=True, exist_ok=True)
        pid_file.write_text(str(process.pid))


def end_leftover(pid_file: Path, program: str) -> None:
    """End the process that a killed parent left behind, if its number still belongs to `program`."""
    if KERNEL_ENDS_ORPHANS or os.name == "nt" or not pid_file.exists():
        return
    pid = pid_file.read_text()
    for signal_name in ("-TERM", "-KILL"):
        deadline = time.monotonic() + 5
        while runs_as(pid, program) and time.monotonic() < deadline:
            subprocess.run(["kill", signal_name, pid], check=False, stderr=subprocess.DEVNULL)
            time.sleep(0.1)
    pid_file.unlink()


def runs_as(pid: str, program: str) -> bool:
    """Whether process `pid` is running `program`: numbers are used again."""
    listed = subprocess.run(["ps", "-o", "comm=", "-p", pid], check=False, capture_output=True, text=True)
    return Path(listed.stdout.strip()).name == program
