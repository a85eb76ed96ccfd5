"""Questions that many ask in the same moment, put together."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Hashable, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

from app.web import pace

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Batched(Generic[K, V]):
    """Answers are never older than the question: what is being asked already is asked again."""

    def __init__(self, ask: Callable[[list[K]], Coroutine[Any, Any, Mapping[K, V]]], most: int) -> None:
        """`ask` answers up to `most` different questions, each of them."""
        self._ask = ask
        self._most = most
        # Each who waits has a future of their own, so that one that goes takes nothing from the others.
        self._waiting: dict[K, list[asyncio.Future[V]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V:
        """The answer, or the error that there was instead."""
        future: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all())
        return await future

    async def _ask_all(self) -> None:
        try:
            await asyncio.sleep(0)  # whoever was woken by the same hint is in the same batch
            while self._waiting:
                batch = {key: self._waiting.pop(key) for key in list(islice(self._waiting, self._most))}
                await self._answer(batch)
        finally:
            self._asking = None

    async def _answer(self, batch: dict[K, list[asyncio.Future[V]]]) -> None:
        try:
            found = await pace.InTurn(self._ask(list(batch)))
        except Exception as error:  # noqa: BLE001 - it goes to whoever asked
            for future in itertools.chain.from_iterable(batch.values()):
                if not future.done():
                    future.set_exception(error)
            return
        answered = 0
        for key, futures in batch.items():
            for future in futures:
                if not future.done():
                    future.set_result(found[key])
                    answered += 1
                    await pace.rest_after(answered)
