"""One's picture through the form: what is shown afterwards, and what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from PIL import Image, ImageCms

from app.avatars.service import take_off
from app.errors import Invalid, Refusal
from app.files.picture_worker import LENGTH, _srgb
from app.files.pictures import MAX_PIXELS, MIN_SIDE, Pictures, Squares
from app.files.service import Content, keep, picture
from app.files.sniff import picture_format, webp_size
from app.files.storage import Storage
from app.settings import Settings
from app.viewer import Viewer
from app.web.pages import AVATAR_SIDES
from app.work import Work
from documents import Board, StoredFile, User
from documents.clock import now
from scripts.cleaning.files import remove_files
from tests.avatars.pictures import BLUE, GREEN, RED, YELLOW, near, photo, quarters, saved, webp
from tests.people import Forum, Person

JSON = {"Accept": "application/json"}
# Twenty pictures wait for each other on a machine that does something else as well.
PATIENCE_SECONDS = 120


async def sends(
    person: Person, content: bytes, *, name: str = "a.jpg", headers: Any = None, **crop: int
) -> httpx.Response:
    fields = {"csrf_token": await person.kept_csrf(), **{key: str(value) for key, value in crop.items()}}
    return await person.browser.post(
        "/settings/avatar",
        data=fields,
        files={"file": (name, content, "image/jpeg")},
        headers=headers,
        timeout=PATIENCE_SECONDS,
    )


async def shown(person: Person) -> str:
    user = await User.get(person.id)
    assert user is not None
    return user.avatar


async def fetched(person: Person, side: int = 384) -> httpx.Response:
    return await person.get(f"/files/{await shown(person)}-{side}.webp")


def stored(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def empty_storage(forum: Forum, settings: Settings) -> None:
    for path in stored(settings):
        path.unlink()


async def test_a_picture_is_shown_in_three_sizes(alice: Person, guest: Person) -> None:
    answer = await sends(alice, photo())
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/avatar")
    for side in (384, 192, 96):
        found = await fetched(alice, side)
        assert found.status_code == 200
        expected = min(side, 300)
        assert webp(found.content).size == (expected, expected)
        assert found.headers["content-type"] == "image/webp"
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert found.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in found.headers
    page = await guest.get(f"/users/{alice.id}")
    assert f'src="/files/{await shown(alice)}-192.webp"' in page.text
    own = await alice.see("/settings/avatar")
    assert "This is your picture now." in own.text


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_it_is_upright_and_says_nothing_of_where_it_was_taken(alice: Person, orientation: int) -> None:
    assert (await sends(alice, photo(orientation), x=0, y=0, size=300)).status_code == 303
    content = (await fetched(alice)).content
    found = webp(content)
    corners = [found.getpixel(at) for at in ((20, 20), (280, 20), (20, 280), (280, 280))]
    for colour, wanted in zip(corners, (RED, GREEN, BLUE, YELLOW), strict=True):
        assert near(colour, wanted), (orientation, corners)
    assert not found.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & found.info.keys()
    assert b"SECRET" not in content


def bomb() -> bytes:
    """81 megapixels in a few kilobytes."""
    return saved(Image.new("1", (9000, 9000)), "PNG")


REFUSED: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 422, "The file is empty."),
    "text": (b"hello", 415, "This is not a picture that can be read."),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 415, "This is not a picture"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", 415, "This is not a picture"),
    "tiff": (saved(quarters(40, 40), "TIFF"), 415, "This is not a picture"),
    "bmp": (saved(quarters(40, 40), "BMP"), 415, "This is not a picture"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 99, 415, "HEIC"),
    "only a head": (b"\xff\xd8\xff\xe0" + b"\0" * 40, 422, "This picture is damaged"),
    "truncated": (photo()[:-900], 422, "This picture is damaged"),
    "truncated png": (saved(quarters(), "PNG")[:-300], 422, "This picture is damaged"),
    "gif": (b"GIF89a" + b"\xff" * 30, 422, ""),
    "webp of 16383 x 16383": (
        b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xfe\x3f\0\xfe\x3f\0\0\0",
        422,
        "too many pixels",
    ),
    "bomb": (bomb(), 422, "too many pixels"),
    "small": (saved(quarters(15, 400)), 422, "too small"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_bad_files_are_refused_with_a_sentence(alice: Person, settings: Settings, name: str) -> None:
    content, status, sentence = REFUSED[name]
    answer = await sends(alice, content, headers=JSON)
    assert answer.status_code == status, answer.text
    assert sentence in answer.json()["errmsg"]
    assert await shown(alice) == ""
    assert stored(settings) == []
    assert await StoredFile.count() == 0
    assert open_files() == 0
    page = await sends(alice, content, name="photo.jpg")
    assert page.status_code == status
    assert sentence in page.text


def open_files() -> int:
    """What arrives waits in files without a name. Those are not counted that the test run itself has."""
    return len(unnamed() - BEFORE)


def unnamed() -> set[str]:
    found = set()
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(str(path.readlink()))
    return {each for each in found if "(deleted)" in each and tempfile.gettempdir() in each}


BEFORE = unnamed()


@pytest.mark.parametrize("crop", [(-5, 0, 100), (0, 0, 302), (200, 0, 300), (0, 0, 0), (0, 0, -20), (10**5, 0, 50)])
async def test_a_part_outside_of_the_picture_is_refused(alice: Person, crop: tuple[int, int, int]) -> None:
    answer = await sends(alice, photo(), headers=JSON, x=crop[0], y=crop[1], size=crop[2])
    assert (answer.status_code, "not inside the picture" in answer.json()["errmsg"]) == (422, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"x": "a", "y": "0", "size": "9"},
        {"x": "1"},
        {"x": "1e3", "y": "1", "size": "99"},
        {"x": "9" * 99, "y": "0", "size": "50"},
    ],
)
async def test_numbers_that_are_none_are_refused(alice: Person, fields: dict[str, Any]) -> None:
    answer = await sends(alice, photo(), headers=JSON, **fields)
    assert answer.status_code == 422


async def test_without_a_file(alice: Person) -> None:
    answer = await alice.send("/settings/avatar")
    assert (answer.status_code, "Choose a picture first." in answer.text) == (422, True)


async def test_more_bytes_than_fit_are_refused_however_they_are_sent(alice: Person, settings: Settings) -> None:
    most = settings.avatar_max_kib * 1024
    answer = await sends(alice, photo() + b"\0" * most, headers=JSON)
    assert (answer.status_code, answer.json()["errmsg"]) == (
        413,
        "This file is too large: up to 8 MiB fit. Choose a smaller one.",
    )
    token = await alice.kept_csrf()

    async def chunks() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        for _ in range(most // 65536 + 3):
            yield b"\xff" * 65536

    headers = {"Content-Type": "multipart/form-data; boundary=b", "X-CSRF-Token": token, **JSON}
    chunked = await alice.browser.post("/settings/avatar", content=chunks(), headers=headers)
    assert (chunked.status_code, "8 MiB" in chunked.json()["errmsg"]) == (413, True)
    assert open_files() == 0
    exactly = photo() + b"\0" * (most - len(photo()))
    assert (await sends(alice, exactly)).status_code == 303


async def test_other_forms_are_still_small(alice: Person, settings: Settings) -> None:
    answer = await alice.send("/settings/account", old="x" * settings.max_form_kib * 1024)
    assert answer.status_code == 413


async def test_a_guest_is_refused_before_anything_is_kept(guest: Person) -> None:
    answer = await sends(guest, b"\0" * 2_000_000)
    assert answer.status_code == 403
    assert open_files() == 0


async def test_who_hangs_up_leaves_nothing(alice: Person, forum: Forum, settings: Settings) -> None:
    token = await alice.kept_csrf()
    cookie = "; ".join(f"{name}={value}" for name, value in alice.browser.cookies.items())
    _, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    head = f"POST /settings/avatar HTTP/1.1\r\nHost: 127.0.0.1:{settings.port}\r\n"
    head += f"Cookie: {cookie}\r\nX-CSRF-Token: {token}\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n"
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + b"\xff" * 1_000_000
    writer.write(head.encode() + part)
    await writer.drain()
    async with asyncio.timeout(10):
        await until(lambda: open_files() == 1)
        writer.close()
        await until(lambda: open_files() == 0)
    assert await shown(alice) == ""


async def until(so: Callable[[], bool]) -> None:
    while not so():  # noqa: ASYNC110 - the kernel tells nobody when a file is closed
        await asyncio.sleep(0.01)


def rss_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def test_a_bomb_costs_no_memory(tmp_path: Path) -> None:
    """Neither here nor in the process that looks at it: its header says enough."""
    content = bomb()
    assert len(content) < 240_000
    path = tmp_path / "bomb.png"
    path.write_bytes(content)
    before = rss_kib()
    facts = await answered(path, "PNG")
    assert facts["refused"] == "pixels"
    assert facts["peak_kib"] < 48 * 1024
    assert rss_kib() - before < 16 * 1024


async def test_a_large_photo_is_decoded_small(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    path.write_bytes(saved(Image.radial_gradient("L").resize((8000, 6000)).convert("RGB"), quality=80))
    facts = await answered(path, "JPEG")
    assert (facts["width"], facts["height"]) == (8000, 6000)
    assert facts["peak_kib"] < 64 * 1024  # 144 MB as it is


async def answered(path: Path, format: str) -> dict[str, Any]:
    """What the worker itself says."""
    job = {"format": format, "sides": [384], "crop": None, "max_pixels": MAX_PIXELS, "min_side": MIN_SIDE}
    with path.open("rb") as file:
        answer = await Pictures()._run(file, job)
    (length,) = LENGTH.unpack_from(answer)
    found: dict[str, Any] = json.loads(answer[LENGTH.size : LENGTH.size + length])
    return found


async def test_a_decoder_that_never_ends_is_ended(alice: Person, tmp_path: Path) -> None:
    with (tmp_path / "a.jpg").open("w+b") as file, pytest.raises(Invalid) as caught:
        file.write(photo())
        file.flush()
        await Pictures(timeout=0.001).squares(file, AVATAR_SIDES, None)
    assert "damaged" in str(caught.value.text)


def kinds() -> dict[str, tuple[bytes, tuple[int, int, int]]]:
    """Other ways to be a picture, and the colour of the middle of the result."""
    red = Image.new("RGB", (60, 60), RED)
    clear = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    white = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    white.paste((255, 255, 255, 255), (0, 0, 20, 60))
    grey16 = Image.new("I;16", (60, 60), 32768)
    frames = [Image.new("RGB", (60, 60), colour) for colour in (RED, GREEN, BLUE)]
    return {
        "png": (saved(red, "PNG"), RED),
        "webp": (saved(red, "WEBP", lossless=True), RED),
        "avif": (saved(red, "AVIF", quality=90), RED),
        "gif of three frames": (
            saved(frames[0].quantize(), "GIF", save_all=True, append_images=[f.quantize() for f in frames[1:]]),
            RED,
        ),
        "webp of three frames": (saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True), RED),
        "apng": (saved(frames[0], "PNG", save_all=True, append_images=frames[1:]), RED),
        "palette": (saved(red.quantize(4), "PNG"), RED),
        "grey": (saved(Image.new("L", (60, 60), 128), "PNG"), (128, 128, 128)),
        "16 bits": (saved(grey16, "PNG"), (128, 128, 128)),
        "1 bit": (saved(Image.new("1", (60, 60), 1), "PNG"), (255, 255, 255)),
        "cmyk": (saved(Image.new("CMYK", (60, 60), (0, 255, 255, 0)), "JPEG"), (254, 0, 0)),
        "transparent": (saved(clear, "PNG"), (255, 255, 255)),
        "white on transparent": (saved(white, "PNG"), (38, 36, 32)),
        "with something behind": (saved(red, "PNG") + b"<script>alert(1)</script>PK\3\4", RED),
    }


@pytest.mark.parametrize("name", kinds())
async def test_all_kinds_of_pictures(tmp_path: Path, name: str) -> None:
    content, colour = kinds()[name]
    found = webp((await squares(tmp_path, content)).sizes[0].content)
    assert near(found.getpixel((30, 30)), colour, 6), found.getpixel((30, 30))
    assert (found.format, found.size, getattr(found, "n_frames", 1)) == ("WEBP", (60, 60), 1)


async def squares(folder: Path, content: bytes) -> Squares:
    path = folder / "picture"
    path.write_bytes(content)
    with path.open("rb") as file:
        return await Pictures().squares(file, AVATAR_SIDES, None)


async def test_a_broken_profile_says_nothing(tmp_path: Path) -> None:
    content = saved(Image.new("RGB", (60, 60), RED), "PNG", icc_profile=b"nonsense")
    assert near(webp((await squares(tmp_path, content)).sizes[0].content).getpixel((30, 30)), RED, 6)


def test_colours_are_those_of_the_profile() -> None:
    """Linear light, as an XYZ profile has it, is far darker as numbers than sRGB."""
    profile = swapped(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    found = _srgb(Image.new("RGB", (4, 4), (200, 40, 40)), profile).getpixel((1, 1))
    assert near(found, (40, 40, 200), 40), found


def swapped(profile: bytes) -> bytes:
    """A profile in which red and blue have changed places."""
    table = bytearray(profile)
    count = int.from_bytes(table[128:132], "big")
    at = {bytes(table[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = at[b"rXYZ"], at[b"bXYZ"]
    table[red : red + 4], table[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(table)


@settings_of(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.floats(0, 1),
    junk=st.binary(max_size=40),
    at=st.floats(0, 1),
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "AVIF"]),
)
def test_whatever_is_sent_is_a_picture_or_a_refusal(
    tmp_path: Path, cut: float, junk: bytes, at: float, kind: str
) -> None:
    content = saved(quarters(80, 60), kind)
    place = int(at * len(content))
    content = (content[:place] + junk + content[place + len(junk) :])[: 1 + int(cut * len(content))]
    try:
        found = asyncio.run(squares(tmp_path, content))
    except Refusal as refusal:
        status = refusal.status
    else:
        status = 200
        assert {webp(size.content).format for size in found.sizes} == {"WEBP"}
    assert status in (200, 415, 422)


@given(st.binary(max_size=80))
def test_any_bytes_are_some_format_or_none(head: bytes) -> None:
    assert picture_format(head) in {None, "JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF"}
    assert min(webp_size(head)) >= 0


async def test_equal_pictures_are_stored_once_and_counted(alice: Person, bob: Person, settings: Settings) -> None:
    for person in (alice, bob):
        for _ in range(2):
            assert (await sends(person, photo())).status_code == 303
    (file,) = await StoredFile.find_all().to_list()
    assert (file.references, file.quarantined_at) == (2, None)
    assert {path.stat().st_size for path in stored(settings)} == {variant.bytes for variant in file.variants}
    assert len(stored(settings)) == 3
    assert await shown(alice) == await shown(bob) == file.sha256
    assert (await alice.send("/settings/avatar/remove")).status_code == 303
    assert await counted(file) == (1, False)
    assert (await alice.send("/settings/avatar/remove")).status_code == 303  # there is none any more
    assert await counted(file) == (1, False)
    assert (await sends(bob, saved(quarters(90, 90)))).status_code == 303
    assert await counted(file) == (0, True)
    assert (await alice.get(f"/files/{file.sha256}-96.webp")).status_code == 200
    assert (await sends(alice, photo())).status_code == 303  # it comes back
    assert await counted(file) == (1, False)
    assert len(stored(settings)) == 6


async def counted(file: StoredFile) -> tuple[int, bool]:
    found = await StoredFile.get(file.oid)
    assert found is not None
    return found.references, found.quarantined_at is not None


async def test_many_at_once_by_one_person_end_in_one_picture(alice: Person, settings: Settings) -> None:
    """And no more than the limit lets through."""
    await alice.kept_csrf()
    pictures = [saved(quarters(90 + 30 * i, 90)) for i in range(4)]
    answers = await asyncio.gather(*(sends(alice, pictures[i % 4]) for i in range(50)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {303: 20, 429: 30}
    files = {file.sha256: file for file in await StoredFile.find_all().to_list()}
    shows = await shown(alice)
    assert {sha256 for sha256, file in files.items() if file.references} == {shows}
    assert files[shows].references == 1
    assert all((file.quarantined_at is None) == (sha256 == shows) for sha256, file in files.items())
    names = {key for file in files.values() for key in file.keys}
    assert {path.relative_to(settings.data_dir / "files").as_posix() for path in stored(settings)} == names


async def test_clean_up_and_upload_of_the_same_picture_at_once(alice: Person, bob: Person, settings: Settings) -> None:
    """Whoever is first: what somebody shows has its contents."""
    storage = Storage.of(settings)
    made = await squares(settings.data_dir, photo())
    for _ in range(12):
        content = picture("avatar", made)
        await sends_directly(storage, alice.id, content)
        await take_off(Viewer(id=alice.id))
        (file,) = await StoredFile.find_all().to_list()
        later = now() + timedelta(days=1)
        await asyncio.gather(
            remove_files(storage, [file.oid], later), sends_directly(storage, bob.id, picture("avatar", made))
        )
        (left,) = await StoredFile.find_all().to_list()
        assert left.references == 1
        assert all([await storage.has(key) for key in left.keys])
        await take_off(Viewer(id=bob.id))


async def sends_directly(storage: Storage, user: ObjectId, content: Content) -> None:
    async def steps(work: Work, use: Callable[[], Awaitable[None]]) -> None:
        await use()
        await User.raw().update_one({"_id": user}, {"$set": {"avatar": content.file.sha256}}, session=work.session)

    await keep(storage, content, steps)


async def test_lost_contents_come_back_with_the_next_upload(alice: Person, settings: Settings) -> None:
    await sends(alice, photo())
    for path in stored(settings):
        path.unlink()
    (file,) = await StoredFile.find_all().to_list()
    bob_sends = await sends(alice, saved(quarters(90, 90)))
    assert bob_sends.status_code == 303
    assert (await sends(alice, photo())).status_code == 303
    assert {path.name for path in stored(settings)} >= {key.split("/")[1] for key in file.keys}
    assert await counted(file) == (1, False)


async def test_serving(alice: Person, guest: Person) -> None:
    await sends(alice, photo())
    path = f"/files/{await shown(alice)}-96.webp"
    found = await guest.get(path)
    head = await guest.browser.head(path)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(found.content)))
    same = await guest.get(path, headers={"If-None-Match": found.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert (await guest.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "{sha}",
        "{sha}-97.webp",
        "{sha}-96.png",
        "{sha}-96.webp/",
        "../files/x",
        "%2e%2e/secret.key",
        "..%2f..%2fsecret.key",
        "{key}",
        "SHA-96.webp",
        "\u202e",
    ],
)
async def test_there_is_nothing_else(alice: Person, settings: Settings, path: str) -> None:
    await sends(alice, photo())
    sha256 = await shown(alice)
    key = stored(settings)[0].relative_to(settings.data_dir / "files").as_posix()
    answer = await alice.get("/files/" + path.format(sha=sha256, key=key).replace("SHA", sha256.upper()))
    assert answer.status_code in (404, 405), path


async def test_everybody_sees_a_new_picture_at_once(alice: Person, bob: Person, guest: Person, board: Board) -> None:
    topic = await alice.opens(board)
    assert "/files/" not in (await guest.get(f"/topics/{topic.oid}")).text
    await sends(alice, photo())
    url = f"/files/{await shown(alice)}-96.webp"
    for person in (guest, bob, alice):
        assert url in (await person.get(f"/topics/{topic.oid}")).text
    await bob.says(topic, "@alice hello")
    await sends(bob, saved(quarters(90, 90)))
    (event,) = (await alice.feed())["events"]
    assert event["actor"]["avatar"] == f"/files/{await shown(bob)}-96.webp"
    await alice.send("/settings/avatar/remove")
    for person in (guest, bob, alice):
        assert url not in (await person.get(f"/topics/{topic.oid}")).text


async def test_only_this_page_shows_what_was_chosen_before_it_is_sent(alice: Person) -> None:
    own, other = await alice.get("/settings/avatar"), await alice.get("/settings/account")
    assert "img-src blob: 'self'" in own.headers["content-security-policy"]
    assert "blob:" not in other.headers["content-security-policy"]
    assert "cropper" not in other.text
    for answer in (own, other):
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_vendored_files_are_as_the_manifest_says(root: Path) -> None:
    vendor = root / "static" / "vendor"
    named = {
        vendor / package["name"] / name: sha256
        for package in json.loads((vendor / "manifest.json").read_text())
        for name, sha256 in package["files"].items()
    }
    there = {path for path in vendor.rglob("*") if path.is_file() and path.name != "manifest.json"}
    assert {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in there} == named
