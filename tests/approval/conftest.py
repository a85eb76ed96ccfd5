"""A forum where the first two texts of new people wait."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.permissions import trust
from documents import Board, Topic
from tests.people import Person


@pytest.fixture
async def two_wait() -> AsyncIterator[None]:
    """Those two."""
    before = trust.thresholds()
    trust.use(trust.Thresholds(approve_posts=2))
    yield
    trust.use(before)


@pytest.fixture
async def topic(board: Board, mod: Person) -> Topic:
    """Where they write."""
    return await mod.opens(board, "Vegetables")
