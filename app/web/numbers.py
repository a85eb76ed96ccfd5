"""The numbers that a process keeps about itself, for Prometheus: how much is asked for, how long it takes.

Several processes on one port would each tell of themselves alone, so with PROMETHEUS_MULTIPROC_DIR set, as `run.py`
does before any of this is imported, they share their numbers through files in that folder.
https://prometheus.github.io/client_python/multiprocess/
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, multiprocess

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
LAG_EVERY_SECONDS: Final = 1.0

_requests = Counter("quorum_requests", "Requests to a route and what became of them", ["route", "method", "status"])
_seconds = Histogram("quorum_request_seconds", "How long a route took", ["route"], buckets=SECONDS)
_memory = Counter("quorum_memory_answers", "Answers out of the process's memory", ["kind"])
_sockets = Gauge("quorum_websockets", "Open websockets", multiprocess_mode="livesum")
_lag = Gauge("quorum_loop_lag_seconds", "How late the event loop is, the worst process", multiprocess_mode="livemax")
_resident = Gauge("quorum_process_resident_bytes", "Memory of each process", multiprocess_mode="liveall")

from_memory: Final = {kind: _memory.labels(kind) for kind in ("page", "asset")}


def answered(rule: str | None, method: str, status: int, seconds: float) -> None:
    """A request has been answered; `rule` is that of its route, None for an address that there is not."""
    route = rule or "none"
    _requests.labels(route, method, str(status)).inc()
    _seconds.labels(route).observe(seconds)


def websockets(count: int) -> None:
    """So many are open in this process now."""
    _sockets.set(count)


async def watch() -> None:
    """Measure how late the loop is and how much memory there is, for ever."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(LAG_EVERY_SECONDS)
        _lag.set(max(0.0, time.monotonic() - began - LAG_EVERY_SECONDS))
        _resident.set(_resident_bytes())


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - each second, and it is no file
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def shared() -> CollectorRegistry:
    """The numbers of all processes, or of this one where it is alone."""
    if FOLDER not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
