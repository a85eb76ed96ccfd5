"""Why something can be reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.web.i18n import N_

REASONS: Final[Mapping[str, str]] = {
    "spam": N_("Spam or advertising"),
    "rude": N_("Insults, hate or harassment"),
    "harm": N_("Threats or danger to somebody"),
    "private": N_("Somebody’s private data"),
    "copied": N_("Copied from somebody else"),
    "place": N_("In the wrong place"),
    "other": N_("Something else"),
}
WORDS_MAX: Final = 500
