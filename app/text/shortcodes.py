"""Emoji shortcodes: `:smile:` → 😄, by the names that GitHub, Discourse and Unicode (CLDR) use."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from re import Match

# One or several directly after one another. Beside a letter or colon it is something else: `std::cat::paw`, `10:30:45`.
_SHORTCODES = re.compile(r"(?<![A-Za-z0-9_:])(?::[a-z0-9_+\-]{1,60}:)+(?![A-Za-z0-9_:])")
_ONE = re.compile(r":([a-z0-9_+\-]{1,60}):")

# Discourse's own names for what others call otherwise.
_DISCOURSE = {
    "slight_smile": "🙂",
    "slight_frown": "🙁",
    "upside_down": "🙃",
    "roll_eyes": "🙄",
    "thinking": "🤔",
    "hugs": "🤗",
    "nerd": "🤓",
    "shrug": "🤷",
    "facepalm": "🤦",
    "face_palm": "🤦",
    "rofl": "🤣",
    "zipper_mouth": "🤐",
    "heavy_check_mark": "✔️",
    "cowboy_hat_face": "🤠",
    "frowning_face": "☹️",
    "man_shrugging": "🤷‍♂️",
    "woman_shrugging": "🤷‍♀️",
    "bulb": "💡",
}


def emojized(text: str) -> str:
    """`text` with every known shortcode replaced; unknown ones stay as they are."""
    return _SHORTCODES.sub(lambda run: _ONE.sub(_emoji, run[0]), text) if text.count(":") > 1 else text


def _emoji(code: Match[str]) -> str:
    return _emoji_by_name().get(code[1], code[0])


@cache
def _emoji_by_name() -> dict[str, str]:
    """Name → emoji. Built when the first shortcode is met, because importing the data takes 40 ms."""
    from emoji import EMOJI_DATA

    names = {
        name.strip(":").lower(): char
        for char, entry in EMOJI_DATA.items()
        for name in [*entry.get("alias", ()), entry["en"]]
    }
    return names | {name: char for name, char in _DISCOURSE.items() if name not in names}


@lru_cache(512)
def emoji_named(part: str, limit: int = 8) -> list[tuple[str, str]]:
    """(name, emoji) of those whose names begin with `part`, shortest first, then of those that have it within."""
    if not part:
        return []
    wanted = part.replace("-", "_")
    known = _emoji_by_name().items()
    found = [(not name.startswith(wanted), len(name), name, char) for name, char in known if wanted in name]
    once: dict[str, str] = {}
    for _, _, name, char in sorted(found):
        once.setdefault(char, name)
        if len(once) == limit:
            break
    return [(name, char) for char, name in once.items()]
