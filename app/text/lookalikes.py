"""Look-alikes: the skeleton of a name, after UTS #39 section 4, over the data of the package confusable-homoglyphs.

    skeleton(name) = fold(map(NFD(NFKC(name)))), where `map` replaces each character by its prototype

Two names with one skeleton could be taken for each other: `раураl` in Cyrillic and `paypal`, `rnodern` and `modern`,
`l`, `1` and `I`, `0` and `O`. Two things differ from UTS #39: NFKC comes first (usernames are compared that way anyway)
and case is folded last. Last, because capitals look alike where small letters do not: `ВОВ` is read as BOB, `вов` is
not. So `Ian` and `lan` share a skeleton while `ian` and `lan` don't, and names that differ only in case may have two
skeletons: uniqueness needs the key as well.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from functools import cache
from importlib import resources
from typing import Any

# The data wraps right-to-left characters in marks so that its authors could read the file.
_WRAPPING = str.maketrans("", "", "\u200e\u200f")


def skeleton(name: str) -> str:
    """What `name` looks like; equal for names that could be taken for one another."""
    seen = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name))
    mapped = unicodedata.normalize("NFD", seen.translate(_prototypes()))
    # Folding brings out letters that have a prototype of their own, such as the final sigma.
    return unicodedata.normalize("NFD", mapped.casefold().translate(_prototypes())).casefold()


def scripts(name: str) -> frozenset[str]:
    """The Unicode scripts in `name`, such as HAN and LATIN, without those that all scripts share."""
    return frozenset(map(_script, name)) - {"COMMON", "INHERITED"}


def warm_up() -> None:
    """Load the data, in a thread: as part of the first registration it would hold up the loop."""
    skeleton("a")
    scripts("a")


@cache
def _prototypes() -> dict[int, str]:
    """Code point → what it looks like. 40 ms (300 on a busy machine) and 1 MB."""
    pairs = {
        key.translate(_WRAPPING): [entry["c"].translate(_WRAPPING) for entry in entries]
        for key, entries in _load("confusables.json").items()
    }
    return {
        ord(source): prototype
        for source, others in pairs.items()
        if len(source) == 1 and (prototype := _prototype(source, others, pairs)) != source
    }


def _prototype(source: str, others: list[str], pairs: dict[str, list[str]]) -> str:
    """What `source` looks like: each pair is listed both ways, so a prototype has many others, all else just one."""
    if len(others) > 1:
        return source
    if len(others[0]) > 1 or len(pairs.get(others[0], ())) > 1:
        return others[0]
    # Two that have only each other: either may stand for both, as long as it is always the same one.
    return min(source, others[0], key=lambda char: (unicodedata.normalize("NFKC", char) != char, char))


@cache
def _script_ranges() -> tuple[list[int], list[tuple[int, str]]]:
    data = _load("categories.json")
    ranges = data["code_points_ranges"]
    return [low for low, *_ in ranges], [(high, data["iso_15924_aliases"][alias]) for _, high, alias, _ in ranges]


def _script(char: str) -> str:
    starts, ranges = _script_ranges()
    high, alias = ranges[max(bisect_right(starts, ord(char)) - 1, 0)]
    return alias if ord(char) <= high else "UNKNOWN"


def _load(name: str) -> Any:
    # Not through the package's own module, which reads everything when it is imported.
    return json.loads(resources.files("confusable_homoglyphs").joinpath(name).read_text(encoding="utf-8"))
