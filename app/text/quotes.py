"""Blocks in square brackets, as in Discourse: `[quote="user, post:3, topic:42"]`, `[details="title"]`, `[spoiler]`.

They nest, hold any Markdown, and begin a line; what is not closed is text. Quorum itself quotes with the same syntax
and the topic's ObjectId.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from re import Match
from typing import Any

from mistune import BlockParser, BlockState, InlineParser, InlineState, Markdown

# Containers of any kind inside one another; mistune counts its lists and `>` quotes to the same limit.
_CONTAINERS = frozenset({"bbcode", "block_quote", "list"})
_OPENER = r"^ {0,3}\[(?i:quote|details|spoiler)(?:=[^\]\n]{0,300})?\]"
_TAG = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*$|`[^`\n]+`"
    r"|\[(?P<open>quote|details|spoiler)(?:=[^\]\n]{0,300})?\]|\[/(?P<close>quote|details|spoiler)\]",
    re.MULTILINE | re.IGNORECASE,
)
_ARGUMENT = re.compile(r"\[(\w+)(?:=(.*))?\]\Z", re.DOTALL)
_PROPERTY = re.compile(r"(post|topic|full|username|group)\s*:\s*(.*)", re.IGNORECASE)
_MARKS = "\"'“”„‘’ \t"
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Source:
    """Whom a quote is from and where it stands: as written, so unchecked. Empty where nothing is said."""

    name: str = ""
    topic: str = ""
    number: str = ""

    def url(self, topics: Mapping[str, str]) -> str:
        """The permalink of the quoted comment, or nothing; `topics` has the ids of topics imported under other ones."""
        topic = topics.get(self.topic, self.topic)
        if not _OBJECT_ID.fullmatch(topic):
            return ""
        return f"/topics/{topic}/n/{int(self.number)}" if self.number else f"/topics/{topic}"


def source_of(argument: str) -> Source:
    """Read `user, post:3, topic:42, full:true`."""
    names, found = [], {}
    for part in argument.strip(_MARKS).split(","):
        known = _PROPERTY.fullmatch(part.strip(_MARKS))
        if known:
            found[known[1].lower()] = known[2].strip(_MARKS)
        else:
            names.append(part.strip(_MARKS))
    number = found.get("post", "")
    name = found.get("username") or ", ".join(filter(None, names))
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    return Source(name[:100], found.get("topic", "").lower(), number if is_number else "")


class State(BlockState):
    """mistune's block state, which also knows where the bracket blocks of its text end."""

    closers: dict[int, tuple[int, int]] | None = None

    def closer_of(self, opener: int) -> tuple[int, int] | None:
        """Start and end of the closing tag of the block that begins with `[` at `opener`."""
        if self.closers is None:
            self.closers = _matched(self.src)
        return self.closers.get(opener)


def _matched(src: str) -> dict[int, tuple[int, int]]:
    """Every opening tag's closing one, in one pass: searching from each opener would be quadratic."""
    pairs: dict[int, tuple[int, int]] = {}
    waiting: list[tuple[str, int]] = []
    names: dict[str, int] = {}
    for kind, start, end in _tags(src):
        name = kind.lstrip("/")
        if not kind.startswith("/"):
            waiting.append((name, start))
            names[name] = names.get(name, 0) + 1
            continue
        while names.get(name):
            opened, at = waiting.pop()
            names[opened] -= 1
            if opened == name:
                pairs[at] = (start, end)
                break
    return pairs


def _tags(src: str) -> list[tuple[str, int, int]]:
    """The tags in `src`, without those in code: `quote` or `/quote`, start, end."""
    found, pos = [], 0
    while tag := _TAG.search(src, pos):
        pos = tag.end()
        if tag["fence"]:
            pos = _end_of_fence(src, tag["fence"], pos)
        elif tag["open"] or tag["close"]:
            name = tag["open"] or "/" + tag["close"]
            found.append((name.lower(), tag.start(), tag.end()))
    return found


def _end_of_fence(src: str, fence: str, pos: int) -> int:
    closing = re.compile(rf"^ {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*$", re.MULTILINE).search(src, pos)
    return closing.end() if closing else len(src)


def parse_bbcode(block: BlockParser, found: Match[str], state: BlockState) -> int | None:
    """The block rule."""
    assert isinstance(state, State)
    start = found.end() - len(found[0].lstrip())
    closer = state.closer_of(start)
    tag = _ARGUMENT.match(found[0].strip())
    if closer is None or tag is None:
        return None
    name, body = tag[1].lower(), state.src[found.end() : closer[0]]
    if name == "spoiler" and not body.startswith("\n"):
        return None
    child = state.child_state(body.lstrip(" \t").removeprefix("\n").rstrip() + "\n")
    deep = state.depth() >= block.max_nested_level - 1
    block.parse(child, [rule for rule in block.rules if not (deep and rule in _CONTAINERS)])
    state.append_token({"type": name, "children": child.tokens, "attrs": {"argument": tag[2] or ""}})
    return _end_of_line(state, closer[1])


def _end_of_line(state: BlockState, pos: int) -> int:
    """`pos`, or the beginning of the next line where nothing else is on this one."""
    end = state.find_line_end_at(pos)
    return end if not state.src[pos:end].strip() else pos


def parse_inline_spoiler(inline: InlineParser, found: Match[str], state: InlineState) -> int | None:
    """`[spoiler]…[/spoiler]` within a paragraph."""
    start = found.start() + len("[spoiler]")
    close = state.delimiters.find("[/spoiler]", start)
    if close is None or state.depth >= inline.max_nested_level:
        return inline.parse_link(found, state)
    inner = state.copy()
    inner.src = state.src[start:close]
    children: list[dict[str, Any]] = inline.render(inner)
    state.append_token({"type": "inline_spoiler", "children": children})
    return close + len("[/spoiler]")


def bbcode(md: Markdown) -> None:
    """Plugin: both rules. Needs `State` as the block parser's state."""
    md.block.state_cls = State
    md.block.register("bbcode", _OPENER, parse_bbcode, before="indent_code")
    md.inline.register("spoiler", r"\[(?=spoiler\])", parse_inline_spoiler, before="link", start_chars="[")
