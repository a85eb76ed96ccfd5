"""Of what somebody wants to hear, and how: pure functions over the map that is stored on the person.

`User.notices` is `{kind: {"site": bool, "email": "never" | "at_once" | "digest"}}` and holds what somebody has chosen;
for everything else the defaults here apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from documents.notification import REASONS, EmailWhen, Reason

Channel = Literal["site", "at_once", "digest"]
Person = Mapping[str, Any]

# The strongest first.
EMAIL_WHEN: Final[tuple[EmailWhen, ...]] = ("at_once", "digest", "never")


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to hear of one kind of thing."""

    site: bool = True
    email: EmailWhen = "never"


DEFAULTS: Final[Mapping[Reason, Wish]] = MappingProxyType(
    {
        "mention": Wish(email="at_once"),
        "reply": Wish(email="at_once"),
        "quote": Wish(email="digest"),
        "message": Wish(email="at_once"),
        "like": Wish(),
        "follow": Wish(),
        "watch": Wish(email="digest"),
        "watch_board": Wish(email="digest"),
        "moderation": Wish(email="at_once"),
    }
)
# What moderators have done to somebody's texts is always shown to them.
ALWAYS_ON_SITE: Final[frozenset[Reason]] = frozenset({"moderation"})


def wish_of(person: Person, kind: Reason) -> Wish:
    """How this person (the stored document, or its field `notices` alone) wants to hear of `kind`."""
    default = DEFAULTS[kind]
    chosen = (person.get("notices") or {}).get(kind)
    if not isinstance(chosen, Mapping):
        return default
    site, email = chosen.get("site"), chosen.get("email")
    return Wish(
        site=kind in ALWAYS_ON_SITE or (site if isinstance(site, bool) else default.site),
        email=email if email in EMAIL_WHEN else default.email,
    )


def wants(person: Person, kind: Reason, channel: Channel) -> bool:
    """Whether they want to hear of `kind` on the site, by e-mail at once, or in the digest."""
    wish = wish_of(person, kind)
    return wish.site if channel == "site" else wish.email == channel


def on_site(person: Person, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Those of `reasons` of which they want to hear on the site, in order."""
    return tuple(reason for reason in reasons if wants(person, reason, "site"))


def email_when(person: Person, reasons: Iterable[Reason]) -> EmailWhen:
    """When they want an e-mail of something with all these reasons: as soon as they want it for any of them."""
    wished = {wish_of(person, reason).email for reason in reasons}
    return next((when for when in EMAIL_WHEN if when in wished), "never")


def as_stored(wishes: Mapping[Reason, Wish]) -> dict[str, dict[str, Any]]:
    """For `User.notices`."""
    return {kind: {"site": wishes[kind].site, "email": wishes[kind].email} for kind in REASONS if kind in wishes}
