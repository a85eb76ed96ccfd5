"""What goes into rendering and what comes out. Light to import: the web process never needs the parser itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

EXCERPT_LENGTH = 280
# A cut looks for a space within so many characters before it gives up and cuts inside a word.
WORD_REACH = 30

# Raised whenever the same source would give other HTML, so that stored HTML can be found and rendered again.
RENDERER_VERSION = 2

# Control characters, which HTML forbids, and the directional overrides that could turn the rest of a line around.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be mentioned: the name as they write it, and their id (24 hexadecimal digits)."""

    username: str
    id: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML that is safe to print, whom it mentions (username keys, in order), and its beginning as plain text.

    `quoted` are the places (topic id, number) of the posts that it quotes itself, not within another quote.
    `fallback` says that rendering failed or took too long, so that this is only the source, escaped.
    """

    html: str
    mentions: tuple[str, ...]
    excerpt: str
    fallback: bool = False
    quoted: tuple[tuple[str, int], ...] = ()


NOBODY: Mapping[str, Person] = MappingProxyType({})
NOTHING: Mapping[str, str] = MappingProxyType({})
# An uploaded picture: width, height, and the widths of its thumbnails, largest first, in pixels.
Picture = tuple[int, int, Sequence[int]]
NO_PICTURES: Mapping[str, Picture] = MappingProxyType({})


def cleaned(source: str) -> str:
    """`source` with one kind of line end and without what could not be encoded or would only disturb."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return _CONTROLS.sub("", text)


def folded(text: str, limit: int = EXCERPT_LENGTH) -> str:
    """`text` on one line, cut at a word where there is one near, with an ellipsis; at most `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ", limit - WORD_REACH)
    return (cut[:space] if space > 0 else cut).rstrip(" \u200d\ufe0f") + "…"


def plain(source: str) -> Rendered:
    """What is shown when rendering is not possible: the source itself, with its paragraphs and lines."""
    text = cleaned(source).strip()
    paragraphs = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip()]
    html = "".join(f"<p>{escape(part).replace(chr(10), '<br>' + chr(10))}</p>\n" for part in paragraphs)
    return Rendered(html, (), folded(text), fallback=True)
