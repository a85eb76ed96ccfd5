"""THE table: every field of every document that names a person, and what an archive and an erasure do with it.

Whoever adds a field with an id adds it here, or to `NOT_PEOPLE`; a test finds what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from documents import (
    ApiToken,
    Appeal,
    Archive,
    Attempt,
    BannedNetwork,
    Block,
    Board,
    Bookmark,
    Comment,
    Conversation,
    Draft,
    EarlierMessage,
    Factor,
    Follow,
    Letter,
    Login,
    Marker,
    Membership,
    Message,
    Notification,
    Operation,
    Passkey,
    Pending,
    Reaction,
    Removal,
    Removed,
    Report,
    Rescued,
    Revision,
    Said,
    Token,
    Topic,
    Upload,
    User,
    Watch,
    WordRule,
)
from documents.base import Record

# theirs: the document is about them alone and goes with them.
# words:  they have written it; it stays under an account without a name, or goes (QUORUM_DELETED_ACCOUNTS).
# trace:  they are named beside what is not theirs; that stays under the account without a name, or is wiped out.
# record: it is written in a log that nobody may change; their id stays there, and says nothing once they are gone.
Leaving = Literal["theirs", "words", "trace", "record"]


@dataclass(frozen=True, slots=True)
class Held:
    """A field with somebody's id. `part` is the file of the archive that has it; empty where `why` says why none."""

    document: type[Record]
    field: str
    leaving: Leaving
    part: str = ""
    why: str = ""


FORUM_S: Final = "what moderators have done belongs to the forum's own records"
OTHERS: Final = "it is somebody else's document"
IN_PLACE: Final = "it repeats what other parts say"

HELD: Final[tuple[Held, ...]] = (
    Held(User, "_id", "words", "profile"),
    Held(User, "blocks", "trace", "profile"),
    Held(User, "deleted_by", "trace", why=FORUM_S),
    Held(Login, "user", "theirs", "logins"),
    Held(Attempt, "user", "theirs", "attempts"),
    Held(Factor, "user", "theirs", why="it is made of secrets"),
    Held(Passkey, "user", "theirs", "passkeys"),
    Held(ApiToken, "user", "theirs", "api_tokens"),
    Held(Pending, "user", "theirs", why="it is a log-in that has not become one"),
    Held(Token, "user", "theirs", why="it is a secret, or the remains of one"),
    Held(Letter, "user", "theirs", "letters"),
    Held(Archive, "user", "theirs", "archives"),
    Held(Notification, "user", "theirs", "notifications"),
    Held(Notification, "actor", "trace", why=OTHERS),
    Held(Notification, "people", "trace", why=OTHERS),
    Held(Follow, "user", "theirs", "following"),
    Held(Follow, "person", "theirs", "followers"),
    Held(Block, "user", "theirs", "blocked"),
    Held(Block, "person", "theirs", why="whom others have blocked is theirs to know"),
    Held(Draft, "user", "theirs", "drafts"),
    Held(Rescued, "user", "theirs", "rescued"),
    Held(Watch, "user", "theirs", "watching"),
    Held(Bookmark, "user", "theirs", "bookmarks"),
    Held(Said, "author", "theirs", why="it is a mark of what other parts have, and gone after a week"),
    Held(Upload, "user", "words", "uploads"),
    Held(Topic, "author", "words", "topics"),
    Held(Topic, "last_author", "trace", why=IN_PLACE),
    Held(Topic, "participants", "trace", why=IN_PLACE),
    Held(Topic, "deleted_by", "trace", why=FORUM_S),
    Held(Comment, "author", "words", "comments"),
    Held(Comment, "edited_by", "trace", why=FORUM_S),
    Held(Comment, "reply_to_author", "trace", why=OTHERS),
    Held(Comment, "mentions", "trace", why=OTHERS),
    Held(Comment, "quoted", "trace", why=OTHERS),
    Held(Comment, "unheard", "trace", why=OTHERS),
    Held(Comment, "deleted_by", "trace", why=FORUM_S),
    Held(Revision, "author", "words", "earlier_texts"),
    Held(Reaction, "user", "words", "likes"),
    Held(Conversation, "started_by", "trace", "conversations"),
    Held(Conversation, "members", "trace", "conversations"),
    Held(Conversation, "last_author", "trace", "conversations"),
    Held(Marker, "user", "theirs", "reading"),
    Held(Membership, "user", "theirs", "conversations"),
    Held(Membership, "invited_by", "trace", why=OTHERS),
    Held(Message, "author", "words", "messages"),
    Held(Message, "about", "trace", why=OTHERS),
    Held(Message, "hidden_for", "trace", why=IN_PLACE),
    Held(EarlierMessage, "author", "words", "earlier_messages"),
    Held(Message, "deleted_by", "trace", why=FORUM_S),
    Held(BannedNetwork, "by", "record", why=FORUM_S),
    Held(Operation, "actor", "record", why=FORUM_S),
    Held(Operation, "concerns", "record", why=FORUM_S),
    Held(Removal, "person", "record", why=FORUM_S),
    Held(Removal, "by", "record", why=FORUM_S),
    Held(Removed, "people", "trace", why=IN_PLACE),
    Held(Report, "reporters", "trace", "reports"),
    Held(Report, "accused", "trace", why="who reported somebody is not theirs to know"),
    Held(Report, "attached_authors", "trace", why=OTHERS),
    Held(Report, "assignee", "trace", why=FORUM_S),
    Held(Report, "noters", "trace", why=FORUM_S),
    Held(Report, "decided_by", "trace", why=FORUM_S),
    Held(Appeal, "person", "words", "appeals"),
    Held(WordRule, "made_by", "trace", why=FORUM_S),
    Held(Appeal, "decided_by", "trace", why=FORUM_S),
    Held(Board, "deleted_by", "trace", why=FORUM_S),
)

# Ids of what is no person.
NOT_PEOPLE: Final = frozenset(
    {
        *("board", "topic", "last_topic", "comment", "reply_to", "conversation", "subject", "file", "place", "mutes"),
        *("uploads", "topics", "message"),
        *("parent", "undo_of", "undone_by", "to", "merged_into", "operation"),
        *("boards", "removal", "thing"),
    }
)
