"""Where a draft would go. A place is a string, so that one index keeps one draft for each person and place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast
from urllib.parse import quote

from bson import ObjectId

from app.errors import Invalid
from app.text.names import username_key

Kind = Literal["topic", "reply", "edit", "message", "answer", "edit-message"]
NAME_MAX: Final = 100
_WRITTEN: Final = re.compile(
    rf"(?:(?:reply|edit|answer):[0-9a-f]{{24}}|topic:(?:[0-9a-f]{{24}})?|message:\S{{0,{NAME_MAX}}}"
    r"|edit-message:[0-9a-f]{24}-[1-9]\d{0,8})"
)


@dataclass(frozen=True, slots=True)
class Place:
    """`key` is a board (topic), a topic (reply), a comment (edit), a name (message), a conversation (answer), or one
    with the number of a message in it (edit-message).
    """

    kind: Kind
    key: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @property
    def oid(self) -> ObjectId | None:
        """The id that the key is, where it is one."""
        return ObjectId(self.key[:24]) if self.kind != "message" and self.key else None

    @property
    def url(self) -> str:
        """The page with the form, which shows the draft."""
        if self.kind == "topic":
            return f"/boards/{self.key}/topics/new" if self.key else "/topics/new"
        if self.kind == "message":
            return f"/messages/new?to={quote(self.key)}" if self.key else "/messages/new"
        if self.kind == "edit-message":
            return f"/messages/{self.key.replace('-', '/')}/edit"
        folder = {"reply": "topics", "edit": "comments", "answer": "messages"}[self.kind]
        return f"/{folder}/{self.key}" + ("/edit" if self.kind == "edit" else "#reply")


def place_from(text: str) -> Place:
    """The place that a form names; `Invalid` when it is none."""
    if not _WRITTEN.fullmatch(text):
        raise Invalid
    kind, _, key = text.partition(":")
    return Place(cast(Kind, kind), key)


def new_topic(board: ObjectId | None) -> Place:
    """A topic in a board, or in one that is still to be chosen."""
    return Place("topic", str(board or ""))


def reply_to(topic: ObjectId) -> Place:
    """A reply in a topic."""
    return Place("reply", str(topic))


def edit_of(comment: ObjectId) -> Place:
    """Another text for a comment."""
    return Place("edit", str(comment))


def message_to(name: str) -> Place:
    """A first message to whoever was named when the form was opened."""
    return Place("message", "".join(username_key(name.strip().lstrip("@＠")).split())[:NAME_MAX])


def answer_in(conversation: ObjectId) -> Place:
    """An answer in a conversation."""
    return Place("answer", str(conversation))


def edit_in(conversation: ObjectId, number: int) -> Place:
    """Another text for a message."""
    return Place("edit-message", f"{conversation}-{number}")
