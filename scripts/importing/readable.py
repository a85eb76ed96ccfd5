"""What Discourse shows and this forum does not know, as Markdown: uploads, HTML for layout, `[url]`.

For the HTML alone; the text is kept as it was typed. Every word stays, and code is left as it is. What is no element of
HTML (`<notary>`) is part of what was said. Images that lie with the old forum become links: to show them would tell it
who reads here. Everything is bounded, as what is not closed would be looked for to the end from each opening.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from re import Match
from typing import Final

from scripts.importing.uploads import KEY, attributes

_SIGNS: Final = ("<", "upload://", "[url", "[URL")
_FENCE: Final = re.compile(r"[> ]*(`{3,}|~{3,})(.*)")
_INDENTED: Final = ("    ", "\t")
_CODE: Final = re.compile(r"(?<!`)(`{1,3})(?!`)[^`\n]+\1(?!`)")
_IMAGE: Final = re.compile(r"!\[([^\[\]\n]{0,500})\]\(\s?(upload://[^()\s]{1,100})[^()\n]{0,300}\)")
_FILE: Final = re.compile(r"(?<=\]\()upload://[^()\s]{1,100}(?=[)\s])")
_IMG: Final = re.compile(r"<img(\s[^<>]{0,2000})>", re.IGNORECASE)
_LINK: Final = re.compile(r"<a(\s[^<>]{0,2000})>((?:(?!</?a[\s>])[^\n]){0,2000})</a\s?>", re.IGNORECASE)
_BBCODE: Final = re.compile(
    r"\[url(?:=(https?://[^\]\s]{1,500}))?\]((?:(?!\[/?url\b)[^\n]){0,2000})\[/url\]", re.IGNORECASE
)
_HEADING: Final = re.compile(
    r"^([> ]*)<h([1-6])(?:\s[^<>]{0,2000})?>([^\n]{0,2000}?)</h\2\s?>[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE
)
_BLOCK: Final = re.compile(
    r"[ \t]{0,20}</?(?:div|p|center|section|article|figure|figcaption)(?:\s[^<>]{0,2000})?>[ \t]{0,20}", re.IGNORECASE
)
_PHRASE: Final = re.compile(r"</?(?:span|font|big)(?:\s[^<>]{0,2000})?>|<a\s[^<>]{0,2000}>|</a\s?>", re.IGNORECASE)
_SIZE: Final = re.compile(r"\|\s?(?:\d+x\d+|\d+%|thumbnail|attachment|audio|video).*\Z")
_ADDRESS: Final = re.compile(r"(?:https?://|mailto:)[^\s<>]+\Z", re.IGNORECASE)
_IN_BRACKETS: Final = str.maketrans("[]\n", "() ")


def readable(raw: str, uploads: Mapping[str, str]) -> str:
    """`raw` as this forum can render it; `uploads` are the addresses behind `upload://`."""
    if not any(sign in raw for sign in _SIGNS):
        return raw
    return outside_code(raw, lambda text: _converted(text, uploads))


def outside_code(raw: str, convert: Callable[[str], str]) -> str:
    """`raw` with all that is not code converted, each bit of code being one word of it meanwhile."""
    # A character that nobody typed stands for what is code.
    mark = next((chr(code) for code in range(0xE000, 0xF900) if chr(code) not in raw), None)
    if mark is None:
        return raw
    aside: list[str] = []
    text = "\n".join(_without_code(raw.replace("\r\n", "\n"), mark, aside))
    return re.sub(f"{mark}(\\d+){mark}", lambda found: aside[int(found[1])], convert(text))


def _without_code(raw: str, mark: str, aside: list[str]) -> Iterator[str]:
    """Line by line, with a mark and its place in `aside` instead of each bit of code."""

    def put_aside(code: str) -> str:
        aside.append(code)
        return f"{mark}{len(aside) - 1}{mark}"

    fence = ""
    for line in raw.split("\n"):
        found = _FENCE.match(line)
        if fence:
            yield put_aside(line)
            closes = found is not None and found[1].startswith(fence) and not found[2].strip()
            fence = "" if closes else fence
        elif found:
            fence = found[1]
            yield put_aside(line)
        elif line.startswith(_INDENTED):
            yield put_aside(line)
        else:
            yield _CODE.sub(lambda code: put_aside(code[0]), line)


def _converted(text: str, uploads: Mapping[str, str]) -> str:
    text = _IMAGE.sub(lambda found: _upload(found[0], found[1], found[2], uploads), text)
    text = _FILE.sub(lambda found: _resolved(found[0], uploads) or found[0], text)
    text = _IMG.sub(lambda found: _img(found, uploads), text)
    text = _LINK.sub(lambda found: _linked(attributes(found[1]).get("href", ""), found[2]), text)
    text = _BBCODE.sub(lambda found: _linked(found[1] or found[2], found[2]), text)
    text = _HEADING.sub(_heading, text)
    return _PHRASE.sub("", _BLOCK.sub(_block, text))


def _resolved(url: str, uploads: Mapping[str, str]) -> str:
    key = KEY.match(url)
    return uploads.get(key[1], "") if key else ""


def _upload(source: str, alt: str, url: str, uploads: Mapping[str, str]) -> str:
    """A link to an image; as it was when nobody knows where it is, so that its description is shown."""
    found = _resolved(url, uploads)
    return f"[{_SIZE.sub('', alt).strip() or 'image'}](<{found}>)" if found else source


def _img(found: Match[str], uploads: Mapping[str, str]) -> str:
    given = attributes(found[1])
    alt, src = given.get("alt", "").translate(_IN_BRACKETS), given.get("src", "")
    if src.startswith("upload://"):
        return _upload(alt or found[0], alt, src, uploads)
    return f"[{alt or 'image'}](<{src}>)" if _ADDRESS.match(src) else alt or found[0]


def _linked(url: str, words: str) -> str:
    """The words as a link, or both beside each other when there is a link in the words already."""
    if not _ADDRESS.match(url):
        return words
    if words.strip() in (url, ""):
        return f"<{url}>"
    return f"{words} (<{url}>)" if "[" in words or "]" in words else f"[{words}](<{url}>)"


def _heading(found: Match[str]) -> str:
    before, level, words, after = found[1], found[2], found[3].strip(), found[4].strip()
    heading = f"{before}{'#' * int(level)} {words}" if words else before
    return f"{heading}\n{before}\n{before}{after}" if after else heading


def _block(found: Match[str]) -> str:
    """Nothing at the edge of a line, and a new line in the middle of one."""
    text = found.string
    at_edge = found.start() == 0 or found.end() == len(text) or "\n" in (text[found.start() - 1], text[found.end()])
    return "" if at_edge else "\n"
