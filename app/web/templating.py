"""Templates: one synchronous Jinja environment a language, faster than Quart's asynchronous one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_compact_decimal, format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from app.text.language import language_of
from app.web.fragments import Bounded
from app.web.i18n import HTML_LANG, LOCALES, catalogue, current_zone, zone_of
from app.web.pages import Locale

TEMPLATES = Path(__file__).parents[2] / "templates"
# What is kept of drawn fragments, and what a key of view objects weighs beside its text.
DRAWN_CHARS = 32 * 1024 * 1024
KEY_CHARS = 2_000
BABEL_LOCALE = {"en": "en_GB", "zh": "zh_Hans_CN"}


class Templates:
    """All templates in all languages. `asset` turns the name of a static file into its URL."""

    def __init__(self, asset: Callable[[str], str]) -> None:
        self._environments = {locale: _environment(locale, asset) for locale in LOCALES}
        self._drawn: Bounded[Hashable, Markup] = Bounded(DRAWN_CHARS)
        for locale, environment in self._environments.items():
            environment.globals["drawn"] = functools.partial(self.drawn, locale=locale)

    def render(self, name: str, locale: Locale, **context: Any) -> str:
        """Render a template with exactly what is given."""
        return self.get(name, locale).render(context)

    def drawn(self, name: str, *, locale: Locale, **views: Hashable) -> Markup:
        """A fragment of view objects alone, drawn once for equal ones: they are frozen, so equal looks the same."""
        key = (locale, current_zone.get(), name, *views.items())
        kept = self._drawn.get(key)
        if kept is None:
            kept = Markup(self.render(name, locale, **views))
            self._drawn.put(key, kept, len(kept) + KEY_CHARS)
        return kept

    def get(self, name: str, locale: Locale) -> Template:
        """A compiled template."""
        return self._environments[locale].get_template(name)


class _Fold(NodeTransformer):
    """Works calls out while a template is compiled, where they have constants for arguments and one answer for ever."""

    def __init__(self, constant: Mapping[str, Callable[..., str]]) -> None:
        self._constant = constant

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802 - Jinja's name
        """Replace such a call by its answer; leave every other."""
        self.generic_visit(node, *args, **kwargs)
        known = self._constant.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if known is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        given = [each.value for each in node.args if isinstance(each, nodes.Const)]
        return nodes.MarkSafe(nodes.Const(str(known(*given)))) if len(given) == len(node.args) else node


class Folding(Environment):
    """An environment of one language. Most texts and icons are put in when a template is compiled, not when drawn."""

    constant: Mapping[str, Callable[..., str]]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return cast(nodes.Template, _Fold(self.constant).visit(super()._parse(source, name, filename)))


def _is_markup(name: str | None) -> bool:
    """Whether a template makes HTML; the others make the plain text of e-mails."""
    return name is None or not name.endswith(".txt")


def _environment(locale: Locale, asset: Callable[[str], str]) -> Environment:
    environment = Folding(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=_is_markup,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    environment.constant = _constants(locale, asset)
    environment.install_gettext_translations(catalogue(locale), newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "asset": asset,
        "html_lang": HTML_LANG[locale],
        "locale": locale,
        "hole": hole,
        "zone": current_zone.get,
    }
    environment.filters |= _filters(locale)
    return environment


def _constants(locale: Locale, asset: Callable[[str], str]) -> dict[str, Callable[..., str]]:
    """What `_Fold` may work out. `icon` is the macro of macros/ui.html, which serves where the name is not constant."""

    def translated(text: str) -> str:
        return catalogue(locale).ugettext(text) % {}

    def icon(name: str, extra: str = "") -> str:
        url = f"{asset('img/icons.svg')}#{name}"
        kind = f"icon {extra}".strip()
        return f'<svg class="{kind}" aria-hidden="true" width="20" height="20"><use href="{url}"></use></svg>'

    return {"_": translated, "gettext": translated, "icon": icon, "asset": asset}


def _filters(locale: Locale) -> dict[str, Callable[..., str]]:
    babel = BABEL_LOCALE[locale]
    return {
        "iso": iso,
        "language": language_of,
        "date_text": _in_zone(lambda moment, zone: format_date(moment.astimezone(zone_of(zone)), "medium", babel)),
        "datetime_text": _in_zone(lambda moment, zone: _to_the_minute(moment, zone, babel)),
        "compact": functools.lru_cache(4096)(
            lambda number: format_compact_decimal(number, locale=babel, fraction_digits=1 if number >= 1000 else 0)
        ),
        "number": functools.lru_cache(4096)(lambda number: format_decimal(number, locale=babel)),
    }


def _to_the_minute(moment: datetime, zone: str, babel: str) -> str:
    """A date and a time of day, as people say them: seconds would only be in the way."""
    there = moment.astimezone(zone_of(zone))
    day, time = format_date(there, "medium", babel), format_time(there, "short", locale=babel)
    return str(get_datetime_format("medium", babel)).format(time, day) + ("" if zone else " UTC")


def _in_zone(written: Callable[[datetime, str], str]) -> Callable[[datetime], str]:
    """A filter for moments, which are `written` in the viewer's time zone."""
    kept = functools.lru_cache(4096)(written)
    return lambda moment: kept(moment, current_zone.get())


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, as `<time datetime>` wants it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hole(kind: str, key: str = "") -> Markup:
    """A place in a shared fragment that is filled in for each viewer; see app.web.fragments.

    A comment, so that nothing anyone writes can forge it: rendered Markdown has no comments and all else is escaped.
    """
    return Markup(f"<!--hole:{kind}:{key}-->")
