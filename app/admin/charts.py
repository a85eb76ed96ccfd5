"""Columns of numbers as a picture that the server draws: coordinates for an SVG, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# The drawing is this large, in its own units; it is stretched to the room that there is.
WIDTH: Final = 600.0
HEIGHT: Final = 96.0
GAP_SHARE: Final = 0.28
# So that one of a thousand is still seen.
LEAST_HEIGHT: Final = 1.5


@dataclass(frozen=True, slots=True)
class Column:
    """One day or month. `value` is None where nobody knows it."""

    label: str
    value: int | None
    x: float
    y: float
    width: float
    height: float
    last: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """One measure over time. `now` is today, `before` the day before, `most` the highest column.

    `unit` is count, or bytes for what is said in mebibytes.
    """

    key: str
    title: str
    unit: str
    now: int
    before: int | None
    most: int
    total: int
    columns: tuple[Column, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return self.most == 0


def chart(
    key: str, title: str, unit: str, points: Sequence[tuple[str, int | None]], *, now: int, before: int | None
) -> Chart:
    """The chart of these labels and numbers, the oldest first."""
    most = max((value or 0 for _, value in points), default=0)
    step = WIDTH / max(1, len(points))
    width = step * (1 - GAP_SHARE)
    columns = []
    for number, (label, value) in enumerate(points):
        height = max(LEAST_HEIGHT, HEIGHT * value / most) if value and most else 0.0
        x = number * step + (step - width) / 2
        columns.append(
            Column(
                label,
                value,
                round(x, 2),
                round(HEIGHT - height, 2),
                round(width, 2),
                round(height, 2),
                last=number == len(points) - 1,
            )
        )
    total = sum(value or 0 for _, value in points)
    return Chart(key, title, unit, now, before, most, total, tuple(columns))
