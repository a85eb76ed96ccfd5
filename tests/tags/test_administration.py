"""Administrators rename, merge, delete and describe tags: in all topics, for ever, and back again."""

from __future__ import annotations

import asyncio

import pytest

from app.tags import changing
from documents import Board, Comment, Operation, Retagged, Tag, TagChange, Topic
from documents.clock import now
from tests.people import Forum, Person

HOSTILE = "<script>alert(1)</script>"


async def tags(topic: Topic) -> list[str]:
    raw = await Topic.raw().find_one({"_id": topic.oid})
    assert raw is not None
    return list(raw["tags"])


async def undo(person: Person, verb: str) -> int:
    found = await Operation.find({"verb": verb, "undo_of": None}).sort("-at", "-_id").first_or_none()
    assert found is not None
    return (await person.send(f"/operations/{found.oid}/undo")).status_code


async def settle() -> None:
    """What the job does, whether a worker has been at it or not."""
    async for raw in TagChange.raw().find({"lingering": False}):
        await changing.go_on(raw["_id"])


@pytest.fixture
async def three(board: Board, alice: Person, bob: Person) -> tuple[Topic, Topic, Topic]:
    """One with both tags, one with each."""
    return (
        await alice.opens(board, "Mixed bouquet", tags="rose, tulip, red"),
        await alice.opens(board, "Rose", tags="rose"),
        await bob.opens(board, "Tulip", tags="tulip"),
    )


async def test_a_renamed_tag_is_another_everywhere_and_its_old_name_leads_there(
    three: tuple[Topic, ...], board: Board, admin: Person, alice: Person, guest: Person
) -> None:
    both, rose, _ = three
    await alice.send(f"/topics/{rose.oid}/delete", reason="")
    assert "rose" in (await guest.get("/tags")).text
    answer = await admin.send("/admin/tags/rose/rename", to="玫瑰", reason="Said better")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/tags/%E7%8E%AB%E7%91%B0")
    assert await tags(both) == ["玫瑰", "tulip", "red"]
    assert await tags(rose) == ["玫瑰"], "what is deleted keeps its meaning"
    for path, code in (("/tags/rose", 301), ("/feeds/tags/rose", 301)):
        found = await guest.get(path)
        assert (found.status_code, found.headers["location"]) == (code, path.replace("rose", "%E7%8E%AB%E7%91%B0"))
    page = (await guest.get("/tags")).text
    assert "玫瑰" in page
    assert ">rose<" not in page
    assert "Mixed bouquet" in (await guest.get("/search?q=玫瑰")).text
    assert "Mixed bouquet" not in (await guest.get("/search?q=rose")).text
    assert (await alice.opens(board, "Later", tags="Rose, leaf")).tags == ["玫瑰", "leaf"], "typed by its old name"
    assert (await admin.send("/admin/tags/玫瑰/rename", to="flower")).status_code == 303
    assert (await guest.get("/tags/rose")).headers["location"] == "/tags/flower"
    assert await undo(admin, "tag.rename") == 303
    assert (await guest.get("/tags/flower")).status_code == 200
    assert await undo(admin, "tag.rename") == 409, "the last one has been undone"


async def test_renaming_back_ends_the_way_from_there(three: tuple[Topic, ...], admin: Person, guest: Person) -> None:
    both, *_ = three
    for name, to in (("rose", "flower"), ("flower", "rose")):
        assert (await admin.send(f"/admin/tags/{name}/rename", to=to)).status_code == 303
    assert await tags(both) == ["rose", "tulip", "red"]
    assert (await guest.get("/tags/rose")).status_code == 200
    assert (await guest.get("/tags/flower")).headers["location"] == "/tags/rose"


async def test_merged_tags_are_one_and_part_again_as_they_were(
    three: tuple[Topic, ...], board: Board, admin: Person, alice: Person, guest: Person
) -> None:
    both, rose, tulip = three
    await admin.send("/admin/tags/rose/describe", description="Thorns " + HOSTILE)
    answer = await admin.send("/admin/tags/rose/merge", into="#TULIP")
    assert answer.headers["location"] == "/admin/tags/tulip"
    assert [await tags(topic) for topic in three] == [["tulip", "red"], ["tulip"], ["tulip"]]
    shown = (await guest.see("/tags/rose")).text
    assert "Thorns &lt;script&gt;" in shown, "its description goes with it where there is none"
    assert HOSTILE not in shown
    later = await alice.opens(board, "Later", tags="tulip")
    await alice.send(f"/topics/{rose.oid}/edit", title="Rose", body="An opening post", tags="red", seen="0")
    assert await undo(admin, "tag.merge") == 303
    assert await tags(both) == ["rose", "tulip", "red"]
    assert await tags(rose) == ["red"], "what its author has changed since stays"
    assert [await tags(topic) for topic in (tulip, later)] == [["tulip"], ["tulip"]]
    assert "Thorns" in (await guest.get("/tags/rose")).text
    assert await Retagged.find_all().count() == 0
    for query, found in (("rose", True), ("tulip", True)):
        assert ("Mixed bouquet" in (await guest.get(f"/search?q={query}")).text) is found


async def test_what_has_changed_since_is_not_undone(three: tuple[Topic, ...], admin: Person) -> None:
    await admin.send("/admin/tags/rose/merge", into="tulip")
    await admin.send("/admin/tags/tulip/rename", to="flower")
    assert await undo(admin, "tag.merge") == 409
    assert await tags(three[0]) == ["flower", "red"]
    await admin.send("/admin/tags/flower/describe", description="One")
    await admin.send("/admin/tags/flower/describe", description="Two")
    first = await Operation.find_one({"verb": "tag.describe", "targets.after.description": "One"})
    assert first is not None
    answer = await admin.send(f"/operations/{first.oid}/undo")
    assert answer.status_code == 409
    assert "the description" in answer.text


async def test_a_deleted_tag_is_in_no_topic_and_comes_back(
    three: tuple[Topic, ...], board: Board, admin: Person, alice: Person, guest: Person
) -> None:
    both, rose, _ = three
    assert (await admin.send("/admin/tags/rose/delete", barred="1", reason="Spam")).status_code == 303
    assert [await tags(topic) for topic in three] == [["tulip", "red"], [], ["tulip"]]
    assert (await guest.get("/tags/rose")).status_code == 200
    refused = await alice.send(f"/boards/{board.oid}/topics/new", title="T", body="Typed", tags="rose")
    assert refused.status_code == 422
    assert "Typed" in refused.text
    assert "“rose” cannot be used" in refused.text
    await alice.send(f"/topics/{rose.oid}/edit", title="Rose", body="An opening post", tags="a, b, c, d, e", seen="0")
    assert await undo(admin, "tag.delete") == 303
    assert await tags(both) == ["rose", "tulip", "red"]
    assert await tags(rose) == ["a", "b", "c", "d", "e"], "there is no room for it any more"
    assert (await alice.opens(board, "Again", tags="rose")).tags == ["rose"]
    await admin.send("/admin/tags/tulip/delete", barred="1")
    assert (await admin.send("/admin/tags/tulip/allow")).status_code == 303
    assert (await alice.opens(board, "Once more", tags="tulip")).tags == ["tulip"]


async def test_a_change_that_is_killed_goes_on(
    board: Board, admin: Person, alice: Person, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "BATCH", 2)
    topics = [await alice.opens(board, f"T{number}", tags="rose, red") for number in range(5)]
    one = await alice.opens(board, "One", tags="tulip")

    begun = asyncio.Event()
    real = changing._store

    async def once(*args: object) -> None:
        if begun.is_set():
            raise ConnectionError
        begun.set()
        await real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(changing, "_store", once)
    assert (await admin.send("/admin/tags/rose/merge", into="tulip")).status_code == 303
    assert sorted([await tags(topic) for topic in topics]) == [["rose", "red"]] * 3 + [["tulip", "red"]] * 2
    assert "3 topics are still being changed" in (await admin.get("/admin/tags/rose")).text
    assert (await admin.send("/admin/tags/tulip/delete")).status_code == 409, "not before it is done"
    assert await undo(admin, "tag.merge") == 409
    (waiting,) = await TagChange.find_all().to_list()
    with pytest.raises(ConnectionError):
        await changing.go_on(waiting.oid)
    assert sorted([await tags(topic) for topic in topics]) == [["rose", "red"]] * 3 + [["tulip", "red"]] * 2
    monkeypatch.setattr(changing, "_store", real)
    await asyncio.gather(settle(), settle())
    assert [await tags(topic) for topic in (*topics, one)] == [["tulip", "red"]] * 5 + [["tulip"]]
    assert await Retagged.find_all().count() == 5
    assert await undo(admin, "tag.merge") == 303
    await settle()
    assert [await tags(topic) for topic in (*topics, one)] == [["rose", "red"]] * 5 + [["tulip"]]
    assert "T4" in (await guest.get("/tags/rose")).text


async def test_what_was_being_sent_when_a_tag_was_renamed_follows(board: Board, admin: Person, alice: Person) -> None:
    await alice.opens(board, "One", tags="rose")
    await admin.send("/admin/tags/rose/rename", to="flower")
    late = await alice.opens(board, "Late", tags="leaf")
    await Topic.raw().update_one({"_id": late.oid}, {"$set": {"tags": ["rose"]}})  # as a transaction begun before it
    (lingering,) = await TagChange.find_all().to_list()
    await changing.go_on(lingering.oid)
    assert await tags(late) == ["rose"], "not yet"
    await TagChange.raw().update_one({"_id": lingering.oid}, {"$set": {"due_at": now()}})
    await changing.go_on(lingering.oid)
    assert await tags(late) == ["flower"]
    assert await TagChange.find_all().count() == 0


async def test_of_two_at_once_one_is_told(three: tuple[Topic, ...], admin: Person, forum: Forum) -> None:
    other = await forum.person("otto", role="admin")
    tokens = [await admin.csrf(), await other.csrf()]
    answers = await asyncio.gather(
        admin.send("/admin/tags/rose/rename", csrf=tokens[0], to="flower"),
        other.send("/admin/tags/rose/merge", csrf=tokens[1], into="tulip"),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert await Operation.raw().count_documents({"verb": {"$in": ["tag.rename", "tag.merge"]}}) == 1


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("rose/rename", {"to": ""}, 422),
        ("rose/rename", {"to": "a b, c"}, 422),
        ("rose/rename", {"to": "x" * 31}, 422),
        ("rose/rename", {"to": "tulip"}, 422),
        ("rose/rename", {"to": "ＲＯＳＥ"}, 422),
        ("rose/rename", {"to": "ok", "reason": "x" * 301}, 422),
        ("rose/merge", {"into": "nothing"}, 422),
        ("rose/merge", {"into": "rose"}, 422),
        ("rose/describe", {"description": "x" * 301}, 422),
        ("nothing/rename", {"to": "ok"}, 404),
        ("nothing/delete", {}, 404),
        ("../rename", {"to": "ok"}, 404),
    ],
)
async def test_what_does_not_fit_changes_nothing(
    three: tuple[Topic, ...], admin: Person, path: str, fields: dict[str, str], status: int
) -> None:
    answer = await admin.send(f"/admin/tags/{path}", **fields)
    assert answer.status_code in (status, 405)
    for value in fields.values():
        assert status == 404 or value in answer.text
    assert await tags(three[0]) == ["rose", "tulip", "red"]
    assert await Operation.find_all().count() == 0


async def test_the_list_is_searched_and_put_in_order(three: tuple[Topic, ...], admin: Person) -> None:
    await admin.send("/admin/tags/red/describe", description="A colour")
    await admin.send("/admin/tags/red/rename", to="rouge")

    async def listed(query: str) -> list[str]:
        text = (await admin.get(f"/admin/tags?{query}")).text
        return [name for name in ("rose", "tulip", "rouge", "red") if f"<bdi>{name}</bdi>" in text.split("</form>")[-2]]

    assert await listed("") == ["rose", "tulip", "rouge"]
    assert await listed("q=COLOUR") == ["rouge"]
    assert await listed("q=ro") == ["rose", "rouge"]
    assert await listed("show=old") == ["rouge", "red"]
    text = (await admin.get("/admin/tags?sort=name")).text
    assert text.index("<bdi>rose</bdi>") < text.index("<bdi>rouge</bdi>") < text.index("<bdi>tulip</bdi>")
    assert (await admin.get("/admin/tags?sort=x&after=nothing&show=y")).status_code == 200
    assert (await admin.get("/admin/tags/nothing")).status_code == 404


async def test_the_doctor_finds_nothing_after_all_of_it(
    three: tuple[Topic, ...], admin: Person, doctor: object
) -> None:
    await admin.send("/admin/tags/rose/merge", into="tulip")
    await admin.send("/admin/tags/tulip/delete")
    await undo(admin, "tag.delete")
    assert callable(doctor)
    await doctor()
    assert await Comment.find({"words": "tulip"}).count() == 3
    assert await Tag.find_all().count() == 2
