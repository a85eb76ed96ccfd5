"""What is said when something cannot be undone as somebody has changed it since."""

from __future__ import annotations

from app.errors import Conflict
from app.web.i18n import N_, Text


def changed_since(what: str = "") -> Conflict:
    """`what` of it, a text to translate, if that is known."""
    if not what:
        return Conflict(Text(N_("It has been changed since, so nothing was undone.")))
    return Conflict(Text(N_("This has been changed since, so nothing was undone: %(what)s."), what=Text(what)))
