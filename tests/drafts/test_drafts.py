"""Drafts: kept while one writes, shown wherever one writes on, gone with what is sent."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from documents import Board, Comment, Draft
from documents.clock import now
from tests.people import Forum, Person

WORDS = "Half a sentence, 半句话 <b>&amp;"
SHOWN = "Half a sentence, 半句话 &lt;b&gt;&amp;amp;"


async def save(person: Person, place: str, body: str = WORDS, *, rev: int = 0, **fields: Any) -> httpx.Response:
    return await person.send("/drafts", place=place, body=body, rev=str(rev), **fields)


async def places(board: Board, alice: Person, bob: Person) -> dict[str, str]:
    """Each place where one can write, with the page of its form."""
    topic = await alice.opens(board)
    opening = await Comment.find_one({"topic": topic.oid})
    comment = await alice.says(topic, "A comment")
    conversation = await bob.writes("alice")
    assert opening is not None
    return {
        "topic:": "/topics/new",
        f"topic:{board.oid}": f"/boards/{board.oid}/topics/new",
        f"reply:{topic.oid}": f"/topics/{topic.oid}",
        f"edit:{opening.oid}": f"/topics/{topic.oid}/edit",
        f"edit:{comment.oid}": f"/comments/{comment.oid}/edit",
        "message:": "/messages/new",
        "message:bob": "/messages/new?to=bob",
        f"answer:{conversation}": f"/messages/{conversation}",
    }


async def test_every_form_shows_its_draft_on_every_device(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    found = await places(board, alice, bob)
    for place, path in found.items():
        assert (await save(alice, place)).json() == {"rev": 1}
        assert f'value="{place}"' in (await alice.get(path)).text
    assert alice.user is not None
    phone = await forum.logged_in(alice.user)
    for place, path in found.items():
        page = (await phone.get(path)).text
        assert SHOWN in page, place
        assert 'name="draft_rev" value="1"' in page
        assert "Draft restored" in page
        assert SHOWN not in (await bob.get(path)).text
    listed = (await phone.get("/drafts")).text
    assert listed.count(SHOWN) == len(found)
    for path in found.values():
        assert path.split("/edit")[0] in listed


async def test_what_is_sent_takes_its_draft_with_it(board: Board, alice: Person, bob: Person) -> None:
    found = await places(board, alice, bob)
    for place, path in found.items():
        await save(alice, place, title="T", to="bob")
        target = {"reply": f"{path}/comments", "answer": f"{path}/replies"}.get(place.split(":")[0], path)
        fields = {"title": "T", "to": "bob", "body": "Whole", "board": str(board.oid), "draft": place, "draft_rev": "1"}
        answer = await alice.send(target, **fields)
        assert answer.status_code == 303, (place, answer.text)
        assert "Draft restored" not in (await alice.get(path)).text
    assert await Draft.find_all().count() == 0
    assert "No drafts" in (await alice.get("/drafts")).text


async def test_what_another_device_has_written_on_stays(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    place = f"reply:{topic.oid}"
    await save(alice, place)
    assert (await save(alice, place, "Much more, on the phone", rev=1)).json() == {"rev": 2}
    await alice.says(topic, WORDS, draft=place, draft_rev="1")
    assert "Much more, on the phone" in (await alice.get(f"/topics/{topic.oid}")).text


async def test_two_devices_do_not_overwrite_each_other(board: Board, alice: Person) -> None:
    place = f"topic:{board.oid}"
    await save(alice, place, "One")
    for rev in (0, 5):
        answer = await save(alice, place, "Two", rev=rev)
        assert answer.status_code == 409
        assert (answer.json()["rev"], answer.json()["fields"]["body"]) == (1, "One")
    assert (await save(alice, place, "One", rev=0)).json() == {"rev": 1}, "the same again is no other version"
    token = await alice.csrf()
    at_once = [alice.send("/drafts", csrf=token, place=place, body=f"Three {i}", rev="1") for i in range(20)]
    answers = await asyncio.gather(*at_once)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19


async def test_of_many_first_saves_one_is_kept(board: Board, alice: Person) -> None:
    token = await alice.csrf()
    at_once = [alice.send("/drafts", csrf=token, place="topic:", body=f"Text {i}") for i in range(20)]
    answers = await asyncio.gather(*at_once)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert await Draft.find_all().count() == 1


async def test_a_save_that_comes_after_sending_brings_nothing_back(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    await save(alice, f"reply:{topic.oid}")
    await alice.says(topic, WORDS, draft_rev="1")
    late = await save(alice, f"reply:{topic.oid}", "Half a", rev=1)
    assert (late.status_code, late.json()["fields"]) == (409, None)
    assert await Draft.find_all().count() == 0


async def test_emptied_or_discarded_it_is_gone(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    place = f"reply:{topic.oid}"
    await save(alice, place)
    assert (await save(alice, place, " ", rev=1)).json() == {"rev": 0}
    await save(alice, place)
    answer = await alice.send(f"/drafts/discard?next=/topics/{topic.oid}", place=place)
    assert answer.headers["location"] == f"/topics/{topic.oid}"
    assert WORDS not in (await alice.get(f"/topics/{topic.oid}")).text
    for next_ in ("https://evil.example", "//evil.example"):
        assert (await alice.send(f"/drafts/discard?next={next_}", place=place)).headers["location"] == "/drafts"


async def test_a_refused_text_keeps_its_draft(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    place = f"reply:{topic.oid}"
    await save(alice, place)
    answer = await alice.send(f"/topics/{topic.oid}/comments", body="x" * 50_001, draft=place, draft_rev="1")
    assert answer.status_code == 422
    assert 'name="draft_rev" value="1"' in answer.text
    assert await Draft.find_all().count() == 1


@pytest.mark.parametrize(
    "place", ["", "reply:", "reply:x", f"reply:{'0' * 23}", "edit:$ne", "other:", "topic:a b", "message:" + "x" * 101]
)
async def test_what_is_no_place_is_refused(alice: Person, place: str) -> None:
    for path in ("/drafts", "/drafts/discard"):
        assert (await alice.send(path, place=place, body="Text")).status_code == 422
    assert await Draft.find_all().count() == 0


async def test_drafts_are_bounded_and_say_so(alice: Person) -> None:
    assert (await save(alice, "topic:", "x" * 100_001)).status_code == 422
    assert (await save(alice, "topic:", "字" * 100_000)).status_code == 200
    assert (await save(alice, "message:", title="x" * 601)).status_code == 422
    at = now()
    raw = [Draft(user=alice.id, place=f"message:{i}", created_at=at, updated_at=at) for i in range(99)]
    await Draft.insert_many(raw)
    answer = await save(alice, "message:one-more")
    assert (answer.status_code, "100 drafts" in answer.json()["errmsg"]) == (422, True)
    assert (await save(alice, "topic:", "Shorter", rev=1)).status_code == 200, "those there are can be changed"
    page = await alice.get("/drafts")
    assert page.text.count('class="draft"') == 20
    assert "/drafts?after=" in page.text
    assert (await alice.get("/drafts?after=nothing")).status_code == 404


async def test_a_place_that_one_may_not_see_is_not_named(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    topic = await bob.opens(board, "A secret title")
    await save(alice, f"reply:{topic.oid}")
    assert "A secret title" in (await alice.get("/drafts")).text
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    page = (await alice.get("/drafts")).text
    assert "A secret title" not in page
    assert SHOWN in page, "the text is still there"


async def test_new_replies_are_shown_once_before_sending(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    form = (await alice.get(f"/topics/{topic.oid}")).text
    assert 'name="known" value="1"' in form
    await bob.says(topic, "Bob was **faster**")
    path = f"/topics/{topic.oid}/comments"
    answer = await alice.send(path, body=WORDS, known="1", once="a-key-of-this-form")
    assert answer.status_code == 409
    assert "Others have replied" in answer.text
    assert "<strong>faster</strong>" in answer.text.split('class="newer"')[1]
    assert SHOWN in answer.text
    assert 'name="known" value=""' in answer.text
    again = await alice.send(path, body=WORDS, known="", once="a-key-of-this-form")
    assert again.status_code == 303
    await bob.says(topic, "And once more")
    resent = await alice.send(path, body=WORDS, known="1", once="a-key-of-this-form")
    assert resent.headers["location"] == again.headers["location"], "what was sent already is not asked about"
    assert await Comment.find({"topic": topic.oid, "author": alice.id}).count() == 2


async def test_ones_own_replies_and_deleted_ones_are_no_news(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    await alice.says(topic, "My own")
    gone = await bob.says(topic, "Gone")
    await bob.send(f"/comments/{gone.oid}/delete", reason="")
    assert (await alice.says(topic, WORDS, known="1")).number == 4


async def test_a_page_that_sends_by_itself_hears_where_to_go(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    data = {"csrf_token": await alice.csrf(), "body": "By fetch"}
    headers = {"X-Quorum-Send": "1"}
    answer = await alice.browser.post(f"/topics/{topic.oid}/comments", data=data, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"to": f"/topics/{topic.oid}/n/2"})
    assert "quorum_fresh" in answer.headers["set-cookie"]
    refused = await alice.browser.post(f"/topics/{topic.oid}/comments", data={**data, "body": ""}, headers=headers)
    assert (refused.status_code, refused.headers["content-type"][:9]) == (422, "text/html")
