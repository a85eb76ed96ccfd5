"""Texts with slots and choices; `shape.py` describes the notation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from scripts.seeding.dice import Dice

TOKEN = re.compile(r"[«»|]")
NAME = re.compile(r"[A-Za-z][a-z_]*")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value of the topic's cast."""

    name: str
    capital: bool

    def of(self, cast: Mapping[str, str]) -> str:
        """The value, with a capital where one was asked for."""
        value = cast[self.name]
        return value[:1].upper() + value[1:] if self.capital else value


@dataclass(frozen=True, slots=True)
class Choice:
    """Several ways to say something."""

    ways: tuple[Text, ...]


Text: TypeAlias = "tuple[str | Slot | Choice, ...]"


def parse(source: str) -> Text:
    """Read one text. A «» that is neither a slot nor a choice is a ValueError."""
    text, rest = _parse(source, 0, inside=False)
    if rest != len(source):
        raise ValueError(f"unbalanced «» in: {source[:80]}")
    return text[0]


def _parse(source: str, at: int, *, inside: bool) -> tuple[tuple[Text, ...], int]:
    ways: list[list[str | Slot | Choice]] = [[]]
    while at < len(source):
        found = TOKEN.search(source, at)
        end = found.start() if found else len(source)
        if end > at:
            ways[-1].append(source[at:end])
        if not found:
            return _frozen(ways), end
        at = found.end()
        if found[0] == "«":
            inner, at = _parse(source, at, inside=True)
            ways[-1].append(_slot_or_choice(inner, source))
        elif not inside:
            ways[-1].append(found[0])
        elif found[0] == "»":
            return _frozen(ways), at
        else:
            ways.append([])
    if inside:
        raise ValueError(f"unclosed « in: {source[:80]}")
    return _frozen(ways), at


def _frozen(ways: list[list[str | Slot | Choice]]) -> tuple[Text, ...]:
    return tuple(tuple(way) for way in ways)


def _slot_or_choice(ways: tuple[Text, ...], source: str) -> Slot | Choice:
    if len(ways) > 1:
        return Choice(ways)
    match ways[0]:
        case (str(name),) if NAME.fullmatch(name):
            return Slot(name.lower(), name[0].isupper())
    raise ValueError(f"neither slot nor choice in: {source[:80]}")


def fill(text: Text, cast: Mapping[str, str], dice: Dice) -> str:
    """One way to say `text`, with the values of `cast`."""
    if len(text) == 1 and isinstance(text[0], str):
        return text[0]
    said = []
    for part in text:
        if isinstance(part, str):
            said.append(part)
        elif isinstance(part, Slot):
            said.append(part.of(cast))
        else:
            said.append(fill(dice.one(part.ways), cast, dice))
    return _joined(said)


def every_way(text: Text, cast: Mapping[str, str]) -> Iterator[str]:
    """All ways to say `text` with the values of `cast`."""
    parts: list[list[str]] = []
    for part in text:
        if isinstance(part, str):
            parts.append([part])
        elif isinstance(part, Slot):
            parts.append([part.of(cast)])
        else:
            parts.append([said for way in part.ways for said in every_way(way, cast)])
    return map(_joined, product(*parts))


def _joined(parts: Iterable[str]) -> str:
    """The parts in a row, with a space where a Chinese letter meets a Latin one or a digit."""
    text = ""
    for part in parts:
        text += f" {part}" if text and part and _want_space(text[-1], part[0]) else part
    return text


def _want_space(left: str, right: str) -> bool:
    return (_is_han(left) and _is_latin(right)) or (_is_latin(left) and _is_han(right))


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def slots_of(text: Text) -> frozenset[str]:
    """The names of the slots in `text`."""
    names: list[str] = []
    for part in text:
        if isinstance(part, Slot):
            names.append(part.name)
        elif isinstance(part, Choice):
            names.extend(name for way in part.ways for name in slots_of(way))
    return frozenset(names)
