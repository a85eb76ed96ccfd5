"""Load on one address of this machine, bounded in time: by wrk where there is one, else by a loader of our own."""

from __future__ import annotations

import asyncio
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

CONNECTIONS: Final = 16
PERCENTILE: Final = re.compile(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)\s*$", re.MULTILINE)
RATE: Final = re.compile(r"^Requests/sec:\s+([\d.]+)", re.MULTILINE)
COUNT: Final = re.compile(r"^\s+(\d+) requests in", re.MULTILINE)
WRONG: Final = re.compile(r"Non-2xx or 3xx responses: (\d+)")
IN_MS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests per second, latencies in milliseconds, and how many there were in all and wrong."""

    rate: float
    p50: float
    p99: float
    count: int
    wrong: int = 0


def measure(port: int, path: str, cookie: str, seconds: float) -> Measured:
    """GET one path for a while."""
    found = shutil.which("wrk")
    if found:
        return _by_wrk(found, f"http://127.0.0.1:{port}{path}", cookie, seconds)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    request += (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n"
    return asyncio.run(send_for(port, lambda _: request.encode(), seconds, CONNECTIONS))


def _by_wrk(program: str, url: str, cookie: str, seconds: float) -> Measured:
    header = ["-H", f"Cookie: {cookie}"] if cookie else []
    command = [program, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency", *header, url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    latency = {name: float(value) * IN_MS[unit] for name, value, unit in PERCENTILE.findall(text)}
    rate, count, wrong = RATE.search(text), COUNT.search(text), WRONG.search(text)
    if rate is None or count is None:
        raise RuntimeError(f"wrk said nothing that can be read: {text}")
    return Measured(float(rate[1]), latency["50"], latency["99"], int(count[1]), int(wrong[1]) if wrong else 0)


async def send_for(port: int, request: Callable[[int], bytes], seconds: float, connections: int) -> Measured:
    """Send what `request(number)` gives over kept-alive connections until the time is up."""
    times: list[float] = []
    wrong = 0
    until = time.perf_counter() + seconds

    async def one(first: int) -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = first
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(request(number))
            status = await answer_of(reader)
            times.append((time.perf_counter() - began) * 1000)
            wrong += status >= 400
            number += connections
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(first) for first in range(connections)))
    took = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [times[0]] * 99
    return Measured(len(times) / took, cuts[49], cuts[98], len(times), wrong)


async def answer_of(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; gives its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]) if length else 0)
    return status
