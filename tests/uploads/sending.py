"""Sending files as scripts do."""

from __future__ import annotations

from typing import Any

import httpx

from tests.avatars.pictures import photo
from tests.people import Person

PATIENCE_SECONDS = 120


async def sends(person: Person, content: bytes, name: str = "a.jpg", **options: Any) -> httpx.Response:
    return await person.browser.post(
        "/uploads",
        headers={"X-CSRF-Token": await person.kept_csrf()},
        files={"file": (name, content, "application/octet-stream")},
        timeout=PATIENCE_SECONDS,
        **options,
    )


async def sent(person: Person, content: bytes | None = None, name: str = "a.jpg") -> dict[str, Any]:
    answer = await sends(person, photo() if content is None else content, name)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
