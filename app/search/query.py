"""What people type into a search box → what they ask for. Nothing is looked up yet, and nothing is ever refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from app.search.wanted import KINDS, ORDERS, Kind, Order
from app.text.segment import Term, fold, phrase_term, terms_of
from app.web.forms import one_line
from app.web.i18n import N_, Text

QUERY_CHARS_MAX: Final = 300
TERMS_MAX: Final = 16
VALUE_CHARS_MAX: Final = 100
YEARS: Final = (1970, 9000)

QUOTED: Final = '"[^"]*"|“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》'
NAMED: Final = re.compile(
    rf"(?<!\S)@?(board|author|before|after|in|板块|作者|早于|晚于|只看)[:：]\s*({QUOTED}|[^\s:：]\S*)", re.IGNORECASE
)
PHRASE: Final = re.compile(QUOTED)
MENTION: Final = re.compile(r"(?<!\S)[@＠][^\s@＠]+")
KEYS: Final = {"板块": "board", "作者": "author", "早于": "before", "晚于": "after", "只看": "in"}
TITLES: Final = frozenset({"title", "titles", "标题", "標題"})
DATE: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was asked for. `text` is what stands in the box; `notes` say what was not understood of it."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    board: str = ""
    author: str = ""
    since: datetime | None = None
    until: datetime | None = None
    in_title: bool = False
    kind: Kind = "all"
    order: Order = "relevance"
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for at all."""
        return not (self.terms or self.board or self.author or self.since or self.until)


def read_query(given: Mapping[str, str]) -> Asked:
    """The search in the fields of a URL: q type board author from to sort. Fields outdo what is typed."""
    typed = one_line(given.get("q", ""))
    text = typed[:QUERY_CHARS_MAX]
    kind = next((kind for kind in KINDS if kind == given.get("type")), KINDS[0])
    order = next((order for order in ORDERS if order == given.get("sort")), ORDERS[0])
    asked = Asked(text, kind=kind, order=order)
    if len(typed) > len(text):
        asked = _noting(asked, Text(N_("Only the first %(count)s characters were searched for."), count=len(text)))
    named, rest = _apart(text)
    for key, value in named:
        asked = READ[key](asked, value)
    fields = {name: one_line(given.get(name, ""))[:VALUE_CHARS_MAX] for name in FIELDS}
    for name, value in fields.items():
        if value:
            asked = FIELDS[name](asked, value)
    terms = tuple(_terms(rest))
    if len(terms) > TERMS_MAX:
        asked = _noting(asked, Text(N_("Only the first %(count)s words were searched for."), count=TERMS_MAX))
    return replace(asked, terms=terms[:TERMS_MAX], fields=tuple(fields.items()))


def _apart(text: str) -> tuple[list[tuple[str, str]], str]:
    """The `key:value` parts, and what is left; what only looks like one stays a word."""
    named: list[tuple[str, str]] = []

    def take(found: re.Match[str]) -> str:
        key, value = found[1].lower(), _unquoted(found[2])
        key = KEYS.get(key, key)
        if not value or (key == "in" and fold(value) not in TITLES):
            return found[0]
        named.append((key, value))
        return " "

    return named, NAMED.sub(take, text)


def _unquoted(value: str) -> str:
    return value[1:-1].strip() if PHRASE.fullmatch(value) else value


def _terms(text: str) -> Iterator[Term]:
    """Each thing once; what a question is only phrased with counts when there is nothing else."""
    phrases = [*PHRASE.findall(text), *MENTION.findall(PHRASE.sub(" ", text))]
    rest = MENTION.sub(" ", PHRASE.sub(" ", text))
    quoted = [phrase_term(phrase[1:-1] if PHRASE.fullmatch(phrase) else phrase) for phrase in phrases]
    found = dict.fromkeys([*(term for term in quoted if term.tokens), *terms_of(rest)])
    telling = [term for term in found if not term.stop]
    yield from telling or found


def _noting(asked: Asked, note: Text) -> Asked:
    return replace(asked, notes=(*asked.notes, note))


def _board(asked: Asked, value: str) -> Asked:
    return replace(asked, board=value)


def _author(asked: Asked, value: str) -> Asked:
    return replace(asked, author=value.lstrip("@＠"))


def _in(asked: Asked, value: str) -> Asked:
    return replace(asked, in_title=True)


def _before(asked: Asked, value: str) -> Asked:
    """Before the beginning of that day, month or year."""
    span = date_span(value)
    return replace(asked, until=span[0]) if span else _no_date(asked, value)


def _after(asked: Asked, value: str) -> Asked:
    """From the beginning of that day, month or year on."""
    span = date_span(value)
    return replace(asked, since=span[0]) if span else _no_date(asked, value)


def _to(asked: Asked, value: str) -> Asked:
    """Up to the end of that day, month or year."""
    span = date_span(value)
    return replace(asked, until=span[1]) if span else _no_date(asked, value)


def _no_date(asked: Asked, value: str) -> Asked:
    return _noting(asked, Text(N_("“%(value)s” is not a date; write it as in 2026-03-31."), value=value[:30]))


Reading = Callable[[Asked, str], Asked]
READ: Final[dict[str, Reading]] = {"board": _board, "author": _author, "before": _before, "after": _after, "in": _in}
FIELDS: Final[dict[str, Reading]] = {"board": _board, "author": _author, "from": _after, "to": _to}


def date_span(value: str) -> tuple[datetime, datetime] | None:
    """The beginning and the end (not included, UTC) of a day, month or year; None when it is none."""
    found = DATE.fullmatch(fold(value))
    if found is None or not YEARS[0] <= int(found[1]) < YEARS[1]:
        return None
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    try:
        first = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    if found[3]:
        return first, first + timedelta(days=1)
    if not found[2]:
        return first, first.replace(year=year + 1)
    return first, (first + timedelta(days=31)).replace(day=1)
