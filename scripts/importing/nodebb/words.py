"""NodeBB's Markdown → ours: quotes with where they stand, uploads, and links to the forum as it was.

Emoji and mentions are written the same way; code is left as it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from re import Match
from typing import Final
from urllib.parse import urlsplit

from bson import ObjectId

from scripts.importing.readable import outside_code

Place = tuple[ObjectId, int]
# Given a topic and the index in it, or 0 and a post, where that is here.
Find = Callable[[int, int], Place | None]

UPLOAD: Final = re.compile(r"(?<![\w/])/assets/uploads/[^\s()\[\]<>\"'`]{1,500}")
_QUOTE: Final = re.compile(
    r"^(?:@|\[@)([^\s\[\]():]{1,100})(?:\]\([^()\s]{0,300}\))? "
    r"(?:said in \[[^\n]{0,500}?\]|\[said\])\(([^()\s]{0,500})\):?[ \t]*$"
)
_TOPIC: Final = re.compile(r"/topic/(\d{1,15})(?:/[^/\s]*(?:/(\d{1,9}))?)?$")
_POST: Final = re.compile(r"/post/(\d{1,15})$")
# Quotes in quotes; what is deeper stays as it was typed.
DEPTH_MAX: Final = 8
_OWN: Final = r"/(?=(?:topic|post|user|uid|category|assets/uploads)/)"


def uploads_named(text: str) -> list[str]:
    """The paths of uploads in a text, each once."""
    return list(dict.fromkeys(found[0] for found in UPLOAD.finditer(text))) if "/assets/uploads/" in text else []


def within(text: str, address: str) -> str:
    """The text with links to the old forum, at `address`, as paths."""
    parts = urlsplit(address)
    if not parts.netloc or parts.netloc not in text:
        return text
    base = re.escape(parts.netloc + parts.path.rstrip("/"))
    return re.sub(rf"https?://{base}{_OWN}", "/", text)


def ours(text: str, find: Find, uploads: Mapping[str, str]) -> str:
    """The text as this forum has it; `uploads` are the new addresses by the old paths."""
    text = text.replace("\r\n", "\n")
    return outside_code(
        text, lambda bare: _quotes(UPLOAD.sub(lambda found: uploads.get(found[0], found[0]), bare), find)
    )


def _quotes(text: str, find: Find) -> str:
    return "\n".join(_lines(text.split("\n"), find)) if " said" in text or "[said]" in text else text


def _lines(lines: list[str], find: Find, depth: int = 1) -> Iterator[str]:
    """Each line that says whose words follow, with these, as one quote."""
    at = 0
    while at < len(lines):
        found = _QUOTE.match(lines[at]) if depth <= DEPTH_MAX else None
        start = at + 1
        while found and start < len(lines) and not lines[start].strip():
            start += 1
        if found is None or start >= len(lines) or not lines[start].startswith(">"):
            yield lines[at]
            at += 1
            continue
        end = start
        while end < len(lines) and lines[end].startswith(">"):
            end += 1
        yield _opening(found, find)
        yield from _lines([line[1:].removeprefix(" ") for line in lines[start:end]], find, depth + 1)
        yield "[/quote]"
        at = end


def _opening(found: Match[str], find: Find) -> str:
    place = _place(found[2], find)
    where = f", post:{place[1]}, topic:{place[0]}" if place else ""
    name = found[1].replace('"', "").replace(",", "")
    return f'[quote="{name}{where}"]'


def _place(address: str, find: Find) -> Place | None:
    path = urlsplit(address).path if "[" not in address else ""
    if topic := _TOPIC.search(path):
        return find(int(topic[1]), int(topic[2] or 1))
    post = _POST.search(path)
    return find(0, int(post[1])) if post else None
