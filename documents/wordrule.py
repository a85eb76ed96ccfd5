"""Rules for words and patterns: what happens to a text that has one of them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from documents.base import Id, Record, index

Action = Literal["block", "hold", "replace", "flag"]


class WordRule(Record):
    """`words` as an administrator wrote them, and what is done; `key` is what makes two rules the same.

    block: the text is not taken. hold: it waits for approval. replace: `replacement` stands in their place. flag: it
    appears, and moderators get a report. `pattern`: the words are a regular expression of app.text.patterns, and the
    replacement may name its groups.
    """

    words: str
    key: str
    action: Action
    replacement: str = ""
    pattern: bool = False
    made_by: Id
    made_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "word_rules"
        indexes: ClassVar = [index("key", unique=True)]
