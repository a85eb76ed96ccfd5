"""Who may do what with a comment: the routes ask, and the templates show a button when the answer is yes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bson import ObjectId

from app.comments.pages import CommentActions
from app.viewer import Viewer
from documents import Board, Comment, Topic


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a comment what policies ask for; lighter to keep and faster to ask than the document."""

    oid: ObjectId
    number: int
    author: ObjectId
    live: bool
    deleted_as: str | None
    edit_count: int
    like_count: int

    def case(self, viewer: Viewer) -> tuple[object, ...]:
        """All that the policies below look at in a comment: equal for two, their answers are equal."""
        return viewer.id == self.author, self.live, self.deleted_as, self.edit_count > 0, self.number == 1

    def as_another(self, oid: ObjectId, number: int) -> Facts:
        """The same of another comment; the opening post stays the opening post."""
        return replace(self, oid=oid, number=number if self.number > 1 else 1)

    @classmethod
    def of(cls, comment: Comment) -> Facts:
        """Those of a stored comment."""
        return cls(
            oid=comment.oid,
            number=comment.number,
            author=comment.author,
            live=comment.live,
            deleted_as=comment.deleted_as,
            edit_count=comment.edit_count,
            like_count=comment.like_count,
        )


def may_comment(viewer: Viewer, topic: Topic, board: Board) -> bool:
    """Whether this person may write in a topic that they can see."""
    return viewer.writes and topic.live and not topic.locked and board.live


def may_edit(viewer: Viewer, comment: Comment | Facts, topic: Topic) -> bool:
    """Authors as long as the topic is open, and moderators."""
    if not (comment.live and topic.live):
        return False
    return viewer.moderates or (_is_author(viewer, comment) and not topic.locked)


def may_restore_version(viewer: Viewer, comment: Comment, topic: Topic) -> bool:
    """Moderators bring an earlier text back, as an edit of their own."""
    return viewer.moderates and may_edit(viewer, comment, topic)


def may_delete(viewer: Viewer, comment: Comment | Facts) -> bool:
    """Authors and moderators; an opening post goes with its topic alone."""
    return comment.live and comment.number > 1 and (viewer.moderates or _is_author(viewer, comment))


def may_restore(viewer: Viewer, comment: Comment | Facts) -> bool:
    """Moderators; authors only what they deleted themselves."""
    if comment.live:
        return False
    return viewer.moderates or (_is_author(viewer, comment) and comment.deleted_as == "author")


def may_like(viewer: Viewer, comment: Comment | Facts, topic: Topic) -> bool:
    """Everybody who is logged in, but nobody their own."""
    return viewer.writes and comment.live and topic.live and not _is_author(viewer, comment)


def may_see_history(viewer: Viewer, comment: Comment | Facts) -> bool:
    """Earlier texts are for everyone while the comment is there; afterwards for its author and moderators."""
    return (comment.live and comment.edit_count > 0) or viewer.moderates or viewer.id == comment.author


def actions(
    viewer: Viewer, comment: Comment | Facts, topic: Topic, board: Board, *, liked: bool, bookmarked: bool = False
) -> CommentActions:
    """All the answers at once."""
    return CommentActions(
        id=str(comment.oid),
        number=comment.number,
        like=may_like(viewer, comment, topic),
        liked=liked,
        reply=may_comment(viewer, topic, board) and comment.live,
        edit=may_edit(viewer, comment, topic),
        delete=may_delete(viewer, comment),
        restore=may_restore(viewer, comment),
        bookmark=viewer.known and comment.live and topic.live,
        bookmarked=bookmarked,
        history=comment.edit_count > 0 and may_see_history(viewer, comment),
    )


def _is_author(viewer: Viewer, comment: Comment | Facts) -> bool:
    return viewer.writes and viewer.id == comment.author
