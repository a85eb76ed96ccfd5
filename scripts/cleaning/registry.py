"""Which fields of which documents name people and files. Whoever adds one adds it here; a test finds those missing."""

from typing import Final

from documents import (
    Block,
    Board,
    Comment,
    Conversation,
    Factor,
    Follow,
    Letter,
    Login,
    Membership,
    Message,
    Notification,
)
from documents import Passkey, Pending, Reaction, Revision, Token, Topic, User
from documents.base import Record
from documents.file import FileKind

Field = tuple[type[Record], str]

# A deleted person whom one of these names is kept.
PEOPLE: Final[tuple[Field, ...]] = (
    (Topic, "author"),
    (Topic, "last_author"),
    (Topic, "participants"),
    (Topic, "deleted_by"),
    (Comment, "author"),
    (Comment, "edited_by"),
    (Comment, "reply_to_author"),
    (Comment, "mentions"),
    (Comment, "deleted_by"),
    (Revision, "author"),
    (Reaction, "user"),
    (Conversation, "started_by"),
    (Conversation, "members"),
    (Conversation, "last_author"),
    (Membership, "user"),
    (Message, "author"),
    (Message, "deleted_by"),
    (Notification, "actor"),
    (Board, "deleted_by"),
    (User, "deleted_by"),
)

# What is a person's alone and goes with them.
THEIRS: Final[tuple[Field, ...]] = (
    (Notification, "user"),
    (Login, "user"),
    (Letter, "user"),
    (Token, "user"),
    (Follow, "user"),
    (Follow, "person"),
    (Block, "user"),
    (Block, "person"),
    (Factor, "user"),
    (Passkey, "user"),
    (Pending, "user"),
    (User, "blocks"),
)

# Fields with the hash of a stored file, and its kind. A file that one of them names stays, whatever is counted.
FILES: Final[tuple[tuple[type[Record], str, FileKind], ...]] = ((User, "avatar", "avatar"),)
