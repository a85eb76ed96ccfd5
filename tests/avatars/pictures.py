"""Pictures for tests, made on the spot."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

# A different colour in each quarter: upper left, upper right, lower left, lower right.
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 40), (30, 50, 220), (230, 210, 40)


def quarters(width: int = 400, height: int = 300) -> Image.Image:
    found = Image.new("RGB", (width, height))
    half_w, half_h = width // 2, height // 2
    for colour, x, y in ((RED, 0, 0), (GREEN, half_w, 0), (BLUE, 0, half_h), (YELLOW, half_w, half_h)):
        found.paste(colour, (x, y, x + half_w + 1, y + half_h + 1))
    return found


def saved(picture: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    target = io.BytesIO()
    if format == "JPEG":
        options = {"quality": 95, "subsampling": 0} | options
    picture.save(target, format, **options)
    return target.getvalue()


def photo(orientation: int = 1, **options: Any) -> bytes:
    """As a camera makes it: stored turned, with a place and a comment."""
    turned = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    back = {
        **turned,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        7: Image.Transpose.TRANSVERSE,
    }[orientation]
    picture = quarters()
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    stored = picture if back is None else picture.transpose(back)
    return saved(stored, exif=exif, comment=b"SECRET-COMMENT", **options)


def webp(content: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(content))
    found.load()
    return found


def near(found: Any, wanted: tuple[int, int, int], by: int = 24) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found[:3], wanted, strict=True))
