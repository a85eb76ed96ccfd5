"""What Markdown means here: mistune's CommonMark with the rules of this package. Source in, tokens out."""

from __future__ import annotations

from functools import cache
from typing import Any

from mistune import BlockParser, Markdown
from mistune.plugins import Plugin
from mistune.plugins.formatting import strikethrough
from mistune.plugins.task_lists import task_lists

from app.text.emphasis import Inline
from app.text.footnotes import collected_notes, footnotes
from app.text.formulas import formulas
from app.text.quotes import bbcode
from app.text.tables import tables
from app.text.urls import bare_urls

Token = dict[str, Any]

# Lists, quotes and marks inside one another. People get to five; the parser's recursion is bounded by it.
MAX_DEPTH = 12


def parse(source: str) -> list[Token]:
    """The tokens of a whole text; its footnotes are the last one, when it has any."""
    markdown = _markdown()
    tokens, state = markdown.parse(source)
    assert isinstance(tokens, list)
    if notes := collected_notes(markdown, state):
        tokens.append({"type": "footnotes", "children": notes})
    return tokens


@cache
def _markdown() -> Markdown:
    """The parser. It compiles its rules when it is first used (some 30 ms) and keeps nothing of what it parsed."""
    plugins: list[Plugin] = [bare_urls, bbcode, footnotes, formulas, strikethrough, tables, task_lists]
    block, inline = BlockParser(max_nested_level=MAX_DEPTH), Inline(max_nested_level=MAX_DEPTH)
    markdown = Markdown(renderer=None, block=block, inline=inline, plugins=plugins)
    # Everything may stand in a quote or a list that may stand outside.
    block.block_quote_rules = block.list_rules = block.rules
    return markdown
