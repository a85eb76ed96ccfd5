"""Boards are made, changed, deleted and brought back by administrators, and by nobody else."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from bson import ObjectId

from documents import Board, Operation, Topic
from tests.people import Forum, Person

HOSTILE = "<script>alert(1)</script>\"' onload=x"


def _payload(**overrides: str) -> dict[str, str]:
    return {"name": "Kitchen", "description": "What we cook", **overrides}


async def names() -> list[str]:
    return [board.name async for board in Board.find(Board.deleted_at == None).sort("position")]  # noqa: E711


async def test_an_administrator_makes_a_board(forum: Forum, admin: Person, guest: Person) -> None:
    answer = await admin.send("/admin/boards", **_payload(name="厨房 Kitchen"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/boards")
    assert "厨房 Kitchen" in (await admin.see("/admin/boards")).text
    assert "厨房 Kitchen" in (await guest.get("/boards")).text
    assert "What we cook" in (await guest.get("/boards")).text


@pytest.mark.parametrize("role", ["guest", "member", "moderator"])
async def test_for_others_there_is_no_administration(forum: Forum, board: Board, admin: Person, role: str) -> None:
    person = forum.guest() if role == "guest" else await forum.person("somebody", role=role)
    expected = 403 if role == "guest" else 404
    for path in ("/admin", "/admin/boards", f"/admin/boards/{board.oid}", f"/admin/boards/{ObjectId()}"):
        assert (await person.get(path)).status_code == expected
    for path in ("boards", f"boards/{board.oid}", f"boards/{board.oid}/delete", f"boards/{board.oid}/restore"):
        assert (await person.send(f"/admin/{path}", **_payload())).status_code == expected
    assert await names() == ["Garden"]
    assert 'href="/admin"' not in (await person.get("/")).text


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": " \u200b "},
        {"name": "x" * 61},
        {"description": "x" * 301},
        {"name": "GARDEN"},
        {"name": "Ｇarden"},
    ],
    ids=lambda fields: ascii(fields)[:30],
)
async def test_what_does_not_fit_comes_back(board: Board, admin: Person, fields: dict[str, str]) -> None:
    answer = await admin.send("/admin/boards", **_payload(**fields))
    assert answer.status_code == 422
    assert _payload(**fields)["description"] in answer.text
    assert await names() == ["Garden"]


async def test_of_ten_boards_of_one_name_at_once_there_is_one(forum: Forum, admin: Person) -> None:
    token = await admin.csrf()
    answers = await asyncio.gather(*(admin.send("/admin/boards", csrf=token, **_payload()) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 9
    assert await names() == ["Kitchen"]


async def test_a_board_is_renamed_and_described(board: Board, admin: Person, guest: Person) -> None:
    assert "Garden" in (await guest.get("/boards")).text
    assert (await admin.send(f"/admin/boards/{board.oid}", **_payload())).status_code == 303
    page = (await guest.get("/boards")).text
    assert "Kitchen" in page
    assert "Garden" not in page
    again = await admin.send(f"/admin/boards/{board.oid}", **_payload(description="Its own name is not taken"))
    assert again.status_code == 303
    answer = await admin.send(f"/admin/boards/{ObjectId()}", **_payload())
    assert answer.status_code == 404


async def test_a_deleted_board_is_gone_with_all_in_it_and_comes_back_whole(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person, guest: Person
) -> None:
    topic = await alice.opens(board, "In the garden")
    comment = await bob.says(topic, "Nice")
    assert (await admin.send(f"/admin/boards/{board.oid}/delete", reason="Winter")).status_code == 303
    places = (f"/boards/{board.oid}", f"/topics/{topic.oid}", f"/comments/{comment.oid}", f"/topics/{topic.oid}/n/2")
    for person in (guest, alice, bob):
        for path in places:
            assert (await person.get(path)).status_code == 404, path
        for path in ("/", "/boards", f"/users/{alice.id}", f"/users/{bob.id}/comments"):
            assert "In the garden" not in (await person.get(path)).text
    assert (await mod.get(f"/topics/{topic.oid}")).status_code == 200
    for path in (f"/boards/{board.oid}/topics/new", f"/topics/{topic.oid}/comments"):
        assert (await mod.send(path, title="t", body="b")).status_code == 403
    assert (await admin.send(f"/admin/boards/{board.oid}/restore")).status_code == 303
    for person in (guest, alice, bob):
        assert "In the garden" in (await person.get("/")).text
        for path in places:
            assert (await person.get(path)).status_code in (200, 302), path


async def test_a_board_does_not_come_back_under_a_name_that_is_taken(board: Board, admin: Person) -> None:
    await admin.send(f"/admin/boards/{board.oid}/delete")
    assert (await admin.send("/admin/boards", **_payload(name="Garden"))).status_code == 303
    answer = await admin.send(f"/admin/boards/{board.oid}/restore")
    assert answer.status_code == 422
    assert "There is already a board with this name." in answer.text
    assert (await admin.send(f"/admin/boards/{board.oid}", **_payload(name="Old garden"))).status_code == 303
    assert (await admin.send(f"/admin/boards/{board.oid}/restore")).status_code == 303
    assert await names() == ["Old garden", "Garden"]


async def test_names_are_only_text(forum: Forum, admin: Person, alice: Person, guest: Person) -> None:
    await admin.send("/admin/boards", **_payload(name=HOSTILE, description=HOSTILE))
    board = await Board.find_one()
    assert board is not None
    topic = await alice.opens(board)
    pages: list[httpx.Response] = [
        *[await admin.get(path) for path in ("/admin/boards", f"/admin/boards/{board.oid}", "/topics/new")],
        *[await guest.get(path) for path in ("/", "/boards", f"/boards/{board.oid}", f"/topics/{topic.oid}")],
    ]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
        # JSON escapes it so, within a script that is data.
        shown = page.text.replace(r"\"' onload", "")
        assert "\"' onload" not in shown


async def test_the_overview_counts_what_is_there_and_what_is_deleted(
    board: Board, alice: Person, admin: Person
) -> None:
    topic = await alice.opens(board)
    await alice.opens(board)
    await alice.send(f"/topics/{topic.oid}/delete", reason="")
    stored = await Topic.get(topic.oid)
    assert stored is not None
    text = " ".join((await admin.get("/admin")).text.split())
    assert 'Topics</th> <td class="num">1</td> <td class="num">1</td>' in text


async def test_boards_stand_one_below_another_and_no_deeper(forum: Forum, admin: Person, guest: Person) -> None:
    top, below, third = [await forum.board(name, position=at) for at, name in enumerate(("Top", "Below", "Third"))]
    answer = await admin.send(f"/admin/boards/{below.oid}", name="Below", parent=str(third.oid))
    assert answer.status_code == 303, answer.text
    page = (await guest.get("/boards")).text
    assert page.index(">Top<") < page.index(">Third<") < page.index(">Below<")
    assert page.count("board-below") == 1
    assert f'href="/boards/{third.oid}"' in (await guest.get(f"/boards/{below.oid}")).text.split("</header>")[1]
    for board, parent in ((third, top.oid), (top, below.oid), (top, top.oid), (top, ObjectId()), (top, "x")):
        answer = await admin.send(f"/admin/boards/{board.oid}", name=board.name, parent=str(parent))
        assert answer.status_code == 422, (board.name, parent)
    assert (await admin.send("/admin/boards", name="New", parent=str(third.oid))).status_code == 303
    await admin.send(f"/admin/boards/{third.oid}", name="Third", staff_only="1")
    page = (await guest.get(f"/boards/{below.oid}")).text
    assert "Third" not in page, "what one may not see is not named above what one may"


async def test_boards_change_places_with_their_neighbours(forum: Forum, admin: Person) -> None:
    boards = [await forum.board(name) for name in ("A", "B", "C")]  # all at the same place
    for board, verb, order in ((2, "up", "ACB"), (0, "up", "ACB"), (0, "down", "CAB"), (1, "down", "CAB")):
        assert (await admin.send(f"/admin/boards/{boards[board].oid}/{verb}")).status_code == 303
        assert "".join(await names()) == order
    assert await Operation.raw().count_documents({"verb": "board.move"}) == 2


async def test_an_archived_board_can_only_be_read(
    board: Board, alice: Person, bob: Person, admin: Person, guest: Person
) -> None:
    topic = await alice.opens(board, "Old wisdom")
    comment = await bob.says(topic, "True")
    for _ in range(2):
        assert (await admin.send(f"/admin/boards/{board.oid}/archive")).status_code == 303
    assert "This board is archived" in (await guest.get(f"/boards/{board.oid}")).text
    assert "Old wisdom" in (await guest.get(f"/topics/{topic.oid}")).text
    writes = {
        f"/boards/{board.oid}/topics/new": {"title": "t", "body": "b"},
        f"/topics/{topic.oid}/comments": {"body": "b"},
        f"/comments/{comment.oid}/edit": {"body": "b"},
    }
    for path, fields in writes.items():
        for person in (bob, admin):
            if "edit" not in path or person is bob:
                assert (await person.send(path, **fields)).status_code == 403, path
    for _ in range(2):
        assert (await admin.send(f"/admin/boards/{board.oid}/unarchive")).status_code == 303
    assert (await bob.send(f"/topics/{topic.oid}/comments", body="Again")).status_code == 303
    assert await Operation.raw().count_documents({"verb": {"$in": ["board.archive", "board.unarchive"]}}) == 2


async def test_a_board_is_put_where_it_was_dropped_and_back(forum: Forum, admin: Person) -> None:
    one, two, three = [await forum.board(name) for name in ("A", "B", "C")]  # all at the same place

    async def put(board: Board, before: object) -> int:
        return (await admin.send(f"/admin/boards/{board.oid}/place", before=str(before))).status_code

    assert await put(one, "") == 204
    assert "".join(await names()) == "BCA"
    assert await put(three, two.oid) == 204
    assert "".join(await names()) == "CBA"
    assert await put(three, two.oid) == 204
    assert await Operation.raw().count_documents({"verb": "board.move"}) == 2, "what is so already is not done"
    for board, before, status in ((one, ObjectId(), 409), (one, "x", 404), (one, one.oid, 409)):
        assert await put(board, before) == status
    operation = await Operation.find({"verb": "board.move"}).sort("-at", "-_id").first_or_none()
    assert operation is not None
    assert (await admin.send(f"/operations/{operation.oid}/undo")).status_code == 303
    assert "".join(await names()) == "BCA"
    token = await admin.csrf()
    moves = [(one, ""), (two, ""), (three, "")] * 3
    answers = await asyncio.gather(
        *(admin.send(f"/admin/boards/{board.oid}/place", csrf=token, before=before) for board, before in moves)
    )
    assert {answer.status_code for answer in answers} == {204}
    assert sorted(await names()) == ["A", "B", "C"]
    assert len({board.position async for board in Board.find_all()}) == 3
    await admin.send(f"/admin/boards/{one.oid}/delete")
    assert await put(one, "") == 404
