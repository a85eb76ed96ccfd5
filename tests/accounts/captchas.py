"""What the picture of a captcha shows, for tests that have no eyes."""

from __future__ import annotations

import re

import httpx
from quart import Quart
from redis.asyncio import Redis

from app.web.context import EXTENSION
from app.web.memory import Memory
from tests.people import Person

CAPTCHA_ID = re.compile(r'name="captcha_id" value="([^"]+)"')


def memory(app: Quart) -> Memory:
    found: Memory = app.extensions[EXTENSION].memory
    return found


async def answer_of(app: Quart, id: str) -> str:
    """The answer that is kept, without using it up; nothing when there is none."""
    kept = memory(app)

    async def shared(redis: Redis) -> bytes | None:
        found = await redis.get(f"{kept.prefix}:captcha:{id}")
        return found if isinstance(found, bytes) else None

    found = await kept.either(shared, lambda: kept.alone.get(f"captcha:{id}"))
    return found.decode() if isinstance(found, bytes) else str(found or "")


async def solved(app: Quart, person: Person, page: httpx.Response) -> dict[str, str]:
    """The fields of the captcha on this page, filled in by somebody who looked at it."""
    found = CAPTCHA_ID.search(page.text)
    assert found, "no captcha on the page"
    assert (await person.get(f"/api/v1/image_codes/{found[1]}")).status_code == 200
    return {"captcha_id": found[1], "captcha": await answer_of(app, found[1])}
