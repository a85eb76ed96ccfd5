"""Who may do what with a comment: the routes ask, and the templates show a button when the answer is yes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bson import ObjectId

from app.comments.pages import CommentActions, ModeratorMenu
from app.viewer import Viewer
from documents import Board, Comment, Topic
from documents.base import UNSEEN


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
    return viewer.writes and topic.live and not topic.locked and viewer.may("reply", board)


def may_edit(viewer: Viewer, comment: Comment | Facts, topic: Topic, board: Board) -> bool:
    """Authors as long as the topic is open, and moderators; what nobody else has seen yet, its author alone."""
    if comment.deleted_as in UNSEEN:
        open_ = topic.live and not topic.locked
        return open_ and _is_author(viewer, comment) and viewer.may("edit_own", board)
    if not (comment.live and topic.live):
        return False
    own = _is_author(viewer, comment) and not topic.locked and viewer.may("edit_own", board)
    return own or viewer.may("edit_others", board)


def may_restore_version(viewer: Viewer, comment: Comment, topic: Topic, board: Board) -> bool:
    """Moderators bring an earlier text back, as an edit of their own."""
    return viewer.may("edit_others", board) and may_edit(viewer, comment, topic, board)


def may_withdraw(viewer: Viewer, comment: Comment | Facts, topic: Topic, board: Board) -> bool:
    """Its author, while it waits for approval."""
    return comment.deleted_as == "held" and may_edit(viewer, comment, topic, board)


def may_delete(viewer: Viewer, comment: Comment | Facts, board: Board) -> bool:
    """Authors and moderators; an opening post goes with its topic alone."""
    if not comment.live or comment.number == 1:
        return False
    own = _is_author(viewer, comment) and viewer.may("delete_own", board)
    return own or viewer.may("delete_others", board)


def may_restore(viewer: Viewer, comment: Comment | Facts, board: Board) -> bool:
    """Moderators; authors only what they deleted themselves."""
    if comment.live or comment.deleted_as in UNSEEN:
        return False
    own = _is_author(viewer, comment) and comment.deleted_as == "author" and viewer.may("delete_own", board)
    return own or viewer.may("delete_others", board)


def may_like(viewer: Viewer, comment: Comment | Facts, topic: Topic, board: Board) -> bool:
    """Everybody who is logged in, but nobody their own."""
    there = comment.live and topic.live and not _is_author(viewer, comment)
    return viewer.writes and there and viewer.may("like", board)


def may_report(viewer: Viewer, comment: Comment | Facts, topic: Topic) -> bool:
    """Everybody who is logged in, but nobody their own."""
    return viewer.known and comment.live and topic.live and viewer.id != comment.author


def may_see_history(viewer: Viewer, comment: Comment | Facts, board: Board) -> bool:
    """Earlier texts are for everyone while the comment is there; afterwards for its author and moderators."""
    if viewer.known and viewer.id == comment.author:
        return True
    there = comment.live and comment.edit_count > 0 and viewer.may("see_history", board)
    return there or viewer.may("see_deleted", board)


def menu(viewer: Viewer, comment: Comment | Facts, topic: Topic, board: Board) -> ModeratorMenu | None:
    """What there is for moderators at a comment that is not their own; None for who is none."""
    if not viewer.writes or viewer.id == comment.author:
        return None
    there = comment.live and topic.live
    found = ModeratorMenu(
        hold=there and viewer.may("approve", board),
        decide=comment.deleted_as == "held" and viewer.may("approve", board),
        split=there and comment.number > 1 and viewer.may("merge", board),
        sanction=any(viewer.may(name) for name in ("warn", "silence", "ban")),
        logins=viewer.may("see_logs") and viewer.may("see_addresses"),
    )
    looks_after = found != ModeratorMenu() or viewer.may("delete_others", board) or viewer.may("edit_others", board)
    return found if looks_after else None


def actions(
    viewer: Viewer, comment: Comment | Facts, topic: Topic, board: Board, *, liked: bool, bookmarked: bool = False
) -> CommentActions:
    """All the answers at once."""
    return CommentActions(
        id=str(comment.oid),
        number=comment.number,
        like=may_like(viewer, comment, topic, board),
        liked=liked,
        reply=may_comment(viewer, topic, board) and comment.live,
        edit=may_edit(viewer, comment, topic, board),
        again=comment.deleted_as in ("rejected", "withdrawn"),
        withdraw=may_withdraw(viewer, comment, topic, board),
        delete=may_delete(viewer, comment, board),
        restore=may_restore(viewer, comment, board),
        bookmark=viewer.known and comment.live and topic.live,
        bookmarked=bookmarked,
        report=may_report(viewer, comment, topic),
        history=comment.edit_count > 0 and may_see_history(viewer, comment, board),
        menu=menu(viewer, comment, topic, board),
    )


def _is_author(viewer: Viewer, comment: Comment | Facts) -> bool:
    return viewer.writes and viewer.id == comment.author
