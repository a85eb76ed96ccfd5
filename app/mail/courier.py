"""Sending letters: each by one process at a time, again after a while when it fails, and never again once it is out."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any, Final

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from app.jobs.queue import Kind
from app.mail.composing import Composer
from app.mail.delivery import TRY_SECONDS, Delivery, Undelivered
from documents import Letter
from documents.clock import now
from documents.letter import LetterState

log = structlog.get_logger()

JOB: Final = "letter"
# How long a letter belongs to who is sending it; longer than any try takes, so that nobody else begins meanwhile.
LEASE: Final = timedelta(minutes=2)
# After the first failure, the second … ; after the last one it has failed.
TRY_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 8 * 60))
# A letter that is out and could not be noted as such would go out again: the database gets a while to come back.
NOTE_SECONDS: Final = 30.0
NOTE_EVERY_SECONDS: Final = 1.0


class Courier:
    """Takes letters out of the database and hands them over."""

    def __init__(self, composer: Composer, delivery: Delivery) -> None:
        self._composer = composer
        self._delivery = delivery

    def job(self) -> Kind:
        """As the queue knows it."""
        return Kind(JOB, int(TRY_SECONDS) + 30, self.send, Letter.waiting)

    async def send(self, letter_id: ObjectId) -> None:
        """Send this letter, if it is due and nobody else is at it."""
        letter = await Letter.claim(letter_id, LEASE)
        if letter is None:
            return
        # What has begun is finished: between the server's word and our note nothing may come.
        await asyncio.shield(asyncio.ensure_future(self._send(letter)))

    async def _send(self, letter: Letter) -> None:
        if letter.good_until is not None and letter.good_until < now():
            await self._note(letter, "dropped", error="Too late to be of use")
            return
        try:
            message = await self._composer.message(letter)
        except Exception as error:
            log.exception("mail.not_composed", letter=str(letter.oid), kind=letter.kind)
            await self._note(letter, "failed", error=f"Cannot be written: {type(error).__name__}")
            return
        try:
            await self._delivery.hand_over(message)
        except Undelivered as reason:
            await self._postpone(letter, reason)
        else:
            await self._note(letter, "sent", sent_at=now(), error="", subject=message["Subject"])

    async def _postpone(self, letter: Letter, reason: Undelivered) -> None:
        last = letter.attempts > len(TRY_AFTER)
        log.warning("mail.not_sent", letter=str(letter.oid), kind=letter.kind, attempt=letter.attempts)
        if reason.for_good or last:
            await self._note(letter, "failed", error=reason.reason)
        else:
            await self._note(letter, "waiting", error=reason.reason, due_at=now() + TRY_AFTER[letter.attempts - 1])

    async def _note(self, letter: Letter, state: LetterState, **fields: Any) -> None:
        until = time.monotonic() + NOTE_SECONDS
        while True:
            try:
                return await letter.note(state, **fields)
            except PyMongoError as error:
                log.warning("mail.not_noted", letter=str(letter.oid), error=type(error).__name__)
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(NOTE_EVERY_SECONDS)
