"""Writing an e-mail: a document beside what causes it. Jobs send it; see docs/architecture.md."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.events import LettersWritten
from app.work import Work, tell
from documents import Letter
from documents.clock import now

# Each has its templates/emails/<kind>.html and .txt.
Kind = Literal[
    "confirm",
    "change_email",
    "email_changed",
    "reset",
    "password_changed",
    "new_login",
    "taken",
    "test",
    "factor_added",
    "factor_removed",
    "recovery_used",
    "token_made",
    "archive_ready",
    "account_deleted",
    "notice",
    "gathered",
    "digest",
]


async def write(
    kind: Kind,
    *,
    to: str,
    locale: str,
    once: str,
    facts: dict[str, Any],
    user: ObjectId | None = None,
    work: Work | None = None,
    due_at: datetime | None = None,
    good_until: datetime | None = None,
) -> None:
    """Have this e-mail sent to the address `to`, in `locale`, soon or when it is `due_at`, but not after `good_until`.

    `facts` are what its templates print: strings, numbers, moments. `link` is a path of the forum that only the reader
    may follow, `code` a secret to type; these two are erased once the letter is sent.

    Within `work` it is stored with all else or not at all. The same `once` is the same letter: within `work` the second
    one is a DuplicateKeyError (choose a key that only a double deed has), without it nothing happens.
    """
    moment = now()
    letter = Letter(
        once=once,
        kind=kind,
        to=to,
        locale=locale,
        user=user,
        facts=facts,
        created_at=moment,
        due_at=due_at or moment,
        good_until=good_until,
    ).as_stored()
    if work is not None:
        await Letter.raw().insert_one(letter, session=work.session)
        work.record(LettersWritten((letter["_id"],)))
        return
    try:
        await Letter.raw().insert_one(letter)
    except DuplicateKeyError:
        return
    await tell(LettersWritten((letter["_id"],)))
