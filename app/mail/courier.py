"""Sending letters: each by one process at a time, again after a while when it fails, and never again once it is out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from types import MappingProxyType
from typing import Any, Final

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from app.jobs.queue import Kind
from app.mail.composing import Composer
from app.mail.delivery import TRY_SECONDS, Delivery, Undelivered
from app.mail.errands import Errand, Prepared
from app.work import Work, together
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

    def __init__(
        self, composer: Composer, delivery: Delivery, errands: Mapping[str, Errand] = MappingProxyType({})
    ) -> None:
        """`errands` are the kinds of letters whose contents are looked up as they are sent."""
        self._composer = composer
        self._delivery = delivery
        self._errands = errands

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
            await self._note(letter, None, "dropped", error="Too late to be of use")
            return
        errand, prepared = self._errands.get(letter.kind), None
        try:
            if errand is not None:
                prepared = await errand.prepare(letter)
                if prepared.facts is None:
                    await self._note(letter, prepared, "dropped", error=prepared.reason)
                    return
            message = await self._message(letter, prepared)
        except PyMongoError:
            raise
        except Exception as error:
            log.exception("mail.not_composed", letter=str(letter.oid), kind=letter.kind)
            await self._note(letter, prepared, "failed", error=f"Cannot be written: {type(error).__name__}")
            return
        try:
            await self._delivery.hand_over(message)
        except Undelivered as reason:
            await self._postpone(letter, prepared, reason)
        else:
            # What it is about may be its reader's alone, so others are not told.
            subject = "" if prepared is not None else message["Subject"]
            await self._note(letter, prepared, "sent", sent_at=now(), error="", subject=subject)

    async def _message(self, letter: Letter, prepared: Prepared | None) -> EmailMessage:
        if prepared is None:
            return await self._composer.message(letter)
        return await self._composer.message(prepared.filled(letter), prepared.headers)

    async def _postpone(self, letter: Letter, prepared: Prepared | None, reason: Undelivered) -> None:
        last = letter.attempts > len(TRY_AFTER)
        log.warning("mail.not_sent", letter=str(letter.oid), kind=letter.kind, attempt=letter.attempts)
        if reason.for_good or last:
            await self._note(letter, prepared, "failed", reason, error=reason.reason)
        else:
            again = now() + TRY_AFTER[letter.attempts - 1]
            await self._note(letter, None, "waiting", error=reason.reason, due_at=again)

    async def _note(
        self,
        letter: Letter,
        prepared: Prepared | None,
        state: LetterState,
        refused: Undelivered | None = None,
        **fields: Any,
    ) -> None:
        async def steps(work: Work) -> None:
            if await letter.note(state, session=work.session, **fields) and prepared is not None:
                await prepared.after(work, state, refused)

        until = time.monotonic() + NOTE_SECONDS
        while True:
            try:
                if prepared is not None:
                    return await together(steps)
                await letter.note(state, **fields)
                return None
            except PyMongoError as error:
                log.warning("mail.not_noted", letter=str(letter.oid), error=type(error).__name__)
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(NOTE_EVERY_SECONDS)
