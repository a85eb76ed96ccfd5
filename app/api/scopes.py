"""Scopes: which of somebody's permissions a personal token carries. Never more than the person has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from app.permissions.catalogue import PERMISSIONS, Group
from app.text.marks import N_

Scope = Literal["read", "write", "messages", "moderate", "administer"]


@dataclass(frozen=True, slots=True)
class About:
    """What a scope is called and allows: all permissions of some groups, or those that are named."""

    title: str
    sentence: str
    groups: frozenset[Group] = frozenset()
    named: frozenset[str] = frozenset()


SCOPES: Final[dict[Scope, About]] = {
    "read": About(
        N_("Read"),
        N_("Everything you can see, your notifications, bookmarks and drafts; not your messages."),
        frozenset({"reading"}),
    ),
    "write": About(
        N_("Write"),
        N_("Open topics, comment, like, follow, upload, and change what is yours."),
        named=frozenset(
            ("post", "reply", "upload", "like", "mention", "edit_own", "delete_own", "skip_approval", "repeat")
        ),
    ),
    "messages": About(
        N_("Messages"), N_("Read and write your private messages."), named=frozenset({"message", "upload"})
    ),
    "moderate": About(
        N_("Moderation"),
        N_("What you can do as a moderator: edit, move and delete what others wrote, decide reports, warn and ban."),
        frozenset({"moderating", "people"}),
    ),
    "administer": About(
        N_("Administration"),
        N_("Create and change boards and the forum’s settings, if you can. Roles can only be given in the browser."),
        named=frozenset({"manage_boards", "manage_settings"}),
    ),
}
# Every token can read, and whether somebody may use the API at all is not for their tokens to say.
ALWAYS: Final[Scope] = "read"
UNSCOPED: Final = frozenset({"use_api"})


def scopes_in(wanted: Iterable[str]) -> tuple[Scope, ...]:
    """Those of `wanted` that there are, in the order of the table; reading is always one."""
    given = {ALWAYS, *wanted}
    return tuple(scope for scope in SCOPES if scope in given)


def withheld_by(scopes: Iterable[str]) -> frozenset[str]:
    """The permissions that none of these scopes carries."""
    given = [about for scope, about in SCOPES.items() if scope in set(scopes)]
    groups = frozenset[str]().union(*(about.groups for about in given))
    named = UNSCOPED.union(*(about.named for about in given))
    return frozenset(name for name, each in PERMISSIONS.items() if each.group not in groups and name not in named)
