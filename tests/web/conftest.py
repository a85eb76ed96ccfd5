"""What tests of pages need."""

from __future__ import annotations

import asyncio

import pytest

from app.web.shared import recent_pages
from tests.people import Forum


@pytest.fixture
async def line(forum: Forum) -> None:
    """The line to the other processes is up: without it nothing is kept, and nobody could get what is another's."""
    async with asyncio.timeout(5):
        while not recent_pages.connected:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
