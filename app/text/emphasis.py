"""Emphasis beside Chinese punctuation, and escapes that stay what they are.

CommonMark decides by the characters around a run of `*` whether it can open or close. A run between punctuation and a
letter only faces one way, which is right where words have spaces around them and wrong in `**你好。**世界`. So where
one of the two is CJK, an invisible token is put between the run and the letter; mistune counts any token as punctuation,
and the run can face both ways. Nothing changes for text without CJK.
"""

from __future__ import annotations

from re import Match

from mistune import InlineParser, InlineState

from app.text.cjk import is_cjk, is_punctuation

# Escaped, these are still part of a name or word: `@bob\\_smith`.
_NAME_PUNCTUATION = frozenset("_.-")


class Inline(InlineParser):
    """mistune's inline parser with the two rules of this module."""

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
        """Escaped punctuation: a token of its own, so that `\\@bob` and `\\:smile:` cannot become more than text."""
        chars = m[0][1::2]
        if _NAME_PUNCTUATION.issuperset(chars):
            self.process_text(chars, state, parse_emphasis=False)
        else:
            state.append_token({"type": "escaped", "raw": chars})
        return m.end()


def _faces_only_one_way(before: str, after: str) -> bool:
    """Whether a run between these two would face one way only, and one of them is written without spaces."""
    if not before or not after or before.isspace() or after.isspace():
        return False
    return is_punctuation(before) != is_punctuation(after) and (is_cjk(before) or is_cjk(after))
