"""What a check is, and what it finds."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from bson import ObjectId

from app.work import Work
from documents.base import Raw, Record, Session

EXAMPLES_MAX: Final = 5

Mend = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `at` is the document that was looked at; without `mend` only people can mend it."""

    at: Any
    note: str
    mend: Mend | None = None


Look = Callable[[list[Any], Session], Awaitable[list[Fault]]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be true of every document of a collection.

    `look(ids, session)` gives the faults of these documents: without a session first, then in a snapshot, and within
    the transaction that mends. `which` are those to look at; all when empty. `says` follows a number: "topics that…".
    """

    name: str
    says: str
    document: type[Record]
    look: Look
    which: Raw = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whole:
    """One thing that has to be true of the forum as a whole, and that no transaction can show.

    `look` gives what is wrong now; what is not there any more at a second look was work in flight.
    """

    name: str
    says: str
    look: Callable[[Any], Awaitable[list[Fault]]]


@dataclass(slots=True)
class Finding:
    """What a check has found: how many, some of them, and how many of these were mended."""

    name: str
    says: str
    count: int = 0
    repaired: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)

    def add(self, faults: Iterable[Fault]) -> None:
        """Count them, and keep a few."""
        for fault in faults:
            self.count += 1
            if len(self.examples) < EXAMPLES_MAX:
                self.examples.append((str(fault.at), fault.note))

    @property
    def left(self) -> int:
        """How many are still wrong."""
        return self.count - self.repaired


def setting(document: type[Record], id: ObjectId, **fields: Any) -> Mend:
    """Mends by setting fields."""

    async def mend(work: Work) -> None:
        await document.raw().update_one({"_id": id}, {"$set": fields}, session=work.session)

    return mend


def deleting(document: type[Record], id: ObjectId) -> Mend:
    """Mends by taking away what hangs on nothing."""

    async def mend(work: Work) -> None:
        await document.raw().delete_one({"_id": id}, session=work.session)

    return mend


def compared(stored: Raw, right: Raw) -> tuple[str, Raw]:
    """Which of the fields in `right` say something else in `stored`, in words and as they should be."""
    wrong = {name: value for name, value in right.items() if stored.get(name) != value}
    return ", ".join(f"{name} is {stored.get(name)}, not {value}" for name, value in wrong.items()), wrong


async def rows(document: type[Record], stages: list[Raw], session: Session) -> dict[Any, Raw]:
    """Rows of an aggregation by their `_id`."""
    return {raw["_id"]: raw async for raw in await document.raw().aggregate(stages, session=session)}


async def found(document: type[Record], query: Raw, fields: Raw, session: Session) -> list[Raw]:
    """Documents with only these fields."""
    return await document.raw().find(query, fields, session=session).to_list()
