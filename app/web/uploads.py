"""Requests that bring files: how large they may be, and where their contents wait while they arrive.

A route that takes files says so with `takes_files`. Its requests may be larger than forms and may take longer, are
refused before they are read when nobody is logged in, and what arrives goes to a file without a name, never to memory.
Such a file is gone when it is closed, so also with the process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Final

from app.settings import Settings
from app.web.i18n import N_, Text

# What a form has beside its file.
FORM_BYTES: Final = 64 * 1024
# Eight megabytes at a quarter of a megabit a second.
PATIENCE_SECONDS: Final = 300
FILES_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Uploads:
    """A route that takes files of so many bytes."""

    most: Callable[[Settings], int]

    def body_max(self, settings: Settings) -> int:
        """Bytes of a whole request."""
        return self.most(settings) + FORM_BYTES

    def too_large(self, settings: Settings) -> Text:
        """What is said to a larger one."""
        return too_large(self.most(settings))


_routes: Final[dict[str, Uploads]] = {}


def takes_files(path: str, most: Callable[[Settings], int]) -> str:
    """Let POST requests to `path` bring files of up to `most` bytes; gives the path."""
    _routes[path] = Uploads(most)
    return path


def uploads_at(method: str, path: str) -> Uploads | None:
    """What may be brought there."""
    return _routes.get(path) if method == "POST" else None


def too_large(most: int) -> Text:
    """The sentence about a file that is larger than `most` bytes."""
    text = N_("This file is too large: up to %(mebibytes)s MiB fit. Choose a smaller one.")
    return Text(text, mebibytes=f"{most / 1024 / 1024:.3g}")


class Arriving:
    """The files that one request brings."""

    def __init__(self) -> None:
        self._files: list[IO[bytes]] = []

    def open(self, *_: Any) -> IO[bytes]:
        """A file without a name for the next one; as werkzeug's `stream_factory`."""
        if len(self._files) >= FILES_MAX:
            raise ValueError("too many files")
        file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed by `close`
        self._files.append(file)
        return file

    def close(self) -> None:
        """Let all of them go."""
        for file in self._files:
            file.close()
