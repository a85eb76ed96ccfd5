"""The documents: one file each, with its fields, indexes, named queries and atomic updates of its own collection."""

from __future__ import annotations

from documents.base import Record
from documents.board import Board
from documents.comment import Comment, Reaction, Revision
from documents.message import Conversation, Membership, Message
from documents.notification import Notification
from documents.session import Login
from documents.topic import Topic
from documents.user import User

ALL: tuple[type[Record], ...] = (
    User,
    Login,
    Board,
    Topic,
    Comment,
    Revision,
    Reaction,
    Conversation,
    Membership,
    Message,
    Notification,
)

__all__ = [
    "ALL",
    "Board",
    "Comment",
    "Conversation",
    "Login",
    "Membership",
    "Message",
    "Notification",
    "Reaction",
    "Record",
    "Revision",
    "Topic",
    "User",
]
