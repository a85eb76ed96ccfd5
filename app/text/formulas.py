r"""Formulas: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` on their own. Shown as their source.

`$` is also money, so a formula begins and ends at a non-space, not beside a letter or digit on the outside, and has no
Chinese punctuation in it: none of `$5 and $10`, `US$5`, `$HOME/$USER` and `我有$5，他有$6。` is one.
"""

from __future__ import annotations

from re import Match

from mistune import BlockParser, BlockState, InlineParser, InlineState, Markdown

from app.text.cjk import CJK_STOPS

MAX_INLINE = 1000

_INLINE_DOLLARS = (
    rf"(?<![A-Za-z0-9$])\$(?:\$(?P<display>(?:[^$\\]|\\.){{1,{MAX_INLINE}}}?)\$"
    rf"|(?=\S)(?P<formula>(?:[^$\\\n{CJK_STOPS}]|\\[^\n]){{1,{MAX_INLINE}}}?)(?<!\s))\$(?![A-Za-z0-9$])"
)
_BLOCK_OPENER = r"^ {0,3}(?:\$\$|(?:\\\[|\$)(?=[ \t]*$))"
_CLOSERS = {"$$": "$$", "$": "$", r"\[": r"\]"}


def parse_dollars(inline: InlineParser, found: Match[str], state: InlineState) -> int:
    """`$…$` or `$$…$$` within a paragraph."""
    formula = found["formula"] if found["formula"] is not None else found["display"]
    state.append_token({"type": "formula", "raw": formula.strip()})
    return found.end()


def parse_parentheses(inline: InlineParser, found: Match[str], state: InlineState) -> int:
    r"""`\(…\)`; without its other end it is an escaped parenthesis."""
    close = state.delimiters.find(r"\)", found.end())
    formula = state.src[found.end() : close] if close is not None and close - found.end() <= MAX_INLINE else ""
    if not formula.strip() or close is None:
        state.append_token({"type": "escaped", "raw": "("})
        return found.end()
    state.append_token({"type": "formula", "raw": formula.strip()})
    return close + 2


def parse_display(block: BlockParser, found: Match[str], state: BlockState) -> int | None:
    r"""`$$…$$`, or `\[…\]` and `$…$` each alone on its line."""
    start, closer = found.end(), _CLOSERS[found[0].strip()]
    # Only the nearest: looking further would make many of these quadratic.
    close = state.src.find(closer, start)
    formula, end = state.src[start:close], state.find_line_end_at(close)
    if close < 0 or not formula.strip() or state.src[close + len(closer) : end].strip():
        return None
    if "\n\n" in formula and formula.split("\n", 1)[0].strip():
        return None
    state.append_token({"type": "display_formula", "raw": formula.strip("\n")})
    return end


def formulas(md: Markdown) -> None:
    """Plugin: the three rules."""
    md.inline.register("parentheses", r"\\\(", parse_parentheses, before="escape", start_chars="\\")
    md.inline.register("dollars", _INLINE_DOLLARS, parse_dollars, before="escape", start_chars="$")
    md.block.register("display", _BLOCK_OPENER, parse_display, before="list")
