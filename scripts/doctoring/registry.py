"""THE list of what has to be true. A feature that promises something adds its checks here."""

from typing import Final

from scripts.doctoring import comments, conversations, files, ids, indexes, mail, notices, people, rest, topics
from scripts.doctoring.check import Check, Whole

# In this order things are mended: what leads nowhere goes first, what is counted is counted last.
CHECKS: Final[tuple[Check | Whole, ...]] = (
    *indexes.CHECKS,
    *ids.checks(),
    *comments.CHECKS,
    *notices.CHECKS,
    *mail.CHECKS,
    *conversations.CHECKS,
    *files.CHECKS,
    *topics.CHECKS,
    *people.CHECKS,
    *rest.CHECKS,
)
