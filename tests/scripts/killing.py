"""Ending work in the middle, as `kill -9` would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest
from pymongo.asynchronous.collection import AsyncCollection

WRITES = ("insert_one", "insert_many", "update_one", "update_many", "delete_many", "bulk_write", "find_one_and_update")

# Set in what may be killed and in all that it starts; what the forum does beside it, in this same process, goes on.
_mortal: ContextVar[bool] = ContextVar("mortal", default=False)


class Killed(BaseException):
    """In the place of `kill -9`."""


async def killed_at(write: int, work: Callable[[], Awaitable[object]]) -> bool:
    """Whether the work came to its `write`th write, where it ended."""
    left = write
    with pytest.MonkeyPatch.context() as patch:
        for name in WRITES:
            original = getattr(AsyncCollection, name)

            async def writing(*args: Any, _original: Any = original, **options: Any) -> Any:
                nonlocal left
                if _mortal.get():
                    left -= 1
                    if not left:
                        raise Killed
                return await _original(*args, **options)

            patch.setattr(AsyncCollection, name, writing)
        within = _mortal.set(True)
        try:
            await work()
        except Killed:
            return True
        finally:
            _mortal.reset(within)
    return False
