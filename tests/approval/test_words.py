"""Rules for words: found however they are dressed up, and what follows."""

from __future__ import annotations

import time

import pytest

from app.text.matching import folded, key_of, spans_of
from documents import Board, Comment, Report, Topic, WordRule
from documents.base import Raw
from tests.doctored import Doctor
from tests.people import Person

ADMIN = "/admin/words"


def finds(words: str, text: str) -> bool:
    plain = folded(text)
    return bool(spans_of(key_of(words), plain, plain.dense))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("spam", "SPAM!"),
        ("spam", "no ｓｐａｍ here"),
        ("spam", "sp\u200bam"),
        ("résumé", "my RESUME"),
        ("buy now", "buy\n  now"),
        ("casino*", "casinos"),
        ("*coin", "shitcoin"),
        ("代开发票", "这里代 开-发。票吗"),
        ("發票", "发票"),
        ("spam", "这是spam吗"),
    ],
)
def test_what_is_found(words: str, text: str) -> None:
    assert finds(words, text)


@pytest.mark.parametrize(("words", "text"), [("ass", "classic"), ("spam", "spammer"), ("发票", "发的票")])
def test_what_is_not(words: str, text: str) -> None:
    assert not finds(words, text)


def test_it_takes_no_longer_for_hostile_texts() -> None:
    started = time.perf_counter()
    assert not finds("*" + "a" * 99 + "b", "a" * 50_000)
    assert time.perf_counter() - started < 5


async def rule(admin: Person, words: str, action: str, **fields: str) -> None:
    answer = await admin.send(ADMIN, words=words, action=action, **fields)
    assert answer.status_code == 303, answer.text


async def test_block_hold_replace_and_flag(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person, doctor: Doctor
) -> None:
    topic = await mod.opens(board)
    for words, action, fields in (
        ("casino", "block", {}),
        ("vegetable*", "hold", {}),
        ("damn", "replace", {"replacement": "****"}),
        ("发票", "flag", {}),
    ):
        await rule(admin, words, action, **fields)
    assert (await admin.send(ADMIN, words="Casino", action="hold")).status_code == 409
    assert (await admin.send(ADMIN, words="**", action="hold")).status_code == 422
    assert (await mod.get(ADMIN)).status_code == 404
    refused = await alice.send(f"/topics/{topic.oid}/comments", body="Come to my CASINO")
    assert refused.status_code == 422
    assert "Come to my CASINO</textarea>" in refused.text
    assert (await alice.says(topic, "Eat Vegetables")).deleted_as == "held"
    replaced = await alice.says(topic, "Damn it, *Dámn* it")
    assert (replaced.body, replaced.live) == ("**** it, ****** it", True)
    flagged = await alice.says(topic, "代开發 票")
    assert flagged.live
    report = await Report.find_one({"subject": flagged.oid})
    assert report is not None
    assert "发票" in (await mod.get("/moderation/reports")).text
    assert (await mod.send(f"/moderation/reports/{report.oid}/keep")).status_code == 303
    assert (await mod.says(topic, "No casino here")).live
    held = await bob.send(f"/boards/{board.oid}/topics/new", title="Vegetables", body="Words")
    assert held.status_code == 303
    assert await Topic.find({"deleted_as": "held"}).count() == 1
    edit = f"/comments/{flagged.oid}/edit"
    assert (await alice.send(edit, body="casino", seen="0")).status_code == 422
    assert (await alice.send(edit, body="damn", seen="0")).status_code == 303
    stored: Raw | None = await Comment.raw().find_one({"_id": flagged.oid})
    assert stored is not None
    assert stored["body"] == "****"
    found = await WordRule.find_one({"key": "casino"})
    assert found is not None
    assert (await admin.send(f"{ADMIN}/{found.oid}/delete")).status_code == 303
    assert (await alice.says(topic, "A casino")).live
    await doctor()
