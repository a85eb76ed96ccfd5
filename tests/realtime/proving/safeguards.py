"""What protects the forum from losing and doubling, each with how to take it away, and a plan that shows what it does.

Only `serving` calls these, in a process under test. Where one safeguard covers for another, both are out (`beside`):
the plan has to pass with the other one alone out, and to fail with both.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from app import work
from app.notifications import service as notices
from app.realtime.hub import Hub
from app.realtime.socket import Socket
from app.web.forms import Form
from documents import User

Weights = Mapping[str, int]
TALK: Final[Weights] = {"mention": 5, "reply": 3, "message": 2}


@dataclass(frozen=True, slots=True)
class Safeguard:
    """One of them. `beside` are others that have to be out as well; `index` is one that goes with it.

    With `late`, things go wrong at the end, when nothing that follows can make it good.
    """

    says: str
    take_away: Callable[[], None]
    verbs: Weights
    ills: Weights
    beside: tuple[str, ...] = ()
    index: str = ""
    deeds: int = 24
    mishaps: int = 5
    late: bool = False


def put(owner: Any, name: str, value: Any) -> None:
    """Replace part of the forum, in this process."""
    setattr(owner, name, value)


def unbound(owner: Any, name: str) -> Any:
    """The function behind a class method."""
    return getattr(owner, name).__func__


def no_replay() -> None:
    """A hello with an older number is taken for one with the newest."""
    greet = Socket._greet

    def deaf(self: Socket, seq: int) -> None:
        greet(self, max(seq, self.cursor))

    put(Socket, "_greet", deaf)


def no_patrol() -> None:
    """Nobody looks whether a hint was lost."""

    async def idle(self: Hub) -> None:
        await asyncio.Event().wait()

    put(Hub, "patrol", idle)


def no_gap() -> None:
    """A new subscription is taken for one that has missed nothing."""

    def ignored(self: Hub, *, connected: bool) -> None:
        self.connected = connected
        self.on_gap(connected)

    put(Hub, "_gap", ignored)


def no_transaction() -> None:
    """Each write is stored by itself."""

    async def piecemeal(session: Any, steps: Any, until: float) -> Any:
        own = work.Work(cast(Any, None))
        return await steps(own), own.events

    put(work, "_once", piecemeal)


def no_once_a_subject() -> None:
    """Nobody asks whether somebody was told of it before; the index is dropped as well."""

    async def never(*arguments: Any) -> dict[Any, Any]:
        return {}

    put(notices, "_told_before", never)


def no_key() -> None:
    """A form that is sent again is another form."""
    put(Form, "once_key", property(lambda self: None))


def no_seq_inside() -> None:
    """Numbers are taken beside the transaction: what is undone leaves a gap."""
    next_seq, next_seqs = unbound(User, "next_seq"), unbound(User, "next_seqs")

    async def apart(cls: Any, user: Any, session: Any, /, **named: Any) -> int | None:
        found: int | None = await next_seq(cls, user, None, **named)
        return found

    async def all_apart(cls: Any, users: Any, session: Any, /, **named: Any) -> dict[Any, int]:
        found: dict[Any, int] = await next_seqs(cls, users, None, **named)
        return found

    put(User, "next_seq", classmethod(apart))
    put(User, "next_seqs", classmethod(all_apart))


def no_withdrawing() -> None:
    """What is deleted goes on being told."""
    withdraw = notices.withdraw

    async def kept(*arguments: Any, **named: Any) -> None:
        return None

    for module in list(sys.modules.values()):
        if getattr(module, "withdraw", None) is withdraw:
            put(module, "withdraw", kept)


def no_access() -> None:
    """Who was allowed to read when it was written is believed to be still."""
    from app.boards import access

    could_read = access.could_read
    for module in list(sys.modules.values()):
        if getattr(module, "could_read", None) is could_read:
            put(module, "could_read", lambda viewer, topic, board: True)


def no_cursor() -> None:
    """The socket does not remember what it has sent."""

    def stuck(self: Socket, seq: int) -> None:
        if "_stuck" not in self.__dict__ or not self._greeted.is_set():
            self.__dict__["_stuck"] = seq

    put(Socket, "cursor", property(lambda self: self.__dict__["_stuck"], stuck))


ALL: Final[Mapping[str, Safeguard]] = {
    "replay": Safeguard("what was missed comes after hello", no_replay, TALK, {"drop": 1}),
    "patrol": Safeguard(
        "what no hint told of is found", no_patrol, {"mention": 1}, {"aim_all_stored": 1}, mishaps=1, late=True
    ),
    "gap": Safeguard(
        "a new subscription looks for what was missed",
        no_gap,
        {"mention": 1},
        {"restart_redis": 1},
        ("patrol",),
        mishaps=1,
        late=True,
    ),
    "transaction": Safeguard(
        "a text and its notices are stored together", no_transaction, TALK, {"aim_midway": 1}, mishaps=3
    ),
    "once": Safeguard(
        "nobody is told twice of one thing",
        no_once_a_subject,
        {"mention": 3, "remention": 5},
        {"drop": 1},
        index="user_subject",
    ),
    "key": Safeguard("a form sent again is one post", no_key, TALK, {"aim_stored": 1, "aim_told": 1}),
    "seq": Safeguard("numbers are taken with what they number", no_seq_inside, TALK, {"aim_storing": 1}, mishaps=3),
    "withdraw": Safeguard("what is deleted is told no more", no_withdrawing, {"mention": 4, "delete": 4}, {"drop": 1}),
    "access": Safeguard("what may not be read any more is not told", no_access, {"mention_in_attic": 1}, {"drop": 1}),
    "cursor": Safeguard("nothing is sent twice on one line", no_cursor, TALK, {"wake": 1}),
}
