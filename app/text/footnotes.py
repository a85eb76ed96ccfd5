"""Footnotes: `[^key]` with a definition `[^key]: text` anywhere, or `^[text]` on the spot.

They are numbered in the order in which they are first referred to.
"""

from __future__ import annotations

import re
from re import Match
from typing import Any

from mistune import BlockParser, BlockState, InlineParser, InlineState, Markdown
from mistune.util import unikey

MAX_NOTES = 200

_KEY = r"[^\]\[\s\\]{1,100}"
_DEFINITION = (
    rf"^ {{0,3}}\[\^(?P<note_key>{_KEY})\]:[ \t]*"
    r"(?P<note_text>[^\n]*(?:\n|$)(?:(?:[ \t]*\n)*(?: {2,}|\t)[ \t]*\S[^\n]*(?:\n|$))*)"
)
_REFERENCE = re.compile(rf"\[\^({_KEY})\]")
# One pair of brackets may be inside, so that a note can have a link.
_ON_THE_SPOT = r"\^\[(?P<note_here>(?:[^\[\]\n\\]|\\.|\[[^\[\]\n]{0,500}\]){1,1000})\]"
_INDENT = re.compile(r"^(?: {1,4}|\t)", re.MULTILINE)


def parse_definition(block: BlockParser, found: Match[str], state: BlockState) -> int:
    """Remember the note; the first of several with one key counts."""
    state.env.setdefault("notes", {}).setdefault(unikey(found["note_key"]), found["note_text"])
    return found.end()


def parse_reference(inline: InlineParser, found: Match[str], state: InlineState) -> int:
    """A number that leads to the note, or, where there is none, the bracket of a link."""
    key = _REFERENCE.match(state.src, found.start())
    if key is None or unikey(key[1]) not in state.env.get("notes", {}):
        return inline.parse_link(found, state) or found.end()
    _refer(unikey(key[1]), key[0], state)
    return key.end()


def parse_on_the_spot(inline: InlineParser, found: Match[str], state: InlineState) -> int:
    """A note written where it belongs."""
    # No key that can be typed has a space.
    key = f"here {found.start()} {len(state.env.get('note_order', ()))}"
    state.env.setdefault("notes", {})[key] = found["note_here"]
    _refer(key, found[0], state)
    return found.end()


def _refer(key: str, source: str, state: InlineState) -> None:
    order: dict[str, int] = state.env.setdefault("note_order", {})
    if key not in order and len(order) >= MAX_NOTES:
        state.append_token({"type": "escaped", "raw": source})
        return
    counts: dict[str, int] = state.env.setdefault("note_counts", {})
    counts[key] = counts.get(key, 0) + 1
    number = order.setdefault(key, len(order) + 1)
    state.append_token({"type": "footnote_reference", "attrs": {"number": number, "nth": counts[key]}})


def collected_notes(markdown: Markdown, state: BlockState) -> list[dict[str, Any]]:
    """The notes that were referred to, parsed. They may refer to others, so the list grows while it is read."""
    order: dict[str, int] = state.env.get("note_order", {})
    notes: list[dict[str, Any]] = []
    while len(notes) < len(order):
        key = list(order)[len(notes)]
        child = state.child_state(_INDENT.sub("", state.env["notes"][key]).strip() + "\n")
        markdown.block.parse(child)
        children = markdown.render_state(child)
        notes.append({"type": "footnote", "children": children, "attrs": {"number": order[key]}})
    return notes


def footnotes(md: Markdown) -> None:
    """Plugin: the three rules. `collected_notes` is called when everything else is parsed."""
    md.block.register("definition", _DEFINITION, parse_definition, before="ref_link")
    md.inline.register("on_the_spot", _ON_THE_SPOT, parse_on_the_spot, before="link", start_chars="^")
    md.inline.register("reference", r"\[(?=\^)", parse_reference, before="link", start_chars="[")
