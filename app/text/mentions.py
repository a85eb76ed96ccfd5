"""Mentions: which names a text could be naming, and which known name stands at an `@`.

An `@` (or `＠`) opens a mention unless an ASCII letter, digit or one of `._%+-/` is directly before it, so e-mail
addresses and paths never do. What follows may run straight into the next word, as Chinese does: in `@小明你好` the name
may be any beginning of it. The longest that somebody bears wins. A name never ends inside a word that is written with
spaces around it: `@alicesmith` is not alice. `@bob你好`, `@bob.` and, unless that is somebody, `@bob-smith` are bob.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from app.text.cjk import is_cjk
from app.text.model import Person
from app.text.names import MIN_LENGTH, is_name_char, username_key

# Longer than any name, because a name may be typed decomposed.
MAX_RUN = 32
# Different runs looked up for one text; further ones stay text.
MAX_RUNS = 50

_AT = re.compile(r"(?<![A-Za-z0-9._%+\-/])[@＠]")
# The one escape that editors put into names.
_ESCAPED = re.compile(r"\\([_.\-])")


def mention_candidates(source: str) -> frozenset[str]:
    """Every username key that `source` could be naming. More than `render` links: code and quotes are not left out."""
    runs: dict[str, None] = {}
    text = _ESCAPED.sub(r"\1", source)
    for at in _AT.finditer(text):
        if run := _run(text, at.end()):
            runs.setdefault(run)
        if len(runs) == MAX_RUNS:
            break
    return frozenset(username_key(run[:end]) for run in runs for end in _ends(run))


def find_mentions(text: str, people: Mapping[str, Person]) -> Iterator[tuple[int, int, str]]:
    """The mentions in `text` of those whom `people` has by key: start (the `@`), end, key."""
    if not people:
        return
    for at in _AT.finditer(text):
        run = _run(text, at.end())
        for end in _ends(run):
            if (key := username_key(run[:end])) in people:
                yield at.start(), at.end() + end, key
                break


def _run(text: str, start: int) -> str:
    """The name characters from `start`, and one more than a name can have, to see whether a word goes on."""
    end = start
    while end < len(text) and end - start <= MAX_RUN and is_name_char(text[end]):
        end += 1
    return text[start:end]


def _ends(run: str) -> Iterator[int]:
    """Where in `run` a name could end, longest first."""
    # `@bob_` and `@bob...`: what no name can end with is not part of the word.
    word = run.rstrip("_.-") if len(run) <= MAX_RUN else run
    for end in range(min(len(word), MAX_RUN), MIN_LENGTH - 1, -1):
        if _may_end(word, end):
            yield end


def _may_end(word: str, end: int) -> bool:
    last = word[end - 1]
    if last in "_.-":
        return False
    if end == len(word):
        return True
    after = word[end]
    if unicodedata.category(after)[0] == "M":
        return False
    return after in ".-" or is_cjk(last) or is_cjk(after)
