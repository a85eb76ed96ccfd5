"""Images: Discourse's `![alt|690x388, 50%](url)` says how large one is, so that the page keeps a place for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SIDE = 10_000

_SIZED = re.compile(
    r"(?P<alt>[^|]*)\|\s*(?P<width>\d{1,5})x(?P<height>\d{1,5})\s*(?:,\s*(?P<percent>\d{1,3})%)?\s*(?:\|.*)?", re.DOTALL
)
# What Discourse writes as an image but means as a link to a file.
_FILE = re.compile(r"(?P<alt>.*)\|(?:attachment|audio|video)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Image:
    """Alternative text, and the size in CSS pixels where it is known."""

    alt: str
    width: int | None = None
    height: int | None = None
    is_file: bool = False


def image_of(alt: str) -> Image:
    """Read the alternative text of an image."""
    if file := _FILE.fullmatch(alt):
        return Image(file["alt"].strip(), is_file=True)
    sized = _SIZED.fullmatch(alt)
    if not sized:
        return Image(alt)
    scale = min(int(sized["percent"] or 100), 100) / 100
    width, height = (round(int(sized[side]) * scale) for side in ("width", "height"))
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        return Image(sized["alt"].strip())
    return Image(sized["alt"].strip(), width, height)
