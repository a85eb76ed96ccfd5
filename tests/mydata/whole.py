"""Somebody with something in every collection, beside somebody else who has the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.comments.editing import edit_comment
from app.comments.liking import like
from app.mail import letters
from documents import (
    ApiToken,
    Appeal,
    Archive,
    Attempt,
    Block,
    Board,
    Comment,
    Factor,
    Follow,
    Message,
    Notification,
    Passkey,
    Pending,
    Rescued,
    Token,
    Topic,
    User,
)
from documents.clock import now
from tests import stock
from tests.people import Forum, Person
from tests.uploads.sending import sent

SECRET = "the-hash-of-a-token"
NAME = "wilhelmina"
EMAIL = "wilhelmina@private.example"
PROFILE: dict[str, Any] = {
    "display_name": "Wilhelmina the Great",
    "email": EMAIL,
    "email_key": EMAIL,
    "signature": "a signature of W",
    "bio": "a bio of W",
    "website": "https://w.private.example",
    "place": "Wuhan",
}
# Words that are hers alone.
MINE = ("words-of-w-opening", "words-of-w-comment", "words-of-w-before", "words-of-w-message", "words-of-w-alone")


@dataclass
class Whole:
    """Her, and what there is with her in it."""

    her: Person
    other: Person
    board: Board
    answered: Topic
    alone: Topic
    theirs: Topic
    conversation: ObjectId


async def whole(forum: Forum, other: Person) -> Whole:
    """Something of everything: written, received, liked, followed, blocked, asked for."""
    database = Archive.raw().database
    await asyncio.gather(*(database[f"archive_files.{part}"].delete_many({}) for part in ("files", "chunks")))
    her = await forum.person(NAME)
    await User.raw().update_one({"_id": her.id}, {"$set": PROFILE})
    board = await forum.board()
    answered = await _topic(board, her, "words-of-w-opening")
    alone = await _topic(board, her, "words-of-w-alone")
    theirs = await _topic(board, other, f"An opening for @{NAME}")
    (comment,) = await stock.comments(theirs, her, 1, "words-of-w-before")
    await edit_comment(stock.viewer(her), comment.oid, "words-of-w-comment")
    (answer,) = await stock.comments(answered, other, 1, f"An answer to @{NAME}, gladly")
    await like(stock.viewer(her), answer.oid)
    await like(stock.viewer(other), comment.oid)
    conversation = await her.writes(other.name, "words-of-w-title", "words-of-w-earlier", as_stranger=True)
    await her.send(f"/messages/{conversation}/1/edit", body="words-of-w-message", seen="0")
    await stock.replies(conversation, other, 1, "a message to her")
    await her.send("/drafts", place="topic:", body="words-of-w-draft")
    await sent(her, b"words-of-w-file", "a.txt")
    await Rescued.keep(her.id, SECRET, "key", "topic:", {"body": "words-of-w-rescued"}, rev=0)
    at = now()
    for user, person in ((her.id, other.id), (other.id, her.id)):
        await Follow(user=user, person=person, created_at=at).insert()
        await Block(user=user, person=person, created_at=at).insert()
    await User.raw().update_many({}, {"$set": {"follower_count": 1, "following_count": 1}})
    await User.raw().update_one({"_id": her.id}, {"$set": {"blocks": [other.id]}})
    await User.raw().update_one({"_id": other.id}, {"$set": {"blocks": [her.id]}})
    await her.send(f"/topics/{theirs.oid}/watch")
    await her.send(f"/boards/{board.oid}/mute")
    await her.send(f"/comments/{comment.oid}/bookmark")
    await her.send(f"/report/topic/{theirs.oid}", reason="other", words="words-of-w-report")
    await Appeal(operation=ObjectId(), person=her.id, text="words-of-w-appeal", at=at).insert()
    await Factor(user=her.id, secret=SECRET, salt=SECRET).insert()
    await Passkey(
        user=her.id, rp="127.0.0.1", credential=SECRET, public_key=SECRET, sign_count=1, name="her key", created_at=at
    ).insert()
    await Pending(
        token_hash=SECRET,
        user=her.id,
        stamp="x",
        remembered=False,
        next="/",
        created_at=at,
        expires_at=at.replace(year=2100),
    ).insert()
    await Attempt(
        user=her.id, succeeded=False, at=at, expires_at=at.replace(year=2100), address="10.9.8.7", agent="tests"
    ).insert()
    await Token(
        token_hash=SECRET, kind="confirm", user=her.id, email=EMAIL, created_at=at, expires_at=at.replace(year=2100)
    ).insert()
    await ApiToken(
        user=her.id, name="her program", token_hash=SECRET, hint="quorum_ab", scopes=["read"], created_at=at
    ).insert()
    await letters.write(
        "test", to=EMAIL, locale="en", once="w", facts={"name": "W", "at": at, "code": "code-for-w"}, user=her.id
    )
    await Archive(
        user=her.id, name="old-name", locale="en", state="failed", created_at=at, due_at=at, expires_at=at
    ).insert()
    return Whole(her, other, board, answered, alone, theirs, conversation)


async def _topic(board: Board, person: Person, body: str) -> Topic:
    (topic,) = await stock.topics(board, person, 1, body.replace("words", "title") + " {}")
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert opening is not None
    await edit_comment(stock.viewer(person), opening.oid, body)
    return topic


__all__ = ["EMAIL", "MINE", "NAME", "PROFILE", "SECRET", "Message", "Notification", "Whole", "whole"]
