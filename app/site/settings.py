"""The settings that are in force: those of the environment, with what administrators have set before them.

Whoever has the settings of the environment asks `effective` for these; in a request, `plumbing().settings` are these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from app.settings import Settings

Languages = Literal["both", "en", "zh"]
# What follows from others; nobody sets it.
MADE: Final = ("announcement_html_en", "announcement_html_zh", "announcement_mark")


class SiteSettings(Settings):
    """With what has no place in the environment. Texts come in both languages; an empty one is said in the other."""

    languages: Languages = "both"
    logo: str = ""
    signup_note_en: str = ""
    signup_note_zh: str = ""
    announcement_en: str = ""
    announcement_zh: str = ""
    announcement_html_en: str = ""
    announcement_html_zh: str = ""
    announcement_mark: str = ""
    names_moderators: bool = False
    read_only: bool = False
    read_only_note_en: str = ""
    read_only_note_zh: str = ""

    def said(self, name: str, locale: str) -> str:
        """A text in this language, else in the other; empty when it is in neither."""
        other = "en" if locale == "zh" else "zh"
        return str(getattr(self, f"{name}_{locale}") or getattr(self, f"{name}_{other}"))

    @property
    def registers(self) -> bool:
        """Whether people can sign up now."""
        return self.registration == "open"


def merged(environment: Settings, values: Mapping[str, Any], made: Mapping[str, Any]) -> SiteSettings:
    """The settings of the environment with these before them; nothing is read from anywhere."""
    derived = {name: made[name] for name in MADE if name in made}
    return SiteSettings.model_construct(**{**dict(environment), **values, **derived})
