"""Every setting that administrators can change, by section: its kind, its words and its bounds.

What the environment can set too has its bounds there (app.settings); its value there is the default here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from annotated_types import Ge, Le

from app.settings import FORM_BYTES_A_CHAR, FORM_REST_BYTES, UPLOAD_TYPES, Settings
from app.site.settings import SiteSettings
from app.text.marks import N_

Kind = Literal["line", "markdown", "choice", "number", "many", "switch"]
LINE_CHARS: Final = 60
NOTE_CHARS: Final = 300
ANNOUNCEMENT_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `most` bounds a text in characters; `choices` are values with their words."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 0

    @property
    def from_environment(self) -> bool:
        """Whether the environment says what it is as long as nobody has set it."""
        return self.name in Settings.model_fields

    @property
    def variable(self) -> str:
        """What it is called there."""
        return f"QUORUM_{self.name.upper()}" if self.from_environment else ""

    def bounds(self, environment: Settings) -> tuple[int, int]:
        """The least and the most of a number."""
        metadata = Settings.model_fields[self.name].metadata
        low = next(int(str(rule.ge)) for rule in metadata if isinstance(rule, Ge))
        high = next(int(str(rule.le)) for rule in metadata if isinstance(rule, Le))
        if self.name == "max_body_chars":  # a form has to hold it
            high = min(high, (environment.max_form_kib * 1024 - FORM_REST_BYTES) // FORM_BYTES_A_CHAR)
        return low, high


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that are changed together."""

    key: str
    title: str
    sentence: str
    settings: tuple[Setting, ...]


_GENERAL: Final = (
    Setting("site_name", "line", N_("Name"), N_("Shown at the top of every page and in e-mails."), most=LINE_CHARS),
    Setting(
        "languages",
        "choice",
        N_("Languages"),
        N_("In which languages the pages can be read. What people write is not changed by it."),
        (("both", N_("Chinese and English")), ("zh", N_("Chinese only")), ("en", N_("English only"))),
    ),
    Setting(
        "default_locale",
        "choice",
        N_("Language for everybody else"),
        N_("For browsers that ask for neither."),
        (("en", N_("English")), ("zh", N_("Chinese"))),
    ),
)
_SIGNUP: Final = (
    Setting(
        "registration",
        "choice",
        N_("Signing up"),
        N_("“Paused” is for a while, “closed” for good: both say so on the page, with your sentence."),
        (("open", N_("Open to everybody")), ("paused", N_("Paused")), ("closed", N_("Closed"))),
    ),
    Setting("signup_note_en", "line", N_("Why one cannot sign up, in English"), most=NOTE_CHARS),
    Setting("signup_note_zh", "line", N_("Why one cannot sign up, in Chinese"), most=NOTE_CHARS),
    Setting(
        "email_confirmation",
        "choice",
        N_("Confirming the e-mail address"),
        "",
        (
            ("required", N_("Required: nobody can post before that")),
            ("optional", N_("Optional: the e-mail is sent, nothing is restricted")),
            ("off", N_("Off: no e-mail is sent")),
        ),
    ),
    Setting(
        "signups_before_captcha",
        "number",
        N_("Sign-ups before a captcha"),
        N_("Per address and hour."),
    ),
)
_WRITING: Final = (
    Setting("max_body_chars", "number", N_("Longest text, in characters")),
    Setting("comments_per_page", "number", N_("Comments on a page")),
    Setting("topics_per_page", "number", N_("Topics on a page")),
    Setting(
        "message_edit_minutes", "number", N_("Private messages can be edited for, in minutes"), N_("0: not at all.")
    ),
)
_FILES: Final = (
    Setting("upload_max_kib", "number", N_("Largest file, in KiB")),
    Setting("upload_quota_mib", "number", N_("Room for the files of one person, in MiB")),
    Setting(
        "upload_types",
        "many",
        N_("Kinds of files"),
        N_("Told by their content, whatever they are called."),
        tuple((name, name) for name in UPLOAD_TYPES),
    ),
)
_TRUST: Final = (
    Setting("new_days", "number", N_("New until the account is so many days old")),
    Setting("new_posts", "number", N_("… and has written so many texts")),
    Setting("trusted_days", "number", N_("Trusted from so many days on")),
    Setting("trusted_posts", "number", N_("… with so many texts")),
    Setting("trusted_likes", "number", N_("… that were liked so many times")),
    Setting("warning_days", "number", N_("… and no warning in so many days")),
    Setting(
        "approve_posts",
        "number",
        N_("First texts of new people that wait for approval"),
        N_("0: none. Whose role may appear at once is not asked."),
    ),
)
_MODERATING: Final = (
    Setting(
        "names_moderators",
        "switch",
        N_("Name moderators"),
        N_("On the page of a decision, its author reads which moderator has made it. Otherwise nobody is named."),
    ),
)
_FLOODS: Final = (
    Setting(
        "repeat_minutes",
        "number",
        N_("The same text again is refused for so many minutes"),
        N_("However it is spaced or punctuated; short ones such as “thanks” are not meant. 0: never."),
    ),
    Setting(
        "flood_people",
        "number",
        N_("The same text waits from so many new people on"),
        N_("Within a day. 0: never."),
    ),
    Setting(
        "flood_places",
        "number",
        N_("The same link waits from so many topics on"),
        N_("Where new people put it within a day. 0: never."),
    ),
    Setting(
        "flood_topics",
        "number",
        N_("Topics of a new person within ten minutes until further ones wait"),
        N_("0: as many as they like."),
    ),
    Setting(
        "flood_messages",
        "number",
        N_("Conversations into which somebody can send the same private message"),
        N_("Within a day; of new people the same link counts, too. 0: as many as they like."),
    ),
)
_KEEPING: Final = (
    Setting(
        "retention_days",
        "number",
        N_("Days until deleted content is gone for good"),
        N_("Until then it can be restored."),
    ),
    Setting("file_retention_days", "number", N_("Days until a file that nothing uses is gone")),
    Setting("account_grace_days", "number", N_("Days in which people can take a deleted account back")),
    Setting(
        "deleted_accounts",
        "choice",
        N_("What people have written, once their account is gone"),
        "",
        (
            ("anonymise", N_("Stays, under “deleted member”")),
            ("erase", N_("Deleted with them")),
        ),
    ),
)
_ANNOUNCEMENT: Final = (
    Setting("announcement_en", "markdown", N_("Announcement in English"), most=ANNOUNCEMENT_CHARS),
    Setting("announcement_zh", "markdown", N_("Announcement in Chinese"), most=ANNOUNCEMENT_CHARS),
)
_READ_ONLY: Final = (
    Setting(
        "read_only",
        "switch",
        N_("Read only"),
        N_("Everybody can read and log in; nobody can write, and what they had typed stays with them."),
    ),
    Setting("read_only_note_en", "line", N_("Why, in English"), most=NOTE_CHARS),
    Setting("read_only_note_zh", "line", N_("Why, in Chinese"), most=NOTE_CHARS),
)
SECTIONS: Final[Mapping[str, Section]] = {
    section.key: section
    for section in (
        Section("general", N_("General"), N_("What the forum is called and which languages it speaks."), _GENERAL),
        Section("signup", N_("Signing up"), N_("Who can join, and what is asked of them."), _SIGNUP),
        Section("writing", N_("Reading and writing"), N_("How long texts and pages are."), _WRITING),
        Section("files", N_("Files"), N_("What people can put into their texts."), _FILES),
        Section("trust", N_("New and trusted"), N_("When people stop being new, and when they are trusted."), _TRUST),
        Section("moderating", N_("Moderation"), N_("What people learn of those who decide."), _MODERATING),
        Section(
            "floods",
            N_("Floods"),
            N_("What is held back as the same again, or too much at once. Who may repeat themselves is not asked."),
            _FLOODS,
        ),
        Section("keeping", N_("Retention"), N_("How long what was deleted can come back."), _KEEPING),
        Section(
            "announcement",
            N_("Announcement"),
            N_("A bar above every page, until the reader dismisses it. A changed text is shown to everybody again."),
            _ANNOUNCEMENT,
        ),
        Section(
            "read-only",
            N_("Read-only mode"),
            N_("For maintenance, or while something is looked into. The administration goes on working."),
            _READ_ONLY,
        ),
    )
}
# Set by a form of its own.
LOGO: Final = "logo"
SETTINGS: Final[Mapping[str, Setting]] = {
    **{setting.name: setting for section in SECTIONS.values() for setting in section.settings},
    LOGO: Setting(LOGO, "line", N_("Logo"), most=64),
}


def fits(name: str, value: Any, environment: Settings) -> bool:
    """Whether a stored value is one that this setting can have."""
    setting = SETTINGS[name]
    if setting.kind == "number":
        low, high = setting.bounds(environment)
        return type(value) is int and low <= value <= high
    if setting.kind == "switch":
        return type(value) is bool
    if setting.kind == "choice":
        return value in get_args(SiteSettings.model_fields[name].annotation)
    if setting.kind == "many":
        return isinstance(value, str) and set(value.split()) <= {key for key, _ in setting.choices}
    return isinstance(value, str) and len(value) <= setting.most
