"""Small questions in words, for people who cannot see a picture: in their language, answered with a number."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from app.web.i18n import N_, Text

NUMBERS: Final = (
    *(N_("zero"), N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"), N_("eight")),
    *(N_("nine"), N_("ten"), N_("eleven"), N_("twelve"), N_("thirteen"), N_("fourteen"), N_("fifteen"), N_("sixteen")),
    *(N_("seventeen"), N_("eighteen"), N_("nineteen"), N_("twenty")),
)
PLUS: Final = N_("What is %(a)s plus %(b)s?")
MINUS: Final = N_("What is %(a)s minus %(b)s?")
LARGER: Final = N_("Which is larger, %(a)s or %(b)s?")
SMALLER: Final = N_("Which is smaller, %(a)s or %(b)s?")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and its answer in figures."""

    text: Text
    answer: str


def asked() -> Question:
    """Another question each time."""
    a, b = secrets.randbelow(len(NUMBERS)), secrets.randbelow(len(NUMBERS) - 1)
    b += b >= a  # two different ones
    text, answer = secrets.choice(
        ((PLUS, a + b), (MINUS, abs(a - b)), (LARGER, max(a, b)), (SMALLER, min(a, b))),
    )
    if text == MINUS:
        a, b = max(a, b), min(a, b)
    return Question(Text(text, a=Text(NUMBERS[a]), b=Text(NUMBERS[b])), str(answer))
