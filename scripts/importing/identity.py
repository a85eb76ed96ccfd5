"""Where a document comes from, and the ids that follow from it."""

from hashlib import sha256

from bson import ObjectId

ORIGIN = "discourse"
# Of everything that was imported, whatever it is.
FROM_DISCOURSE = {"$regex": f"^{ORIGIN}:"}


def source(kind: str, number: int | str) -> str:
    """`discourse:post:42`."""
    return f"{ORIGIN}:{kind}:{number}"


def number_in(source: str) -> int:
    """42 of `discourse:post:42`."""
    return int(source.rpartition(":")[2])


def derived(source: str) -> ObjectId:
    """The same id for the same source whenever it is imported. Hashed, so that nothing else could have made it."""
    return ObjectId(sha256(f"quorum import {source}".encode()).digest()[:12])


def oid(kind: str, number: int | str) -> ObjectId:
    """The id of the document that is made of this."""
    return derived(source(kind, number))
