"""What the generator gives: topics, replies and conversations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.seeding.shape import Lang, Mood, Theme

QUOTE_LENGTH = 140
# Twenty Chinese letters or sixty Latin ones.
QUOTE_BYTES_MIN = 60

FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
MARKUP = re.compile(r"[*`<>~]+")
UNQUOTED = ("- ", "> ", "|", "#", "@", "1.", ":")
SENTENCE = re.compile(r"[.!?](?= |$)|[。！？…]")


@dataclass(slots=True)
class Memory:
    """What was already answered in a topic: what is left in each deck, and the number of replies."""

    decks: dict[str, list[int]] = field(default_factory=dict)
    replies: int = 0

    def deck(self, name: str) -> list[int]:
        """The numbers left in a deck."""
        return self.decks.setdefault(name, [])


@dataclass(frozen=True, slots=True)
class TopicText:
    """A topic. The `blocks` of its body render independently; `memory` keeps its replies from repeating themselves."""

    lang: Lang
    theme: Theme
    mood: Mood
    title: str
    tags: tuple[str, ...]
    blocks: tuple[str, ...]
    plot: int
    cast: Mapping[str, str] = field(repr=False)
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)

    @property
    def body(self) -> str:
        """The Markdown of the opening post."""
        return "\n\n".join(self.blocks)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: first what holds a name or a quotation, then blocks out of a bounded set. Each renders by itself."""

    personal: tuple[str, ...]
    shared: tuple[str, ...]
    mentions: str | None = None

    @property
    def blocks(self) -> list[str]:
        """All blocks in order."""
        return [*self.personal, *self.shared]

    @property
    def body(self) -> str:
        """The Markdown of the whole reply."""
        return "\n\n".join(self.blocks)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A private conversation of two, who write in turn."""

    lang: Lang
    title: str
    bodies: tuple[str, ...]


def quoted(text: str) -> str | None:
    """A sentence or two of a comment as a Markdown quote of one line, or None where nothing in it is worth quoting."""
    paragraphs = [" ".join(MARKUP.sub("", each).split()) for each in _prose(text)]
    plain = next((each for each in paragraphs if len(each.encode()) >= QUOTE_BYTES_MIN), None)
    if plain is None:
        return None
    ends = [found.end() for found in SENTENCE.finditer(plain) if found.end() <= QUOTE_LENGTH]
    return "> " + (plain[: ends[-1]] if ends else _shortened(plain))


def _prose(text: str) -> list[str]:
    return [each for each in FENCED.sub("", text).split("\n\n") if not each.startswith(UNQUOTED)]


def _shortened(plain: str) -> str:
    if len(plain) <= QUOTE_LENGTH:
        return plain
    whole_words, _, _ = plain[:QUOTE_LENGTH].rpartition(" ")
    return (whole_words or plain[:QUOTE_LENGTH]) + "…"
