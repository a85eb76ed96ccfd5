"""While the forum is read-only: everybody reads, logs in and out, the administration goes on; nothing else is written.

Refused before every view, so that no new form is forgotten. The page that says so shows what had been typed.
"""

from __future__ import annotations

from typing import Final

from quart import request

from app.errors import Busy
from app.web import csrf
from app.web.context import plumbing
from app.web.i18n import N_, Text, current_locale

# What begins with one of these goes on.
STILL_WORKS: Final = ("/login", "/logout", "/confirm-identity", "/admin")


class ReadOnly(Busy):
    """Nothing is written at the moment."""

    default = Text(N_("The forum is read-only at the moment. What you have typed is still here; please keep a copy."))


async def refuse_while_read_only() -> None:
    """Before every view."""
    if request.method in csrf.SAFE_METHODS or not plumbing().settings.read_only or _goes_on(request.path):
        return
    raise ReadOnly(_why())


def _goes_on(path: str) -> bool:
    return any(path == place or path.startswith(place + "/") for place in STILL_WORKS)


def _why() -> Text | None:
    note = plumbing().settings.said("read_only_note", current_locale.get())
    said = N_("The forum is read-only at the moment: %(why)s What you have typed is still here; please keep a copy.")
    return Text(said, why=note) if note else None
