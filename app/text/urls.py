"""Addresses: which are safe, which are the site's own, and where a bare one in running text ends."""

from __future__ import annotations

import re
from re import Match
from urllib.parse import urlsplit

from mistune import InlineParser, InlineState, Markdown
from mistune.util import escape_url

from app.text.cjk import CJK_RANGES, CJK_STOPS

SAFE_SCHEMES = frozenset({"http", "https", "mailto"})

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")

# Chinese follows a URL without a space. Its punctuation ends the URL, and so does a Han character, except where one can
# only be meant: as a whole label of the host, or at the beginning of a part of the path (/wiki/中国).
_HAN = f"(?:(?![{CJK_STOPS}])[{CJK_RANGES}])"
_OTHER = rf"(?:(?![{CJK_STOPS}{CJK_RANGES}])[^\s<>\"`\\^{{}}|\x00-\x20\x7f\u200b-\u200f\u2028-\u202f\ufeff])"
_LABEL = rf"(?:[A-Za-z0-9\-_]+|(?:(?![{CJK_STOPS}{CJK_RANGES}])[^\W_])+|{_HAN}+)"
BARE_URL = (
    rf"(?<![A-Za-z0-9])(?:[Hh][Tt][Tt][Pp][Ss]?://|[Ww][Ww][Ww]\.(?={_LABEL}\.)){_LABEL}(?:\.{_LABEL})*"
    rf"(?::\d{{1,5}})?(?:[/?#](?:{_OTHER}|(?<=[/=?#&_\-]){_HAN}+)*)?"
)

_PAIRS = {")": "(", "]": "["}
_TRAILING = "?!.,:;*_~'"


def is_safe(url: str) -> bool:
    """Whether a link may lead to `url`: http, https, mailto, or an address on this site."""
    scheme = _SCHEME.match(url)
    return scheme is None or scheme[1].lower() in SAFE_SCHEMES


def is_external(url: str, origin: str) -> bool:
    """Whether `url` leaves the site whose `origin` (such as `https://forum.example`) is given."""
    if url.startswith(("//", "/\\")):
        return True
    if not _SCHEME.match(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    return parts.scheme != "mailto" and f"{parts.scheme}://{parts.netloc}".lower() != origin.lower()


def end_of_url(text: str) -> int:
    """Where the URL at the beginning of `text` ends, without the punctuation of the sentence around it."""
    end = len(text)
    surplus = {closer: text.count(closer) - text.count(opener) for closer, opener in _PAIRS.items()}
    while end:
        last = text[end - 1]
        if last in _PAIRS and surplus[last] > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return end


def parse_bare_url(inline: InlineParser, found: Match[str], state: InlineState) -> int:
    """The inline rule: a link whose text is the address as it was typed."""
    text = found[0]
    if state.brackets and "]" in text:
        text = text[: text.index("]")]
    text = text[: end_of_url(text)]
    end = found.start() + len(text)
    if state.in_link or state.depth >= inline.max_nested_level:
        inline.process_text(text, state, parse_emphasis=False)
        return end
    url = text if "://" in text else f"https://{text}"
    # `_autolink` is mistune's own mark: inside the text of a link it takes the words back.
    children = [{"type": "escaped", "raw": text}]
    state.append_token({"type": "link", "children": children, "attrs": {"url": escape_url(url)}, "_autolink": text})
    return end


def bare_urls(md: Markdown) -> None:
    """Plugin: addresses in running text become links."""
    md.inline.register("bare_url", BARE_URL, parse_bare_url, start_chars=list("hHwW"))
