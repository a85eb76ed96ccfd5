"""Where a document comes from, and the ids that follow from it."""

from contextvars import ContextVar
from hashlib import sha256
from typing import Final

from bson import ObjectId

from documents.base import Raw

ORIGINS: Final = ("discourse", "nodebb")
# Of everything that was imported, from wherever.
FROM_ANYWHERE: Final[Raw] = {"$regex": f"^({'|'.join(ORIGINS)}):"}
_origin: ContextVar[str] = ContextVar("origin", default="discourse")


def come_from(origin: str) -> None:
    """Say which kind of forum is being imported, one of `ORIGINS`, before anything is asked."""
    _origin.set(origin)


def ours() -> Raw:
    """Selects the sources of everything that imports from this kind of forum have brought."""
    return {"$regex": f"^{_origin.get()}:"}


def source(kind: str, number: int | str) -> str:
    """`discourse:post:42`."""
    return f"{_origin.get()}:{kind}:{number}"


def number_in(source: str) -> int:
    """42 of `discourse:post:42`."""
    return int(source.rpartition(":")[2])


def derived(source: str) -> ObjectId:
    """The same id for the same source whenever it is imported. Hashed, so that nothing else could have made it."""
    return ObjectId(sha256(f"quorum import {source}".encode()).digest()[:12])


def oid(kind: str, number: int | str) -> ObjectId:
    """The id of the document that is made of this."""
    return derived(source(kind, number))
