"""People are looked for, and one act is done with many of them; never with more than who does it may."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from bson import ObjectId

from app.roles import people
from app.text.starts import starts_of
from documents import Login, Operation, User
from documents.clock import now
from tests.people import Forum, Person

ROW = re.compile(r"<bdi>@([^<]+)</bdi>")


async def listed(who: Person, query: str) -> list[str]:
    page = await who.get(f"/admin/people?{query}")
    assert page.status_code == 200
    return ROW.findall(page.text)


async def many(who: Person, act: str, *whom: Person, **fields: str) -> int:
    answer = await who.send("/admin/people/many", person=[str(person.id) for person in whom], act=act, **fields)
    return answer.status_code


async def roles(person: Person) -> tuple[str, list[str]]:
    found = await User.load(person.id)
    assert found is not None
    return found.role, found.roles


async def last(verb: str) -> Operation:
    found = await Operation.find({"verb": verb}).sort("-at", "-_id").first_or_none()
    assert found is not None
    return found


async def manager(forum: Forum, admin: Person, *permissions: str) -> Person:
    """Somebody with an own role that holds these, beside managing people."""
    answer = await admin.send("/admin/roles/create", name="Managers", permissions=["manage_people", *permissions])
    assert answer.status_code == 303
    page = (await admin.get("/admin/roles")).text
    key = re.findall(r"/admin/roles/([0-9a-f]{24})", page)[0]
    person = await forum.person("manfred")
    assert await many(admin, "give", person, role=key) == 303
    return person


async def test_people_are_found_by_every_word_of_their_names(
    forum: Forum, admin: Person, alice: Person, bob: Person, xiaoming: Person
) -> None:
    for person, name in ((alice, "Ada Lovelace"), (xiaoming, "王小明")):
        fields = {"display_name": name, "starts": starts_of(person.name, name)}
        await User.raw().update_one({"_id": person.id}, {"$set": fields})
    assert await listed(admin, "q=LOVE") == ["alice"]
    assert await listed(admin, "q=ali") == ["alice"]
    assert await listed(admin, "q=明") == ["小明"]
    assert await listed(admin, "q=@王小") == ["小明"]
    assert bob.user is not None
    assert await listed(admin, f"q={str(bob.user.email_key).upper()}") == ["bob"]
    assert await listed(admin, "q=nobody@example.org") == []
    who = await manager(forum, admin)
    assert await listed(who, f"q={bob.user.email_key}") == [], "addresses are for those who may see them"
    assert bob.user.email not in (await who.get(f"/admin/people/{bob.id}")).text
    assert bob.user.email in (await admin.get(f"/admin/people/{bob.id}")).text


async def test_people_are_found_by_what_they_have_done(
    admin: Person, alice: Person, bob: Person, charlie: Person
) -> None:
    long_ago = now() - timedelta(days=400)
    await User.raw().update_one(
        {"_id": alice.id}, {"$set": {"comment_count": 9, "created_at": long_ago, "seen_at": now()}}
    )
    await User.raw().update_one({"_id": bob.id}, {"$set": {"seen_at": long_ago, "created_at": long_ago}})
    assert await listed(admin, "state=new") == ["bob", "charlie"]
    assert await listed(admin, "state=silent") == ["ada", "bob", "charlie"]
    assert "bob" in await listed(admin, "seen=not-year")
    assert "bob" not in await listed(admin, "seen=week")
    assert await listed(admin, "seen=day&q=alice") == ["alice"]
    assert await listed(admin, "role=administrator") == ["ada"]
    assert (await listed(admin, "order=newest"))[-2:] == ["bob", "alice"], (
        "of two of one moment, the later account first"
    )
    for odd in ("state=x&seen=y&order=z&role=%00", "order=newest&after=nonsense", "after=%F0%9F%8C%B1"):
        assert (await admin.get(f"/admin/people?{odd}")).status_code == 200


async def test_pages_of_people_follow_each_other(forum: Forum, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PEOPLE_ROWS", 2)
    names = [f"person{number}" for number in range(4)]
    for name in names:
        await forum.person(name)
    for query in ("q=person", "q=person&order=newest"):
        seen: list[str] = []
        url: str | None = f"/admin/people?{query}"
        while url:
            page = (await admin.get(url)).text
            seen += ROW.findall(page)
            found = re.search(r'href="([^"]+)"\s+rel="next"', page)
            url = found[1].replace("&amp;", "&") if found else None
        assert sorted(seen) == names, query


async def test_a_role_is_given_to_many_and_taken_back_as_one(
    admin: Person, alice: Person, bob: Person, mod: Person
) -> None:
    assert await many(admin, "give", alice, bob, mod, admin, role="moderator", reason="Helpers") == 303
    done = await last("person.role")
    assert {found.id for found in done.targets} == {alice.id, bob.id}
    assert [(await roles(person))[0] for person in (alice, bob, mod, admin)] == ["moderator"] * 3 + ["admin"]
    assert (await alice.get("/moderation/reports")).status_code == 200
    assert (await admin.send(f"/operations/{done.oid}/undo")).status_code == 303
    assert [(await roles(person))[0] for person in (alice, bob)] == ["member", "member"]
    assert (await alice.get("/moderation/reports")).status_code == 404
    await many(admin, "give", alice, bob, role="trusted")
    given = await last("person.role")
    await many(admin, "take", bob, role="trusted")
    assert (await admin.send(f"/operations/{given.oid}/undo")).status_code == 409, "bob has others since"
    assert await roles(alice) == ("member", ["trusted"])


async def test_nobody_raises_themselves_or_others_above(
    forum: Forum, admin: Person, alice: Person, mod: Person
) -> None:
    who = await manager(forum, admin, "pin")
    for role in ("administrator", "moderator"):
        assert await many(who, "give", who, alice, role=role) == 403
        assert await many(who, "take", mod, admin, role=role) == 403
    (own,) = (await roles(who))[1]
    assert await many(who, "take", who, role=own) == 303
    assert await roles(who) == ("member", [own]), "nothing happens to oneself"
    await many(admin, "give", alice, role="moderator")
    made = await last("person.role")
    assert (await who.send(f"/operations/{made.oid}/undo")).status_code == 403
    assert await many(who, "logout", admin) == 303
    assert (await admin.get("/admin")).status_code == 200, "an administrator is logged out by administrators alone"
    assert await many(who, "silence", alice, hours="24") == 403, "that is a permission of its own"


async def test_the_last_administrator_stays_whatever_happens_at_once(forum: Forum, admin: Person) -> None:
    other = await forum.person("otto", role="admin")
    tokens = [await admin.csrf(), await other.csrf()]

    async def unmake(who: Person, whom: Person, token: str) -> int:
        fields = {"person": str(whom.id), "act": "take", "role": "administrator"}
        return (await who.send("/admin/people/many", csrf=token, **fields)).status_code

    answers = await asyncio.gather(unmake(admin, other, tokens[0]), unmake(other, admin, tokens[1]))
    assert min(answers) == 303
    assert max(answers) in (404, 409)
    assert await User.find({"role": "admin"}).count() == 1
    left = admin if (await roles(admin))[0] == "admin" else other
    third = await forum.person("third", role="admin")
    await many(left, "take", third, role="administrator")
    taken = await last("person.role")
    assert await many(left, "take", left, role="administrator") == 303
    assert (await roles(left))[0] == "admin", "oneself is left out"
    assert (await left.send(f"/operations/{taken.oid}/undo")).status_code == 303


async def test_many_are_silenced_and_logged_out(admin: Person, alice: Person, bob: Person, mod: Person) -> None:
    assert await many(admin, "silence", alice, bob, admin, hours="24", reason="Calm <b>") == 303
    done = await last("person.silence")
    assert {found.id for found in done.targets} == {alice.id, bob.id}
    assert "Calm &lt;b&gt;" in (await alice.get("/")).text
    assert (await admin.send(f"/operations/{done.oid}/undo")).status_code == 303
    assert "Calm" not in (await alice.get("/")).text
    assert await many(admin, "logout", alice, mod) == 303
    assert (await alice.get("/settings/account")).status_code == 403
    assert await Login.find({"user": mod.id, "ended_at": None}).count() == 0
    over = await last("person.logout")
    assert len(over.targets) == 2
    assert (await admin.send(f"/operations/{over.oid}/undo")).status_code == 409


async def test_what_does_not_fit_comes_back_with_what_was_ticked(admin: Person, alice: Person) -> None:
    for act, fields in (
        ("give", {"role": "ghost"}),
        ("silence", {"hours": "5"}),
        ("silence", {"hours": "0"}),
        ("logout", {"reason": "x" * 301}),
    ):
        answer = await admin.send("/admin/people/many", person=str(alice.id), act=act, **fields)
        assert answer.status_code == 422, (act, fields)
        assert re.search(rf'value="{alice.id}"[^>]* checked', answer.text), act
    assert await many(admin, "give", role="trusted") == 422
    assert await many(admin, "fly", alice) == 403
    nobody = await admin.send("/admin/people/many", person=["x", str(ObjectId())], act="give", role="trusted")
    assert nobody.status_code == 303
    assert await Operation.find({"verb": "person.role"}).count() == 0


async def test_everybody_sees_those_parts_alone_that_open_for_them(forum: Forum, admin: Person, mod: Person) -> None:
    who = await manager(forum, admin, "manage_tags")
    tabs = re.compile(r'href="(/admin[^"?]*)"')
    for person, path, named, expected in (
        (who, "/admin", "Administration", {"/admin", "/admin/people", "/admin/tags"}),
        (mod, "/admin/networks", "Moderation", {"/admin/networks"}),
    ):
        nav = (await person.get(path)).text.split(f'aria-label="{named}"')[1].split("</nav>")[0]
        assert set(tabs.findall(nav)) == expected
        for url in expected:
            assert (await person.get(url)).status_code == 200
    nav = (await admin.get("/admin")).text.split('aria-label="Administration"')[1].split("</nav>")[0]
    found = set(tabs.findall(nav))
    assert len(found) == 13
    for url in found:
        assert (await admin.get(url)).status_code == 200
