"""Inline tokens → HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import unquote

from app.text import rawhtml
from app.text.excerpt import text_of
from app.text.images import image_of
from app.text.model import NO_PICTURES, Person, Picture
from app.text.pictures import Shown, shown
from app.text.urls import is_external, is_safe
from app.text.words import linked, merged, spoken

Token = dict[str, Any]


@dataclass(slots=True)
class Writing:
    """What one text is written with, and what is found out on the way."""

    people: Mapping[str, Person]
    topics: Mapping[str, str]
    prefix: str
    origin: str
    pictures: Mapping[str, Picture] = field(default_factory=lambda: NO_PICTURES)
    mentioned: dict[str, None] = field(default_factory=dict)
    quoted: dict[tuple[str, int], None] = field(default_factory=dict)
    # Characters of addresses and titles that may still be written. A reference is three characters, `[a]`, and what it
    # refers to is written out each time.
    address_characters: int = 200_000
    # CPU time that may still go into colours. An ordinary block takes 2 to 10 ms; hostile ones are left plain.
    highlight_seconds: float = 0.4
    # The levels of the heading that was written last and of those it stands below.
    headings: list[int] = field(default_factory=list)


class InlineWriter:
    """Writes inline tokens: one method a token type, named like it after an underscore."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self._in_link = 0
        self._in_quote = 0

    def write(self, tokens: list[Token]) -> str:
        """The HTML of tokens of any type this class has a method for."""
        return "".join(self._method(token)(token) for token in tokens)

    def _method(self, token: Token) -> Callable[[Token], str]:
        method: Callable[[Token], str] = getattr(self, "_" + token["type"])
        return method

    def children(self, token: Token) -> str:
        """The HTML of the inline tokens in `token`."""
        tokens = merged(token["children"])
        tags = [token for token in tokens if token["type"] == "inline_html"]
        pieces = [rawhtml.Piece(tag["raw"]) for tag in tags]
        rawhtml.settle(pieces, rawhtml.PHRASES)
        for tag, piece in zip(tags, pieces, strict=True):
            tag["html"] = piece.html
        return self.write(tokens)

    @contextmanager
    def _quoting(self) -> Iterator[None]:
        self._in_quote += 1
        yield
        self._in_quote -= 1

    def _text(self, token: Token) -> str:
        if self._in_link or self._in_quote:
            return spoken(token["raw"])
        return linked(token["raw"], self.writing.people, self.writing.mentioned)

    def _escaped(self, token: Token) -> str:
        return escape(token["raw"])

    def _nothing(self, token: Token) -> str:
        return ""

    def _inline_html(self, token: Token) -> str:
        return escape(token["raw"]) if token["html"] is None else str(token["html"])

    def _linebreak(self, token: Token) -> str:
        return "<br>\n"

    _softbreak = _linebreak

    def _emphasis(self, token: Token) -> str:
        return f"<em>{self.children(token)}</em>"

    def _strong(self, token: Token) -> str:
        return f"<strong>{self.children(token)}</strong>"

    def _strikethrough(self, token: Token) -> str:
        return f"<del>{self.children(token)}</del>"

    def _codespan(self, token: Token) -> str:
        return f"<code>{escape(token['raw'])}</code>"

    def _formula(self, token: Token) -> str:
        return f'<code class="math">{escape(token["raw"])}</code>'

    def _inline_spoiler(self, token: Token) -> str:
        return f'<span class="spoiler" tabindex="0">{self.children(token)}</span>'

    def _link(self, token: Token) -> str:
        url, title = token["attrs"]["url"], token["attrs"].get("title")
        inside = self._in_link or not self._may_lead_to(url, title)
        self._in_link += not inside
        # Discourse marks the link to an uploaded file.
        words = self.children(token).removesuffix("|attachment")
        self._in_link -= not inside
        return words if inside else f"<a{self._href(url)}{_attribute('title', title)}>{words}</a>"

    def _image(self, token: Token) -> str:
        url, title = token["attrs"]["url"], token["attrs"].get("title")
        image = image_of(text_of(token["children"]))
        # An address the browser could not load (such as Discourse's upload://) leaves its description.
        if not self._may_lead_to(url, title) or url.startswith("mailto:"):
            return escape(image.alt)
        if image.is_file:
            name = escape(image.alt or unquote(url))
            return name if self._in_link else f"<a{self._href(url)}>{name}</a>"
        ours = self._ours(url)
        if ours is not None:
            return ours.html(image, title, linked=not self._in_link)
        size = _attribute("width", image.width) + _attribute("height", image.height)
        return (
            f'<img src="{escape(url)}" alt="{escape(image.alt)}"{_attribute("title", title)}{size}'
            ' loading="lazy" decoding="async" referrerpolicy="no-referrer">'
        )

    def _ours(self, url: str) -> Shown | None:
        return shown(url, self.writing.origin, self.writing.pictures) if self.writing.pictures else None

    def is_picture(self, token: Token) -> bool:
        """Whether a token is an uploaded picture."""
        return token["type"] == "image" and self._ours(token["attrs"]["url"]) is not None

    def _may_lead_to(self, url: str, title: str | None) -> bool:
        self.writing.address_characters -= len(url) + len(title or "")
        return self.writing.address_characters >= 0 and is_safe(url)

    def _href(self, url: str) -> str:
        rel = ' rel="nofollow noopener ugc"' if is_external(url, self.writing.origin) else ""
        return f' href="{escape(url)}"{rel}'

    def _footnote_reference(self, token: Token) -> str:
        number, nth = token["attrs"]["number"], token["attrs"]["nth"]
        if self._in_link:
            return f'<sup class="footnote">{number}</sup>'
        prefix = escape(self.writing.prefix)
        own_id = f"{prefix}fnref-{number}" + (f"-{nth}" if nth > 1 else "")
        return f'<sup class="footnote" id="{own_id}"><a href="#{prefix}fn-{number}">{number}</a></sup>'

    def _footnote_back(self, token: Token) -> str:
        number = token["number"]
        target = f"{escape(self.writing.prefix)}fnref-{number}"
        return f' <a class="footnote-back" href="#{target}" role="doc-backlink" aria-label="↩ {number}">↩</a>'


def _attribute(name: str, value: object) -> str:
    return "" if value is None or value == "" else f' {name}="{escape(str(value))}"'
