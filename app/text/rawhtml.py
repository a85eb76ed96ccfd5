"""Raw HTML in a text: a few harmless elements work, without attributes; all else is shown as it was typed.

Tags count only in pairs, closed in the order they were opened, so one forgotten `<b>` cannot make bold what follows it.
Comments are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from mistune.util import unescape

_PHRASES = "b i u s q em strong del ins mark kbd samp var sub sup small ruby rt rp"
PHRASES = frozenset(_PHRASES.split())
DISCLOSURE = frozenset({"details", "summary"})
VOID = frozenset({"br", "hr"})
# Deeper ones are shown as typed: formatting in formatting costs the sanitizer quadratic time.
MAX_OPEN = 10

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)/?>")
_SPLIT = re.compile(r"(</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>)")


@dataclass(slots=True)
class Piece:
    """A tag or a bit of text between tags; `html` is what a kept tag becomes, None while it is only text."""

    source: str
    html: str | None = None


def pieces_of(raw: str) -> list[Piece]:
    """A block of raw HTML without its comments, cut into its tags and the text between them."""
    return [Piece(part) for part in _SPLIT.split(_without_comments(raw)) if part]


def _without_comments(raw: str) -> str:
    # Cut by hand: a regular expression would look for the end of the text from each of many unclosed comments.
    first, *others = raw.split("<!--")
    for other in others:
        _, end, rest = other.partition("-->")
        first += rest if end else "<!--" + other
    return first


def settle(pieces: list[Piece], allowed: frozenset[str]) -> None:
    """Decide for each piece whether it is kept as a tag. Pieces that are not tags are left alone."""
    open_tags: list[tuple[str, Piece]] = []
    for piece in pieces:
        if piece.source.startswith("<!--") and piece.source.endswith("-->"):
            piece.html = ""
        elif tag := _TAG.fullmatch(piece.source):
            _settle_tag(piece, tag[2].lower(), bool(tag[1]), allowed, open_tags)


def _settle_tag(
    piece: Piece, name: str, closing: bool, allowed: frozenset[str], open_tags: list[tuple[str, Piece]]
) -> None:
    if name in VOID and not closing:
        piece.html = f"<{name}>"
    elif name not in allowed:
        return
    elif not closing:
        if len(open_tags) < MAX_OPEN:
            open_tags.append((name, piece))
    elif open_tags and open_tags[-1][0] == name:
        open_tags.pop()[1].html = f"<{name}>"
        piece.html = f"</{name}>"


def written(pieces: list[Piece]) -> str:
    """The HTML of settled pieces; line breaks in the text stay line breaks."""
    parts: list[str] = []
    text = ""
    for piece in [*pieces, Piece("", "")]:
        if piece.html is None:
            text += piece.source
            continue
        parts += [_lines(text), piece.html]
        text = ""
    return "".join(parts)


def _lines(text: str) -> str:
    return escape(unescape(text.strip("\n"))).replace("\n", "<br>\n")
