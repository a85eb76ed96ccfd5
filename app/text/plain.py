"""A text as an e-mail has it: paragraphs, quotes, points and code out of its HTML, without links and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final, Literal

BlockKind = Literal["text", "quote", "item", "code"]
VOID: Final = frozenset({"br", "img", "hr", "input", "wbr"})
# Each begins a block, and so does what comes after it.
_PARTS: Final = "p h4 h5 h6 blockquote header pre div ul ol li section table tr details summary"
PARTS: Final = frozenset(_PARTS.split())
CELLS: Final = frozenset({"td", "th"})
COVERED: Final = "▒▒▒▒"
SPACE: Final = re.compile(r"[ \t\r\f\v\n]+")
TRAILING: Final = re.compile(r"[ \t]+\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text."""

    kind: BlockKind
    text: str


def blocks_of(html: str, most: int) -> tuple[Block, ...]:
    """The parts of a rendered text, `most` characters of it; what is left out is an `…`. Spoilers stay covered."""
    reader = _Reader(most)
    reader.feed(html)
    reader.close()
    reader.end_block()
    return tuple(_bounded(reader.blocks, most))


def _bounded(blocks: Iterable[Block], most: int) -> Iterable[Block]:
    left = most
    for block in blocks:
        if left <= 0:
            yield Block("text", "…")
            return
        if len(block.text) > left:
            yield Block(block.kind, block.text[:left].rstrip() + "…")
            return
        yield block
        left -= len(block.text)


class _Reader(HTMLParser):
    """Reads what our own renderer wrote, which is well-formed."""

    def __init__(self, most: int) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._most = most
        self._length = 0
        self._open: list[tuple[str, bool]] = []
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        known = {name: value or "" for name, value in attrs}
        if tag in VOID:
            self._words.append("\n" if tag == "br" else f"[{known['alt']}]" if known.get("alt") else "")
            return
        if tag in PARTS:
            self.end_block()
        elif tag in CELLS and self._words:
            self._words.append(" · ")
        covers = bool({"spoiler", "footnote", "footnotes", "footnote-back"} & set(known.get("class", "").split()))
        if covers and "spoiler" in known["class"].split() and not self._covered:
            self._words.append(COVERED)
        self._open.append((tag, covers))

    def handle_endtag(self, tag: str) -> None:
        """It ends, with all in it."""
        if not any(name == tag for name, _ in self._open):
            return
        if tag in PARTS:
            self.end_block()
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._covered and self._length <= self._most:
            self._words.append(data if self._within("pre") else SPACE.sub(" ", data))

    @property
    def _covered(self) -> bool:
        return any(covers for _, covers in self._open)

    def _within(self, tag: str) -> bool:
        return any(name == tag for name, _ in self._open)

    def end_block(self) -> None:
        """What was gathered is a block, if it is anything."""
        text = "".join(self._words)
        self._words.clear()
        text = text.strip("\n") if self._within("pre") else TRAILING.sub("\n", text).strip()
        if text.strip() and self._length <= self._most:
            self.blocks.append(Block(self._kind(), text))
            self._length += len(text)

    def _kind(self) -> BlockKind:
        if self._within("pre"):
            return "code"
        if self._within("blockquote"):
            return "quote"
        return "item" if self._within("li") else "text"
