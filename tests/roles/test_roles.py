"""Roles by form: making, changing, giving, deleting; boards that differ; and why."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

from bson import ObjectId

from app.permissions.catalogue import BUILT_IN
from documents import Board, Operation, Role, User
from documents.clock import now
from tests.people import Forum, Person


async def a_role(admin: Person, name: str = "Gardeners", *permissions: str, description: str = "") -> str:
    answer = await admin.send("/admin/roles/create", name=name, description=description, permissions=list(permissions))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rsplit("/", 1)[1])


async def gives(admin: Person, person: Person, *keys: str) -> int:
    page = (await admin.get(f"/admin/people/{person.id}")).text
    seen = re.findall(r'name="seen" value="([^"]*)"', page)[0]
    answer = await admin.send(f"/admin/people/{person.id}", roles=list(keys), seen=seen)
    return answer.status_code


async def rules(admin: Person, board: Board, **said: str) -> int:
    page = (await admin.get(f"/admin/boards/{board.oid}/roles")).text
    seen = re.findall(r'name="seen" value="([^"]*)"', page)[0]
    fields: dict[str, Any] = {name.replace("__", "."): value for name, value in said.items()}
    return (await admin.send(f"/admin/boards/{board.oid}/roles", seen=seen, **fields)).status_code


async def test_a_moderator_of_one_board(forum: Forum, board: Board, admin: Person, alice: Person, bob: Person) -> None:
    other = await forum.board("Kitchen")
    here, there = await alice.opens(board), await alice.opens(other)
    key = await a_role(admin)
    assert await gives(admin, bob, key) == 303
    assert await rules(admin, board, **{f"{key}__moderate": "allow"}) == 303
    assert (await bob.send(f"/topics/{here.oid}/lock")).status_code == 303
    assert (await bob.send(f"/topics/{here.oid}/delete", reason="Weeds")).status_code == 303
    assert (await bob.get(f"/topics/{here.oid}")).status_code == 200
    assert (await bob.send(f"/topics/{there.oid}/lock")).status_code == 403
    assert (await bob.send(f"/topics/{here.oid}/announce")).status_code == 403
    assert await gives(admin, bob) == 303
    assert (await bob.get(f"/topics/{here.oid}")).status_code == 404
    verbs = [found.verb async for found in Operation.find({"targets.kind": {"$in": ["role", "board", "person"]}})]
    assert {"role.create", "person.role", "board.roles"} <= set(verbs)


async def test_a_board_that_guests_and_new_people_do_not_see(
    board: Board, admin: Person, alice: Person, guest: Person
) -> None:
    topic = await alice.opens(board, "Quiet words")
    assert (await guest.get(f"/topics/{topic.oid}")).status_code == 200
    assert await rules(admin, board, guest__read="deny") == 303
    for path in (f"/topics/{topic.oid}", f"/feeds/topics/{topic.oid}", f"/boards/{board.oid}"):
        assert (await guest.get(path)).status_code == 404, path
    for path in ("/", "/feeds/topics", "/search?q=quiet", f"/users/{alice.id}"):
        assert str(topic.oid) not in (await guest.get(path)).text, path
    part = await guest.get(f"/sitemaps/topics-{topic.oid}-{topic.oid}.xml")
    assert f"/topics/{topic.oid}" not in part.text
    assert (await alice.get(f"/topics/{topic.oid}")).status_code == 200
    assert await rules(admin, board, new__read="deny") == 303
    assert (await alice.get(f"/topics/{topic.oid}")).status_code == 404
    await gives(admin, alice, "member")
    assert (await alice.get(f"/topics/{topic.oid}")).status_code == 200


async def test_who_may_not_read_is_not_told(board: Board, admin: Person, alice: Person, bob: Person) -> None:
    await gives(admin, alice, "member")
    assert await rules(admin, board, new__read="deny") == 303
    await alice.opens(board, body="Listen, @bob")
    assert (await bob.feed())["events"] == []


async def test_boards_deny_topics_replies_and_files(board: Board, admin: Person, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    assert await rules(admin, board, new__post="deny", new__reply="deny") == 303
    refused = await bob.send(f"/boards/{board.oid}/topics/new", title="Mine", body="Text")
    assert refused.status_code == 403
    assert f"{board.oid}/topics/new" not in (await bob.get(f"/boards/{board.oid}")).text
    answer = await bob.send(f"/topics/{topic.oid}/comments", body="My own words")
    assert answer.status_code == 403
    assert "My own words" in answer.text
    assert 'name="body"' not in (await bob.get(f"/topics/{topic.oid}")).text


async def test_what_a_role_holds_is_in_force_at_once(board: Board, admin: Person, mod: Person, alice: Person) -> None:
    topic = await alice.opens(board)
    wanted = sorted(BUILT_IN["moderator"].permissions - {"lock"})
    answer = await admin.send("/admin/roles/moderator", permissions=wanted, seen="0")
    assert answer.status_code == 303
    assert (await mod.send(f"/topics/{topic.oid}/lock")).status_code == 403
    assert (await mod.send(f"/topics/{topic.oid}/pin")).status_code == 303
    stale = await admin.send("/admin/roles/moderator", permissions=["read"], seen="0")
    assert stale.status_code == 409


async def test_administrators_keep_everything(admin: Person, forum: Forum) -> None:
    assert (await admin.send("/admin/roles/administrator", permissions=["read"], seen="0")).status_code == 403
    assert (await admin.send("/admin/roles/administrator/delete")).status_code == 403
    assert await gives(admin, admin) == 409  # the last one
    second = await forum.person("grace", role="admin")
    found = await asyncio.gather(gives(admin, second), gives(second, admin))
    assert sorted(found) in ([303, 404], [303, 409])
    assert await User.find({"role": "admin"}).count() == 1


async def test_nobody_gives_what_they_do_not_have(admin: Person, alice: Person, bob: Person, board: Board) -> None:
    strong = await a_role(admin, "Strong", "manage_settings")
    key = await a_role(admin, "Porters", "manage_people", "manage_roles")
    await gives(admin, alice, key)
    assert await gives(alice, bob, key) == 303
    assert await gives(alice, alice, key, "admin") == 422
    for wanted in (["administrator"], ["moderator"], [strong]):
        assert await gives(alice, alice, key, *wanted) == 403
    fields = {"name": "Porters", "seen": "0"}
    grown = await alice.send(f"/admin/roles/{key}", permissions=["manage_people", "manage_roles", "ban"], **fields)
    assert grown.status_code == 403
    made = await alice.send("/admin/roles/create", name="Mine", permissions=["manage_settings"])
    assert made.status_code == 403
    assert await rules(alice, board, **{f"{key}__moderate": "allow"}) == 403
    assert (await alice.send(f"/admin/roles/{strong}/delete")).status_code == 403
    assert (await alice.get("/admin/mail")).status_code == 404
    assert (await alice.get("/admin/roles")).status_code == 200


async def test_deleting_a_role_hands_it_on(admin: Person, alice: Person, board: Board) -> None:
    old, heir = await a_role(admin, "Old"), await a_role(admin, "Heirs")
    await gives(admin, alice, old)
    await rules(admin, board, **{f"{old}__moderate": "allow"})
    wrong = await admin.send(f"/admin/roles/{old}/delete", to="administrator")
    assert wrong.status_code == 422
    assert (await admin.send(f"/admin/roles/{old}/delete", to=heir)).status_code == 303
    person, found = await User.get(alice.id), await Board.get(board.oid)
    assert person is not None
    assert person.roles == [heir]
    assert found is not None
    assert found.overrides == {}
    assert (await admin.get(f"/admin/roles/{old}")).status_code == 404


async def test_names_and_order(admin: Person) -> None:
    keys = [await a_role(admin, name) for name in ("One", "Two", "三")]
    for taken in ("two", "Moderators", "版主", "  "):
        answer = await admin.send("/admin/roles/create", name=taken, description="Kept", permissions=["pin"])
        assert answer.status_code == 422, taken
        assert 'value="Kept"' in answer.text
        assert re.search(r'value="pin"\s+selected', answer.text)
    assert (await admin.send("/admin/roles/create", name="x" * 41)).status_code == 422
    assert (await admin.send("/admin/roles/create", name="Odd", permissions=["fly"])).status_code == 422
    await admin.send(f"/admin/roles/{keys[2]}/up")
    await admin.send(f"/admin/roles/{keys[0]}/up")
    page = (await admin.get("/admin/roles")).text
    shown = [key for key in re.findall(r'/admin/roles/([0-9a-f]{24})"', page) if key in keys]
    assert list(dict.fromkeys(shown)) == [keys[0], keys[2], keys[1]]
    assert await Role.find_all().count() == 3


async def test_bad_forms(admin: Person, board: Board, alice: Person) -> None:
    for path in (
        f"/admin/people/{ObjectId()}",
        f"/admin/boards/{ObjectId()}/roles",
        "/admin/roles/nothing",
        f"/admin/roles/{ObjectId()}",
    ):
        assert (await admin.get(path)).status_code == 404, path
        assert (await admin.send(path)).status_code == 404, path
    assert (await admin.send(f"/admin/boards/{board.oid}/roles", seen="other")).status_code == 409
    assert await rules(admin, board, guest__post="allow") == 422
    assert await rules(admin, board, ghost__read="allow") == 422
    assert await rules(admin, board, member__read="perhaps") == 303
    assert await gives(admin, alice, "ghost") == 422
    assert (await admin.send(f"/admin/people/{alice.id}", roles=["member"], seen="trusted")).status_code == 409


WHY = [
    ("ada", "announce", False, "@ada can: administrators can do everything."),
    ("mod_mira", "pin", True, "@mod_mira can: the role “Moderators” holds the permission “Pin”."),
    ("alice", "pin", True, "@alice cannot: none of their roles holds the permission “Pin”."),
    ("alice", "post", True, "@alice cannot: the board “Garden” denies the role “New people” “Open topics”."),
    ("", "reply", True, "A guest cannot: that needs an account, whatever the role of guests holds."),
    ("nobody", "reply", True, "There is nobody of this name."),
]


async def test_why(board: Board, admin: Person, alice: Person, mod: Person) -> None:
    await rules(admin, board, new__post="deny")
    for person, permission, here, sentence in WHY:
        place = str(board.oid) if here else ""
        page = await admin.get("/admin/why", params={"person": person, "permission": permission, "board": place})
        assert page.status_code == 200
        assert sentence in page.text, (person, permission)
    odd = await admin.get("/admin/why", params={"person": "{'$gt': ''}", "permission": "fly", "board": "x" * 300})
    assert odd.status_code == 200
    zh = await admin.get("/admin/why?person=alice&permission=pin", headers={"Accept-Language": "zh"})
    assert "对方的角色都没有权限“置顶”" in zh.text


async def test_the_rest_know_nothing_of_these_pages(alice: Person, mod: Person) -> None:
    for path in ("/admin/roles", "/admin/roles/create", "/admin/people", "/admin/why", "/admin"):
        for who in (alice, mod):
            assert (await who.get(path)).status_code == 404, path


async def test_people_are_found_by_name_and_role(forum: Forum, admin: Person, alice: Person, bob: Person) -> None:
    await gives(admin, bob, "trusted")
    page = (await admin.get("/admin/people?q=@ALI")).text
    assert f"/admin/people/{alice.id}" in page
    assert f"/admin/people/{bob.id}" not in page
    page = (await admin.get("/admin/people?role=trusted")).text
    assert f"/admin/people/{bob.id}" in page
    assert f"/admin/people/{alice.id}" not in page
    assert (await admin.get("/admin/people?q=$%7B*%7D&role=%00&after=%F0%9F%8C%B1")).status_code == 200


async def test_members_become_trusted_by_themselves(admin: Person, alice: Person) -> None:
    grown = {"created_at": now() - timedelta(days=90), "comment_count": 200, "like_count": 60}
    await User.raw().update_one({"_id": alice.id}, {"$set": grown})
    page = (await admin.get(f"/admin/people/{alice.id}")).text
    assert "Now: Members, Trusted people." in page


async def test_people_are_found_by_state_and_described(forum: Forum, admin: Person, alice: Person, bob: Person) -> None:
    moment = now()
    await User.raw().update_one({"_id": bob.id}, {"$set": {"banned_at": moment, "upload_bytes": 3 * 1024 * 1024}})
    await User.raw().update_one({"_id": alice.id}, {"$set": {"silenced_until": moment + timedelta(days=1)}})
    rows = {
        state: [name for name in ("alice", "bob") if f"@{name}<" in (await _listed(admin, state))]
        for state in ("banned", "silenced", "warned", "nonsense", "")
    }
    assert rows == {
        "banned": ["bob"],
        "silenced": ["alice"],
        "warned": [],
        "nonsense": ["alice", "bob"],
        "": ["alice", "bob"],
    }
    page = (await admin.get(f"/admin/people/{bob.id}")).text
    assert bob.user is not None
    for said in (bob.user.email, "3.0 MiB", "1 device", f"/users/{bob.id}/moderate"):
        assert said in page


async def _listed(admin: Person, state: str) -> str:
    return (await admin.get(f"/admin/people?state={state}")).text
