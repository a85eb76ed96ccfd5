"""Templates: one synchronous Jinja environment a language, faster than Quart's asynchronous one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from app.web.i18n import HTML_LANG, LOCALES, catalogue
from app.web.pages import Locale

TEMPLATES = Path(__file__).parents[2] / "templates"
BABEL_LOCALE = {"en": "en_GB", "zh": "zh_Hans_CN"}


class Templates:
    """All templates in all languages. `asset` turns the name of a static file into its URL."""

    def __init__(self, asset: Callable[[str], str]) -> None:
        self._environments = {locale: _environment(locale, asset) for locale in LOCALES}

    def render(self, name: str, locale: Locale, **context: Any) -> str:
        """Render a template with exactly what is given."""
        return self.get(name, locale).render(context)

    def get(self, name: str, locale: Locale) -> Template:
        """A compiled template."""
        return self._environments[locale].get_template(name)


def _environment(locale: Locale, asset: Callable[[str], str]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(catalogue(locale), newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {"asset": asset, "html_lang": HTML_LANG[locale], "locale": locale, "hole": hole}
    environment.filters |= _filters(locale)
    return environment


def _filters(locale: Locale) -> dict[str, Callable[..., str]]:
    babel = BABEL_LOCALE[locale]
    return {
        "iso": iso,
        "date_text": functools.lru_cache(4096)(lambda moment: format_date(moment, "medium", babel)),
        "datetime_text": functools.lru_cache(4096)(
            lambda moment: format_datetime(moment, "medium", tzinfo=UTC, locale=babel) + " UTC"
        ),
        "compact": lambda number: format_compact_decimal(
            number, locale=babel, fraction_digits=1 if number >= 1000 else 0
        ),
        "number": lambda number: format_decimal(number, locale=babel),
    }


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, as `<time datetime>` wants it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def hole(kind: str, key: str = "") -> Markup:
    """A place in a shared fragment that is filled in for each viewer; see app.web.fragments.

    A comment, so that nothing anyone writes can forge it: rendered Markdown has no comments and all else is escaped.
    """
    return Markup(f"<!--hole:{kind}:{key}-->")
