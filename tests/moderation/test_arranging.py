"""Moving, merging and splitting topics: what stands where, who is led there, and the way back."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from bson import ObjectId

from app.moderation import splitting, transfers
from app.work import together
from documents import (
    Board,
    Bookmark,
    Comment,
    Draft,
    Marker,
    Moved,
    Notification,
    Operation,
    Reaction,
    Topic,
    Transfer,
    Watch,
)
from tests import stock
from tests.people import Forum, Person
from tests.scripts.calling import miscounted


async def raw(topic: Topic) -> Any:
    return await Topic.raw().find_one({"_id": topic.oid})


async def bodies(topic: ObjectId) -> dict[int, str]:
    """The live comments of a topic by number."""
    return {c.number: c.body async for c in Comment.find({"topic": topic, "deleted_at": None}).sort("number")}


async def last_operation(verb: str) -> Operation:
    found = await Operation.find({"verb": verb}).sort("-at", "-_id").first_or_none()
    assert found is not None
    return found


async def undo(person: Person, verb: str) -> int:
    operation = await last_operation(verb)
    return (await person.send(f"/operations/{operation.oid}/undo")).status_code


@pytest.fixture
async def two(board: Board, alice: Person, bob: Person) -> tuple[Topic, Topic]:
    """Two topics with three and two comments behind their opening posts."""
    one = await alice.opens(board, title="Roses", body="Which roses?")
    other = await bob.opens(board, title="Tulips", body="Which tulips?")
    first = await bob.says(one, "Red ones")
    await alice.says(one, "Answer to red", reply_to=str(first.oid))
    await bob.says(one, "@alice white ones")
    await alice.says(other, "Yellow ones")
    await bob.says(other, "Blue ones")
    return one, other


async def test_a_merged_topic_is_found_where_it_is_now(
    two: tuple[Topic, Topic], alice: Person, bob: Person, mod: Person, guest: Person, charlie: Person
) -> None:
    one, other = two
    red = await Comment.find_one({"topic": one.oid, "body": "Red ones"})
    assert red is not None
    await alice.send(f"/comments/{red.oid}/like")
    await charlie.send(f"/comments/{red.oid}/bookmark")
    await charlie.send(f"/topics/{one.oid}/watch")
    await charlie.send("/drafts", place=f"reply:{one.oid}", body="Begun", title="")
    answer = await mod.send(f"/topics/{one.oid}/merge", into=f"http://forum/topics/{other.oid}?page=1", reason="Same")
    assert answer.headers["location"] == f"/topics/{other.oid}"
    assert await bodies(other.oid) == {
        1: "Which tulips?",
        2: "Yellow ones",
        3: "Blue ones",
        4: "Which roses?",
        5: "Red ones",
        6: "Answer to red",
        7: "@alice white ones",
    }
    assert await miscounted() == []
    for path, goal in ((f"/topics/{one.oid}", f"/topics/{other.oid}"), (f"/topics/{one.oid}/n/2", "#c5")):
        for who in (guest, alice):
            found = await who.see(path)
            assert found.status_code == 200
            assert (str(found.url) if "#" not in goal else f"#{found.url.fragment}").endswith(goal)
    assert (await guest.get(f"/comments/{red.oid}")).headers["location"] == f"/topics/{other.oid}/n/5"
    assert (await guest.get(f"/topics/{one.oid}/n/99")).status_code == 404
    assert (await guest.get(f"/feeds/topics/{one.oid}")).status_code == 301
    answering = await Comment.find_one({"body": "Answer to red"})
    assert answering is not None
    assert answering.reply_to_number == 5
    for document, field in ((Reaction, "comment"), (Bookmark, "comment")):
        assert await document.find({field: red.oid, "topic": other.oid, "number": 5}).count() == 1
    assert await Notification.find({"topic": other.oid, "number": 7, "user": alice.id}).count() == 1
    assert await Watch.find({"user": charlie.id, "place": other.oid, "level": "watch"}).count() == 1
    assert await Draft.find({"user": charlie.id, "place": f"reply:{other.oid}"}).count() == 1
    late = await alice.send(f"/topics/{one.oid}/comments", body="Sent from a page that was open before")
    assert late.headers["location"] == f"/topics/{other.oid}/n/8"
    assert "Roses" not in (await guest.get("/")).text
    assert await Transfer.find_all().count() == 0


async def test_a_merge_is_undone_with_what_was_written_meanwhile_kept(
    two: tuple[Topic, Topic], alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    one, other = two
    before = {topic.oid: await bodies(topic.oid) for topic in two}
    counted = [{**await raw(topic), "version": 0, "heat": 0} for topic in two]
    await mod.send(f"/topics/{one.oid}/merge", into=str(other.oid))
    assert await undo(mod, "topic.merge") == 303
    assert {topic.oid: await bodies(topic.oid) for topic in two} == before
    assert await miscounted() == []
    for was, topic in zip(counted, two, strict=True):
        has = await raw(topic)
        assert {**has, "version": 0, "heat": 0} | {k: was[k] for k in ("last_number", "mixed", "moved")} == was
    assert (await guest.see(f"/topics/{other.oid}/n/5")).url.fragment == "c2", "a number led there for a while"
    assert (await guest.see(f"/topics/{one.oid}/n/2")).url.fragment == "c2"
    await bob.says(other, "Number eight")
    assert max(await bodies(other.oid)) == 8


async def test_a_merge_is_done_again_and_undone_again(
    two: tuple[Topic, Topic], alice: Person, bob: Person, mod: Person, admin: Person, guest: Person
) -> None:
    one, other = two
    before = {topic.oid: await bodies(topic.oid) for topic in two}
    red = await Comment.find_one({"topic": one.oid, "body": "Red ones"})
    assert red is not None
    await mod.send(f"/topics/{one.oid}/merge", into=str(other.oid), reason="Same")
    assert await undo(mod, "topic.merge") == 303
    await bob.says(one, "Meanwhile")
    operation = await last_operation("topic.merge")
    again = await asyncio.gather(*(who.send(f"/operations/{operation.oid}/undo") for who in (mod, admin, mod)))
    assert sorted(answer.status_code for answer in again) == [303, 409, 409]
    assert await bodies(other.oid) == {
        1: "Which tulips?",
        2: "Yellow ones",
        3: "Blue ones",
        8: "Which roses?",
        9: "Red ones",
        10: "Answer to red",
        11: "@alice white ones",
        12: "Meanwhile",
    }
    assert (await alice.feed())["events"][-1][
        "title"
    ] == "Moderators have done again in “Roses” what they had taken back."
    for old in (f"/topics/{one.oid}/n/2", f"/topics/{other.oid}/n/5", f"/comments/{red.oid}"):
        assert (await guest.see(old)).url.fragment == "c9", old
    assert await miscounted() == []
    assert await undo(mod, "topic.merge") == 303
    assert await bodies(one.oid) == {**before[one.oid], 5: "Meanwhile"}
    assert await bodies(other.oid) == before[other.oid]
    for old in (f"/topics/{one.oid}/n/2", f"/topics/{other.oid}/n/5", f"/topics/{other.oid}/n/9"):
        assert (await guest.see(old)).url.fragment == "c2", old
    assert await miscounted() == []
    await mod.send(f"/topics/{one.oid}/delete", reason="No")
    gone = await mod.send(f"/operations/{(await last_operation('topic.merge')).oid}/undo")
    assert (gone.status_code, await bodies(other.oid)) == (409, before[other.oid])
    assert await miscounted() == []


async def test_what_has_moved_on_since_is_a_conflict_that_changes_nothing(
    two: tuple[Topic, Topic], board: Board, mod: Person, admin: Person
) -> None:
    one, other = two
    await mod.send(f"/topics/{one.oid}/merge", into=str(other.oid))
    await mod.send(f"/topics/{other.oid}/split", number="5", title="Red", board=str(board.oid))
    there = await bodies(other.oid)
    operation = await last_operation("topic.merge")
    refused = await mod.send(f"/operations/{operation.oid}/undo")
    assert refused.status_code == 409
    assert "have been moved on since" in refused.text
    assert await bodies(other.oid) == there
    again = await Operation.get(operation.oid)
    assert again is not None
    assert again.undone_by is None


async def test_chosen_comments_become_a_topic_and_go_back(
    two: tuple[Topic, Topic], forum: Forum, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    one, _ = two
    annexe = await forum.board("Annexe", position=2)
    before = await bodies(one.oid)
    await charlie_reads(one, bob)
    path = f"/topics/{one.oid}/split"
    fields: Any = {"number": ["2"], "numbers": "4", "title": "Colours", "board": str(annexe.oid), "reason": "Its own"}
    answer = await mod.send(path, **fields)
    assert answer.status_code == 303, answer.text
    made = ObjectId(answer.headers["location"].rsplit("/", 1)[1])
    assert await bodies(made) == {1: "Red ones", 2: "@alice white ones"}
    assert await bodies(one.oid) == {1: "Which roses?", 3: "Answer to red"}
    assert await miscounted() == []
    page = (await guest.get(f"/topics/{one.oid}")).text
    assert page.count("1 comment was moved to another topic") == 2
    assert (await guest.see(f"/topics/{one.oid}/n/4")).url.path == f"/topics/{made}"
    assert (await guest.see(f"/topics/{one.oid}/n/4")).url.fragment == "c2"
    answering = await Comment.find_one({"body": "Answer to red"})
    assert answering is not None
    assert "/n/2" in (await guest.get(f"/topics/{one.oid}")).text
    marker = await Marker.find_one({"user": bob.id, "place": made})
    assert marker is not None
    assert marker.number == 2
    assert f"/boards/{annexe.oid}" in (await guest.get(f"/topics/{made}")).text
    assert await undo(mod, "topic.split") == 303
    assert await bodies(one.oid) == before
    assert await miscounted() == []
    assert (await guest.see(f"/topics/{made}/n/2")).url.fragment == "c4"
    assert "moved to another topic" not in (await guest.get(f"/topics/{one.oid}")).text


async def test_a_split_is_done_again_and_undone_again(
    two: tuple[Topic, Topic], forum: Forum, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    one, _ = two
    annexe = await forum.board("Annexe", position=2)
    before = await bodies(one.oid)
    await alice.send(f"/topics/{one.oid}/watch")
    await bob.send(f"/topics/{one.oid}/read", number="4")
    fields: Any = {"numbers": "2,4", "title": "Colours", "board": str(annexe.oid)}
    answer = await mod.send(f"/topics/{one.oid}/split", **fields)
    made = ObjectId(answer.headers["location"].rsplit("/", 1)[1])
    parts = {id: await bodies(id) for id in (one.oid, made)}
    for _ in range(2):
        assert await undo(mod, "topic.split") == 303
        assert await bodies(one.oid) == before
        assert (await guest.see(f"/topics/{made}/n/2")).url.fragment == "c4"
        assert await undo(mod, "topic.split") == 303
        assert {id: await bodies(id) for id in (one.oid, made)} == parts
        assert await miscounted() == []
        for old in (f"/topics/{one.oid}/n/4", f"/topics/{made}/n/2"):
            assert (await guest.see(old)).url.path == f"/topics/{made}"
        assert (await guest.get(f"/topics/{one.oid}")).text.count("1 comment was moved to another topic") == 2
        assert "moved to another topic" not in (await guest.get(f"/topics/{made}")).text
    assert await Watch.find({"place": made, "user": alice.id}).count() == 1
    assert await Marker.find({"place": made, "user": bob.id}).count() == 1
    await alice.says(await fresh(made), "More")
    assert await undo(mod, "topic.split") == 409


async def test_a_split_is_not_done_again_over_what_has_changed(
    two: tuple[Topic, Topic], forum: Forum, mod: Person, admin: Person
) -> None:
    one, _ = two
    annexe = await forum.board("Annexe", position=2)
    await mod.send(f"/topics/{one.oid}/split", numbers="2,4", title="Colours", board=str(annexe.oid))
    assert await undo(mod, "topic.split") == 303
    operation = await last_operation("topic.split")
    gone = await Comment.find_one({"topic": one.oid, "number": 4})
    assert gone is not None
    await mod.send(f"/comments/{gone.oid}/delete", reason="No")
    before = await bodies(one.oid)
    refused = await mod.send(f"/operations/{operation.oid}/undo")
    assert (refused.status_code, "no comment with the number 4" in refused.text) == (409, True)
    assert await bodies(one.oid) == before
    await mod.send(f"/comments/{gone.oid}/restore")
    await admin.send(f"/admin/boards/{annexe.oid}/delete", reason="Empty")
    refused = await mod.send(f"/operations/{operation.oid}/undo")
    assert (refused.status_code, await bodies(one.oid)) == (409, {**before, 4: "@alice white ones"})
    assert await miscounted() == []


async def fresh(topic: ObjectId) -> Topic:
    found = await Topic.get(topic)
    assert found is not None
    return found


async def charlie_reads(topic: Topic, person: Person) -> None:
    await person.send(f"/topics/{topic.oid}/read", number=str(4))


async def test_a_split_is_not_undone_when_somebody_has_answered(
    two: tuple[Topic, Topic], board: Board, alice: Person, mod: Person
) -> None:
    one, _ = two
    await mod.send(f"/topics/{one.oid}/split", number="2", title="Red", board=str(board.oid))
    made = await Topic.find_one({"title": "Red"})
    assert made is not None
    await alice.says(made, "More red")
    assert await undo(mod, "topic.split") == 409
    assert len(await bodies(made.oid)) == 2


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"number": "1"}, "the opening post stays"),
        ({}, "the opening post stays"),
        ({"numbers": "2-x"}, "Write numbers of comments"),
        ({"numbers": "2-900"}, "at most 200"),
        ({"numbers": "77"}, "no comment with the number 77"),
        ({"number": "2", "title": " "}, "Title"),
        ({"number": "2", "board": "nonsense"}, "choose a board"),
        ({"number": ["2", "²", "-3", "9" * 30], "title": "x" * 500}, "Title"),
    ],
)
async def test_bad_choices_are_refused_with_a_sentence_and_kept(
    two: tuple[Topic, Topic], board: Board, mod: Person, fields: dict[str, Any], says: str
) -> None:
    one, _ = two
    given = {"title": "Kept title", "board": str(board.oid), **fields}
    answer = await mod.send(f"/topics/{one.oid}/split", **given)
    assert answer.status_code == 422
    assert says in answer.text
    assert str(given["title"]).strip() in answer.text
    assert len(await bodies(one.oid)) == 4


async def test_a_topic_is_moved_and_moved_back(
    two: tuple[Topic, Topic], forum: Forum, board: Board, alice: Person, mod: Person, guest: Person
) -> None:
    one, _ = two
    office = await forum.board("Office", staff_only=True)
    await mod.send(f"/topics/{one.oid}/move", board=str(office.oid))
    assert (await guest.get(f"/topics/{one.oid}")).status_code == 404
    assert (await alice.get(f"/topics/{one.oid}")).status_code == 404
    assert await Comment.find({"topic": one.oid, "board": board.oid}).count() == 0
    assert await miscounted() == []
    await mod.says(one, "Among us")
    assert await miscounted() == []
    assert await undo(mod, "topic.move") == 303
    assert (await guest.get(f"/topics/{one.oid}")).status_code == 200
    assert await Comment.find({"topic": one.oid, "board": office.oid}).count() == 0
    assert await miscounted() == []


async def test_two_moderators_at_once(
    two: tuple[Topic, Topic], forum: Forum, mod: Person, admin: Person, alice: Person
) -> None:
    """Whoever comes second finds it done, or is told so; nothing is counted twice."""
    one, other = two
    answers = await asyncio.gather(
        mod.send(f"/topics/{one.oid}/merge", into=str(other.oid)),
        admin.send(f"/topics/{other.oid}/merge", into=str(one.oid)),
        alice.send(f"/topics/{one.oid}/comments", body="In between"),
        alice.send(f"/topics/{other.oid}/comments", body="In between too"),
    )
    codes = [answer.status_code for answer in answers]
    assert min(codes[:2]) == 303
    assert codes[:2].count(303) == 1
    assert codes[2:] == [303, 303], "nobody's text is lost"
    texts = [*(await bodies(one.oid)).values(), *(await bodies(other.oid)).values()]
    assert {"In between", "In between too"} <= set(texts)
    assert len(texts) == 9
    assert await miscounted() == []
    operation = await last_operation("topic.merge")
    undone = await asyncio.gather(*(who.send(f"/operations/{operation.oid}/undo") for who in (mod, admin)))
    assert sorted(answer.status_code for answer in undone) == [303, 409]
    assert await miscounted() == []


async def test_a_large_topic_is_brought_by_a_job_that_may_be_killed(
    board: Board, alice: Person, mod: Person, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await stock.topics(board, alice, 2)
    await stock.comments(one, alice, 10)
    monkeypatch.setattr(transfers, "BATCH", 3)
    done = transfers._batch
    calls = iter(range(99))
    stopped = asyncio.Event()

    async def killed(*arguments: Any) -> bool:
        if next(calls) >= 2:
            stopped.set()
            raise OSError("killed")
        return await done(*arguments)

    monkeypatch.setattr(transfers, "_batch", killed)
    await mod.send(f"/topics/{one.oid}/merge", into=str(other.oid))
    (waiting,) = await Transfer.find_all().to_list()
    await asyncio.wait_for(stopped.wait(), 10)
    assert await Comment.find({"topic": one.oid}).count() > 0
    busy = await mod.send(f"/topics/{other.oid}/split", number="2", title="Now", board=str(board.oid))
    assert busy.status_code == 409
    monkeypatch.setattr(transfers, "_batch", done)
    await asyncio.gather(transfers.go_on(waiting.oid), transfers.go_on(waiting.oid))
    assert await Transfer.find_all().count() == 0
    assert sorted(await bodies(other.oid)) == list(range(1, 13))
    assert await miscounted() == []


def test_numbers_are_read_as_people_write_them() -> None:
    assert splitting.numbers_from("3, 7-9、12；#15 – 16") == [3, 7, 8, 9, 12, 15, 16]
    assert splitting.numbers_from(" ") == []
    assert splitting.runs_of([2, 3, 7]) == [(2, 3, -1), (7, 7, -4)]


async def test_redirects_end(board: Board, alice: Person, mod: Person, guest: Person) -> None:
    """Merged again and again: old addresses lead to where it is in the end."""
    topics = await stock.topics(board, alice, 4)
    for source, target in pairwise(topics):
        assert (await mod.send(f"/topics/{source.oid}/merge", into=str(target.oid))).status_code == 303
    assert (await guest.see(f"/topics/{topics[0].oid}")).url.path == f"/topics/{topics[3].oid}"
    assert (await guest.see(f"/topics/{topics[0].oid}/n/1")).url.fragment == "c4"
    assert await Moved.find_all().count() == 3
    assert await miscounted() == []


async def test_strangers_arrange_nothing(two: tuple[Topic, Topic], alice: Person, guest: Person, mod: Person) -> None:
    one, other = two
    for act, fields in (
        ("move", {}),
        ("merge", {"into": str(other.oid)}),
        ("split", {}),
        ("slow", {}),
        ("retitle", {}),
    ):
        assert (await alice.send(f"/topics/{one.oid}/{act}", **fields)).status_code == 403
    assert (await alice.get(f"/topics/{one.oid}/moderate")).status_code == 403
    assert (await guest.get(f"/topics/{one.oid}/moderate")).status_code == 403
    assert "/moderate" not in (await alice.get(f"/topics/{one.oid}")).text
    await mod.send(f"/topics/{one.oid}/lock")
    operation = await last_operation("topic.lock")
    assert (await alice.send(f"/operations/{operation.oid}/undo")).status_code == 404
    assert await together(lambda work: Transfer.busy([one.oid], work.session)) is False
