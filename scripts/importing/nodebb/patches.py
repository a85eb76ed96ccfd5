"""An earlier text from the one after it: NodeBB keeps unified diffs that lead backwards."""

import re
from typing import Final

_HUNK: Final = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
NO_NEWLINE: Final = "\\ No newline at end of file"


class DoesNotFit(Exception):
    """The diff is not one of this text."""


def earlier(text: str, patch: str) -> str:
    """The text to which `patch` leads from `text`; raises `DoesNotFit`."""
    lines, out, at = text.split("\n"), [], 0
    for line in _after_head(patch):
        if hunk := _HUNK.match(line):
            # An insertion before the first line counts from 0.
            start = max(int(hunk[1]) - (hunk[2] != "0"), 0)
            if not at <= start <= len(lines):
                raise DoesNotFit
            out += lines[at:start]
            at = start
        elif line.startswith("+"):
            out.append(line[1:])
        elif line.startswith(("-", " ")):
            if at >= len(lines) or lines[at] != line[1:]:
                raise DoesNotFit
            out += [line[1:]] if line[0] == " " else []
            at += 1
        elif line.strip() and line != NO_NEWLINE:
            raise DoesNotFit
    out += lines[at:]
    return "\n".join(out)


def _after_head(patch: str) -> list[str]:
    lines = patch.split("\n")
    start = next((number for number, line in enumerate(lines) if line.startswith("@@")), None)
    if start is None:
        if any(line.startswith(("+++", "---")) for line in lines):
            return []  # the two are the same
        raise DoesNotFit
    return lines[start:]
