"""Uploaded pictures in a text: with their size, so that nothing jumps, their thumbnails, and a link to the whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from app.text.images import Image
from app.text.model import Picture

URL: Final = re.compile(r"/uploads/([0-9a-f]{24})/[^?#]*")
# The width of a text, and what is loaded where a browser knows no `srcset`.
SIZES: Final = "(min-width: 48rem) 42rem, 100vw"
USUAL_WIDTH: Final = 960


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture at its address, with the widths of its thumbnails."""

    url: str
    width: int
    height: int
    widths: Sequence[int]

    def html(self, image: Image, title: str | None, *, linked: bool) -> str:
        """The picture; `linked` where it may be a link."""
        url, titled = escape(self.url), f' title="{escape(title)}"' if title else ""
        width, height = image.width or self.width, image.height or self.height
        found = (
            f'<img src="{url}{self._usual}"{self._sources} alt="{escape(image.alt)}"{titled} width="{width}"'
            f' height="{height}" loading="lazy" decoding="async">'
        )
        return f'<a class="picture" href="{url}">{found}</a>' if linked else found

    @property
    def _usual(self) -> str:
        narrow = [width for width in self.widths if width <= USUAL_WIDTH]
        return f"?w={max(narrow)}" if narrow else ""

    @property
    def _sources(self) -> str:
        if not self.widths:
            return ""
        url = escape(self.url)
        each = [f"{url}?w={width} {width}w" for width in sorted(self.widths)]
        return f' srcset="{", ".join([*each, f"{url} {self.width}w"])}" sizes="{SIZES}"'


def shown(url: str, origin: str, pictures: Mapping[str, Picture]) -> Shown | None:
    """The uploaded picture at an address; None where there is none that the writer could use."""
    path = url.removeprefix(origin) if origin else url
    found = URL.fullmatch(path)
    sizes = pictures.get(found[1]) if found else None
    # A space or comma would end an entry of `srcset`.
    return Shown(path.replace(" ", "%20").replace(",", "%2C"), *sizes) if sizes else None
