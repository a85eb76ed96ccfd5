"""Handing a message over: to an SMTP server, or to a folder where there is none."""

from __future__ import annotations

import asyncio
import os
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPException

from app.settings import Settings

MAIL_FOLDER: Final = "mail"
# For each word with the server. All of them together: `TRY_SECONDS`, which has to stay below the lease of a letter.
ANSWER_SECONDS: Final = 20.0
TRY_SECONDS: Final = 75.0
ERROR_MAX_CHARS: Final = 300


class Undelivered(Exception):
    """It was not handed over, for this reason. `for_good` when trying again is of no use, `of_address` when the server
    knows no such address.
    """

    def __init__(self, reason: str, *, for_good: bool = False, of_address: bool = False) -> None:
        self.reason = " ".join(reason.split())[:ERROR_MAX_CHARS]
        self.for_good = for_good
        self.of_address = of_address
        super().__init__(self.reason)


class Delivery(Protocol):
    """A way out."""

    async def hand_over(self, message: EmailMessage) -> None:
        """Return when somebody else is responsible for the message; raise `Undelivered`."""


class SmtpDelivery:
    """One connection a message."""

    def __init__(self, url: str) -> None:
        """`url` is smtp://user:password@host:port, smtps:// for TLS from the start, `?starttls` to insist on it."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query, keep_blank_values=True)
        self._host = parts.hostname or "localhost"
        self._tls = parts.scheme == "smtps"
        # None: when the server offers it.
        self._start_tls = None if not self._tls and "starttls" not in asked else not self._tls
        self._port = parts.port or (465 if self._tls else 587 if self._start_tls else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def hand_over(self, message: EmailMessage) -> None:
        """Have the server take it."""
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await aiosmtplib.send(
                    message,
                    hostname=self._host,
                    port=self._port,
                    username=self._user,
                    password=self._password,
                    use_tls=self._tls,
                    start_tls=self._start_tls,
                    local_hostname="localhost" if self._host in ("localhost", "127.0.0.1", "::1") else None,
                    timeout=ANSWER_SECONDS,
                )
        except (SMTPException, OSError, ssl.SSLError, TimeoutError, ValueError) as error:
            raise undelivered(error) from error


def undelivered(error: Exception) -> Undelivered:
    """What went wrong, and whether the letter is to blame: a server that does not want us may change its mind."""
    refusals = error.recipients if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else [error]
    first = refusals[0] if refusals else error
    if isinstance(first, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        for_good, of_address = 500 <= first.code < 600, isinstance(first, aiosmtplib.SMTPRecipientRefused)
        return Undelivered(f"{first.code} {first.message}", for_good=for_good, of_address=for_good and of_address)
    if isinstance(first, aiosmtplib.SMTPResponseException):
        return Undelivered(f"{first.code} {first.message}")
    if isinstance(first, UnicodeError) or (isinstance(first, aiosmtplib.SMTPNotSupported) and "ASCII" in str(first)):
        return Undelivered("The server takes no address with such letters", for_good=True)
    return Undelivered(f"{type(first).__name__}: {first}")


class FolderDelivery:
    """Files that mail programs open, for a forum without a server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def hand_over(self, message: EmailMessage) -> None:
        """Write it; the same letter is the same file."""
        try:
            await asyncio.to_thread(self._write, file_name(message["Message-ID"]), message.as_bytes())
        except OSError as error:
            raise Undelivered(f"{error.strerror}: {self._folder}") from error

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{name}"
        with open(part, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
        part.replace(self._folder / name)


def file_name(message_id: str) -> str:
    """`<id@host>` is `id.eml`."""
    return f"{message_id.strip('<>').partition('@')[0]}.eml"


def delivery_for(settings: Settings) -> Delivery:
    """The way out that the settings name."""
    if settings.smtp_url is not None:
        return SmtpDelivery(settings.smtp_url.get_secret_value())
    return FolderDelivery(settings.data_dir / MAIL_FOLDER)
