"""Every kind of notice × every wish for it × everything that somebody may have said of the place."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId

from app.comments.liking import like
from app.comments.marking import delete_comment
from app.comments.posting import post_comment
from app.interest.service import keep_eye
from app.messages.service import start
from app.notifications.service import latest_seq
from app.users.follows import follow
from documents import Board, Comment, Follow, Notification, Topic, User, Watch
from documents.interest import Level, PlaceKind
from documents.notification import REASONS
from tests import stock
from tests.people import Person

# What somebody has said of the topic, and of its board.
Sights = tuple[tuple[PlaceKind, Level], ...]
SIGHTS: list[Sights] = [
    (),
    (("topic", "watch"),),
    (("board", "watch"),),
    (("topic", "watch"), ("board", "watch")),
    (("topic", "mute"),),
    (("board", "mute"),),
    (("board", "watch"), ("topic", "mute")),
    (("topic", "watch"), ("board", "mute")),
]
WISHES = [(True, "never"), (True, "at_once"), (False, "digest"), (False, "never")]
# Where the place is of no matter.
ELSEWHERE = {"message", "follow", "moderation"}
# A new text in the place, of which those hear who watch it.
TEXTS = {"mention", "reply", "quote", "watch", "watch_board"}


@dataclass(frozen=True)
class Scene:
    """Who does something, where, and the post of who is told that it is about."""

    alice: Person
    mod: Person
    bob: Person
    topic: Topic
    own: Comment


async def _says(scene: Scene, body: str, **options: Any) -> None:
    await post_comment(stock.viewer(scene.alice), scene.topic.oid, f"{body} {ObjectId()}", **options)


async def _quotes(scene: Scene) -> None:
    post = f'[quote="x, post:{scene.own.number}, topic:{scene.topic.oid}"]\n{scene.own.body}\n[/quote]\n\nIndeed.'
    await _says(scene, post)


async def _writes(scene: Scene) -> None:
    await scene.alice.known_to(scene.bob.name)
    await start(stock.viewer(scene.alice), to=scene.bob.name, title="Hello", body="To you alone")


ACTS: dict[str, Callable[[Scene], Awaitable[Any]]] = {
    "mention": lambda scene: _says(scene, f"@{scene.bob.name} look"),
    "reply": lambda scene: _says(scene, "An answer", reply_to=scene.own.oid),
    "quote": _quotes,
    "message": _writes,
    "like": lambda scene: like(stock.viewer(scene.alice), scene.own.oid),
    "follow": lambda scene: follow(stock.viewer(scene.alice), scene.bob.id),
    "watch": lambda scene: _says(scene, "To nobody in particular"),
    "watch_board": lambda scene: _says(scene, "To nobody in particular"),
    "moderation": lambda scene: delete_comment(stock.viewer(scene.mod), scene.own.oid, "Off topic"),
}


def expected(kind: str, site: bool, email: str, sights: Sights) -> tuple[str | None, str] | None:
    """As what it is shown, if at all, and how it is told by e-mail; None when there is no notice."""
    if kind not in ELSEWHERE and "mute" in dict(sights).values():
        return None
    watches = {"topic": "watch", "board": "watch_board"}
    found = {watches[place] for place, _ in sights} if kind in TEXTS else set()
    if not kind.startswith("watch"):
        found.add(kind)
    reasons = [reason for reason in REASONS if reason in found]
    # Of all else the defaults hold: watched places are shown, and gathered for the digest.
    shown = [reason for reason in reasons if reason != kind or site or kind == "moderation"]
    wanted = {email if reason == kind else "digest" for reason in reasons}
    sooner = next((when for when in ("at_once", "digest") if when in wanted), "never")
    return (shown[0] if shown else None, sooner) if shown or sooner != "never" else None


@pytest.mark.parametrize("kind", REASONS)
async def test_each_is_told_as_they_wish(kind: str, board: Board, alice: Person, bob: Person, mod: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    (own,) = await stock.comments(topic, bob, 1, "Worth quoting")
    for (site, email), sights in itertools.product(WISHES, SIGHTS[:6:5] if kind in ELSEWHERE else SIGHTS):
        if kind in ("like", "moderation"):
            (own,) = await stock.comments(topic, bob, 1, f"Worth it {ObjectId()}")
        await User.raw().update_one({"_id": bob.id}, {"$set": {"notices": {kind: {"site": site, "email": email}}}})
        for place, level in sights:
            await keep_eye(stock.viewer(bob), place, {"topic": topic.oid, "board": board.oid}[place], level)
        before = await latest_seq(bob.id)
        await ACTS[kind](Scene(alice, mod, bob, topic, own))
        assert await told(bob, before) == expected(kind, site, email, sights), (site, email, sights)
        await leave(bob)


async def told(person: Person, before: int) -> tuple[str | None, str] | None:
    """As what the feed shows it, if it does, and as it is stored for the mail."""
    events = (await person.feed(before))["events"]
    rows = await Notification.find({"user": person.id}).to_list()
    assert len(events) == len(rows) <= 1
    return (events[0]["kind"] if events[0]["kind"] != "hidden" else None, rows[0].email) if rows else None


async def leave(person: Person) -> None:
    """As if nothing had been said and told."""
    for document in (Notification, Watch, Follow):
        await document.raw().delete_many({"user": person.id})
    await Follow.raw().delete_many({"person": person.id})
    await User.raw().update_one({"_id": person.id}, {"$set": {"mutes": []}})
