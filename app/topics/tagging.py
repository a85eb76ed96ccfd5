"""Tags as they are typed, and under which name each stands now."""

from __future__ import annotations

import unicodedata
from typing import Final

from app.errors import Invalid
from app.web.i18n import N_, Text
from documents import Tag

TAGS_MAX: Final = 5
TAG_CHARS_MAX: Final = 30


def tags_from(text: str) -> list[str]:
    """Up to five tags, separated by commas of either script, or by spaces where there is none; folded, each once."""
    plain = unicodedata.normalize("NFKC", text).replace("、", ",").replace("，", ",").replace("#", " ")
    parts = plain.split(",") if "," in plain else plain.split()
    tags = list(dict.fromkeys("-".join(part.split()).casefold() for part in parts if part.strip()))
    if len(tags) > TAGS_MAX:
        raise Invalid(fields={"tags": Text(N_("Use at most %(count)s tags."), count=TAGS_MAX)})
    if any(len(tag) > TAG_CHARS_MAX or not _is_tag(tag) for tag in tags):
        raise Invalid(
            fields={
                "tags": Text(
                    N_("A tag has letters, digits and the signs - _ . + only, up to %(count)s characters."),
                    count=TAG_CHARS_MAX,
                )
            }
        )
    return tags


def _is_tag(tag: str) -> bool:
    if not any(letter.isalnum() for letter in tag):
        return False  # for /tags/.. a browser asks for what is above it
    return all(letter.isalnum() or letter in "-_.+" or unicodedata.category(letter)[0] == "M" for letter in tag)


async def standing_tags(tags: list[str]) -> list[str]:
    """What these tags are called now; `Invalid` for one that nobody may use."""
    named, barred = await Tag.standing(tags)
    if barred:
        text = N_("The tag “%(tag)s” cannot be used here. Please leave it out.")
        raise Invalid(fields={"tags": Text(text, tag=barred[0])})
    return named
