"""Administrators see all files, but not into private messages, and take files down with a way back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

from app.uploads import listing
from documents import Board, Operation, Upload
from documents.clock import now
from tests.avatars.pictures import photo, quarters, saved
from tests.people import Forum, Person
from tests.uploads.sending import sends, sent


def id_of(found: dict[str, object]) -> ObjectId:
    return ObjectId(str(found["url"]).split("/")[2])


async def test_who_may_not_manage_files_finds_no_such_page(alice: Person, mod: Person, guest: Person) -> None:
    found = id_of(await sent(alice))
    for person, status in ((guest, 403), (alice, 404), (mod, 404)):
        for path in ("", f"/{found}", f"/{found}/preview"):
            assert (await person.get(f"/admin/uploads{path}")).status_code == status
        for path in ("take-down", f"{found}/take-down", f"{found}/restore"):
            assert (await person.send(f"/admin/uploads/{path}", upload=str(found))).status_code == status


async def test_what_is_in_a_topic_is_seen_and_what_is_private_is_not(
    board: Board, alice: Person, bob: Person, admin: Person
) -> None:
    public = await sent(alice, saved(quarters(600, 400)), "garden.jpg")
    secret = await sent(alice, b"Dear diary\n", "secret-diary.txt")
    unused = await sent(alice, photo(), "holiday.jpg")
    topic = await alice.opens(board, "My garden", f"Look: {public['markdown']}")
    await alice.writes("bob", "For you", f"Read {secret['markdown']}")
    page = (await admin.get("/admin/uploads")).text
    assert "garden.webp" in page
    assert f"/topics/{topic.oid}/n/1" in page
    assert "secret-diary" not in page
    assert "holiday" not in page
    assert page.count("file, not in public") == 2
    assert "In 1 text that is not shown here" in page
    assert "Not used: goes with a clean-up in 7 days" in page
    for found, status in ((public, 200), (secret, 404), (unused, 404)):
        assert (await admin.get(f"/admin/uploads/{id_of(found)}/preview")).status_code == status
        assert (await admin.get(f"/admin/uploads/{id_of(found)}")).status_code == 200
    assert "For you" not in (await admin.get(f"/admin/uploads/{id_of(secret)}")).text


async def test_the_list_is_narrowed_down(board: Board, alice: Person, bob: Person, admin: Person) -> None:
    picture = await sent(alice, photo(), "a.jpg")
    text = await sent(bob, b"words\n", "b.txt")
    await alice.opens(board, "T", f"{picture['markdown']}")
    await bob.opens(board, "T2", f"{text['markdown']}")
    await sent(bob, b"nobody uses this\n", "c.txt")
    await Upload.raw().update_one({"_id": id_of(text)}, {"$set": {"bytes": 3 * 1024 * 1024}})

    async def shown(query: str) -> set[str]:
        page = (await admin.get(f"/admin/uploads?{query}")).text.split('action="/admin/uploads/take-down"')[-1]
        return {name for name in ("a.webp", "b.txt", "not in public") if name in page}

    assert await shown("owner=alice") == {"a.webp"}
    assert await shown(f"owner={bob.id}") == {"b.txt", "not in public"}
    assert await shown("owner=nobody") == set()
    assert await shown("kind=picture") == {"a.webp"}
    assert await shown("larger=2") == {"b.txt"}
    assert await shown("state=unused") == {"not in public"}
    assert await shown("state=taken") == set()
    assert await shown(f"from={now() + timedelta(days=2):%Y-%m-%d}") == set()
    page = (await admin.get("/admin/uploads?order=largest")).text
    assert page.index("b.txt") < page.index("a.webp")
    for query in ("larger=-1&from=x&to=99&order=y&kind=z&state=w&after=nonsense", "order=largest&after=" + "0" * 24):
        assert (await admin.get(f"/admin/uploads?{query}")).status_code == 200
    assert (await admin.get("/admin/uploads?state=avatars")).status_code == 200


async def test_pages_follow_each_other(
    board: Board, alice: Person, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ROWS", 2)
    monkeypatch.setattr(listing, "CHUNK", 2)
    for number in range(5):
        await sent(alice, f"text {number}\n".encode() * (number + 1), "a.txt")
    for query in ("", "order=largest", "state=unused"):
        seen: list[str] = []
        url: str | None = f"/admin/uploads?{query}"
        while url:
            page = (await admin.get(url)).text
            seen += [
                part.split('"')[0] for part in page.split('name="upload"\n')[1:] for part in [part.split('value="')[1]]
            ]
            url = (
                page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
                if 'rel="next"' in page
                else None
            )
        assert len(seen) == len(set(seen)) == 5, query


async def test_a_file_that_was_taken_down_is_seen_nowhere_and_comes_back(
    board: Board, alice: Person, bob: Person, admin: Person, guest: Person
) -> None:
    content = saved(quarters(300, 200))
    found = await sent(alice, content, "a.jpg")
    copy = await sent(bob, content, "b.jpg")
    await alice.opens(board, "Pictures", f"{found['markdown']}")
    await bob.opens(board, "More", f"{copy['markdown']}")
    assert (await guest.get(found["url"])).status_code == 200
    answer = await admin.send(f"/admin/uploads/{id_of(found)}/take-down", reason="Not ours <b>")
    assert answer.status_code == 303
    for person in (guest, alice, bob, admin):
        for url in (found["url"], copy["url"], f"{found['url']}?w=480"):
            page = await person.get(url)
            assert page.status_code == 410
            assert "has been taken down" in page.text
            picture = await person.get(url, headers={"Sec-Fetch-Dest": "image", "Accept": "image/webp,*/*"})
            assert (picture.status_code, picture.headers["cache-control"]) == (410, "no-store")
            assert picture.headers["content-type"].startswith("image/svg+xml")
    again = await sends(bob, content, "c.jpg")
    assert again.status_code == 422
    assert "taken down" in again.json()["errmsg"]
    assert "Not ours &lt;b&gt;" in (await alice.get("/notifications")).text
    assert (await admin.get(f"/admin/uploads/{id_of(found)}/preview")).status_code == 200
    operation = await Operation.find_one({"verb": "upload.take_down"})
    assert operation is not None
    assert set(operation.concerns) == {alice.id, bob.id}
    assert "b.webp" not in str(operation.targets)
    assert (await admin.send(f"/operations/{operation.oid}/undo")).status_code == 303
    assert (await guest.get(copy["url"])).status_code == 200
    assert "is there again" in (await alice.get("/notifications")).text
    await admin.send("/admin/uploads/take-down", upload=[str(id_of(found)), str(id_of(copy))])
    assert (await guest.get(found["url"])).status_code == 410
    assert (await admin.send(f"/admin/uploads/{id_of(copy)}/restore")).status_code == 303
    assert (await guest.get(found["url"])).status_code == 200
    last = await Operation.find({"verb": "upload.take_down", "undo_of": None}).sort("-at").first_or_none()
    assert last is not None
    assert (await admin.send(f"/operations/{last.oid}/undo")).status_code == 409


async def test_taking_down_refuses_what_does_not_fit_and_does_it_once(
    forum: Forum, alice: Person, admin: Person
) -> None:
    found = id_of(await sent(alice))
    assert (await admin.send("/admin/uploads/take-down")).status_code == 422
    long = await admin.send("/admin/uploads/take-down", upload=str(found), reason="x" * 301)
    assert long.status_code == 422
    assert "x" * 301 in long.text
    assert (await admin.send(f"/admin/uploads/{found}/take-down", reason="x" * 301)).status_code == 422
    assert (await admin.send(f"/admin/uploads/{ObjectId()}/take-down")).status_code == 404
    assert await Operation.find_all().count() == 0
    token = await admin.csrf()
    await asyncio.gather(*(admin.send(f"/admin/uploads/{found}/take-down", csrf=token) for _ in range(5)))
    assert await Operation.find({"verb": "upload.take_down"}).count() == 1
