"""Every permission there is, and which roles hold it at the start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from app.text.marks import N_

Group = Literal["reading", "writing", "moderating", "people", "running"]
# What a board can allow or deny to a role.
Area = Literal["read", "post", "reply", "upload", "moderate"]
AREAS: Final[tuple[Area, ...]] = ("read", "post", "reply", "upload", "moderate")

GROUPS: Final[dict[Group, str]] = {
    "reading": N_("Reading"),
    "writing": N_("Writing"),
    "moderating": N_("Looking after topics"),
    "people": N_("Looking after people"),
    "running": N_("Running the forum"),
}
AREA_NAMES: Final[dict[Area, str]] = {
    "read": N_("Read"),
    "post": N_("Open topics"),
    "reply": N_("Reply"),
    "upload": N_("Add files"),
    "moderate": N_("Moderate"),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that somebody may do. `area` is what boards decide of it; without one it is the same everywhere.

    `writes`: not before the address is confirmed, where the settings want that, and never for guests.
    """

    name: str
    group: Group
    title: str
    sentence: str
    area: Area | None = None
    writes: bool = False


_ALL: Final = (
    Permission("read", "reading", N_("Read"), N_("See boards, topics and comments."), "read"),
    Permission(
        "read_closed",
        "reading",
        N_("Read closed boards"),
        N_("See boards that are closed to others, with all in them."),
    ),
    Permission("see_history", "reading", N_("See earlier versions"), N_("Compare the versions of an edited text.")),
    Permission("post", "writing", N_("Open topics"), N_("Begin new topics."), "post", writes=True),
    Permission("reply", "writing", N_("Reply"), N_("Write comments in topics that are open."), "reply", writes=True),
    Permission("upload", "writing", N_("Add files"), N_("Put pictures and files into texts."), "upload", writes=True),
    Permission("like", "writing", N_("Like"), N_("Like what others have written."), writes=True),
    Permission("mention", "writing", N_("Mention"), N_("Notify people by naming them with @."), writes=True),
    Permission("message", "writing", N_("Send messages"), N_("Write private messages."), writes=True),
    Permission("edit_own", "writing", N_("Edit own texts"), N_("Change own topics and comments."), writes=True),
    Permission("delete_own", "writing", N_("Delete own texts"), N_("Delete own comments and topics."), writes=True),
    Permission(
        "skip_approval",
        "writing",
        N_("Post without approval"),
        N_("Texts need no approval where new people’s do."),
        writes=True,
    ),
    Permission(
        "repeat",
        "writing",
        N_("Post the same text again"),
        N_("Texts are neither refused as the same again nor held back as a flood."),
        writes=True,
    ),
    Permission("use_api", "writing", N_("Use the API"), N_("Make tokens for programs that act in one’s name.")),
    Permission(
        "edit_others", "moderating", N_("Edit any text"), N_("Change what others have written."), "moderate", True
    ),
    Permission(
        "delete_others",
        "moderating",
        N_("Delete and restore any text"),
        N_("Delete what others have written, and bring it back."),
        "moderate",
        True,
    ),
    Permission("see_deleted", "moderating", N_("See deleted texts"), N_("Read what was deleted."), "moderate"),
    Permission("pin", "moderating", N_("Pin"), N_("Keep topics at the top of their board."), "moderate", True),
    Permission("lock", "moderating", N_("Lock"), N_("Close topics for replies, and open them."), "moderate", True),
    Permission("feature", "moderating", N_("Feature"), N_("Recommend topics on the home page."), "moderate", True),
    Permission("move", "moderating", N_("Move"), N_("Move topics to another board."), "moderate", True),
    Permission("merge", "moderating", N_("Merge and split"), N_("Join topics, and part them."), "moderate", True),
    Permission(
        "retitle", "moderating", N_("Retitle"), N_("Change titles and tags of others’ topics."), "moderate", True
    ),
    Permission("slow_mode", "moderating", N_("Slow mode"), N_("Set a pause between replies."), "moderate", True),
    Permission("approve", "moderating", N_("Approve"), N_("Approve or reject texts that wait."), "moderate", True),
    Permission("see_reports", "moderating", N_("Handle reports"), N_("See and settle what was reported."), "moderate"),
    Permission(
        "announce", "moderating", N_("Announce"), N_("Put topics above everything on the home page."), writes=True
    ),
    Permission("warn", "people", N_("Warn"), N_("Warn people for what they have done."), writes=True),
    Permission("silence", "people", N_("Silence"), N_("Keep people from writing for a time."), writes=True),
    Permission("ban", "people", N_("Ban"), N_("Ban people and networks."), writes=True),
    Permission(
        "see_addresses",
        "people",
        N_("See addresses"),
        N_("See people’s e-mail addresses, and from which networks they come."),
    ),
    Permission("see_gone", "people", N_("See who has left"), N_("See the profiles of deleted accounts.")),
    Permission(
        "reach_anyone", "people", N_("Reach everybody"), N_("Write to people whatever their settings say."), writes=True
    ),
    Permission("see_dashboard", "running", N_("See the dashboard"), N_("See the numbers and the state of the forum.")),
    Permission("manage_boards", "running", N_("Manage boards"), N_("Make, change and delete boards.")),
    Permission("manage_roles", "running", N_("Manage roles"), N_("Change what roles and boards allow.")),
    Permission("manage_people", "running", N_("Manage people"), N_("Give roles to people.")),
    Permission("manage_settings", "running", N_("Manage settings"), N_("Change the settings of the forum.")),
    Permission("manage_tags", "running", N_("Manage tags"), N_("Rename, merge and delete tags.")),
    Permission("manage_uploads", "running", N_("Manage uploads"), N_("See and delete all files.")),
    Permission("manage_mail", "running", N_("Manage e-mail"), N_("See what the forum has sent, and send it again.")),
    Permission("manage_jobs", "running", N_("Manage jobs"), N_("See the jobs that wait, and begin them again.")),
    Permission("see_logs", "running", N_("See logs"), N_("Read the logs of operations and log-ins.")),
    Permission("manage_backups", "running", N_("Manage backups"), N_("Make and check backups.")),
)
PERMISSIONS: Final[dict[str, Permission]] = {permission.name: permission for permission in _ALL}

GUEST: Final = "guest"
NEW: Final = "new"
MEMBER: Final = "member"
TRUSTED: Final = "trusted"
MODERATOR: Final = "moderator"
ADMINISTRATOR: Final = "administrator"


MINUTE: Final = 60
HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Allowance:
    """Something of which a role says how often it may be done in so many seconds, and how often that is at the start.

    0 stands for a role that says nothing of it: guests do little, and nobody else signs up.
    """

    name: str
    title: str
    seconds: int
    guest: int = 0
    new: int = 0
    member: int = 0
    trusted: int = 0
    moderator: int = 0
    administrator: int = 0

    def at_start(self, role: str) -> int:
        """What a built-in role says."""
        return int(getattr(self, role))


_ALLOWANCES: Final = (
    Allowance("register", N_("Sign-ups from one address"), HOUR, guest=20),
    Allowance("search", N_("Searches"), MINUTE, 60, 60, 60, 90, 120, 120),
    Allowance("topic", N_("New topics"), 10 * MINUTE, 0, 10, 10, 15, 30, 60),
    Allowance("comment", N_("Comments"), MINUTE, 0, 10, 20, 30, 60, 60),
    Allowance("edit", N_("Edits"), MINUTE, 0, 20, 30, 40, 60, 60),
    Allowance("like", N_("Likes and bookmarks"), MINUTE, 0, 30, 60, 60, 60, 60),
    Allowance("follow", N_("People followed or blocked"), MINUTE, 0, 30, 60, 60, 60, 60),
    Allowance("message", N_("Private messages"), MINUTE, 0, 20, 20, 30, 60, 60),
    Allowance("stranger", N_("First messages to strangers"), HOUR, 0, 5, 15, 30, 100, 100),
    Allowance("upload", N_("Files"), 10 * MINUTE, 0, 60, 60, 60, 120, 120),
    Allowance("report", N_("Reports"), HOUR, 0, 10, 30, 60, 100, 100),
    Allowance("profile", N_("Changes of profile and settings"), 10 * MINUTE, 0, 20, 20, 20, 40, 40),
    Allowance("send", N_("Forms of any kind"), MINUTE, 300, 300, 600, 600, 1200, 1200),
)
ALLOWANCES: Final[dict[str, Allowance]] = {each.name: each for each in _ALLOWANCES}


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A role that is always there, with what it may at the start."""

    name: str
    sentence: str
    permissions: frozenset[str]


def _of(groups: Iterable[Group]) -> frozenset[str]:
    return frozenset(permission.name for permission in _ALL if permission.group in set(groups))


_GUEST: Final = frozenset({"read", "see_history"})
_MEMBER: Final = (_GUEST | _of(["writing"])) - {"repeat"}
_MODERATOR: Final = (_MEMBER | {"repeat"} | _of(["moderating", "people"]) | {"read_closed"}) - {"announce"}
BUILT_IN: Final[dict[str, BuiltIn]] = {
    GUEST: BuiltIn(N_("Guests"), N_("Everybody who is not logged in."), _GUEST),
    NEW: BuiltIn(N_("New people"), N_("Newcomers; they become members by taking part."), _MEMBER - {"skip_approval"}),
    MEMBER: BuiltIn(N_("Members"), N_("Everybody who is no longer new."), _MEMBER),
    TRUSTED: BuiltIn(
        N_("Trusted people"),
        N_("Long-standing members whose posts are liked."),
        _MEMBER | {"repeat"},
    ),
    MODERATOR: BuiltIn(N_("Moderators"), N_("Look after what others write."), _MODERATOR),
    ADMINISTRATOR: BuiltIn(N_("Administrators"), N_("Run the forum. They can do everything."), frozenset(PERMISSIONS)),
}
# All that guests could ever be allowed.
FOR_GUESTS: Final = frozenset({"read", "see_history"})
# What changes nothing that anybody sees, so that pages are the same with it and without.
UNSHOWN: Final = frozenset({"repeat"})
# What opens a part of the administration.
RUNNING: Final = _of(["running"])
# What the office of a person, as it is stored with them, stands for among the roles.
OFFICES: Final[dict[str, str]] = {
    "guest": GUEST,
    "member": MEMBER,
    "moderator": MODERATOR,
    "admin": ADMINISTRATOR,
}
