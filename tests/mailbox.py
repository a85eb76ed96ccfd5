"""A real SMTP server for the tests, and the letters that it has taken.

    letter = await mailbox.letter_to("alice@example.org")
    letter.subject, letter.text, letter.html, letter.links, letter.path

It can also refuse, hang up or keep silent: `mailbox.answer("450 Later", times=1)`, `mailbox.hang_up(times=1)`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from typing import Any, Self
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session

WAIT_SECONDS = 15
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Mail:
    """One e-mail as it has arrived."""

    sender: str
    to: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        assert part is not None, f"no text/{subtype}"
        return str(part.get_content())

    @property
    def links(self) -> list[str]:
        """The addresses in the text, in order."""
        return LINK.findall(self.text)

    @property
    def path(self) -> str:
        """Path and query of the first of them, which is what the letter is about; the HTML has it too."""
        link = self.links[0]
        assert link in unescape(self.html)
        parts = urlsplit(link)
        return parts.path + (f"?{parts.query}" if parts.query else "")


class PostOffice:
    """The server. What arrives stays in `mails` until `letter_to` has given it out."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.answers: list[str] = []
        self.stage = "DATA"
        self.taken = 0
        self.tries = 0
        self.on_taken: Callable[[], object] = lambda: None
        self.on_asked: Callable[[], object] = lambda: None
        self._arrived = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._closed_port = 0

    async def __aenter__(self) -> Self:
        await self._listen(0)
        return self

    async def _listen(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        make = lambda: SMTP(self, hostname="post.test", loop=loop, enable_SMTPUTF8=True)  # noqa: E731
        self._server = await loop.create_server(make, "127.0.0.1", port)

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """As QUORUM_SMTP_URL wants it."""
        return f"smtp://127.0.0.1:{self.port}"

    async def close(self) -> None:
        """Nobody answers there any more."""
        assert self._server is not None
        self._closed_port = self.port
        self._server.close()
        await self._server.wait_closed()

    async def open_again(self) -> None:
        """It is back, at the same address."""
        await self._listen(self._closed_port)

    def clear(self) -> None:
        """Nothing has arrived and everything is taken."""
        self.mails.clear()
        self.answers.clear()
        self.stage, self.taken, self.tries = "DATA", 0, 0

    def answer(self, words: str, *, times: int = 1, stage: str = "DATA") -> None:
        """Say this to the next `times` letters, at RCPT or at DATA."""
        self.stage = stage
        self.answers += [words] * times

    def hang_up(self, *, times: int = 1) -> None:
        """End the connection after the text of the next letters without having taken them."""
        self.answer("", times=times)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.on_asked()
        if self.stage == "RCPT" and self.answers:
            self.tries += 1
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.tries += 1
        if self.stage == "DATA" and self.answers:
            words = self.answers.pop(0)
            if not words:
                transport: Any = server.transport
                transport.abort()
            return words or "421 Gone"
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        async with self._arrived:
            for address in envelope.rcpt_tos:
                self.taken += 1
                self.mails.append(Mail(str(envelope.mail_from), address, message))
            self._arrived.notify_all()
        self.on_taken()
        return "250 Taken"

    async def letter_to(self, address: str, *, about: str = "", seconds: float = WAIT_SECONDS) -> Mail:
        """The next letter to this address (with `about` in its subject), as soon as it is there."""

        def found() -> Mail | None:
            return next((mail for mail in self.mails if mail.to == address and about in mail.subject), None)

        async with self._arrived:
            try:
                async with asyncio.timeout(seconds):
                    mail = await self._arrived.wait_for(found)
            except TimeoutError:
                there = [(mail.to, mail.subject) for mail in self.mails]
                raise AssertionError(f"no letter to {address}; there are {there}") from None
            assert mail is not None
            self.mails.remove(mail)
            return mail
