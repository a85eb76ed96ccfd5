"""An archive of everything: complete, without secrets, for its owner alone, also fifty times at once."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from httpx import Response

from app.mydata.archives import bucket, expire
from app.mydata.parts import FILES
from documents import Archive, Letter, Login, User
from documents.clock import now
from tests.mailbox import PostOffice
from tests.mydata.whole import EMAIL, MINE, NAME, PROFILE, SECRET, Whole, whole
from tests.people import Forum, Person

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
    assert await Letter.find({"user": world.her.id}).count() == 2


async def test_an_old_log_in_has_to_prove_itself_first(world: Whole) -> None:
    await Login.raw().update_many({}, {"$set": {"created_at": now() - timedelta(days=1)}})
    assert (await world.her.send("/settings/data")).status_code == 403
    assert (await world.her.send("/settings/data/leave", sure="1")).status_code == 403
    found = await User.load(world.her.id)
    assert found is not None
    assert found.live
