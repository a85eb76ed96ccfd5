"""Mentions: which names a text could be naming, and which known name stands at an `@`.

An `@` (or `＠`) opens a mention unless an ASCII letter, digit or one of `._%+-/` is directly before it, so e-mail
addresses and paths never do. What follows may run straight into the next word, as Chinese does: in `@小明你好` the name
may be any beginning of it. The longest that somebody bears wins. A name never ends inside a word that is written with
spaces around it: `@alicesmith` is not alice. `@bob你好`, `@bob.` and, unless that is somebody, `@bob-smith` are bob.

An `@` at which a mention ends opens the next one: `@bob@小明` are two people. `@bob@forum.example` is an address
elsewhere and nobody here, unless somebody bears the name `forum.example`.
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

_AT = re.compile(r"[@＠]")
# What an address has before its `@`, so that none opens a mention.
_IN_ADDRESS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-/")
_HOST = re.compile(r"[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# The one escape that editors put into names.
_ESCAPED = re.compile(r"\\([_.\-])")


def mention_candidates(source: str) -> frozenset[str]:
    """Every username key that `source` could be naming. More than `render` links: code and quotes are not left out."""
    runs: dict[str, None] = {}
    text = _ESCAPED.sub(r"\1", source)
    run_end = -1
    for at in _AT.finditer(text):
        if not _opens(text, at.start(), run_end):
            continue
        if run := _run(text, at.end()):
            runs.setdefault(run)
        run_end = at.end() + len(run)
        if len(runs) == MAX_RUNS:
            break
    return frozenset(username_key(run[:end]) for run in runs for end in _ends(run))


def find_mentions(text: str, people: Mapping[str, Person]) -> Iterator[tuple[int, int, str]]:
    """The mentions in `text` of those whom `people` has by key: start (the `@`), end, key."""
    if not people:
        return
    mention_end = -1
    for at in _AT.finditer(text):
        if not _opens(text, at.start(), mention_end):
            continue
        run = _run(text, at.end())
        for end in _ends(run):
            if (key := username_key(run[:end])) in people:
                if not _goes_on_as_address(text, at.end() + end, people):
                    mention_end = at.end() + end
                    yield at.start(), mention_end, key
                break


def _opens(text: str, at: int, name_end: int) -> bool:
    """Whether the `@` at this place can open a mention; `name_end` is where the one before it ends."""
    return at in (0, name_end) or text[at - 1] not in _IN_ADDRESS


def _goes_on_as_address(text: str, at: int, people: Mapping[str, Person]) -> bool:
    """Whether what looks like a host, and is nobody, follows a name with another `@`."""
    host = _HOST.match(text, at)
    return host is not None and username_key(host[0][1:]) not in people


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
