"""Running text: entities and shortcodes read, mentions linked, everything escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import groupby
from typing import Any

from mistune.util import unescape

from app.text.mentions import find_mentions
from app.text.model import Person
from app.text.shortcodes import emojized

Token = dict[str, Any]


def merged(tokens: list[Token]) -> list[Token]:
    """`tokens` with neighbouring text in one: a name may have been cut at an escaped underscore."""
    out: list[Token] = []
    for is_text, group in groupby(tokens, key=lambda token: token["type"] == "text"):
        if is_text:
            # Entities before joining, or an escaped `\&` and the `amp;` after it would become one.
            out.append({"type": "text", "raw": "".join(unescape(token["raw"]) for token in group)})
        else:
            out += group
    return out


def linked(text: str, people: Mapping[str, Person], mentioned: dict[str, None]) -> str:
    """HTML of `text`; the keys of those it mentions are added to `mentioned`."""
    parts, pos = [], 0
    for start, end, key in find_mentions(text, people):
        mentioned.setdefault(key)
        parts += [spoken(text[pos:start]), _mention(people[key])]
        pos = end
    return "".join([*parts, spoken(text[pos:])])


def spoken(text: str) -> str:
    """HTML of `text` without mentions."""
    return escape(emojized(text))


def _mention(person: Person) -> str:
    name, id_ = escape(person.username), escape(person.id)
    return f'<a class="mention" href="/users/{id_}" data-user="{id_}">@{name}</a>'
