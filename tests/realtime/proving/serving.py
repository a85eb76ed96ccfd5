"""The process under test: `python -m tests.realtime.proving.serving` is app.serve with places where it can be made to
die, without rate limits, and without the safeguards that PROOF_WITHOUT names.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from bson import ObjectId

from app import serve, work
from app.realtime import hub
from app.web.limits import Limits
from documents import User
from tests.realtime.proving import safeguards
from tests.realtime.proving.safeguards import put, unbound

# A file with the name of a place: the process dies there, the next time it comes by.
AIM = "PROOF_AIM"


def everywhere(old: Any, new: Any) -> None:
    """Have every module of the forum that has imported `old` use `new`."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("app", "documents") and module is not None:
            for attribute, value in list(vars(module).items()):
                if value is old:
                    setattr(module, attribute, new)


def constant(name: str, value: Any) -> None:
    """Give a constant another value, wherever it is used."""
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("app.") and hasattr(module, name):
            setattr(module, name, value)


def die_if_aimed_at(place: str) -> None:
    """As when the machine takes the process away, exactly here."""
    path = Path(os.environ[AIM])
    if path.exists() and path.read_text() == place:
        path.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def make_mortal() -> None:
    """Around a commit, between what it writes, and before and after the hint."""
    until_stored, commit, tell = work._until_stored, work._commit, work.tell
    next_seq, next_seqs = unbound(User, "next_seq"), unbound(User, "next_seqs")

    async def storing(session: Any, until: float) -> None:
        die_if_aimed_at("storing")
        await commit(session, until)

    async def stored(session: Any, steps: Any) -> Any:
        found = await until_stored(session, steps)
        die_if_aimed_at("stored")
        return found

    async def told(event: Any) -> None:
        die_if_aimed_at("untold")
        await tell(event)
        die_if_aimed_at("told")

    async def numbered(cls: Any, *arguments: Any, **named: Any) -> int | None:
        seq: int | None = await next_seq(cls, *arguments, **named)
        die_if_aimed_at("midway")
        return seq

    put(work, "_commit", storing)
    put(work, "_until_stored", stored)
    everywhere(tell, told)

    async def all_numbered(cls: Any, *arguments: Any, **named: Any) -> dict[ObjectId, int]:
        seqs: dict[ObjectId, int] = await next_seqs(cls, *arguments, **named)
        die_if_aimed_at("midway")
        return seqs

    put(User, "next_seq", classmethod(numbered))
    put(User, "next_seqs", classmethod(all_numbered))


async def unlimited(self: Limits, *arguments: Any, **named: Any) -> None:
    """People here are faster than people."""


def main() -> int:
    """Serve until told to stop, or killed."""
    make_mortal()
    put(Limits, "spend", unlimited)
    # What takes a minute at most in a forum takes seconds here.
    put(hub, "PATROL_SECONDS", 0.7)
    for rounds in ("ROUNDS", "ROUNDS_ALONE"):
        if hasattr(hub, rounds):
            put(hub, rounds, 2)
    constant("FEED_MAX", int(os.environ.get("PROOF_FEED_MAX", "100")))
    for name in filter(None, os.environ.get("PROOF_WITHOUT", "").split(",")):
        safeguards.ALL[name].take_away()
    return serve.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
