"""Groups, settings, moderating and administering by programs: the same rules as in the browser."""

from __future__ import annotations

import io
from typing import Any

import pytest
from bson import ObjectId
from PIL import Image

from documents import Board, Comment, Letter, Operation, Topic, User
from tests.api.program import Program, path_to, program_of
from tests.messages.talk import group, told
from tests.notifications.test_email import wants
from tests.people import Forum, Person


@pytest.fixture
async def moderator(forum: Forum, mod: Person) -> Program:
    """A moderator's, with the scopes of writing and moderating."""
    return await program_of(forum, mod, "write", "moderate")


async def test_a_group_is_looked_after_by_who_began_it(
    forum: Forum, alice: Person, bob: Person, charlie: Person, xiaoming: Person
) -> None:
    thread = await group(alice)
    mine, his = await program_of(forum, alice), await program_of(forum, bob)
    await alice.known_to("小明")
    added = await mine.call("add_members", {"to": ["小明"]}, conversation=thread)
    assert [person["username"] for person in added["members"]] == ["alice", "bob", "charlie", "小明"]
    again = await mine.send("POST", path_to("add_members", conversation=thread), {"to": ["小明", "bob"]})
    assert (again.status_code, list(again.json()["fields"])) == (422, ["to"])
    assert (await mine.call("rename_group", {"title": " 新 名字 "}, conversation=thread))["title"] == "新 名字"
    for name, ids, body in (
        ("add_members", {}, {"to": ["nobody"]}),
        ("rename_group", {}, {"title": "Mine"}),
        ("remove_member", {"user": charlie.id}, None),
    ):
        path = path_to(name, conversation=thread, **ids)
        method = {"add_members": "POST", "rename_group": "PATCH", "remove_member": "DELETE"}[name]
        assert (await his.send(method, path, body)).status_code == 403, name
    await mine.call("remove_member", conversation=thread, user=charlie.id)
    refused = await mine.send("DELETE", path_to("remove_member", conversation=thread, user=charlie.id))
    assert refused.status_code == 409
    stranger = await program_of(forum, await forum.person("dora"))
    answer = await stranger.send("PATCH", path_to("rename_group", conversation=thread), {"title": "x"})
    assert answer.status_code == 404


async def test_settings_of_ones_own(forum: Forum, alice: Person, bob: Person, board: Board) -> None:
    program = await program_of(forum, bob, "write")
    await wants(bob, mention="digest")
    await alice.says(await alice.opens(board), "@bob")
    (letter,) = await Letter.find({"user": bob.id, "kind": "digest"}).to_list()
    change: dict[str, Any] = {
        "kinds": {"like": {"email": "at_once"}, "reply": {"site": False}, "moderation": {"site": False}},
        "digest": {"every": "weekly", "weekday": 6, "hour": 23},
        "texts": True,
    }
    found = await program.call("edit_wishes", change)
    assert found["kinds"]["like"] == {"site": True, "email": "at_once"}
    assert found["kinds"]["reply"] == {"site": False, "email": "at_once"}
    assert found["kinds"]["moderation"]["site"], "always shown"
    assert found["digest"] == {"every": "weekly", "hour": 23, "weekday": 6}
    assert found == await program.call("get_wishes")
    (moved,) = await Letter.find({"user": bob.id, "kind": "digest"}).to_list()
    assert moved.due_at != letter.due_at
    for wrong in (
        {"kinds": {"gossip": {"site": True}}},
        {"kinds": {"like": {"email": "hourly"}}},
        {"digest": {"hour": 24}},
        {"texts": "maybe"},
        {"kinds": [1]},
    ):
        assert (await program.send("PATCH", "/me/notifications", wrong)).status_code == 422, wrong
    assert found == await program.call("get_wishes")
    look = await program.call("edit_look", {"time_zone": "Asia/Shanghai", "theme": "dark"})
    assert look == {"locale": "", "theme": "dark", "time_zone": "Asia/Shanghai"}
    assert (await program.send("PATCH", "/me/look", {"time_zone": "Moon/Base"})).status_code == 422


async def test_a_picture_of_oneself(forum: Forum, alice: Person) -> None:
    program = await program_of(forum, alice, "write")
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(picture, "PNG")
    crop = {"x": "10", "y": "10", "size": "150"}
    made = await program.send("POST", "/me/avatar", files={"file": ("a.png", picture.getvalue())}, data=crop)
    assert made.status_code == 200, made.text
    assert (await program.call("get_me"))["avatar"]
    assert (await alice.get(made.json()["url"])).status_code == 200
    whole = picture.getvalue()
    wrong: tuple[tuple[bytes, dict[str, str], int], ...] = (
        (b"no picture", {}, 415),
        (whole, {"x": "-"}, 422),
        (b"", {}, 422),
    )
    for content, data, status in wrong:
        answer = await program.send("POST", "/me/avatar", files={"file": ("a.png", content)}, data=data)
        assert answer.status_code == status
    assert (await program.send("POST", "/me/avatar", {"file": "x"})).status_code == 415
    assert (await program.call("get_me"))["avatar"]
    await program.call("take_off_avatar")
    assert (await program.call("get_me"))["avatar"] is None


async def test_a_moderator_arranges_topics_and_takes_it_back(
    forum: Forum, moderator: Program, alice: Person, board: Board
) -> None:
    shed = await forum.board("Shed", position=2)
    topic, other = await alice.opens(board, "One"), await alice.opens(board, "Two")
    for word in ("a", "b"):
        await alice.says(topic, f"Word {word}")
    titled = await moderator.call("retitle_topic", {"title": "Better", "reason": "clearer"}, topic=topic.oid)
    assert titled["title"] == "Better"
    moved = await moderator.call("move_topic", {"board": str(shed.oid)}, topic=topic.oid)
    assert moved["board"]["name"] == "Shed"
    split = {"numbers": [3], "title": "A new one", "board": str(board.oid)}
    made = await moderator.call("split_topic", split, topic=topic.oid)
    assert (made["title"], made["replies"]) == ("A new one", 0)
    merged = await moderator.call("merge_topic", {"into": str(other.oid)}, topic=made["id"])
    assert (merged["id"], merged["replies"]) == (str(other.oid), 1)
    await moderator.call("slow_topic", {"seconds": 60}, topic=other.oid)
    found = await Topic.load(other.oid)
    assert found is not None
    assert found.slow_seconds == 60
    for name, body in (
        ("slow_topic", {"seconds": 61}),
        ("retitle_topic", {"title": ""}),
        ("move_topic", {"board": "x"}),
        ("split_topic", split | {"numbers": [1]}),
        ("split_topic", split | {"numbers": [10**12]}),
        ("split_topic", split | {"numbers": ["x"]}),
        ("merge_topic", {"into": str(ObjectId())}),
    ):
        path, method = path_to(name, topic=topic.oid), "PUT" if name == "slow_topic" else "POST"
        assert (await moderator.send(method, path, body)).status_code in (404, 422), name
    retitled = await Operation.find_one({"verb": "topic.retitle"})
    assert retitled is not None
    await moderator.call("undo_operation", operation=retitled.oid)
    assert (await moderator.call("get_topic", topic=topic.oid))["title"] == "One"
    assert (await moderator.send("POST", path_to("undo_operation", operation=retitled.oid))).status_code == 409


async def test_a_moderator_decides_what_waits(
    forum: Forum, moderator: Program, alice: Person, bob: Person, board: Board
) -> None:
    topic = await alice.opens(board)
    bad, good = await alice.says(topic, "Bad"), await alice.says(topic, "Good")
    reporter = await program_of(forum, bob)
    for comment in (bad, good):
        await reporter.call("report", {"kind": "comment", "id": str(comment.oid), "reason": "rude"})
    first, second = (await moderator.call("list_reports"))["items"]
    assert (first["about"]["author"]["username"], first["complaints"][0]["who"]["username"]) == ("alice", "bob")
    await moderator.call("take_report", report=first["id"])
    noted = await moderator.call("note_report", {"words": "Again"}, report=first["id"])
    assert (noted["assignee"]["username"], noted["notes"][0]["words"]) == ("mod_mira", "Again")
    await moderator.call("leave_report", report=first["id"])
    decided = await moderator.call("decide_report", {"verdict": "accept", "reason": "Rude"}, report=first["id"])
    assert (decided["state"], decided["about"]["deleted"]) == ("accepted", True)
    await moderator.call("decide_report", {"verdict": "keep"}, report=second["id"])
    twice = path_to("decide_report", report=second["id"])
    assert (await moderator.send("POST", twice, {"verdict": "accept"})).status_code == 409
    assert len((await moderator.get("/moderation/reports?state=settled"))["items"]) == 2
    assert (await moderator.send("GET", "/moderation/reports?cursor=x")).status_code == 422
    deletion = await Operation.find_one({"verb": "comment.delete"})
    assert deletion is not None
    await alice.send(f"/decisions/{deletion.oid}/appeal", words="It was a joke")
    other = await program_of(forum, await forum.person("mod_other", role="moderator"), "moderate")
    (appeal,) = (await other.call("list_appeals"))["items"]
    assert appeal["may_judge"]
    path = path_to("decide_appeal", appeal=appeal["id"])
    assert (await other.send("POST", path, {"granted": False})).status_code == 422, "whoever is refused hears why"
    await other.call("decide_appeal", {"granted": True}, appeal=appeal["id"])
    back = await Comment.load(bad.oid)
    assert back is not None
    assert back.live


async def test_texts_that_wait_for_approval(forum: Forum, moderator: Program, bob: Person, board: Board) -> None:
    held = {"deleted_as": "held", "deleted_at": bob.user and bob.user.created_at, "deleted_by": bob.id}
    topic = await bob.opens(board)
    comment = await bob.says(topic, "First words")
    await Comment.raw().update_one({"_id": comment.oid}, {"$set": held})
    (row,) = (await moderator.call("list_held"))["items"]
    assert (row["kind"], row["id"]) == ("comment", str(comment.oid))
    sent = {"kind": "comment", "id": str(comment.oid), "verdict": "reject", "reason": "An advertisement"}
    await moderator.call("decide_held", sent)
    assert "moderation" in await told(bob)
    assert (await moderator.send("POST", "/moderation/approval", sent)).status_code == 409


async def test_people_are_warned_silenced_and_banned(
    forum: Forum, moderator: Program, alice: Person, admin: Person
) -> None:
    alices = await program_of(forum, alice)
    path = path_to("sanction_user", user=alice.id)
    await moderator.call("sanction_user", {"act": "warn", "reason": "Mind your words"}, user=alice.id)
    await moderator.call("sanction_user", {"act": "silence", "hours": 24, "reason": "Again"}, user=alice.id)
    assert (await alices.send("POST", "/topics", {})).status_code in (403, 422)
    for wrong in ({"act": "ban"}, {"act": "silence", "reason": "x", "hours": 25}, {"act": "silence", "reason": "x"}):
        assert (await moderator.send("POST", path, wrong)).status_code == 422, wrong
    await moderator.call("sanction_user", {"act": "ban", "hours": 0, "reason": "Enough"}, user=alice.id)
    assert (await alices.send("GET", "/me")).status_code == 401
    await moderator.call("sanction_user", {"act": "unban"}, user=alice.id)
    assert (await alices.send("GET", "/me")).status_code == 200
    for person in (admin, moderator):
        id = admin.id if isinstance(person, Person) else (await moderator.call("get_me"))["id"]
        answer = await moderator.send("POST", path_to("sanction_user", user=id), {"act": "warn", "reason": "x"})
        assert answer.status_code == 403
    assert (await alices.send("POST", path, {"act": "warn", "reason": "x"})).status_code == 403


async def test_an_administrator_makes_boards_and_settings(forum: Forum, admin: Person, mod: Person) -> None:
    program = await program_of(forum, admin, "administer")
    made = await program.call("make_board", {"name": "Greenhouse", "description": "暖房"})
    below = await program.call("make_board", {"name": "Seeds", "parent": made["id"], "closed": True})
    changed = await program.call("edit_board", {"description": "Under glass"}, board=below["id"])
    assert (changed["description"], changed["closed"]) == ("Under glass", True)
    stored = await Board.load(ObjectId(below["id"]))
    assert stored is not None
    assert str(stored.parent) == made["id"], "what is not named stays"
    for wrong in ({"name": "Greenhouse"}, {"name": ""}, {"name": "x" * 61}, {"name": "Y", "parent": below["id"]}):
        assert (await program.send("POST", "/boards", wrong)).status_code == 422, wrong
    await program.call("archive_board", board=made["id"])
    await program.call("unarchive_board", board=made["id"])
    await program.call("delete_board", {"reason": "Done"}, board=below["id"])
    assert (await Program(forum).send("GET", f"/boards/{below['id']}")).status_code == 404
    await program.call("restore_board", board=below["id"])
    before = await program.call("get_settings")
    general = next(section for section in before["items"] if section["key"] == "general")
    after = await program.call("edit_settings", {"section": "general", "values": {"site_name": "Garden 花园"}})
    assert next(s for s in after["items"] if s["key"] == "general")["values"]["site_name"] == "Garden 花园"
    stale = {"section": "general", "values": {"site_name": "Mine"}, "mark": general["mark"]}
    assert (await program.send("PATCH", "/settings", stale)).status_code == 409
    for section, values in (
        ("general", {"site_name": "x" * 61}),
        ("general", {"default_locale": "fr"}),
        ("writing", {"comments_per_page": 1}),
        ("general", {"secret_key": "x"}),
        ("nowhere", {"site_name": "x"}),
        ("read-only", {"read_only": {"a": 1}}),
    ):
        answer = await program.send("PATCH", "/settings", {"section": section, "values": values})
        assert answer.status_code == 422, values
    await program.call("edit_settings", {"section": "general", "values": {"site_name": None}})
    for other in (await program_of(forum, admin, "moderate"), await program_of(forum, mod)):
        assert (await other.send("POST", "/boards", {"name": "No"})).status_code in (403, 404)
        assert (await other.send("GET", "/settings")).status_code in (403, 404)
    assert await User.find({"role": "admin"}).count() == 1
