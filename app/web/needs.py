"""What each route asks of who comes: said beside its blueprint, looked at before its view, and tested for every role.

A route that says nothing fails the suite. What it needs of the board or the text that it is about, its service asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from quart import Blueprint, request

from app.errors import Forbidden, NeedsLogin, NotFound
from app.permissions.rules import allows_somewhere
from app.viewer import Viewer
from app.web.context import viewer


@dataclass(frozen=True, slots=True)
class Need:
    """Any of the `permissions`, somewhere; with none, nothing but a log-in if `login`. `hidden`: else it is a 404.

    `own`: what belongs to the one who comes is theirs without any of the permissions; the service looks.
    """

    permissions: tuple[str, ...] = ()
    login: bool = True
    hidden: bool = False
    own: bool = False

    def met_by(self, who: Viewer) -> bool:
        """Whether somebody may come in, as far as can be said without looking at what it is about."""
        confirmed = replace(who, withheld=False)  # who has to wait is told so in other words
        return not self.permissions or self.own or any(allows_somewhere(confirmed, name) for name in self.permissions)


EVERYBODY: Final = Need(login=False)
MEMBERS: Final = Need()


def needs(*permissions: str, own: bool = False) -> Need:
    """For people who may one of these."""
    return Need(permissions, own=own)


def staff(*permissions: str) -> Need:
    """The same; for all others there is no such page."""
    return Need(permissions, hidden=True)


_declared: dict[str, tuple[Need, dict[str, Need]]] = {}


def declare(blueprint: Blueprint, need: Need, **views: Need) -> None:
    """Say what the routes of a blueprint need; `views` are those, by the names of their functions, that differ."""
    _declared[blueprint.name] = (need, views)


def need_of(endpoint: str | None) -> Need | None:
    """What a route needs; None when it was not said."""
    name, _, view = (endpoint or "").rpartition(".")
    found = _declared.get(name)
    return None if found is None else found[1].get(view, found[0])


def declared() -> dict[str, tuple[Need, dict[str, Need]]]:
    """All of it, for who checks that every name is that of a view."""
    return dict(_declared)


async def refuse_unmet() -> None:
    """Before every view."""
    need = need_of(request.endpoint)
    if need is None or not need.login or request.method == "OPTIONS":
        return
    if not viewer().known:
        raise NeedsLogin
    if not need.met_by(viewer()):
        raise NotFound if need.hidden else Forbidden
