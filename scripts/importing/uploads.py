"""Where Discourse's `upload://` addresses lead: only the HTML that it made itself knows."""

import re
from html import unescape
from typing import Final

KEY: Final = re.compile(r"upload://([A-Za-z0-9]{1,40})")
SHORT: Final = re.compile(r"/uploads/short-url/([A-Za-z0-9]{1,40})")
_TAG: Final = re.compile(r"<(/?)(a|img)\b([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"(?<![a-z0-9-])([a-z0-9-]+)\s?=\s?(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)


def uploads_in(cooked: str) -> dict[str, str]:
    """The addresses in what Discourse rendered, by the key that stands after `upload://`."""
    found: dict[str, str] = {}
    original = ""
    for closing, tag, rest in _TAG.findall(cooked):
        given = {} if closing else attributes(rest)
        if tag.lower() == "a":
            # An image that was made smaller for the page is in a link to its original.
            original = given.get("href", "") if "lightbox" in given.get("class", "") else ""
            if short := SHORT.search(given.get("href", "")):
                _note(found, short[1], given["href"])
        elif key := given.get("data-base62-sha1"):
            _note(found, key, original or given.get("src", ""))
    return found


def _note(found: dict[str, str], key: str, url: str) -> None:
    url = f"https:{url}" if url.startswith("//") else url
    # An address within the old forum leads nowhere in this one.
    if url.startswith(("https://", "http://")):
        found.setdefault(key, url)


def attributes(text: str) -> dict[str, str]:
    """What stands in a tag after its name."""
    return {
        name.lower(): unescape(double or single or bare).strip()
        for name, double, single, bare in _ATTRIBUTE.findall(text)
    }
