"""Languages: which one a viewer reads, and how texts get there.

Code names texts in English and marks them with `N_`; they are put into the viewer's language where they are shown.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from markupsafe import Markup

from app.text import marks
from app.web.pages import Locale

LOCALES: Final[tuple[Locale, ...]] = ("en", "zh")
CATALOGUES: Final = Path(__file__).parent / "locale"
HTML_LANG: Final[dict[Locale, str]] = {"en": "en", "zh": "zh-Hans"}

# Here for whoever may know of languages.
N_ = marks.N_

current_locale: ContextVar[Locale] = ContextVar("current_locale", default="en")
# The time zone that the viewer has chosen, such as Asia/Shanghai; empty is UTC, which browsers turn into their own.
current_zone: ContextVar[str] = ContextVar("current_zone", default="")


class Text:
    """A text with its parameters, in no language yet."""

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, **params: Any) -> None:
        self.msgid = msgid
        self.params = params

    def into(self, locale: Locale) -> str:
        """The text in a language."""
        text = catalogue(locale).ugettext(self.msgid)
        return text % self.params if self.params else text

    def __str__(self) -> str:
        return self.into(current_locale.get())


class Linked(Text):
    """A text that leads somewhere, or has parts that do: HTML, in which all else is escaped."""

    __slots__ = ("url",)

    def __init__(self, msgid: str, url: str = "", **params: Any) -> None:
        super().__init__(msgid, **params)
        self.url = url

    def into(self, locale: Locale) -> str:
        """The text in a language, as HTML."""
        params = {name: each.into(locale) if isinstance(each, Text) else each for name, each in self.params.items()}
        text = Markup(catalogue(locale).ugettext(self.msgid))
        text = text % params if params else text
        return Markup('<a href="{}">{}</a>').format(self.url, text) if self.url else text


@functools.cache
def catalogue(locale: Locale) -> Translations:
    """The texts of a language, compiled from its .po file when first asked for."""
    path = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Translations(fp=compiled)


def as_locale(value: str | None) -> Locale | None:
    """`value` when it names a language we speak."""
    return next((locale for locale in LOCALES if locale == value), None)


def best_locale(accepted: Iterable[str]) -> Locale | None:
    """The first language of an Accept-Language list that we speak; any Chinese is `zh`."""
    for tag in accepted:
        found = as_locale(tag.replace("_", "-").partition("-")[0].lower())
        if found:
            return found
    return None


@functools.lru_cache(1_000)
def zone_of(name: str) -> tzinfo:
    """The time zone of this name; UTC when there is none, or none any more."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
