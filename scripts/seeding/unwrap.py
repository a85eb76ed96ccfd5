"""Joining the lines of paragraphs, so that sources may be wrapped although a line break of Markdown is one here."""

from __future__ import annotations

import re

from scripts.seeding.shape import Lang

# A line that begins a block of its own and must not be joined to the one before.
MARKED = re.compile(r"\s*([-*] |\d+\. |> |\||#{1,4} |```)")
FENCE = re.compile(r"`{3,}")


def unwrap(source: str, lang: Lang) -> list[str]:
    """The blocks of a Markdown source, with the lines of each paragraph joined."""
    blocks: list[str] = []
    fence = ""
    fresh = True
    for line in source.strip("\n").split("\n"):
        if fence:
            blocks[-1] += "\n" + line
            fence = "" if line == fence else fence
        elif not line:
            fresh = True
        else:
            found = FENCE.match(line)
            fence = found[0] if found else ""
            if fresh:
                blocks.append(line)
            else:
                blocks[-1] += _continuation(blocks[-1], line, lang)
            fresh = False
    return blocks


def _continuation(before: str, line: str, lang: Lang) -> str:
    glue = _glue(before, line, lang)
    if glue == "\n":
        return glue + line
    return glue + (line[2:] if _goes_on(before, line) else line.lstrip())


def _glue(before: str, line: str, lang: Lang) -> str:
    if before.count("«") > before.count("»") and (line.startswith("|") or before.endswith("|")):
        return ""
    if before.count("«") == before.count("»") and MARKED.match(line) and not _goes_on(before, line):
        return "\n"
    return " " if lang == "en" or (before[-1].isascii() and line[0].isascii()) else ""


def _goes_on(before: str, line: str) -> bool:
    """Whether a line of a quote continues the one before."""
    return line.startswith("> ") and before.rpartition("\n")[2].startswith("> ")
