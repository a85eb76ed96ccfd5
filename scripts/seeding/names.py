"""Usernames and display names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from scripts.seeding import given_names as given
from scripts.seeding.dice import Dice

Name = tuple[str, str]


def _pairs(source: str) -> tuple[tuple[str, str], ...]:
    words = source.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


FIRST, FAMILY = given.FIRST.split(), given.FAMILY.split()
ADJECTIVES, NOUNS = given.ADJECTIVES.split(), given.NOUNS.split()
PINYIN_FAMILY, PINYIN_FIRST = _pairs(given.CHINESE_FAMILY), _pairs(given.CHINESE_FIRST)
CHINESE_PLACES, CHINESE_NOUNS = given.CHINESE_PLACES.split(), given.CHINESE_NOUNS.split()

LONGEST = 30
# What looks alike in one font or another, after case is folded; separators are too easily overlooked to tell two apart.
ALIKE = str.maketrans({"i": "l", "1": "l", "|": "l", "o": "0", "-": "", "_": "", ".": ""})
SUFFIXED_SHARE = 0.35
SHOWN_SHARE = 0.6
SEPARATORS = ("_", "-", ".", "")


def usernames(rng: Random, n: int) -> list[Name]:
    """`n` people as (username, display name); the display name is empty where somebody has set none.

    No two usernames differ only in case, separators or letters that look alike.
    """
    found: list[Name] = []
    seen: set[str] = set()
    candidates = _candidates(Dice(rng))
    while len(found) < n:
        name = next(candidates)
        key = looks(name[0])
        if key not in seen:
            seen.add(key)
            found.append(name)
    return found


def looks(username: str) -> str:
    """The same for two usernames that one could take for each other."""
    return username.casefold().translate(ALIKE).replace("rn", "m").replace("vv", "w").replace("cl", "d")


def _candidates(dice: Dice) -> Iterator[Name]:
    """The handles given by hand first, then made ones for ever."""
    handles = [_handle(line) for line in given.HANDLES.strip().splitlines()]
    yield from dice.shuffled(handles)
    makers: tuple[Callable[[Dice], Name], ...] = (_western, _two_words, _pinyin, _chinese_words, _chinese_words)
    while True:
        username, shown = dice.one(handles) if dice.chance(0.06) else dice.one(makers)(dice)
        if dice.chance(SUFFIXED_SHARE):
            username, shown = _suffixed(username, dice), shown or _shown(username, dice)
        if len(username) <= LONGEST:
            yield username, shown


def _handle(line: str) -> Name:
    username, _, shown = line.partition(" ")
    return username, shown


def _suffixed(username: str, dice: Dice) -> str:
    number = str(dice.below(90) + 10 if dice.chance(0.7) else 1972 + dice.below(38))
    return username + (number if not username.isascii() else dice.one(SEPARATORS) + number)


def _shown(username: str, dice: Dice) -> str:
    """A Chinese username without its number makes a good display name."""
    return username if not username.isascii() and dice.chance(SHOWN_SHARE) else ""


def _western(dice: Dice) -> Name:
    first, family = dice.one(FIRST), dice.one(FAMILY)
    username = first.lower() + dice.one(SEPARATORS) + (family if dice.chance(0.3) else family[0]).lower()
    shown = f"{first} {family}" if dice.chance(0.5) else f"{first} {family[0]}."
    return username, shown if dice.chance(SHOWN_SHARE) else ""


def _two_words(dice: Dice) -> Name:
    adjective, noun = dice.one(ADJECTIVES), dice.one(NOUNS)
    shown = f"{dice.one(FIRST)}" if dice.chance(0.3) else ""
    return adjective + dice.one(SEPARATORS) + noun, shown


def _pinyin(dice: Dice) -> Name:
    family, family_han = dice.one(PINYIN_FAMILY)
    first, first_han = dice.one(PINYIN_FIRST)
    parts = (family, first) if dice.chance(0.5) else (first, family)
    return dice.one(SEPARATORS).join(parts), family_han + first_han if dice.chance(SHOWN_SHARE) else ""


def _chinese_words(dice: Dice) -> Name:
    return dice.one(CHINESE_PLACES) + dice.one(CHINESE_NOUNS), ""
