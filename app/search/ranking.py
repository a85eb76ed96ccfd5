"""What one most probably wants: a number for each text that was found, worked out from a few facts about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.text.segment import Term

# In points. Something said in a title is what the topic is about; the rest decides among equals.
ALL_IN_TITLE: Final = 6.0
SOME_IN_TITLE: Final = 3.0
WHOLE_TITLE: Final = 2.0
AS_TYPED: Final = 2.5
OPENING: Final = 1.0
TITLED_OPENING: Final = 2.5
RECENT: Final = 2.0
LIKED: Final = 0.6
TALKED_ABOUT: Final = 0.4
# What is this old has lost half of what being recent gives.
HALF_LIFE_DAYS: Final = 180.0
POINTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Facts:
    """What the order depends on: `title_words` are those of the title and tags, `said` that it has it as typed."""

    at: datetime
    number: int
    like_count: int
    comment_count: int
    title_words: frozenset[str]
    said: bool = False


def score(facts: Facts, terms: Sequence[Term], moment: datetime) -> int:
    """Thousandths of points, so that a page can say exactly where it ended."""
    in_title = [term for term in terms if facts.title_words.issuperset(term.tokens)]
    points = 0.0
    if terms and len(in_title) == len(terms):
        points += ALL_IN_TITLE
        points += TITLED_OPENING * (facts.number == 1)
        points += WHOLE_TITLE * min(1.0, len(terms) / max(1, len(facts.title_words)))
    elif terms:
        points += SOME_IN_TITLE * len(in_title) / len(terms)
    points += AS_TYPED * facts.said + OPENING * (facts.number == 1)
    age = max(0.0, (moment - facts.at).total_seconds() / 86_400)
    points += RECENT * math.pow(0.5, age / HALF_LIFE_DAYS)
    points += LIKED * math.log2(1 + facts.like_count) + TALKED_ABOUT * math.log10(1 + facts.comment_count)
    return round(points * POINTS)


def share(terms: Sequence[Term], tokens: frozenset[str], weights: dict[str, float]) -> float:
    """How much of what was asked for a text has (0 to 1), where rare words weigh more."""
    whole = sum(weights[token] for term in terms for token in term.tokens)
    had = sum(weights[token] for term in terms for token in term.tokens if token in tokens)
    return had / whole if whole else 0.0


def weight(frequency: int, of: int) -> float:
    """What a word weighs that stands in so many texts of all."""
    return math.log(1 + of / (1 + frequency))
