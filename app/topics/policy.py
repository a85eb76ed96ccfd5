"""Who may do what with a topic."""

from __future__ import annotations

from typing import Final

from app.viewer import Viewer
from documents import Board, Topic

ARRANGING: Final = ("move", "merge", "retitle", "slow_mode")


def may_edit(viewer: Viewer, topic: Topic, board: Board) -> bool:
    """Authors as long as it is open, and moderators; what nobody else has seen yet, its author alone."""
    if topic.unseen:
        return _is_author(viewer, topic) and viewer.may("edit_own", board)
    if not topic.live:
        return False
    own = _is_author(viewer, topic) and not topic.locked and viewer.may("edit_own", board)
    return own or viewer.may("edit_others", board)


def may_delete(viewer: Viewer, topic: Topic, board: Board) -> bool:
    """Moderators; authors as long as nobody else has written in it."""
    if not topic.live:
        return False
    alone = all(person == topic.author for person in topic.participants)
    own = _is_author(viewer, topic) and alone and viewer.may("delete_own", board)
    return own or viewer.may("delete_others", board)


def may_withdraw(viewer: Viewer, topic: Topic, board: Board) -> bool:
    """Its author, while it waits for approval."""
    return topic.deleted_as == "held" and may_edit(viewer, topic, board)


def may_restore(viewer: Viewer, topic: Topic, board: Board) -> bool:
    """Moderators; authors only what they deleted themselves."""
    if topic.live or topic.unseen or topic.merged_into is not None:
        return False
    own = _is_author(viewer, topic) and topic.deleted_as == "author" and viewer.may("delete_own", board)
    return own or viewer.may("delete_others", board)


def may_place(viewer: Viewer, topic: Topic, verb: str, board: Board) -> bool:
    """Moderators pin, feature and lock; administrators announce: each verb is a permission of its own."""
    return topic.live and viewer.may(verb, board)


def may_arrange(viewer: Viewer, topic: Topic, board: Board, *permissions: str) -> bool:
    """Move, merge, split, retitle or slow down: one of these `permissions`, or any of them if none is named."""
    return topic.live and any(viewer.may(name, board) for name in permissions or ARRANGING)


def _is_author(viewer: Viewer, topic: Topic) -> bool:
    return viewer.writes and viewer.id == topic.author
