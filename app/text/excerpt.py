"""Tokens → plain text: the beginning of a comment in a list, and the description of an image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mistune.util import unescape

from app.text.model import EXCERPT_LENGTH, folded
from app.text.shortcodes import emojized

Token = dict[str, Any]

# What is not the writer's own words, or cannot be read without its form.
_LEFT_OUT = frozenset(
    {"block_code", "block_quote", "quote", "spoiler", "inline_spoiler", "display_formula", "footnotes", "inline_html"}
    | {"block_html", "image"}
)
_AS_TYPED = frozenset({"codespan", "formula", "escaped"})
_WITHIN_A_LINE = frozenset({"emphasis", "strong", "strikethrough", "link"})


def excerpt_of(tokens: list[Token]) -> str:
    """The first words of a text, at most 280 characters, without quotes and code."""
    text = ""
    for words in _own_words(tokens):
        text += words
        if len(text) > 2 * EXCERPT_LENGTH:
            break
    return folded(text)


def text_of(tokens: list[Token]) -> str:
    """All the text in inline tokens."""
    parts: list[str] = []
    for token in tokens:
        if token["type"] == "text":
            parts.append(emojized(unescape(token["raw"])))
        elif token["type"] in _AS_TYPED:
            parts.append(token["raw"])
        else:
            text = text_of(token["children"]) if "children" in token else " " * token["type"].endswith("break")
            parts.append(text.removesuffix("|attachment"))
    return "".join(parts)


def _own_words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token["type"] in _LEFT_OUT:
            continue
        if "children" in token and token["type"] not in _WITHIN_A_LINE:
            yield from _own_words(token["children"])
            yield " "
        else:
            yield text_of([token])
