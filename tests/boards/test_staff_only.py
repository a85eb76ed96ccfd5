"""A board for the staff alone: for everybody else it is not there, wherever they look."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.admin.service import set_role
from app.operations.service import SCRIPT
from documents import Board, Notification
from tests.people import Forum, Person

SECRET = "The plan for winter"


@pytest.fixture
async def backroom(forum: Forum) -> Board:
    return await forum.board("Back room", staff_only=True)


async def test_members_and_guests_find_it_nowhere(
    backroom: Board, board: Board, alice: Person, mod: Person, admin: Person, guest: Person
) -> None:
    await alice.opens(board, "In the open", tags="plan")
    topic = await mod.opens(backroom, SECRET, f"{SECRET}, @alice and @ada", tags="plan")
    comment = await admin.says(topic, f"{SECRET} again")
    missing = ObjectId()
    for person in (alice, guest):
        lists = ("/", "/boards", "/?sort=new", "/?sort=hot", "/?sort=unanswered", "/tags/plan", "/topics/new")
        people = (f"/users/{mod.id}", f"/users/{admin.id}/comments", f"/users/{mod.id}/topics")
        for path in (*lists, *people, f"/boards/{board.oid}"):
            text = (await person.get(path)).text
            assert SECRET not in text, path
            assert "Back room" not in text, path
        for path, other in (
            (f"/boards/{backroom.oid}", f"/boards/{missing}"),
            (f"/topics/{topic.oid}", f"/topics/{missing}"),
            (f"/topics/{topic.oid}/n/1", f"/topics/{missing}/n/1"),
            (f"/comments/{comment.oid}", f"/comments/{missing}"),
            (f"/comments/{comment.oid}/history", f"/comments/{missing}/history"),
            (f"/boards/{backroom.oid}/topics/new", f"/boards/{missing}/topics/new"),
            (f"/topics/{topic.oid}/edit", f"/topics/{missing}/edit"),
        ):
            hidden, gone = await person.get(path), await person.get(other)
            assert hidden.status_code == gone.status_code
            assert hidden.status_code in (403, 404), path
            assert SECRET not in hidden.text
    assert (await alice.feed())["events"] == []
    assert len((await admin.feed())["events"]) == 1


async def test_nothing_can_be_written_there_by_others(backroom: Board, alice: Person, mod: Person) -> None:
    topic = await mod.opens(backroom, SECRET)
    comment = await mod.says(topic, "A comment")
    for path in (
        *(f"/boards/{backroom.oid}/topics/new", f"/topics/{topic.oid}/comments", f"/topics/{topic.oid}/edit"),
        *(f"/topics/{topic.oid}/delete", f"/topics/{topic.oid}/restore", f"/comments/{comment.oid}/edit"),
        *(f"/comments/{comment.oid}/delete", f"/comments/{comment.oid}/like", f"/comments/{comment.oid}/unlike"),
        f"/comments/{comment.oid}/restore",
    ):
        answer = await alice.send(path, title="t", body="b", reason="r")
        assert answer.status_code == 404, path
    chosen = await alice.send("/topics/new", board=str(backroom.oid), title="t", body="b")
    assert chosen.status_code == 404


async def test_the_staff_uses_it_like_any_other(backroom: Board, mod: Person, admin: Person) -> None:
    topic = await mod.opens(backroom, SECRET)
    for person in (mod, admin):
        assert SECRET in (await person.get("/")).text
        assert SECRET in (await person.get(f"/boards/{backroom.oid}")).text
        assert (await person.get(f"/topics/{topic.oid}")).status_code == 200


async def test_closing_a_board_takes_back_what_members_were_told(
    board: Board, alice: Person, bob: Person, admin: Person
) -> None:
    topic = await alice.opens(board, SECRET, "Come, @bob")
    assert (await bob.feed())["events"][0]["title"] == SECRET
    await admin.send(f"/admin/boards/{board.oid}", name=board.name, description="", staff_only="1")
    page = await bob.get("/notifications")
    assert SECRET not in page.text
    assert str(topic.oid) not in page.text
    event = (await bob.feed())["events"][0]
    assert event == {"type": "notification", "seq": 1, "kind": "hidden"}
    assert (await bob.get(f"/topics/{topic.oid}")).status_code == 404
    assert (await bob.feed())["unread"]["notifications"] == 0


async def test_who_cannot_read_it_any_more_is_not_told_of_replies(
    board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "Before it was closed")
    await admin.send(f"/admin/boards/{board.oid}", name=board.name, description="", staff_only="1")
    await mod.says(topic, "Among us, @alice and @ada", reply_to=str(comment.oid))
    assert await Notification.find({"user": alice.id}).count() == 0
    assert await Notification.find({"user": admin.id}).count() == 1


async def test_a_moderator_who_is_none_any_more_sees_nothing_at_once(
    forum: Forum, backroom: Board, mod: Person, admin: Person
) -> None:
    topic = await mod.opens(backroom, SECRET)
    assert (await mod.get(f"/topics/{topic.oid}")).status_code == 200
    assert mod.user is not None
    await set_role(SCRIPT, mod.user, "member")
    assert (await mod.get(f"/topics/{topic.oid}")).status_code == 404
    assert SECRET not in (await mod.get("/")).text
