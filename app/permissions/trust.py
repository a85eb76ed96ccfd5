"""Which roles somebody has: those they were given, and whether they are new, a member or trusted, by a plain rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.permissions.book import Roles
from app.permissions.catalogue import MEMBER, NEW, OFFICES, TRUSTED

# Of a person, what the rule looks at.
FIELDS: Final = ("role", "roles", "created_at", "topic_count", "comment_count", "like_count", "warned_at")
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """New is who has not been here so many days or has not written so many texts. Trusted is who has been here for
    long, has written much that others liked, and was not warned in the last `warning_days`. Of who is new, the first
    `approve_posts` texts wait for approval.
    """

    new_days: int = 1
    new_posts: int = 5
    trusted_days: int = 60
    trusted_posts: int = 100
    trusted_likes: int = 50
    warning_days: int = 180
    approve_posts: int = 0


_thresholds = Thresholds()


def thresholds_of(settings: object) -> Thresholds:
    """What settings say, each under its name."""
    return Thresholds(**{name: getattr(settings, name) for name in Thresholds.__dataclass_fields__})


def use(thresholds: Thresholds) -> None:
    """Go by these from now on."""
    global _thresholds
    _thresholds = thresholds


def thresholds() -> Thresholds:
    """What is gone by."""
    return _thresholds


def roles_of(person: Mapping[str, Any], moment: datetime) -> Roles:
    """The keys of all roles of a person, of whom `FIELDS` were read.

    Who holds an office, or was made a member or trusted by somebody, is never new.
    """
    office = OFFICES.get(person.get("role") or MEMBER, MEMBER)
    given = frozenset(person.get("roles") or ())
    settled = office != MEMBER or not given.isdisjoint((MEMBER, TRUSTED))
    earned = MEMBER if settled else by_rule(person, moment)
    return given | ({earned} if earned == NEW else {earned, MEMBER, office})


def by_rule(person: Mapping[str, Any], moment: datetime) -> str:
    """New, member or trusted."""
    rule = _thresholds
    days = (moment - (person.get("created_at") or moment)) / timedelta(days=1)
    posts = _posts(person)
    if days < rule.new_days or posts < rule.new_posts:
        return NEW
    liked = person.get("like_count") or 0
    if days < rule.trusted_days or posts < rule.trusted_posts or liked < rule.trusted_likes:
        return MEMBER
    quiet = (moment - (person.get("warned_at") or LONG_AGO)) / timedelta(days=1) >= rule.warning_days
    return TRUSTED if quiet else MEMBER


def _posts(person: Mapping[str, Any]) -> int:
    return (person.get("topic_count") or 0) + (person.get("comment_count") or 0)
