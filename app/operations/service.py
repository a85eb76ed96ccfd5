"""Writing an operation down: who, what, on whom, before and after, from where, why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bson import ObjectId

from app.viewer import Viewer
from app.web.whence import current_address
from app.work import Work
from documents import Operation
from documents.base import Raw
from documents.clock import now
from documents.operation import Target, TargetKind

ADDRESS_CHARS: Final = 64
# Stands for a program that somebody has started on the machine of the forum.
SCRIPT: Final = Viewer(role="script")


def target(kind: TargetKind, id: ObjectId | None, before: Raw | None = None, after: Raw | None = None) -> Target:
    """What was done to one thing. Fields that are equal before and after are left out."""
    was, has = before or {}, after or {}
    changed = [name for name in {**was, **has} if was.get(name) != has.get(name)]
    return Target(
        kind=kind,
        id=id,
        before={name: was[name] for name in changed if name in was},
        after={name: has[name] for name in changed if name in has},
    )


async def record(
    work: Work,
    viewer: Viewer,
    verb: str,
    targets: Sequence[Target],
    reason: str = "",
    *,
    concerns: Iterable[ObjectId] = (),
    undo_of: ObjectId | None = None,
    redo: bool = False,
) -> ObjectId:
    """Write down what `viewer` (or `SCRIPT`) does in this unit of work; gives the operation's id.

    `verb` is a key of app.operations.words.VERBS. Several targets are one operation, which is undone as one.
    `concerns` are the people whom it is about, beside those that `targets` name.
    """
    named = [found.id for found in targets if found.kind == "person" and found.id is not None]
    operation = Operation(
        actor=viewer.id,
        verb=verb,
        targets=list(targets),
        concerns=list(dict.fromkeys([*named, *concerns])),
        reason=reason,
        address=current_address.get()[:ADDRESS_CHARS],
        at=now(),
        undo_of=undo_of,
        redo=redo,
    )
    return await Operation.append(operation, work.session)
