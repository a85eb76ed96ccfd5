"""NodeBB's values: numbers that may be strings, moments in milliseconds, flags that are 0 or 1."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, Final

EPOCH: Final = datetime.fromtimestamp(0, UTC)
# To the year 2286; before that and after it a number of milliseconds is a mistake.
MILLISECONDS_MAX: Final = 10**13
WHOLE_MAX: Final = 2**53


def whole(value: Any, otherwise: int = 0) -> int:
    """A whole number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return otherwise
    return int(number) if math.isfinite(number) and abs(number) <= WHOLE_MAX else otherwise


def is_set(value: Any) -> bool:
    """A flag."""
    return whole(value) == 1 or value is True or value == "true"


def said(value: Any) -> str:
    """A text, without halves of characters and NULs; empty when it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).encode("utf-8", "replace").decode().replace("\0", "")


def milliseconds(value: Any, otherwise: int = 0) -> int:
    """Since 1970."""
    number = whole(value, otherwise)
    return number if 0 < number < MILLISECONDS_MAX else otherwise


def moment(value: Any) -> datetime | None:
    """A moment, when it is one."""
    number = milliseconds(value)
    return at(number) if number else None


def at(number: int) -> datetime:
    """The moment of so many milliseconds."""
    return EPOCH + timedelta(milliseconds=number)
