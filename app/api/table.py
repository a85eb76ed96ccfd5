"""THE table of the API: each view says beside itself what it takes, gives and needs.

The routes, the check of scopes, the parsing and the OpenAPI document all come out of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel

from app.api.scopes import Scope
from app.web.needs import MEMBERS, Need

PREFIX: Final = "/api/v1"
NAME: Final = "api"
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
View = Callable[..., Awaitable[Any]]
V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that is more than its model. `version` is that of what was asked for, for its ETag and If-Match.

    `next` is the cursor of the next page.
    """

    model: BaseModel | None = None
    status: int = 0
    version: int | None = None
    next: str | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path. `takes` is the body, `asks` the query, `gives` the answer (None: 204).

    `files`: the body is a form with a file. `once`: takes an Idempotency-Key. `matches`: takes If-Match.
    `unconfirmed`: also for who has to confirm their address before they write.
    """

    method: Method
    path: str
    name: str
    tag: str
    summary: str
    scope: Scope
    need: Need
    view: View
    takes: type[BaseModel] | None = None
    asks: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    files: bool = False
    once: bool = False
    matches: bool = False
    unconfirmed: bool = False

    @property
    def endpoint(self) -> str:
        """Its name among the application's."""
        return f"{NAME}.{self.name}"


@dataclass(slots=True)
class _Table:
    operations: dict[str, Operation] = field(default_factory=dict)


_table: Final = _Table()


def operation(
    method: Method,
    path: str,
    summary: str,
    *,
    scope: Scope = "read",
    need: Need = MEMBERS,
    gives: type[BaseModel] | None = None,
    **options: Any,
) -> Callable[[V], V]:
    """Make a view part of the API. Its name is the operation's, the last part of its module the tag."""

    def add(view: V) -> V:
        status = options.pop("status", 200 if gives is not None else 204)
        tag = view.__module__.rpartition(".")[2]
        name = view.__name__
        if name in _table.operations:
            raise ValueError(f"two operations are called {name}")
        made = Operation(method, path, name, tag, summary, scope, need, view, gives=gives, status=status, **options)
        _table.operations[name] = made
        return view

    return add


def operations() -> Mapping[str, Operation]:
    """All of them by name, in the order in which they were written down."""
    return _table.operations


def operation_at(endpoint: str | None) -> Operation | None:
    """The operation behind an endpoint."""
    blueprint, _, name = (endpoint or "").rpartition(".")
    return _table.operations.get(name) if blueprint == NAME else None
