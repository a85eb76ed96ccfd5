"""The first pass: every file is read, checked and noted, none is kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from scripts.importing.archive import Broken, Post, PostType, files_below, read_post
from scripts.importing.spool import Spool
from scripts.importing.tally import Tally

SKIPPED: Final = {PostType.SMALL_ACTION: "small actions", PostType.WHISPER: "whispers"}


def scan(folder: Path, spool: Spool, tally: Tally, advance: Callable[[], None]) -> None:
    """Fill the spool with what is in `folder`."""
    for path in files_below(folder, lambda error: tally.broken(error.filename, "cannot be read")):
        tally.files += 1
        advance()
        try:
            note(read_post(path), path, spool, tally)
        except Broken as broken:
            tally.broken(path, str(broken))
    for post, topic, number in spool.settle():
        tally.broken(f"post {post}", f"number {number} of topic {topic} is another post's")


def note(post: Post, path: Path, spool: Spool, tally: Tally) -> None:
    """Take a post in, or name it and leave it."""
    if post.post_type in SKIPPED:
        tally.skipped(path, SKIPPED[PostType(post.post_type)])
    elif not spool.add(post, path):
        tally.aside["duplicate files"] += 1
