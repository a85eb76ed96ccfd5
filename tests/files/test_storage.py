"""The same storage in a folder and in a real S3 server."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from app.files.pictures import Square, Squares
from app.files.service import keep, leave, picture
from app.files.storage import Missing, Storage, StorageFailed
from app.settings import Settings, SettingsError, load_settings
from app.work import Work, together
from documents import StoredFile
from documents.clock import now
from documents.file import key_of
from scripts.cleaning.files import remove_files
from tests.people import Forum, Person

KEY = key_of("ab" * 32, "01020304", "96.webp")
OTHER = key_of("cd" * 32, "01020304", "96.webp")


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    urlopen(Request(f"{endpoint}/forum-files", method="PUT")).close()
    yield endpoint
    server.stop()


def on_s3(settings: Settings, endpoint: str, **changes: Any) -> Settings:
    named = {"storage_url": "s3://forum-files/quorum", "storage_key": "key", "storage_secret": "secret"}
    given = settings.model_dump() | named | {"storage_endpoint": endpoint} | changes
    return load_settings(_env_file=None, **given)


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Storage.of(settings.model_copy(update={"data_dir": tmp_path}))
    return Storage.of(on_s3(settings, request.getfixturevalue("s3")))


async def listed(storage: Storage) -> dict[str, int]:
    return {blob.key: blob.bytes async for blobs in storage.blobs() for blob in blobs}


async def test_what_is_put_is_there_until_it_is_deleted(storage: Storage) -> None:
    await storage.put(KEY, b"old")
    await storage.put(KEY, b"content" * 100_000)
    await storage.put(OTHER, b"x")
    assert await storage.get(KEY) == b"content" * 100_000
    assert b"".join([piece async for piece in storage.stream(KEY)]) == b"content" * 100_000
    assert await listed(storage) == {KEY: 700_000, OTHER: 1}
    assert await storage.has(KEY)
    await storage.delete([KEY, KEY, OTHER])
    assert not await storage.has(KEY)
    assert await listed(storage) == {}
    with pytest.raises(Missing):
        await storage.get(KEY)
    with pytest.raises(Missing):
        await anext(storage.stream(KEY))


@pytest.mark.parametrize(
    "key", ["", "../x", "ab/../../x", "/etc/passwd", f"ab/{'g' * 64}-01020304-96.webp", KEY + "/..", "名字"]
)
async def test_no_other_paths(storage: Storage, key: str) -> None:
    for act in (storage.put(key, b""), storage.get(key), storage.has(key)):
        with pytest.raises(ValueError, match="not a path of ours"):
            await act


async def test_the_folder_holds_whole_contents_only(settings: Settings, tmp_path: Path) -> None:
    storage = Storage.of(settings.model_copy(update={"data_dir": tmp_path}))

    class Dies:
        def __iter__(self) -> Iterator[bytes]:
            yield b"half"
            raise OSError("the disk is gone")

    with pytest.raises(StorageFailed):
        await storage.put(KEY, Dies())  # type: ignore[arg-type]
    assert not await storage.has(KEY)
    assert [name for _, _, names in os.walk(tmp_path / "files") for name in names if "#" not in name] == []


async def test_files_are_kept_found_and_deleted_there(forum: Forum, alice: Person, storage: Storage) -> None:
    made = Squares(tuple(Square(side, side, side, b"x" * side) for side in (384, 192, 96)))

    async def steps(work: Work, use: Callable[[], Awaitable[None]]) -> None:
        await use()

    async def uses(work: Work) -> None:
        await leave(work, "avatar", made.sha256)

    for _ in range(2):
        await keep(storage, picture("avatar", made), steps)
    (file,) = await StoredFile.find_all().to_list()
    assert await listed(storage) == dict(zip(file.keys, (384, 192, 96), strict=True))
    for references in (1, 0):
        await together(uses)
        gone = await remove_files(storage, [file.oid], now() + timedelta(days=1))
        assert gone == ([] if references else [file.oid])
    assert await listed(storage) == {}


@pytest.mark.parametrize("broken", ["nobody there", "no bucket"])
async def test_a_storage_that_fails_says_so_in_a_sentence(settings: Settings, s3: str, broken: str) -> None:
    changed = (
        on_s3(settings, "http://127.0.0.1:9")
        if broken == "nobody there"
        else on_s3(settings, s3, storage_url="s3://none")
    )
    with pytest.raises(StorageFailed) as caught:
        await Storage.of(changed).put(KEY, b"x")
    assert "not responding right now" in str(caught.value.text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"storage_url": "http://x"}, "QUORUM_STORAGE_URL: must be s3://BUCKET"),
        ({"storage_url": "s3://b"}, "QUORUM_STORAGE_URL needs QUORUM_STORAGE_KEY and QUORUM_STORAGE_SECRET"),
        ({"storage_endpoint": "ftp://x"}, "QUORUM_STORAGE_ENDPOINT: must be the address"),
        ({"storage_region": "US East"}, "QUORUM_STORAGE_REGION"),
    ],
)
def test_wrong_settings_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence.replace("(", r"\(")):
        load_settings(_env_file=None, **changes)
