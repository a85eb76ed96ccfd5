"""What happens while words are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.search import catching_up
from documents.base import Record


async def catch_up_while(stage: type[Record], happens: Callable[[], Awaitable[object]]) -> None:
    """Words are made; once texts of this kind have been read, and before theirs are written, something happens."""
    waiting, store = [happens], catching_up._store

    async def just_then(document: Any, *words: Any) -> int:
        if document is stage and waiting:
            await waiting.pop()()
        return await store(document, *words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catching_up, "_store", just_then)
        await catching_up.catch_up()
    assert not waiting
