"""What waits until somebody has confirmed their address, where the settings want that: everything that writes.

Refused by default, so that no new form is forgotten: a view that is for the unconfirmed too says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from quart import current_app, request

from app.errors import Forbidden
from app.viewer import Viewer
from app.web import csrf
from app.web.context import require_login, viewer
from app.web.i18n import N_, Text

View = TypeVar("View", bound=Callable[..., Any])
FREE: Final = "free_to_unconfirmed"


class Unconfirmed(Forbidden):
    """They may read, but not write yet; the page says so with a button that sends the letter again."""

    confirm = True

    default = Text(N_("To write here, please confirm your e-mail address: open the link in the letter we sent you."))


def wait_for(found: Viewer) -> Forbidden:
    """Why somebody may not write now."""
    if found.silenced_until is None:
        return Unconfirmed()
    until = f"{found.silenced_until:%Y-%m-%d %H:%M} UTC"
    if found.silence_reason:
        text = N_("You are silenced until %(until)s. Reason: %(reason)s")
        return Forbidden(Text(text, until=until, reason=found.silence_reason))
    return Forbidden(Text(N_("You are silenced until %(until)s."), until=until))


def unconfirmed_may(view: View) -> View:
    """This view is also for those whose address is not confirmed. Stands below the route's decorator."""
    setattr(view, FREE, True)
    return view


def require_writer() -> Viewer:
    """Who is looking; `NeedsLogin` when it is a guest, `Unconfirmed` when they have to wait."""
    found = require_login()
    if found.withheld:
        raise wait_for(found)
    return found


async def refuse_unconfirmed() -> None:
    """Before every view."""
    if request.method in csrf.SAFE_METHODS or not viewer().withheld or request.endpoint is None:
        return
    if not getattr(current_app.view_functions.get(request.endpoint), FREE, False):
        raise wait_for(viewer())
