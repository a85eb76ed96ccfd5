"""Who may do what with a topic."""

from __future__ import annotations

from app.viewer import Viewer
from documents import Topic


def may_edit(viewer: Viewer, topic: Topic) -> bool:
    """Authors as long as it is open, and moderators."""
    if not topic.live:
        return False
    return viewer.moderates or (_is_author(viewer, topic) and not topic.locked)


def may_delete(viewer: Viewer, topic: Topic) -> bool:
    """Moderators; authors as long as nobody else has written in it."""
    if not topic.live:
        return False
    alone = all(person == topic.author for person in topic.participants)
    return viewer.moderates or (_is_author(viewer, topic) and alone)


def may_restore(viewer: Viewer, topic: Topic) -> bool:
    """Moderators; authors only what they deleted themselves."""
    if topic.live:
        return False
    return viewer.moderates or (_is_author(viewer, topic) and topic.deleted_as == "author")


def may_place(viewer: Viewer, topic: Topic, verb: str) -> bool:
    """Moderators pin, feature and lock; administrators announce."""
    return topic.live and (viewer.administers if verb == "announce" else viewer.moderates)


def _is_author(viewer: Viewer, topic: Topic) -> bool:
    return viewer.writes and viewer.id == topic.author
