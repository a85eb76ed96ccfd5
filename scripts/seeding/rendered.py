"""Markdown of the demo as HTML: each block of the bounded set is rendered once."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Final

from app.text.markdown import Person, Rendered, render
from app.text.segment import plain_of, words_of

EXCERPT_CHARS: Final = 280
KEPT: Final = 200_000
FOUND_BY_KEPT: Final = 50_000
PARAGRAPH: Final = "<p>"


class Renderer:
    """Renders blocks and puts them together; the result is what rendering the whole text gives."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        self._people = people
        self._kept: dict[str, Rendered] = {}

    def shared(self, block: str) -> Rendered:
        """A block that comes again."""
        found = self._kept.get(block)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            found = self._kept[block] = render(block, people=self._people)
        return found

    def personal(self, block: str, name: str | None = None) -> Rendered:
        """A block with a quotation in it, or one that begins by mentioning `name`."""
        if name is None or not block.startswith(f"@{name} "):
            return render(block, people=self._people)
        named, rest = self.shared(f"@{name}"), self.shared(block[len(name) + 2 :])
        if not rest.html.startswith(PARAGRAPH):
            return render(block, people=self._people)
        link = named.html.strip().removeprefix(PARAGRAPH).removesuffix("</p>")
        html = f"{PARAGRAPH}{link} {rest.html.removeprefix(PARAGRAPH)}"
        return Rendered(html=html, mentions=named.mentions, excerpt=f"{named.excerpt} {rest.excerpt}")

    def together(self, parts: Sequence[Rendered]) -> Rendered:
        """The blocks as one text."""
        mentions = tuple(dict.fromkeys(key for part in parts for key in part.mentions))
        excerpt = " ".join(part.excerpt for part in parts if part.excerpt)
        cut = excerpt if len(excerpt) <= EXCERPT_CHARS else excerpt[: EXCERPT_CHARS - 1].rstrip() + "…"
        return Rendered(html="\n".join(part.html.rstrip("\n") for part in parts) + "\n", mentions=mentions, excerpt=cut)


def words_among(parts: Sequence[Rendered], *beside: str) -> list[str]:
    """The words of the blocks as one text, with those of what stands `beside` it."""
    words = dict.fromkeys(words_of(*beside))
    for part in parts:
        words |= dict.fromkeys(_words_in(part.html))
    return list(words)


@functools.lru_cache(FOUND_BY_KEPT)
def _words_in(html: str) -> tuple[str, ...]:
    return tuple(words_of(plain_of(html)))
