"""What an operation has changed, in the words of the pages where it is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from bson import ObjectId

from app.errors import duration
from app.moderation.pages import Change
from app.operations.words import PURGED
from app.permissions.book import book
from app.permissions.catalogue import ALLOWANCES, AREA_NAMES, BUILT_IN, OFFICES, PERMISSIONS
from app.reports.wordrules import ACTIONS
from app.site.catalogue import LOGO, SETTINGS
from app.web.i18n import N_, Text, current_locale
from documents.operation import Target

Names = Mapping[ObjectId, str]
VALUE_CHARS: Final = 120
# Of many values together.
ALL_CHARS: Final = 600
NOTHING: Final = "–"
# What says nothing to a reader that others do not say better.
SILENT: Final = frozenset({"deleted_by", "deleted_as", "name_key", "shift", "touched_at"})
# The reason of the operation stands there already.
REASONS: Final = frozenset({"delete_reason", "ban_reason", "silence_reason", "taken_reason"})
FIELDS: Final[Mapping[str, str]] = {
    "title": N_("Title"),
    "limits": N_("Limits"),
    "board": N_("Board"),
    "tags": N_("Tags"),
    "name": N_("Name"),
    "description": N_("Description"),
    "role": N_("Role"),
    "version": N_("Version"),
    "deleted_at": N_("Deleted"),
    "network": N_("Network"),
    "until": N_("Until"),
    "lifted_at": N_("Lifted"),
    "appeal": N_("Appeal"),
    "state": N_("State"),
    "banned_at": N_("Banned"),
    "banned_until": N_("Banned until"),
    "silenced_until": N_("Silenced until"),
    "warned_at": N_("Warned"),
    "pinned": N_("Pinned"),
    "announced": N_("Announced"),
    "featured": N_("Featured"),
    "locked": N_("Locked"),
    "slow_seconds": N_("Slow mode, in seconds"),
    "numbers": N_("Comments"),
    "last_number": N_("Last number"),
    "merged_into": N_("Merged into"),
    "split_into": N_("Split into"),
    "staff_only": N_("For staff only"),
    "topics": N_("Topics"),
    "comments": N_("Comments"),
    "messages": N_("Messages"),
    "likes": N_("Likes"),
    "written_after": N_("Written after"),
    "written_until": N_("Written until"),
    "bytes": N_("Bytes"),
    "left": N_("Left"),
    "leads_to": N_("Leads to"),
    "barred": N_("Barred"),
    "taken_at": N_("taken down"),
    "position": N_("Order"),
    "archived_at": N_("archived"),
    "roles": N_("Roles"),
    "logins": N_("Log-ins"),
    "action": N_("What happens"),
    "logo": N_("Logo"),
    "overrides": N_("What roles may here"),
    "parent": N_("Parent board"),
    "passkeys": N_("Passkeys"),
    "people": N_("People"),
    "permissions": N_("Permissions"),
    "replacement": N_("Replacement"),
    "to": N_("Role that its people have now"),
    "words": N_("Words"),
}
STATES: Final[Mapping[str, str]] = {
    "open": N_("open"),
    "deferred": N_("put off"),
    "accepted": N_("found right"),
    "rejected": N_("found unfounded"),
    "granted": N_("granted"),
    "refused": N_("refused"),
}


def changes_in(target: Target, names: Names) -> list[Change]:
    """The fields that are worth reading, as text; of many values together those alone that differ."""
    fields = [name for name in {**target.before, **target.after} if name not in SILENT | REASONS]
    changes = [_change(target, field, names) for field in fields]
    return [change for change in changes if (change.before, change.after) != (NOTHING, NOTHING)]


def _change(target: Target, field: str, names: Names) -> Change:
    before, after = target.before.get(field), target.after.get(field)
    if field not in MANY:
        word = _worded(target.kind, field)
        return Change(label_of(field), _one(word, before, names), _one(word, after, names))
    was, has = MANY[field](before or {}), MANY[field](after or {})
    shown = [[text for text in texts if text not in others] for texts, others in ((was, has), (has, was))]
    return Change(label_of(field), *(_listed(texts)[:ALL_CHARS] or NOTHING for texts in shown))


def _listed(texts: Iterable[str]) -> str:
    return ("、" if current_locale.get() == "zh" else ", ").join(texts)


def label_of(field: str) -> str:
    """What a field is called; the name of its column where nobody has called it anything yet."""
    if field in SETTINGS:
        return str(Text(SETTINGS[field].label)).removeprefix("… ")
    words = FIELDS.get(field) or PURGED.get(field)
    return str(Text(words)) if words else field


def _permissions(held: Any) -> list[str]:
    return [str(Text(PERMISSIONS[name].title)) if name in PERMISSIONS else name for name in held]


def _limits(limits: Any) -> list[str]:
    return [_limit(name, most) for name, most in limits.items()]


def _limit(name: str, most: int) -> str:
    if name not in ALLOWANCES:
        return f"{name} {most}"
    text, allowance = N_("%(what)s: %(most)s in %(window)s"), ALLOWANCES[name]
    return str(Text(text, what=Text(allowance.title), most=most, window=duration(allowance.seconds)))


def _overrides(overrides: Any) -> list[str]:
    text, said = N_("%(role)s: %(what)s – %(said)s"), {True: Text(N_("allow")), False: Text(N_("deny"))}
    return [
        str(Text(text, role=role_called(role), what=Text(AREA_NAMES.get(area, area)), said=said[bool(may)]))
        for role, areas in overrides.items()
        for area, may in areas.items()
    ]


def _roles(roles: Any) -> list[str]:
    return [role_called(role) for role in roles]


MANY: Final[Mapping[str, Callable[[Any], list[str]]]] = {
    "permissions": _permissions,
    "limits": _limits,
    "overrides": _overrides,
    "roles": _roles,
}


def role_called(key: str) -> str:
    """A role by its key, or the office of a person."""
    key = OFFICES.get(key, key)
    if key in BUILT_IN:
        return str(Text(BUILT_IN[key].name))
    role = book().roles.get(key)
    return role.name if role else key


def _worded(kind: str, field: str) -> Callable[[Any], str] | None:
    """How the values of a field are called, where they have words of their own."""
    if field in ("role", "to"):
        return role_called
    if field in ("state", "appeal"):
        return lambda value: str(Text(STATES.get(value, value)))
    if field == LOGO:
        return lambda _: str(Text(N_("Picture")))
    if kind == "setting" and field == "action":
        return lambda value: str(Text(ACTIONS.get(value, value)))
    choices = dict(SETTINGS[field].choices) if field in SETTINGS else {}
    if not choices:
        return None
    return lambda value: _listed(str(Text(choices.get(each, each))) for each in str(value).split())


def _one(word: Callable[[Any], str] | None, value: Any, names: Names) -> str:
    return as_text(value, names) if word is None or not value else word(value)


def as_text(value: Any, names: Names) -> str:
    """A stored value as a person reads it."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return str(Text(N_("yes") if value else N_("no")))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, ObjectId):
        return names.get(value, str(value))
    if isinstance(value, dict):
        value = [f"{name} {as_text(each, names)}" for name, each in value.items()]
    if isinstance(value, list):
        return _listed(as_text(each, names) for each in value)[:VALUE_CHARS]
    return str(value)[:VALUE_CHARS]
