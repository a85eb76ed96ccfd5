"""The documents: one file each, with its fields, indexes, named queries and atomic updates of its own collection."""

from __future__ import annotations

from documents.api_token import ApiToken
from documents.archive import Archive
from documents.attempt import Attempt
from documents.base import Record
from documents.board import Board
from documents.comment import Comment, Reaction, Revision
from documents.day import Day
from documents.draft import Draft
from documents.factor import Factor
from documents.file import StoredFile
from documents.interest import Bookmark, Telling, Watch
from documents.letter import Letter
from documents.marker import Marker
from documents.message import Conversation, EarlierMessage, Membership, Message
from documents.moved import Moved, Transfer
from documents.network import BannedNetwork
from documents.notification import Notification, Settling
from documents.operation import Operation
from documents.passkey import Challenge, Passkey
from documents.pending import Pending
from documents.recommendation import Recommendation
from documents.relation import Block, Follow
from documents.removal import Removal, Removed
from documents.report import Appeal, Report
from documents.rescued import Rescued
from documents.role import Role
from documents.said import Said, Spread
from documents.session import Login
from documents.site import Site
from documents.tag import Retagged, Tag, TagChange
from documents.token import Token
from documents.topic import Topic
from documents.upload import Upload
from documents.user import User
from documents.wordrule import WordRule

ALL: tuple[type[Record], ...] = (
    User,
    Login,
    ApiToken,
    Factor,
    Passkey,
    Challenge,
    Pending,
    Board,
    Topic,
    Comment,
    Revision,
    Reaction,
    Conversation,
    Membership,
    Message,
    EarlierMessage,
    Notification,
    Letter,
    Archive,
    Token,
    Attempt,
    Follow,
    Block,
    StoredFile,
    Watch,
    Bookmark,
    Telling,
    Settling,
    Draft,
    Marker,
    Upload,
    Recommendation,
    Operation,
    Rescued,
    Role,
    Moved,
    Transfer,
    BannedNetwork,
    Site,
    Report,
    Appeal,
    Day,
    WordRule,
    Tag,
    TagChange,
    Retagged,
    Removal,
    Removed,
    Said,
    Spread,
)

__all__ = [
    "ALL",
    "ApiToken",
    "Appeal",
    "Archive",
    "Attempt",
    "BannedNetwork",
    "Block",
    "Board",
    "Bookmark",
    "Challenge",
    "Comment",
    "Conversation",
    "Day",
    "Draft",
    "EarlierMessage",
    "Factor",
    "Follow",
    "Letter",
    "Login",
    "Marker",
    "Membership",
    "Message",
    "Moved",
    "Notification",
    "Operation",
    "Passkey",
    "Pending",
    "Reaction",
    "Recommendation",
    "Record",
    "Removal",
    "Removed",
    "Report",
    "Rescued",
    "Retagged",
    "Revision",
    "Role",
    "Said",
    "Settling",
    "Site",
    "Spread",
    "StoredFile",
    "Tag",
    "TagChange",
    "Telling",
    "Token",
    "Topic",
    "Transfer",
    "Upload",
    "User",
    "Watch",
    "WordRule",
]
