"""An archive of everything: complete, without secrets, for its owner alone, also fifty times at once."""

from __future__ import annotations

import asyncio
import io
import json
import re
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from httpx import Response
from obstore.store import MemoryStore

from app.files.storage import Storage
from app.mydata.archives import SHOWN, bucket, expire
from app.mydata.packing import pack
from app.mydata.parts import FILES
from app.settings import Settings
from documents import Archive, Letter, Login, StoredFile, Upload, User
from documents.clock import now
from tests.avatars.pictures import photo, quarters, saved
from tests.mailbox import PostOffice
from tests.mydata.whole import EMAIL, MINE, NAME, PROFILE, SECRET, Whole, whole
from tests.people import Forum, Person
from tests.uploads.sending import sent

WAIT_SECONDS = 15


@pytest.fixture
async def world(forum: Forum, bob: Person, mailbox: PostOffice) -> Whole:
    return await whole(forum, bob)


async def ready(person: Person) -> Archive:
    """The newest archive of somebody, as soon as it can be fetched."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            found = await Archive.find_one({"user": person.id, "state": "ready"})
            if found is not None:
                return found
            await asyncio.sleep(0.02)


async def fetched(person: Person) -> Response:
    assert (await person.send("/settings/data")).status_code == 303
    return await person.get(f"/settings/data/{(await ready(person)).name}")


def contents(answer: Response) -> dict[str, Any]:
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {
            name.removesuffix(".json"): json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".json")
        }


async def test_everything_of_a_person_is_in_it_and_nothing_else(world: Whole, mailbox: PostOffice) -> None:
    answer = await fetched(world.her)
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    found = contents(answer)
    assert found.keys() == FILES.keys()
    assert all(found.values()), [name for name, rows in found.items() if not rows]
    (profile,) = found["profile"]
    assert PROFILE.items() - {("email_key", EMAIL)} <= profile.items()
    assert {topic["id"] for topic in found["topics"]} == {str(world.answered.oid), str(world.alone.oid)}
    text = json.dumps(found, ensure_ascii=False)
    for words in MINE:
        assert words in text
    assert "a message to her" in text
    bob = await User.load(world.other.id)
    her = await User.load(world.her.id)
    login = await Login.find_one({"user": world.her.id})
    assert bob is not None
    assert her is not None
    assert login is not None
    for secret in (bob.email, her.password_hash, login.token_hash, SECRET, "code-for-w", "An answer to", "$argon2"):
        assert secret not in text, secret
    with ZipFile(io.BytesIO(answer.content)) as archive:
        files = {row["file"]: row for row in found["uploads"]}
        assert {name for name in archive.namelist() if "/" in name} == files.keys()
        (text_file,) = [name for name, row in files.items() if row["name"] == "a.txt"]
        assert archive.read(text_file) == b"words-of-w-file"
    mail = await mailbox.letter_to(EMAIL, about="archive")
    assert mail.path == "/settings/data"


async def test_nobody_else_can_fetch_it(world: Whole, guest: Person, admin: Person) -> None:
    name = (await fetched(world.her)).url.path
    answers = [(await person.get(name)).status_code for person in (guest, world.other, admin)]
    assert answers == [403, 404, 404]
    assert (await world.her.get("/settings/data/nonsense")).status_code == 404


async def test_fifty_at_once_are_one(world: Whole, mailbox: PostOffice) -> None:
    await Archive.raw().delete_many({})
    token = await world.her.csrf()
    answers = await asyncio.gather(*(world.her.send("/settings/data", csrf=token) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {303, 429}
    await ready(world.her)
    assert await Archive.find({"user": world.her.id}).count() <= 2
    assert mailbox.tries <= 3


async def test_the_page_looks_again_while_it_is_made(world: Whole) -> None:
    at = now()
    await Archive(
        user=world.her.id, name="x", locale="en", created_at=at, due_at=at, leased_until=at + timedelta(hours=1)
    ).insert()
    page = await world.her.get("/settings/data")
    assert page.headers["refresh"] == "3"
    assert "Being made." in page.text
    assert (await world.other.get("/settings/data")).headers.get("refresh") is None


async def test_it_is_gone_after_some_days(world: Whole) -> None:
    path = (await fetched(world.her)).url.path
    await Archive.raw().update_many({}, {"$set": {"expires_at": now() - timedelta(seconds=1)}})
    assert (await world.her.get(path)).status_code == 404
    await expire()
    assert await Archive.find_all().count() == 0
    assert [file async for file in bucket().find({})] == []
    assert NAME not in (await world.her.get("/settings/data")).headers.values()
    of_notices = {"$in": ["notice", "gathered", "digest"]}
    assert await Letter.find({"user": world.her.id, "kind": {"$not": of_notices}}).count() == 2


async def test_an_old_log_in_has_to_prove_itself_first(world: Whole) -> None:
    await Login.raw().update_many({}, {"$set": {"created_at": now() - timedelta(days=1)}})
    assert (await world.her.send("/settings/data")).status_code == 403
    assert (await world.her.send("/settings/data/leave", sure="1")).status_code == 403
    found = await User.load(world.her.id)
    assert found is not None
    assert found.live


async def test_files_and_pictures_are_in_it_under_names_that_are_safe(
    world: Whole, settings: Settings, forum: Forum
) -> None:
    picture = await sent(world.her, saved(quarters(1000, 700)), "阳台 的番茄.jpg")
    await sent(world.other, b"somebody else's", "b.txt")
    for name in ("../../etc/passwd\u202etxt.", "CON", "a" * 300 + ".txt"):
        await sent(world.her, name.encode(), "x.txt")
        await Upload.raw().update_one({"user": world.her.id, "name": "x.txt"}, {"$set": {"name": name}})
    lost = await sent(world.her, b"lost", "lost.txt")
    file = await StoredFile.find_one({"sha256": sha256(b"lost").hexdigest()})
    assert file is not None
    await Storage.of(settings).delete(file.keys)
    await world.her.browser.post(
        "/settings/avatar",
        headers={"X-CSRF-Token": await world.her.kept_csrf()},
        files={"file": ("me.jpg", photo(), "image/jpeg")},
    )
    answer = await fetched(world.her)
    rows = {row["id"]: row for row in contents(answer)["uploads"]}
    id = picture["url"].split("/")[2]
    with ZipFile(io.BytesIO(answer.content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("uploads/")]
        assert sorted(names) == sorted(row["file"] for row in rows.values() if row["file"])
        assert rows[id]["file"] == f"uploads/{id}-阳台-的番茄.webp"
        shown = await world.her.browser.get(picture["url"])
        assert archive.read(rows[id]["file"]) == shown.content
        assert rows[lost["url"].split("/")[2]]["file"] is None
        assert all(re.fullmatch(r"uploads/[0-9a-f]{24}-[^/\\:\u202e]{1,205}(?<![. ])", name) for name in names), names
        assert {archive.read(name) for name in names} >= {b"CON", ("a" * 300 + ".txt").encode()}
        assert b"somebody else's" not in {archive.read(name) for name in names}
        assert [name for name in archive.namelist() if name.startswith("avatar/")]


async def test_large_files_take_no_memory(world: Whole, tmp_path: Path) -> None:
    piece, count = bytes(256 * 1024), 300

    class Large(Storage):
        async def stream(self, key: str) -> AsyncIterator[bytes]:
            for _ in range(count):
                yield piece

    her = await User.load(world.her.id)
    assert her is not None
    with (tmp_path / "all.zip").open("w+b") as file:
        tracemalloc.start()
        await pack(file, her, Large(MemoryStore()), locale="zh", site="Quorum")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 12_000_000
        with ZipFile(file) as archive:
            assert sum(info.file_size for info in archive.infolist()) > len(piece) * count
            assert "uploads.json" in archive.read("README.txt").decode()


async def test_only_the_newest_are_kept(world: Whole) -> None:
    for days in range(1, 4):
        at = now() - timedelta(days=days)
        dates = {"created_at": at, "due_at": at, "ready_at": at, "expires_at": now() + timedelta(days=3)}
        await Archive(user=world.her.id, name=f"before-{days}", locale="en", state="ready", **dates).insert()
    assert (await world.her.send("/settings/data")).status_code == 303
    async with asyncio.timeout(WAIT_SECONDS):
        while await Archive.find({"user": world.her.id, "name": "before-3"}).count():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    left = await Archive.find({"user": world.her.id, "state": "ready"}).sort("-created_at").to_list()
    assert len(left) == SHOWN
    assert left[1].name == "before-1"
