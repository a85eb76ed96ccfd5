"""Tables as GitHub and Discourse read them: a row may be shorter than the head, and need not begin with a pipe."""

from __future__ import annotations

import re
from re import Match
from typing import Any

from mistune import BlockParser, BlockState, Markdown

# A head with more columns is not a table. Short rows are never filled up: that would let 50 kB become gigabytes.
MAX_COLUMNS = 100

_HEAD_AND_RULE = r"^ {0,3}(?=[^\n|]*\|)[^\n]*\n {0,3}[|:\-][|: \t\-]*(?:\n|$)"
_RULE_CELL = re.compile(r"(:?)-+(:?)")
_ALIGNMENTS = {(":", ":"): "center", ("", ":"): "right"}
_PIPE = re.compile(r"(?<!\\)\|")
_ENDS_TABLE = ["fenced_code", "atx_heading", "thematic_break", "block_quote", "list", "bbcode"]


def parse_table(block: BlockParser, found: Match[str], state: BlockState) -> int | None:
    """A head, a rule of dashes with as many columns, and every line up to a blank one or another block."""
    head, rule = found[0].rstrip("\n").split("\n")
    columns = [_RULE_CELL.fullmatch(cell) for cell in _cells(rule)]
    titles = _cells(head)
    if len(titles) != len(columns) or len(columns) > MAX_COLUMNS or "|" not in head + rule:
        return None
    aligned = [column and _ALIGNMENTS.get((column[1], column[2])) for column in columns if column]
    if len(aligned) < len(columns):
        return None
    rows, end = _body(block, state, found.end(), aligned)
    parts = [{"type": "table_head", "children": [_row(titles, aligned)]}]
    if rows:
        parts.append({"type": "table_body", "children": rows})
    state.append_token({"type": "table", "children": parts})
    return end


def _body(block: BlockParser, state: BlockState, pos: int, aligned: list[Any]) -> tuple[list[dict[str, Any]], int]:
    rows: list[dict[str, Any]] = []
    other_block = block.compile_sc(_ENDS_TABLE)
    while pos < state.cursor_max and not other_block.match(state.src, pos):
        line = state.get_line(pos)
        if not line.strip():
            break
        rows.append(_row(_cells(line), aligned))
        pos += len(line)
    return rows, pos


def _row(cells: list[str], aligned: list[Any]) -> dict[str, Any]:
    pairs = zip(cells, aligned, strict=False)
    return {
        "type": "table_row",
        "children": [{"type": "table_cell", "text": cell, "attrs": {"align": align}} for cell, align in pairs],
    }


def _cells(line: str) -> list[str]:
    r"""The cells of a row. A pipe in a cell is written `\|`, in code too."""
    text = line.strip()
    text = text.removeprefix("|")
    text = text[:-1] if text.endswith("|") and not text.endswith("\\|") else text
    return [cell.strip().replace("\\|", "|") for cell in _PIPE.split(text)]


def tables(md: Markdown) -> None:
    """Plugin: the rule, after all others."""
    md.block.register("table", _HEAD_AND_RULE, parse_table)
