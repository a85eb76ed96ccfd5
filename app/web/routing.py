"""ObjectIds in paths: anything else in their place is a path that does not exist."""

from __future__ import annotations

from bson import ObjectId
from werkzeug.routing import BaseConverter


class ObjectIdConverter(BaseConverter):
    """`<oid:name>` in a route: 24 hexadecimal digits, given to the view as an ObjectId."""

    regex = r"[0-9a-fA-F]{24}"

    def to_python(self, value: str) -> ObjectId:
        """The id."""
        return ObjectId(value)

    def to_url(self, value: ObjectId | str) -> str:
        """The digits."""
        return str(value)


def as_id(value: object) -> ObjectId | None:
    """The id that a form field names, or None."""
    return ObjectId(value) if isinstance(value, str) and len(value) == 24 and ObjectId.is_valid(value) else None
