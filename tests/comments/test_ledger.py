"""The mention ledger: who will be told, said before it is sent, and nothing that is nobody's business."""

from __future__ import annotations

import re

import pytest

from documents import Board, Topic
from tests.people import Forum, Person

TOLD, UNSEEN, QUIET = (
    "Will be told: ",
    "Cannot see this place and will not be told: ",
    "Keep it quiet and will find it by themselves: ",
)


@pytest.fixture
async def topic(board: Board, alice: Person) -> Topic:
    return await alice.opens(board, "A conversation")


async def ledger(person: Person, body: str, **where: str) -> dict[str, list[str]]:
    """Each line, by the word it begins with, with the names on it."""
    answer = await person.send("/preview", body=body, **where)
    assert answer.status_code == 200
    return read(answer.json()["ledger"])


def read(html: str) -> dict[str, list[str]]:
    lines = re.findall(r"<span>(.*?)</span></p>", html, re.DOTALL)
    return {re.sub("<.*", "", line, flags=re.DOTALL).strip(): re.findall("<bdi>(.*?)</bdi>", line) for line in lines}


def reply_in(topic: Topic) -> dict[str, str]:
    return {"draft": f"reply:{topic.oid}"}


async def test_who_will_be_told(topic: Topic, alice: Person, bob: Person, charlie: Person, xiaoming: Person) -> None:
    mine = await bob.says(topic, "Mine")
    text = f'@小明 @charlie @nobody_here `@alice`\n\n[quote="x, post:1, topic:{topic.oid}"]\n@bob\n[/quote]'
    assert await ledger(charlie, text, **reply_in(topic)) == {TOLD.strip(): ["小明", "alice"]}
    assert await ledger(charlie, "Hm", **reply_in(topic), reply_to=str(mine.oid)) == {TOLD.strip(): ["bob"]}
    assert await ledger(charlie, "Hm", **reply_in(topic)) == {}


async def test_in_a_preview_without_scripts_too(topic: Topic, alice: Person, bob: Person) -> None:
    page = await alice.send(f"/topics/{topic.oid}/comments", body="@bob", preview="1", **reply_in(topic))
    assert page.status_code == 200
    assert read(page.text)[TOLD.strip()] == ["bob"]


async def test_who_cannot_see_the_place(forum: Forum, bob: Person, mod: Person, admin: Person) -> None:
    staff = await forum.board("Staff", staff_only=True, position=2)
    found = await ledger(mod, f"@bob @{admin.name}", draft=f"topic:{staff.oid}")
    assert found == {TOLD.strip(): [admin.name], UNSEEN.strip(): ["bob"]}
    assert await ledger(mod, "@bob", draft="topic:", board=str(staff.oid)) == {UNSEEN.strip(): ["bob"]}
    assert await ledger(bob, f"@{admin.name}", draft=f"topic:{staff.oid}") == {}


async def test_settings_and_mutes_are_one_sentence_and_a_block_is_none(
    board: Board, topic: Topic, alice: Person, bob: Person, charlie: Person, xiaoming: Person, mod: Person
) -> None:
    await bob.send(f"/topics/{topic.oid}/mute")
    await xiaoming.send(f"/boards/{board.oid}/mute")
    kinds = ("mention", "reply", "quote", "message", "like", "follow", "watch", "watch_board", "moderation")
    await charlie.send("/settings/notifications", **{f"email_{kind}": "never" for kind in kinds})
    text = "@bob @小明 @charlie @mod_mira"
    before = await ledger(alice, text, **reply_in(topic))
    assert before == {TOLD.strip(): ["mod_mira"], QUIET.strip(): ["bob", "小明", "charlie"]}
    for person in (mod, bob):
        await person.send(f"/users/{alice.id}/block")
    assert await ledger(alice, text, **reply_in(topic)) == before


async def test_an_edit_names_only_who_is_new(
    topic: Topic, alice: Person, bob: Person, charlie: Person, mod: Person
) -> None:
    said = await alice.says(topic, "@bob")
    where = {"draft": f"edit:{said.oid}"}
    assert await ledger(alice, "@bob @charlie", **where) == {TOLD.strip(): ["charlie"]}
    assert await ledger(mod, "@alice", **where) == {}


@pytest.mark.parametrize(
    "place", ["", "x", "reply:1", f"reply:{'0' * 24}", f"edit:{'0' * 24}", "message:bob", "topic:"]
)
async def test_a_place_that_is_none_has_no_ledger(bob: Person, charlie: Person, place: str) -> None:
    assert await ledger(charlie, "@bob", draft=place, reply_to="x", board="x") == {}
