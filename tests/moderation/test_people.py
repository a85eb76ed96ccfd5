"""Warning, silencing, banning people and networks; and the logs of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from documents import BannedNetwork, Board, Comment, Login, Operation, User
from documents.clock import now
from tests import stock
from tests.moderation.test_arranging import last_operation, undo
from tests.people import PASSWORD, Person


async def test_a_warning_is_a_notice_without_a_name(alice: Person, mod: Person) -> None:
    answer = await mod.send(f"/users/{alice.id}/warn", reason="Please be kinder")
    assert answer.status_code == 303
    page = (await alice.get("/notifications")).text
    assert "Please be kinder" in page
    assert "mod_mira" not in page
    assert (await last_operation("person.warn")).reason == "Please be kinder"
    refused = await mod.send(f"/users/{alice.id}/warn", reason=" ")
    assert refused.status_code == 422


async def test_the_silenced_read_and_see_why_and_until_when(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await bob.opens(board)
    await mod.send(f"/users/{alice.id}/silence", hours="24", reason="Cool down")
    page = (await alice.get(f"/topics/{topic.oid}")).text
    assert "You are silenced until" in page
    assert "Cool down" in page
    refused = await alice.send(f"/topics/{topic.oid}/comments", body="But I want to say")
    assert refused.status_code == 403
    assert "Cool down" in refused.text
    assert "But I want to say" in refused.text
    assert (await alice.send("/messages/new", to="bob", title="Hi", body="Psst")).status_code == 403
    assert await undo(mod, "person.silence") == 303
    assert (await alice.send(f"/topics/{topic.oid}/comments", body="Free")).status_code == 303
    await mod.send(f"/users/{alice.id}/silence", hours="1", reason="Again")
    await User.raw().update_one({"_id": alice.id}, {"$set": {"silenced_until": now() - timedelta(seconds=1)}})
    fresh = await alice_again(mod, alice)
    assert fresh == 303


async def alice_again(mod: Person, alice: Person) -> int:
    """After the time is over; a form of somebody else has the caches forget."""
    await mod.send(f"/users/{alice.id}/warn", reason="x")
    topic = await Comment.find_one({"author": alice.id})
    assert topic is not None
    return (await alice.send(f"/topics/{topic.topic}/comments", body="Time is over")).status_code


async def test_a_ban_says_why_and_ends_by_itself(alice: Person, mod: Person, guest: Person) -> None:
    await mod.send(f"/users/{alice.id}/ban", hours="24", reason="Spam")
    assert (await alice.get("/settings/account")).status_code == 403
    assert await Login.find({"user": alice.id, "ended_at": None}).count() == 0
    refused = await guest.send("/login", login="alice", password=PASSWORD)
    assert refused.status_code == 403
    assert "banned until" in refused.text
    assert "Spam" in refused.text
    wrong = await guest.send("/login", login="alice", password="wrong password")
    assert "banned" not in wrong.text
    await User.raw().update_one({"_id": alice.id}, {"$set": {"banned_until": now() - timedelta(seconds=1)}})
    assert (await guest.send("/login", login="alice", password=PASSWORD)).status_code == 303
    assert await undo(mod, "person.ban") == 409, "it has ended by itself"


async def test_who_may_sanction_whom(alice: Person, bob: Person, mod: Person, admin: Person) -> None:
    for act in ("warn", "silence", "ban", "unban"):
        fields = {"hours": "24", "reason": "No"}
        assert (await alice.send(f"/users/{bob.id}/{act}", **fields)).status_code == 404
        for target in (admin, mod):
            assert (await mod.send(f"/users/{target.id}/{act}", **fields)).status_code == 403
        assert (await admin.send(f"/users/{admin.id}/{act}", **fields)).status_code == 403
    assert (await admin.send(f"/users/{mod.id}/silence", hours="24", reason="Yes")).status_code == 303
    for hours in ("", "7", "-1", "0", "9" * 30, "²"):
        assert (await admin.send(f"/users/{bob.id}/silence", hours=hours, reason="x")).status_code == 422


@pytest.mark.parametrize(
    ("network", "inside"),
    [
        ("203.0.113.0/24", "203.0.113.7"),
        ("203.0.113.0/24", "::ffff:203.0.113.7"),
        ("::ffff:203.0.113.0/120", "203.0.113.7"),
        ("2001:db8::/32", "2001:db8:1::5"),
        ("203.0.113.7", "203.0.113.7"),
    ],
)
async def test_networks_are_banned(
    board: Board,
    alice: Person,
    admin: Person,
    guest: Person,
    network: str,
    inside: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    assert (await admin.send("/admin/networks", network=network, hours="0", reason="Bots")).status_code == 303
    assert (await alice.send(f"/topics/{topic.oid}/comments", body="From here")).status_code == 303
    monkeypatch.setattr("app.accounts.gate.address", lambda: inside)
    for path, fields in (
        ("/login", {"login": "alice", "password": PASSWORD}),
        ("/register", {"username": "newcomer", "email": "n@example.org", "password": PASSWORD, "confirm": PASSWORD}),
    ):
        refused = await guest.send(path, **fields)
        assert refused.status_code == 403, path
        assert "from your network" in refused.text
    refused = await alice.send(f"/topics/{topic.oid}/comments", body="My words")
    assert refused.status_code == 403
    assert "My words" in refused.text
    assert (await guest.get(f"/topics/{topic.oid}")).status_code == 200
    (row,) = await BannedNetwork.find_all().to_list()
    assert (await admin.send(f"/admin/networks/{row.id}/lift")).status_code == 303
    assert (await alice.send(f"/topics/{topic.oid}/comments", body="Let in")).status_code == 303


@pytest.mark.parametrize(
    ("network", "says"),
    [
        ("127.0.0.0/8", "lock yourself out"),
        ("::ffff:127.0.0.1", "lock yourself out"),
        ("0.0.0.0/0", "too large"),
        ("::/0", "too large"),
        ("nonsense", "Write an address"),
        ("1.2.3.4/99", "Write an address"),
        ("", "Network"),
    ],
)
async def test_nobody_locks_themselves_out(admin: Person, network: str, says: str) -> None:
    refused = await admin.send("/admin/networks", network=network, hours="0")
    assert refused.status_code == 422
    assert says in refused.text
    assert await BannedNetwork.find_all().count() == 0


async def test_logs_are_searched_paged_and_exported(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = await alice.opens(board, title="=cmd|' /C calc'!A0")
    for verb in ("pin", "unpin", "lock"):
        await mod.send(f"/topics/{topic.oid}/{verb}")
    await mod.send(f"/users/{bob.id}/warn", reason="=HYPERLINK(1)")
    log = "/admin/logs/operations"
    for query, count in (
        ("", 4),
        ("?verb=topic.pin", 1),
        ("?person=alice", 3),
        ("?person=@mod_mira", 4),
        ("?person=nobody", 0),
        (f"?thing=http://forum/topics/{topic.oid}", 3),
        ("?address=127.0.0.1", 4),
        ("?address=10.0.0.1", 0),
        ("?from=2999-01-01", 0),
        ("?to=nonsense&from=2000-01-01", 4),
        ("?person[$ne]=x&verb[$ne]=y", 4),
    ):
        page = await admin.get(log + query)
        assert page.status_code == 200
        assert page.text.count('class="row-line op"') == count, query
    monkeypatch.setattr("app.admin.logs.SHOWN", 3)
    first_page = (await admin.get(log)).text
    assert "after=" in first_page
    lines = [json.loads(line) for line in (await admin.get(f"{log}?as=jsonl")).text.splitlines()]
    assert [line["verb"] for line in lines] == ["topic.pin", "topic.unpin", "topic.lock", "person.warn"]
    rows = list(csv.reader(io.StringIO((await admin.get(f"{log}?as=csv")).text)))
    assert rows[0][:4] == ["id", "at", "actor", "verb"]
    assert "'=HYPERLINK(1)" in rows[4]
    await guest.send("/login", login="alice", password="wrong password")
    await guest.send("/login", login="mod_mira", password=PASSWORD)
    everybody, staff = (await admin.get("/admin/logs/logins")).text, (await admin.get("/admin/logs/staff")).text
    assert ">alice<" in everybody
    assert ">alice<" not in staff
    assert "mod_mira" in staff
    for who, status in ((guest, 404), (mod, 404)):
        assert (await who.get(log)).status_code == status
    assert (await admin.get("/admin/logs/nonsense")).status_code == 404
    assert await Operation.find_all().count() == 4
