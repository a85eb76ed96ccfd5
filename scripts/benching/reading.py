"""Somebody who reads while others do something else: what they notice of it."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from typing import Final

from app.settings import Settings

REQUEST_EVERY_SECONDS: Final = 0.02


class Reader:
    """Somebody who reads a page every few moments beside all this, or `at_once` again, in a thread of their own."""

    def __init__(self, settings: Settings, path: str, cookie: str, *, at_once: bool = False) -> None:
        self._port = settings.port
        self._head = {"Cookie": cookie}
        self._path = path
        self._every = 0.0 if at_once else REQUEST_EVERY_SECONDS
        self._times: list[float] = []
        self._over = False
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._thread.join()

    def _read(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        due = time.monotonic()
        while not self._over:
            due += self._every
            time.sleep(max(0.0, due - time.monotonic()))
            line.request("GET", self._path, headers=self._head)
            line.getresponse().read()
            self._times.append((time.monotonic() - due) * 1000)
            due = max(due, time.monotonic() - self._every)

    @property
    def p95(self) -> float:
        """In milliseconds, from the moment at which the request was due."""
        return percentile(self._times, 95)


def percentile(times: list[float], which: int) -> float:
    """Interpolated; the only one there is when there is one."""
    return statistics.quantiles(times, n=100)[which - 1] if len(times) > 1 else times[0]
