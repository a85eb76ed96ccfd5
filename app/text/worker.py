"""The process behind `RenderPool`: reads texts on its standard input and writes what they render to.

Run as a file, `python worker.py`. A frame is four bytes of length (big-endian) and as much JSON.
It gets no secrets (the pool passes on a short list of environment variables), opens nothing, and ends with its parent:
at the end of its input, and on Linux by a signal, so also in the middle of a text that takes for ever.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import IO, Any

LENGTH = struct.Struct(">I")
MAX_MEMORY = 1024**3
PR_SET_PDEATHSIG = 1

# Something of everything, so that rules are compiled and data is loaded before anybody waits.
WARM_UP = """\
# a

*b* :tada: $c$ https://d.example [e](f)[^1]

[quote="g"]
> h
[/quote]

```py
i = 1
```

[^1]: j
"""


def main() -> None:
    """Serve until the input ends."""
    answers = _private_stdout()
    _end_with_parent()
    _without_application()
    from app.text.markdown import Person, Rendered, render

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        request["people"] = {key: Person(*person) for key, person in request["people"].items()}
        rendered: Rendered = render(request.pop("source"), **request)
        return asdict(rendered)

    render(WARM_UP)
    _send(answers, {"ready": os.getpid()})
    while (request := _receive(sys.stdin.buffer)) is not None:
        try:
            _send(answers, answer(request))
        except Exception as error:  # noqa: BLE001 - the pool reports it, and shows the text without rendering
            _send(answers, {"error": type(error).__name__})


def _private_stdout() -> IO[bytes]:
    """The pipe to the pool; whatever any library prints goes to stderr and cannot be taken for an answer."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _end_with_parent() -> None:
    # Ctrl-C reaches the whole terminal; the application decides when it is done with us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import resource

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _without_application() -> None:
    """Make `app.text` importable without `app/__init__.py`, which brings the whole web application with it."""
    package = ModuleType("app")
    package.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["app"] = package


def _receive(pipe: IO[bytes]) -> dict[str, Any] | None:
    header = pipe.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    request: dict[str, Any] = json.loads(pipe.read(LENGTH.unpack(header)[0]))
    return request


def _send(pipe: IO[bytes], answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    pipe.write(LENGTH.pack(len(body)) + body)
    pipe.flush()


if __name__ == "__main__":
    main()
