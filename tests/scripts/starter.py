"""A process that has imported what scripts import, and forks for each of their calls: that takes a tenth of a start.

Of a request on its socket it gets `argv`, `environment` and where to put stdout, stderr and how it ended. Nothing
of it is kept between calls: no settings, no clients, no threads.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import random
import runpy
import select
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, Final, NoReturn

REQUEST_BYTES: Final = 200_000
FILES: Final = 3
# What all scripts import; not `scripts` itself, which looks at how it was called.
HEAVY: Final = (
    "app.assembly",
    "app.lifecycle",
    "app.wiring",
    "app.text.markdown",
    "documents",
    "click",
    "rich.progress",
)


def main(handle: int) -> None:
    """Serve until the other side is gone."""
    for name in HEAVY:
        __import__(name)
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads must not fork")
    asked = socket.socket(fileno=handle)
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([asked.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 100)
            _tell(running)
        if asked.fileno() in ready:
            request, files, _, _ = socket.recv_fds(asked, REQUEST_BYTES, FILES)
            if not request:
                return
            _start(json.loads(request), files, running)


def _tell(running: dict[int, int]) -> None:
    """Say of each call that has ended how it did."""
    with contextlib.suppress(ChildProcessError):
        while True:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            ended = running.pop(child)
            os.write(ended, json.dumps(os.waitstatus_to_exitcode(status)).encode())
            os.close(ended)


def _start(request: dict[str, Any], files: list[int], running: dict[int, int]) -> None:
    out, err, ended = files
    child = os.fork()
    if not child:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for there, here in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
            os.dup2(there, here)
        # Also those of calls that are not over, whose end would wait for this one's; one is of this very list.
        for handle in [int(path.name) for path in Path("/dev/fd").iterdir()]:
            if handle > 2:
                with contextlib.suppress(OSError):
                    os.close(handle)
        _run(request)
    os.write(ended, f"{child}\n".encode())
    running[child] = ended
    os.close(out)
    os.close(err)


def _run(request: dict[str, Any]) -> NoReturn:
    """As `python3 FILE ARGUMENTS` does."""
    os.environ.clear()
    os.environ.update(request["environment"])
    random.seed()
    sys.argv[:] = request["argv"]
    sys.path.insert(0, str(Path(sys.argv[0]).parent))
    code: Any = 1
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
        code = 0
    except SystemExit as error:
        code = error.code or 0
        if not isinstance(code, int):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:  # noqa: BLE001 - an end like any other
        traceback.print_exc()
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(int(sys.argv[1]))
