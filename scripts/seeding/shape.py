"""What the corpora are made of.

The texts are written in a small notation, read by `reading.py`:

- `«plant»` is a slot of the story, `«Plant»` the same with a capital; `«two|three»` is a choice made anew each time,
  and one way of it may be empty. Choices may hold slots and choices.
- Lines of one paragraph are joined, so sources may be wrapped; a line of `~` alone separates pieces.
- Slots: `name: one | two | three`, continued by lines that begin with `|`. With `lens / camera: a / b | c / d` both
  are chosen together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")

Theme = Literal[
    "garden",
    "cycling",
    "selfhost",
    "photo",
    "cooking",
    "language",
    "books",
    "hiking",
    "boardgames",
    "meetup",
    "code",
    "keyboards",
    "site",
]
THEMES: tuple[Theme, ...] = (
    "garden",
    "cycling",
    "selfhost",
    "photo",
    "cooking",
    "language",
    "books",
    "hiking",
    "boardgames",
    "meetup",
    "code",
    "keyboards",
    "site",
)

# What a topic wants: help, suggestions, to show something, one of two sides, opinions, or to let people know.
Mood = Literal["ask", "wanted", "share", "versus", "debate", "news"]
# What a reply does: advise, ask back, disagree kindly, tell what happened to oneself.
Kind = Literal["tip", "ask", "doubt", "tale"]
# The kinds that may be addressed to somebody who answered before; one asks back the author of the topic.
Leading = Literal["tip", "doubt", "tale"]


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of topic, with what people answer to it. `after` is what its author comes back with."""

    mood: Mood
    titles: str
    tags: str
    body: str
    slots: str = ""
    tips: str = ""
    asks: str = ""
    doubts: str = ""
    tales: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Chorus:
    """A theme: its stories, and answers that fit any of them (so they use no slots).

    Those `if_asked` answer only stories that want help or suggestions.
    """

    theme: Theme
    tags: str
    stories: tuple[Story, ...]
    tips: str = ""
    asks: str = ""
    doubts: str = ""
    tales: str = ""
    tips_if_asked: str = ""
    asks_if_asked: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A private conversation: titles, and what the two say in turn, separated by `~`."""

    titles: str
    turns: str
    slots: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """What people of one language say whatever the theme; one entry a line."""

    greetings: str
    goodbyes: Mapping[Mood, str]
    nods: Mapping[Mood, str]
    nods_anywhere: str
    nods_to_quote: str
    nods_to_question: str
    afterthoughts: str
    openers: Mapping[Kind, str]
    closers: Mapping[Kind, str]
    leads: Mapping[Leading, str]
    leads_to_nod: str
    leads_to_quote: str
    thanks: Mapping[Mood, str]
    letters: tuple[Letter, ...]
