"""Emphasis beside Chinese punctuation, and escapes that stay what they are.

CommonMark decides by the characters around a run of `*` whether it can open or close. A run between punctuation and a
letter only faces one way, which is right where words have spaces around them and wrong in `**你好。**世界`. So where
one of the two is CJK, an invisible token is put between the run and the letter; mistune counts any token as
punctuation, and the run can face both ways. Nothing changes for text without CJK.
"""

from __future__ import annotations

from re import Match
from typing import Any

from mistune import InlineParser, InlineState

from app.text.cjk import is_cjk, is_punctuation

# Escaped, these are still part of a name: `@bob\_smith`.
_NAME_PUNCTUATION = frozenset("_.-")


# Runs of `*` and `_` in one paragraph; where there are more, all are text. Beyond its depth mistune looks at everything
# inside again for each run: 8,000 took six seconds.
MAX_RUNS = 500


class Inline(InlineParser):
    """mistune's inline parser with the two rules of this module, and a limit."""

    def parse_emphasis(self, m: Match[str], state: InlineState) -> int:
        """A run of `*` or `_`, with the invisible token on its letter's side where one is needed."""
        before, after = state.src[m.start() - 1 : m.start()], state.src[m.end() : m.end() + 1]
        mended = m[0][0] == "*" and _faces_only_one_way(before, after)
        if mended and is_punctuation(after):
            state.append_token({"type": "nothing"})
        end = super().parse_emphasis(m, state)
        if mended and is_punctuation(before):
            state.append_token({"type": "nothing"})
        return end

    def parse_escape(self, m: Match[str], state: InlineState) -> int:
        r"""Escaped punctuation: a token of its own, so that `\@bob` and `\:smile:` cannot become more than text."""
        chars = m[0][1::2]
        if _NAME_PUNCTUATION.issuperset(chars):
            self.process_text(chars, state, parse_emphasis=False)
        else:
            state.append_token({"type": "escaped", "raw": chars})
        return m.end()

    def finalize_tokens(self, tokens: list[dict[str, Any]], depth: int) -> list[dict[str, Any]]:
        """Find the emphasis in the tokens of a paragraph or link."""
        runs = sum(token["type"] == "text" and token["raw"][:1] in ("*", "_") for token in tokens)
        return super().finalize_tokens(tokens, depth if runs <= MAX_RUNS else self.max_nested_level)


def _faces_only_one_way(before: str, after: str) -> bool:
    """Whether a run between these two would face one way only, and one of them is written without spaces."""
    if not before or not after or before.isspace() or after.isspace():
        return False
    return is_punctuation(before) != is_punctuation(after) and (is_cjk(before) or is_cjk(after))
