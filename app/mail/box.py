"""The letters as administrators see them: what went out, what waits, what failed and why."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from bson import ObjectId

from app.errors import Conflict, NotFound
from app.events import LettersWritten
from app.mail import letters
from app.mail.composing import Composer
from app.mail.delivery import MAIL_FOLDER
from app.permissions.catalogue import ADMINISTRATOR
from app.settings import Settings
from app.text.names import username_key
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.web.pages import KeyPager
from app.work import tell
from documents import Letter, User
from documents.clock import now
from documents.letter import LetterState

PAGE: Final = 50
NOBODY: Final = ObjectId("0" * 24)
# They say what somebody may read in boards and conversations.
SEALED: Final = ("notice", "gathered", "digest")


@dataclass(frozen=True, slots=True)
class Row:
    """One letter in the list; nothing in it opens a door."""

    id: str
    kind: str
    to: str
    state: LetterState
    subject: str
    at: datetime
    sent_at: datetime | None
    due_at: datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One letter as it reads. `masked` says that dots stand for what only its reader may see; what is in a `sealed` one
    is theirs altogether.
    """

    row: Row
    subject: str
    text: str
    html: str
    masked: bool
    sealed: bool = False


async def rows(state: LetterState | None, to: str, before: ObjectId | None) -> tuple[tuple[Row, ...], KeyPager]:
    """A page of letters in a state, or in all, the newest first; `to` is an address, or somebody's username."""
    query: dict[str, object] = {"state": state} if state else {}
    if to:
        query |= await _sent_to(to)
    if before is not None:
        query["_id"] = {"$lt": before}
    found = await Letter.find(query).sort("-_id").limit(PAGE + 1).to_list()
    chosen = {name: value for name, value in (("state", state), ("to", to)) if value}
    more = {**chosen, "before": str(found[PAGE - 1].oid)} if len(found) > PAGE else None
    older = f"/admin/mail?{urlencode(more)}" if more else None
    first = f"/admin/mail?{urlencode(chosen)}".rstrip("?") if before is not None else None
    return tuple(_row(letter) for letter in found[:PAGE]), KeyPager(next=older, first=first)


async def _sent_to(text: str) -> dict[str, object]:
    """Letters to an address, whatever the case of its letters; or to somebody, whatever their address was."""
    if "@" in text.lstrip("@＠"):
        return {"to": {"$in": [text, text.lower()]}}
    person = await User.by_username_key(username_key(text.lstrip("@＠")))
    return {"user": person.oid if person else NOBODY}


def _row(letter: Letter) -> Row:
    return Row(
        id=str(letter.oid),
        kind=letter.kind,
        to=letter.to,
        state=letter.state,
        subject=letter.subject,
        at=letter.created_at,
        sent_at=letter.sent_at,
        due_at=letter.due_at,
        attempts=letter.attempts,
        error=letter.error,
    )


async def shown(viewer: Viewer, letter_id: ObjectId, composer: Composer, settings: Settings) -> Shown:
    """One letter. Without a mail server administrators see what was written into the folder, as somebody has to pass it
    on; nobody else, as links in letters open accounts.
    """
    letter = await Letter.load(letter_id)
    if letter is None:
        raise NotFound
    if letter.kind in SEALED:
        return Shown(_row(letter), "", "", "", masked=False, sealed=True)
    whole = ADMINISTRATOR in viewer.held
    written = await asyncio.to_thread(_read, eml_of(settings, letter_id)) if whole else None
    if written is not None:
        return Shown(
            _row(letter), str(written["Subject"]), _part(written, "plain"), _part(written, "html"), masked=False
        )
    composed = await composer.compose(letter, masked=True)
    return Shown(_row(letter), composed.subject, composed.text, composed.html, masked=True)


def eml_of(settings: Settings, letter_id: ObjectId) -> Path:
    """Where a letter is when there is no server."""
    return settings.data_dir / MAIL_FOLDER / f"{letter_id}.eml"


def _read(path: Path) -> EmailMessage | None:
    try:
        return message_from_bytes(path.read_bytes(), policy=default)
    except OSError:
        return None


def _part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    return "" if body is None else str(body.get_content())


async def send_again(letter_id: ObjectId) -> None:
    """Try a failed letter once more; Conflict when it has not failed."""
    if await Letter.load(letter_id) is None:
        raise NotFound
    if not await Letter.again(letter_id):
        raise Conflict(Text(N_("This e-mail has not failed.")))
    await tell(LettersWritten((letter_id,)))


async def write_test(viewer: Viewer, locale: str) -> str:
    """A letter to oneself; gives the address."""
    user = await User.load(viewer.me)
    if user is None:
        raise NotFound
    await letters.write(
        "test",
        to=user.email,
        locale=locale,
        once=f"test:{ObjectId()}",
        facts={"name": user.name, "at": now()},
        user=user.oid,
    )
    return user.email
