"""What a letter about one notice says, looked up as it is sent: read, hidden or unwanted meanwhile, it is not sent."""

from __future__ import annotations

from typing import Any, Final

from bson import ObjectId

from app.boards.directory import all_boards
from app.mail.delivery import Undelivered
from app.mail.errands import After, Prepared
from app.notifications import letters, wording
from app.notifications.addressee import Addressee, addressee
from app.notifications.headers import Headers
from app.notifications.pages import Notice
from app.notifications.preferences import wish_of
from app.notifications.reachable import note_arrival, note_refusal
from app.notifications.unsubscribing import path_for
from app.text.plain import Block, blocks_of
from app.web.i18n import Text, current_zone
from app.work import Work
from documents import Comment, Letter, Message, Notification
from documents.base import Raw
from documents.clock import now
from documents.letter import LetterState
from documents.notification import EmailSkipped, Reason

# Of a long text so much stands in a letter, in characters.
TEXT_MAX_CHARS: Final = 1_500
# For the log of the letters.
REASONS_WHY: Final = {
    "read": "Read before",
    "gone": "Not there for them any more",
    "off": "Not wanted any more",
    "unconfirmed": "The address is not confirmed",
    "paused": "The address refuses e-mail",
}


class AtOnce:
    """Letters about one notice each."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    async def prepare(self, letter: Letter) -> Prepared:
        """As the notice is at this moment."""
        row = await Notification.load(ObjectId(str(letter.facts["notice"])))
        person = await addressee(letter.user, self._headers.locale) if letter.user else None
        if row is None or person is None or row.emailed_at is not None or row.kind == "moved":
            return Prepared(_nothing, reason="There is nothing left to tell")
        if person.unreachable:
            return _skipped(row, person.unreachable)
        (notice,) = await person.drawn([row])
        if isinstance(notice, str):
            return _skipped(row, notice)
        if person.wish(row) == "digest":
            return Prepared(_into_digest(row), reason="Goes into the digest")
        if not await letters.takes_one(row.user, letter.oid):
            return Prepared(_gathered(row), reason="Comes with others, as there are many")
        return await self._filled(row, notice, person)

    async def _filled(self, row: Notification, notice: Notice, person: Addressee) -> Prepared:
        what = _wanted_for(row, person)
        current_zone.set(person.zone)
        opening = row.number == 1 and row.topic is not None and row.kind != "like"
        facts: dict[str, Any] = {
            "subject": wording.subject(notice, notice.title, opening=opening, locale=person.locale),
            "sentence": wording.sentence(notice, person.locale),
            "title": notice.title,
            "board": await _board_of(row),
            "at": notice.at,
            "url": notice.url,
            "blocks": await _blocks(row, person),
            "message": notice.kind == "message",
            "why": Text(wording.WHY[what]).into(person.locale),
            "leave": path_for(self._headers.key, row.user, what),
            "leave_words": Text(wording.NO_MORE[what]).into(person.locale),
            "leave_all": path_for(self._headers.key, row.user, "all"),
        }
        headers = self._headers.about(row, what)
        to = person.raw["email"]
        return Prepared(_told(row, to), facts, to, person.locale, headers)


def _wanted_for(row: Notification, person: Addressee) -> Reason:
    """The reason for which it comes by e-mail."""
    return next((reason for reason in row.reasons if wish_of(person.raw, reason).email == "at_once"), row.reasons[0])


async def _board_of(row: Notification) -> str:
    board = (await all_boards()).get(row.board) if row.board else None
    return board.name if board else ""


async def _blocks(row: Notification, person: Addressee) -> tuple[Block, ...]:
    """What was written. What somebody wrote themselves, and others like, they know."""
    if row.kind in ("like", "follow", "moderation") or (row.conversation and not person.wants_texts):
        return ()
    document: Any = Message if row.conversation else Comment
    found = await document.raw().find_one({"_id": row.subject}, {"html": 1})
    return blocks_of(found["html"], TEXT_MAX_CHARS) if found else ()


async def _nothing(_work: Work, _state: LetterState, _refused: Undelivered | None) -> None:
    """There is nothing to note."""


def _skipped(row: Notification, why: EmailSkipped) -> Prepared:
    async def after(work: Work, _state: LetterState, _refused: Undelivered | None) -> None:
        await note_done(work, row, {"email_skipped": why})

    return Prepared(after, reason=REASONS_WHY.get(why, why))


def _into_digest(row: Notification) -> After:
    async def after(work: Work, _state: LetterState, _refused: Undelivered | None) -> None:
        await Notification.raw().update_one({"_id": row.oid}, {"$set": {"email": "digest"}}, session=work.session)
        await letters.go_on(work, row.user)

    return after


def _gathered(row: Notification) -> After:
    async def after(work: Work, _state: LetterState, _refused: Undelivered | None) -> None:
        await letters.gather(work, row.user, row.oid)

    return after


def _told(row: Notification, address: str) -> After:
    async def after(work: Work, state: LetterState, refused: Undelivered | None) -> None:
        if state == "sent":
            await note_done(work, row, {"emailed_at": now(), "email_skipped": ""})
            await note_arrival(work, row.user)
            return
        await note_done(work, row, {"email_skipped": "failed"})
        if refused is not None and refused.of_address:
            await note_refusal(work, row.user, address, refused.reason)

    return after


async def note_done(work: Work, row: Notification, fields: Raw) -> None:
    """Its e-mail is out, or will not go out. One that has come again since is another, with a letter of its own."""
    which = {"_id": row.oid, "seq": row.seq}
    await Notification.raw().update_one(which, {"$set": {"awaits_email": False, **fields}}, session=work.session)
