"""The yardstick: hypercorn, as configured for the forum, answering the same bytes from memory."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from app.serve import fastest_loop, listening_socket, read_config


def main(port: int, folder: Path) -> None:
    """Answer `/NAME` with the file of that name."""
    from hypercorn.asyncio import serve

    bodies = {f"/{path.name}": path.read_bytes() for path in folder.iterdir()}

    async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        body = bodies.get(scope["path"], b"")
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    config = read_config()
    config.bind = [f"fd://{listening_socket('127.0.0.1', port).detach()}"]
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        runner.run(serve(app, config))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
