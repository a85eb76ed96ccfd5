"""One Quorum a data folder: the lock that says so, and the note by which other scripts find its servers."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from scripts.servers.problems import DataFolderInUse

LOCK_FILE = "quorum.lock"  # holds the owner's process number
NOTE_FILE = "servers.json"
NOTE_TIMEOUT = 30  # seconds that another script's servers may take to start
POLL = 0.05  # seconds


@dataclass(frozen=True)
class Note:
    """Who runs embedded servers on a data folder, and where they are; None: that one is not embedded."""

    pid: int
    mongodb_uri: str | None
    redis_url: str | None


@contextlib.contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Be the only one on `data_dir`; raises `DataFolderInUse`. The system gives the lock back however we end."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data_dir / LOCK_FILE).open("a+") as file:
        if not lock(file):
            raise DataFolderInUse(f"The data folder {data_dir} is in use by another Quorum (process {owner(data_dir)})")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def lock(file: IO[str]) -> bool:
    """Take the lock unless somebody has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1_000)  # Windows lets nobody read what is locked, and the number is to be read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def owner(data_dir: Path) -> str:
    """The process number in the lock file."""
    return (data_dir / LOCK_FILE).read_text() or "unknown"


def leave_note(data_dir: Path, note: Note) -> None:
    """Say where the servers are, to this user alone, and at once as a whole."""
    draft = data_dir / f"{NOTE_FILE}.{note.pid}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(note)))
    draft.replace(data_dir / NOTE_FILE)


def remove_note(data_dir: Path) -> None:
    """Say that the servers are about to stop."""
    (data_dir / NOTE_FILE).unlink(missing_ok=True)


def read_note(data_dir: Path) -> Note | None:
    """The note of whoever has the lock now: one that a killed process left behind is none."""
    try:
        note = Note(**json.loads((data_dir / NOTE_FILE).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return note if str(note.pid) == owner(data_dir) else None


def await_note(data_dir: Path) -> Note:
    """The note of the running one, which may be starting just now; raises `DataFolderInUse`."""
    deadline = time.monotonic() + NOTE_TIMEOUT
    while time.monotonic() < deadline:
        note = read_note(data_dir)
        if note is not None:
            return note
        time.sleep(POLL)
    raise DataFolderInUse(
        f"The data folder {data_dir} is in use by process {owner(data_dir)}, which runs no servers on it"
    )
