"""How a process stops: app/serve.py around a small application that can be slow."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app import serve
from tests.scripts.processes import LONGEST, ROOT, environment, eventually, free_port

PROGRAM = """
import asyncio, sys
from quart import Quart, websocket
from app.serve import listening_socket, read_config, serve_until_told

app, sockets = Quart("slow"), []

@app.get("/<float:seconds>")
async def wait(seconds):
    print("asked", flush=True)
    await asyncio.sleep(seconds)
    return "done"

@app.websocket("/ws")
async def listen():
    sockets.append(websocket._get_current_object())
    await websocket.accept()
    while True:
        await websocket.receive()

async def close_websockets():
    for socket in sockets:
        await socket.close(1012)

app.close_websockets = close_websockets
config = read_config()
config.graceful_timeout = 2
config.bind = f"fd://{listening_socket('127.0.0.1', int(sys.argv[1])).detach()}"
sys.exit(asyncio.run(serve_until_told(app, config)))
"""


@dataclass
class Process:
    running: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, seconds: float) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{seconds}", timeout=LONGEST) as answer:
            return str(answer.read().decode())

    def stop(self) -> float:
        """SIGTERM; gives the seconds it takes to be gone, in good order."""
        started = time.monotonic()
        self.running.send_signal(signal.SIGTERM)
        assert self.running.wait(LONGEST) == 0
        assert "Traceback" not in self.log.read_text()
        return time.monotonic() - started


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    port, ready, log = free_port(), tmp_path / "ready", tmp_path / "log"
    settings = environment(**{serve.READY_FILE: str(ready)})
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(port)], cwd=ROOT, env=settings, stdout=output, stderr=subprocess.STDOUT
        ) as running,
    ):
        eventually(lambda: ready.exists() or running.poll() is not None)
        yield Process(running, port, log)
        running.kill()


def test_a_request_is_finished_before_the_process_stops(process: Process) -> None:
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(process.get, 0.5)
        eventually(lambda: "asked" in process.log.read_text())
        process.stop()
        assert answer.result() == "done"


def test_websockets_are_told_to_come_back(process: Process) -> None:
    with connect(f"ws://127.0.0.1:{process.port}/ws") as socket:
        process.running.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(LONGEST)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert process.running.wait(LONGEST) == 0


def test_neither_an_endless_request_nor_a_silent_websocket_holds_it_up(process: Process) -> None:
    with ThreadPoolExecutor() as pool, socket.create_connection(("127.0.0.1", process.port)) as silent:
        silent.sendall(
            b"GET /ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert silent.recv(100).startswith(b"HTTP/1.1 101")
        answer = pool.submit(process.get, 1000.0)
        eventually(lambda: "asked" in process.log.read_text())
        assert process.stop() < 10
        assert answer.exception() is not None


def test_processes_share_a_port() -> None:
    port = free_port()
    with serve.listening_socket("127.0.0.1", port) as one, serve.listening_socket("127.0.0.1", port) as two:
        assert one.getsockname() == two.getsockname()
