"""What the worker does without Redis, seen from another process: one that hangs could not say so itself."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from scripts.servers import EmbeddedRedis
from tests.scripts.processes import LONGEST, ROOT

LISTENS = """
import asyncio, sys
from redis.asyncio import Redis
from app.jobs.worker import PatientQueue

async def main():
    queue = PatientQueue(Redis.from_url(sys.argv[1]), "jobs")
    left, again = "saq:job:jobs:left", "saq:job:jobs:again"
    heard = await queue._pubsub.subscribe(left, again)
    while not await queue.redis.publish(left, "complete"):
        await asyncio.sleep(0.01)
    print("heard", (await heard.get())["channel"], flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.sleep(1)
    print("alive", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    while not await queue.redis.publish(again, "complete"):
        await asyncio.sleep(0.01)
    print("heard", (await heard.get())["channel"], flush=True)

asyncio.run(main())
"""


async def said(child: asyncio.subprocess.Process) -> str:
    """Its next line."""
    assert child.stdout is not None
    async with asyncio.timeout(LONGEST):
        return (await child.stdout.readline()).decode().strip()


async def test_while_redis_is_gone_everything_else_has_its_turn(tmp_path: Path) -> None:
    redis = EmbeddedRedis(tmp_path)
    redis.start()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LISTENS, redis.url),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None
    try:
        assert await said(child) == "heard saq:job:jobs:left"
        redis.stop()
        child.stdin.write(b"it is gone\n")
        assert await said(child) == "alive"
        redis.start()
        child.stdin.write(b"it is back\n")
        assert await said(child) == "heard saq:job:jobs:again"
        assert await child.wait() == 0
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
        redis.stop()
