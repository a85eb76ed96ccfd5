"""Whose texts wait for approval before anybody else sees them."""

from __future__ import annotations

from typing import Final

from app.permissions import trust
from app.viewer import Viewer
from documents import Board, User
from documents.base import RESTORED, Raw, deletion
from documents.comment import Comment
from documents.topic import Topic

COUNTED: Final = ("topic_count", "comment_count")


async def waits(viewer: Viewer, board: Board) -> bool:
    """Whether this person's next text in a board waits: the first few of theirs, until these have appeared."""
    first = trust.thresholds().approve_posts
    if not first or viewer.may("skip_approval", board):
        return False
    found = await User.projected([viewer.me], COUNTED, None)
    return sum(raw.get(name) or 0 for raw in found for name in COUNTED) < first


def mark(text: Comment | Topic, *, held: bool, why: str = "") -> None:
    """Say of a text that is about to be stored whether it waits; `why` is for moderators."""
    for name, value in ({**marks_of(text), "delete_reason": why} if held else RESTORED).items():
        setattr(text, name, value)


def marks_of(text: Comment | Topic) -> Raw:
    """The marks of one that waits: hidden like what is deleted, since it was written."""
    return deletion(text.created_at, text.author, "held", "")
