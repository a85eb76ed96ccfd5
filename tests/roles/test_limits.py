"""How often people may do things, by their roles: set in a form, the most generous holds, and what is said of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from bson import ObjectId

from app.events import PersonChanged
from app.permissions.allowances import allowed
from app.permissions.book import fresh
from app.permissions.catalogue import ALLOWANCES, BUILT_IN
from app.viewer import Viewer
from app.work import tell
from documents import Board, Comment, Role, User
from tests import stock
from tests.moderation.test_arranging import last_operation
from tests.people import Forum, Person


async def sets(admin: Person, key: str, **limits: str) -> httpx.Response:
    """Send the form of a built-in role with these limits, as a browser would."""
    role = (await fresh()).roles[key]
    shown = {f"limit_{name}": str(most) for name, most in role.limits.items()}
    fields: dict[str, Any] = {"permissions": sorted(role.permissions), "seen": str(role.edits), **shown}
    if key == "administrator":
        del fields["permissions"]
    return await admin.send(f"/admin/roles/{key}", **{**fields, **{f"limit_{k}": v for k, v in limits.items()}})


async def test_a_limit_is_set_by_form_written_down_and_in_force(board: Board, alice: Person, admin: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    page = (await admin.get("/admin/roles/create")).text
    assert 'name="limit_comment"' in page
    assert (await sets(admin, "new", comment="2", search="")).status_code == 303
    stored = await Role.find_one({"key": "new"})
    assert stored is not None
    assert stored.limits == {"comment": 2}, "what is usual is not stored, so that it can change with the forum"
    operation = await last_operation("role.change")
    assert (operation.targets[0].before["limits"], operation.targets[0].after["limits"]) == ({}, {"comment": 2})
    for number in range(2):
        await alice.says(topic, f"Number {number}")
    refused = await alice.send(f"/topics/{topic.oid}/comments", body="The third")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 61
    assert "Comments: at most 2 in 1 min. Please try again in" in refused.text
    assert "The third" in refused.text
    zh = await alice.browser.post(
        f"/topics/{topic.oid}/comments",
        data={"csrf_token": await alice.kept_csrf(), "body": "第三条"},
        headers={"Accept-Language": "zh"},
    )
    assert "评论：每 1 分钟最多 2 次" in zh.text
    assert "第三条" in zh.text
    assert await Comment.find({"topic": topic.oid}).count() == 3


@pytest.mark.parametrize("wrong", ["0", "-1", "1e3", "many", "9" * 12, "²", "100001", "1.5"])
async def test_only_numbers_are_limits(admin: Person, wrong: str) -> None:
    refused = await sets(admin, "member", comment=wrong)
    assert refused.status_code == 422
    assert "a number from 1 to 100,000" in refused.text
    assert f'value="{wrong}"' in refused.text
    assert await Role.find({"key": "member"}).count() == 0


async def test_the_most_generous_role_holds(admin: Person) -> None:
    made = await admin.send("/admin/roles/create", name="Writers", limit_comment="500", limit_topic="")
    key = made.headers["location"].rsplit("/", 1)[1]
    now = await fresh()
    for roles, name, most, by in (
        ({"new"}, "comment", ALLOWANCES["comment"].new, "new"),
        ({"new", key}, "comment", 500, key),
        ({"new", key}, "topic", ALLOWANCES["topic"].new, "new"),
        ({"member", "trusted"}, "comment", ALLOWANCES["comment"].trusted, "trusted"),
        ({"member", key, str(ObjectId())}, "comment", 500, key),
        (set(), "search", ALLOWANCES["search"].guest, "guest"),
    ):
        holder = Viewer(id=ObjectId(), roles=frozenset(roles or {"guest"}))
        found = allowed(holder, name, now)
        assert found is not None
        assert (found.most, found.role) == (most, by), (roles, name)


async def test_administrators_keep_their_permissions_and_can_have_other_limits(admin: Person) -> None:
    assert (await sets(admin, "administrator", topic="7")).status_code == 303
    role = (await fresh()).roles["administrator"]
    assert role.limits["topic"] == 7
    assert role.permissions == BUILT_IN["administrator"].permissions
    assert (await admin.get("/admin/settings")).status_code == 200


async def test_why_names_the_limit_and_whether_it_is_used_up(board: Board, alice: Person, admin: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    path = f"/admin/why?person=alice&permission=reply&board={board.oid}"
    assert "Comments: at most 10 in 1 min, by the role “New people”." in (await admin.get(path)).text
    await sets(admin, "new", comment="1")
    await alice.says(topic, "The only one")
    assert "All used: again in" in (await admin.get(path)).text
    await User.raw().update_one({"_id": alice.id}, {"$set": {"roles": ["trusted"]}})
    await tell(PersonChanged(alice.id))
    assert "at most 30 in 1 min, by the role “Trusted people”. 1 used so far." in (await admin.get(path)).text
    await alice.says(topic, "Another one")


async def test_guests_are_counted_by_address(forum: Forum, admin: Person, guest: Person) -> None:
    await sets(admin, "guest", search="1", register="1")
    assert (await guest.get("/search?q=word")).status_code == 200
    refused = await forum.guest().get("/search?q=word")
    assert refused.status_code == 429
    assert "Searches: at most 1 in 1 min" in refused.text
    fields = {"email": "n@example.org", "password": "correct horse 电池 staple", "confirm": "correct horse 电池 staple"}
    assert (await guest.send("/register", username="newcomer", **fields)).status_code == 303
    other = forum.guest()
    refused = await other.send("/register", username="another", **{**fields, "email": "o@example.org"})
    assert refused.status_code == 429
    assert "another" in refused.text
    assert int(refused.headers["retry-after"]) > 60


async def test_there_is_nothing_that_writes_without_a_limit(board: Board, alice: Person, admin: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    await sets(admin, "new", send="2")
    token = await alice.kept_csrf()
    statuses = [(await alice.send(f"/topics/{topic.oid}/watch", csrf=token)).status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    refused = await alice.send(f"/topics/{topic.oid}/comments", csrf=token, body="Kept words")
    assert refused.status_code == 429
    assert "Kept words" in refused.text
