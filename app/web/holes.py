"""What stands in the holes of a page: all that belongs to one viewer alone."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from app.web.pages import Flash, Locale, Shell, Theme
from app.web.templating import Templates, hole


class Somebody:
    """Whoever is logged in. Whatever else a template asks of them stops it: that is a name in everyone's page."""

    id: Final = hole("user")


SOMEBODY: Final = Somebody()
CSRF: Final = hole("csrf")
WRITER: Final = hole("writer")
SEQ: Final = hole("seq")


@dataclass(frozen=True, slots=True)
class SharedShell:
    """The `Shell` for a page that many get: what is each viewer's own is a hole, or is not there."""

    site_name: str
    locale: Locale
    theme: Theme
    path: str
    registration_open: bool
    logo: str
    languages: tuple[Locale, ...]
    csrf: Markup = CSRF
    writer: Markup = WRITER
    seq: Markup = SEQ
    viewer: Somebody = SOMEBODY


def shared(about: Shell) -> SharedShell:
    """The shell of everyone who sees what this viewer sees."""
    return SharedShell(
        about.site_name,
        about.locale,
        about.theme,
        about.path,
        about.registration_open,
        about.logo,
        about.languages,
    )


def own_parts(templates: Templates, about: Shell) -> dict[str, str]:
    """What fills the holes that every page has for somebody who is logged in."""
    assert about.viewer is not None
    drawn = functools.partial(templates.drawn, locale=about.locale)
    return {
        "csrf": about.csrf,
        "writer": about.writer,
        "seq": str(about.seq),
        "user": about.viewer.id,
        "me": drawn("_me.html", viewer=about.viewer),
        "menu": drawn(
            "_own_menu.html",
            viewer=about.viewer,
            theme=about.theme,
            moderates=about.moderates,
            administers=about.administers,
            languages=about.languages,
            waiting=about.waiting,
        ),
        "messages": drawn("_badge.html", kind="messages", count=about.unread.messages),
        "notifications": drawn("_badge.html", kind="notifications", count=about.unread.notifications),
        "warning": _warnings(drawn, about),
        "flashes": _said(templates, about.flashes, about.locale) if about.flashes else "",
    }


def _warnings(drawn: Callable[..., Markup], about: Shell) -> str:
    limits = drawn("_warning.html") if about.limits_off and about.administers else ""
    unconfirmed = drawn("_unconfirmed.html", withheld=about.confirm == "withheld") if about.confirm else ""
    until, why = about.silenced_until, about.silence_reason
    silenced = drawn("_silenced.html", until=until, reason=why) if until else ""
    return drawn("_bars.html", known=True, **bars(about)) + limits + unconfirmed + silenced


def bars(about: Shell) -> dict[str, Hashable]:
    """What is said to all above every page: an announcement, and that nothing can be written."""
    return {"announcement": about.announcement, "read_only": about.read_only, "note": about.read_only_note}


def _said(templates: Templates, flashes: tuple[Flash, ...], locale: Locale) -> str:
    """Not kept: each is said once."""
    return templates.render("_flashes.html", locale, flashes=flashes)
