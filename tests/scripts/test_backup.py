"""scripts/backup.py and scripts/restore.py: whole, of one moment, without secrets, and nothing is taken on trust."""

from __future__ import annotations

import asyncio
import io
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from app.lifecycle import RESTORES
from app.settings import Settings
from app.web.context import EXTENSION
from documents import ALL, Factor, Login, Topic, User
from documents.base import Raw
from scripts.backing import format as layout
from scripts.backing.contents import LEFT_OUT, kept
from scripts.backing.reading import documents, verify
from tests.avatars.pictures import photo
from tests.mydata.whole import whole
from tests.people import Forum, Person
from tests.scripts.calling import call, on
from tests.scripts.processes import free_port, refusal


@pytest.fixture
async def elsewhere(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """Another forum on the same servers, with nothing in it."""
    client: AsyncMongoClient[Raw] = AsyncMongoClient(on(settings)["MONGODB_URI"])
    await client.drop_database("quorum_elsewhere")
    await client.close()
    return {**on(settings), "MONGODB_DB": "quorum_elsewhere", "QUORUM_DATA_DIR": str(tmp_path / "elsewhere")}


async def backed_up(settings: Settings, folder: Path, *options: str) -> Path:
    """A backup of the forum of the tests."""
    path = folder / "forum.tar"
    made = await call("backup", str(path), *options, **on(settings))
    assert made.code == 0, made.err
    return path


def unpacked(path: Path) -> bytes:
    """All that is in an archive, as it was before it was packed."""
    archive = verify(path)
    with tarfile.open(path) as tar:
        plain = b"".join(file.read() for entry in tar if (file := tar.extractfile(entry)) is not None)
    return plain + b"".join(content for _, content in documents(archive))


def test_every_collection_is_in_it_or_left_out_for_a_reason() -> None:
    assert {*kept(), *LEFT_OUT} == set(ALL)
    assert not {*kept()} & {*LEFT_OUT}
    assert all(LEFT_OUT.values())


async def test_a_forum_comes_back_as_it_was(
    forum: Forum, alice: Person, settings: Settings, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    there = await whole(forum, alice)
    token = await alice.csrf()
    sent = await alice.browser.post(
        "/settings/avatar", data={"csrf_token": token}, files={"file": ("me.jpg", photo(), "image/jpeg")}
    )
    assert sent.status_code == 303, sent.text
    path = await backed_up(settings, tmp_path, "--verify")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    restored = await call("restore", str(path), **elsewhere)
    assert restored.code == 0, restored.err
    equal = await call("restore", str(path), "--compare", **elsewhere)
    assert (equal.code, equal.out.splitlines()[-1]) == (0, "They are equal."), equal.out

    await Topic.raw().update_one({"_id": there.alone.oid}, {"$set": {"title": "Another"}})
    await forum.person("newcomer")
    differs = await call("restore", str(path), "--compare", **on(settings))
    assert differs.code == 1
    assert f"topics: {there.alone.oid}" in differs.out
    rows = {line.split()[0]: line.split()[1:] for line in differs.out.splitlines() if len(line.split()) == 5}
    assert rows["topics"][1:] == ["0", "1", "0"]
    assert rows["users"][1:] == ["0", "0", "1"]


async def test_nobody_gets_in_with_it(forum: Forum, alice: Person, settings: Settings, tmp_path: Path) -> None:
    await whole(forum, alice)
    login = await Login.find_one({"user": alice.id})
    assert login is not None
    plain = unpacked(await backed_up(settings, tmp_path))
    for secret in (settings.secret(), alice.token, login.token_hash, "code-for-w"):
        assert secret.encode() not in plain
    assert b"words-of-w-message" in plain


async def test_without_passwords(
    forum: Forum, alice: Person, settings: Settings, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    await whole(forum, alice)
    user = await User.get(alice.id)
    assert user is not None
    path = await backed_up(settings, tmp_path, "--without-passwords")
    plain = unpacked(path)
    assert b"$argon2" not in plain
    assert b"words-of-w-message" in plain
    assert await Factor.find_one({"secret": {"$ne": ""}}) is not None  # the forum keeps its own
    assert (await call("restore", str(path), **elsewhere)).code == 0
    equal = await call("restore", str(path), "--compare", **elsewhere)
    assert equal.code == 0, equal.out


async def test_it_is_of_one_moment_while_people_write(
    forum: Forum, alice: Person, bob: Person, settings: Settings, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    topic = await alice.opens(await forum.board(), body="@bob look")
    done = asyncio.Event()

    async def write(person: Person, other: str) -> None:
        while not done.is_set():
            token = await person.kept_csrf()
            await person.send(f"/topics/{topic.oid}/comments", csrf=token, body=f"@{other} and another")

    limits = forum.app.extensions[EXTENSION].limits
    limits.enabled = False
    writing = [asyncio.create_task(write(alice, "bob")), asyncio.create_task(write(bob, "alice"))]
    try:
        path = await backed_up(settings, tmp_path)
    finally:
        done.set()
        await asyncio.gather(*writing)
        limits.enabled = True
    assert (await call("restore", str(path), **elsewhere)).code == 0
    client: AsyncMongoClient[Raw] = AsyncMongoClient(elsewhere["MONGODB_URI"])
    database = client["quorum_elsewhere"]
    stored = await database["topics"].find_one({"_id": topic.oid})
    assert stored is not None
    numbers = [raw["number"] async for raw in database["comments"].find({"topic": topic.oid}).sort("number")]
    assert numbers == list(range(1, stored["last_number"] + 1))
    assert len(numbers) > 1, "nobody wrote before the moment of the backup"
    for person in (alice, bob):
        raw = await database["users"].find_one({"_id": person.id})
        assert raw is not None
        seqs = [each["seq"] async for each in database["notifications"].find({"user": person.id}).sort("seq")]
        assert seqs == list(range(1, raw["notification_seq"] + 1))
    await client.close()


async def test_it_replaces_nothing(
    alice: Person, settings: Settings, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    path = await backed_up(settings, tmp_path)
    again = await call("backup", str(path), **on(settings))
    assert again.code != 0
    assert "is there already" in again.err
    refused = await call("restore", str(path), **on(settings))
    assert refused.code != 0
    assert "not empty" in refused.err
    assert await User.get(alice.id) is not None
    assert (await call("restore", str(path), "--verify", **elsewhere)).code == 0


async def test_an_interrupted_restore_is_begun_again_and_serves_nobody_before(
    alice: Person, settings: Settings, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    path = await backed_up(settings, tmp_path)
    client: AsyncMongoClient[Raw] = AsyncMongoClient(elsewhere["MONGODB_URI"])
    database = client["quorum_elsewhere"]
    await database[RESTORES].insert_one({"_id": "restore", "backup": verify(path).head.id})
    await database["users"].insert_one({"_id": alice.id, "username": "half"})
    code, said = await asyncio.to_thread(refusal, "run", "--bind", f"127.0.0.1:{free_port()}", **elsewhere)
    assert code != 0
    assert "not finished" in said
    await database[RESTORES].update_one({"_id": "restore"}, {"$set": {"backup": "another"}})
    assert "Another backup" in (await call("restore", str(path), **elsewhere)).err
    await database[RESTORES].update_one({"_id": "restore"}, {"$set": {"backup": verify(path).head.id}})
    assert (await call("restore", str(path), **elsewhere)).code == 0
    assert (await call("restore", str(path), "--compare", **elsewhere)).code == 0
    assert await database[RESTORES].find_one({}) is None
    await client.close()


def flipped(content: bytes) -> bytes:
    """One bit of a document is another."""
    at = content.index(b".bson.gz") + 1024
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def with_member(name: str, kind: bytes = tarfile.REGTYPE) -> Callable[[bytes], bytes]:
    """One more member at the beginning."""

    def change(content: bytes) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=io.BytesIO(content)) as before, tarfile.open(fileobj=out, mode="w") as after:
            for entry in before:
                after.addfile(entry, before.extractfile(entry))
                if entry.name == layout.HEAD:
                    more = tarfile.TarInfo(name)
                    more.type, more.linkname = kind, "/etc/passwd"
                    after.addfile(more, io.BytesIO())
        return out.getvalue()

    return change


def later(content: bytes) -> bytes:
    """From a Quorum that is yet to come."""
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(content)) as before, tarfile.open(fileobj=out, mode="w") as after:
        entry = next(iter(before))
        file = before.extractfile(entry)
        assert file is not None
        head = json.dumps(json.load(file) | {"format": layout.FORMAT + 1}).encode()
        entry.size = len(head)
        after.addfile(entry, io.BytesIO(head))
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (flipped, "is not as it was written"),
        (lambda content: content[: content.index(b"db/users")], "cut off"),
        (lambda content: content[: content.index(layout.SEAL.encode())], "cut off"),
        (with_member("db/users/000009.bson.gz"), "is not as it was written"),
        (with_member("files/../../evil"), "does not belong there"),
        (with_member("db/users/000009.bson.gz", tarfile.SYMTYPE), "does not belong there"),
        (later, "a later version"),
        (lambda _: b"something else", "is no backup"),
        (lambda _: b"", "is no backup"),
    ],
    ids=["flipped", "half", "no-seal", "more", "outside", "link", "later", "else", "empty"],
)
async def test_what_is_broken_is_said_in_a_sentence(
    alice: Person, settings: Settings, tmp_path: Path, change: Callable[[bytes], bytes], words: str
) -> None:
    path = await one_backup(settings, tmp_path.parent)
    broken = tmp_path / "broken.tar"
    broken.write_bytes(change(path.read_bytes()))
    with pytest.raises(Exception, match=words):
        verify(broken)


async def one_backup(settings: Settings, folder: Path) -> Path:
    """The same for all of the tests above."""
    path = folder / "one" / "forum.tar"
    path.parent.mkdir(exist_ok=True)
    return path if path.exists() else await backed_up(settings, path.parent)


async def test_what_cannot_be_written_or_read_is_said(settings: Settings, tmp_path: Path) -> None:
    nowhere = await call("backup", str(tmp_path / "no" / "folder.tar"), **on(settings))
    assert nowhere.code == 1
    assert "is no folder" in nowhere.err
    missing = await call("restore", str(tmp_path / "none.tar"), **on(settings))
    assert missing.code == 1
    assert "cannot be read" in missing.err
