"""Files in texts: what is taken, who may read it, and what becomes of what nothing uses."""

from __future__ import annotations

import asyncio
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
from bson import ObjectId
from PIL import Image

from app.avatars.routes import STORAGE
from app.files.storage import Storage
from app.settings import Settings
from app.uploads.service import delete_unused
from documents import Board, Comment, Draft, StoredFile, Upload, User
from documents.clock import now
from tests.avatars.pictures import BLUE, GREEN, RED, near, photo, quarters, saved, webp
from tests.files.test_storage import on_s3, s3  # noqa: F401 - a fixture
from tests.people import Forum, Person
from tests.uploads.sending import sends, sent


def archive() -> bytes:
    found = BytesIO()
    with zipfile.ZipFile(found, "w") as made:
        made.writestr("a.txt", "Hello")
    return found.getvalue()


def id_of(answer: dict[str, object]) -> ObjectId:
    return ObjectId(str(answer["url"]).split("/")[2])


async def test_a_picture_is_cleaned_turned_and_made_narrower(alice: Person) -> None:
    large = quarters(2000, 1500)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRET-CAMERA"
    found = await sent(alice, saved(large.transpose(Image.Transpose.ROTATE_90), exif=exif), "Ferien (1) [x].JPG")
    assert (found["width"], found["height"]) == (2000, 1500)
    assert found["name"] == "Ferien-(1)-[x].webp" or found["name"].endswith(".webp")
    assert str(found["markdown"]).startswith("![Ferien")
    whole = await alice.get(found["url"])
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "image/webp"
    assert whole.headers["content-disposition"].startswith("inline; filename=")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert b"SECRET" not in whole.content
    assert not webp(whole.content).getexif()
    assert near(webp(whole.content).getpixel((10, 10)), RED)
    assert near(webp(whole.content).getpixel((1990, 10)), GREEN)
    assert near(webp(whole.content).getpixel((10, 1490)), BLUE)
    sizes = [webp((await alice.get(f"{found['url']}?w={width}")).content).size for width in (480, 960, 1600, 9000)]
    assert sizes == [(480, 360), (960, 720), (1600, 1200), (2000, 1500)]
    again = await alice.get(found["url"], headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_what_is_transparent_or_moves_stays_so(alice: Person) -> None:
    clear = Image.new("RGBA", (60, 40), (255, 0, 0, 0))
    found = await sent(alice, saved(clear, "PNG"), "a.png")
    assert webp((await alice.get(found["url"])).content).getchannel("A").getextrema() == (0, 0)
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, GREEN, BLUE)]
    moving = await sent(alice, saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80), "a.gif")
    assert Image.open(BytesIO((await alice.get(moving["url"])).content)).n_frames == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "name", "ending", "mimetype"),
    [
        (b"%PDF-1.7\n...", "报告.pdf", "报告.pdf", "application/pdf"),
        (b"<script>alert(1)</script>", "evil.html", "evil.html.txt", "text/plain; charset=utf-8"),
        ("你好\n".encode(), "../../etc/passwd", "passwd.txt", "text/plain; charset=utf-8"),
        (archive(), "setup.exe", "setup.exe.zip", "application/zip"),
        (b"a,b\n1,2\n", 'x"\r\ny.csv', "y.csv", "text/plain; charset=utf-8"),
    ],
)
async def test_other_files_are_saved_under_a_harmless_name(
    alice: Person, content: bytes, name: str, ending: str, mimetype: str
) -> None:
    found = await sent(alice, content, name)
    assert str(found["name"]).endswith(ending)
    assert str(found["markdown"]).startswith("[")
    answer = await alice.get(found["url"])
    assert answer.content == content
    assert answer.headers["content-type"] == mimetype
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert f"filename*=UTF-8''{quote(str(found['name']), safe='')}" in disposition
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"", 422, "empty"),
        (b"MZ\x90\x00\x03\x00\x00", 415, "not taken here"),
        (b"\x00" * 500, 415, "not taken here"),
        (b"\xff\xfe binary \x80", 415, "not taken here"),
        (b"\xff\xd8\xff broken", 422, "damaged"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", 422, "damaged"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 30, 415, "HEIC"),
        (b"x" * (11 * 1024 * 1024), 413, "too large"),
    ],
)
async def test_what_is_refused_is_told_in_a_sentence(alice: Person, content: bytes, status: int, says: str) -> None:
    answer = await sends(alice, content, "a.png")
    assert answer.status_code == status, answer.text
    assert says in answer.json()["errmsg"]
    assert await Upload.find_all().count() == 0


async def test_chunks_are_counted(alice: Person) -> None:
    token = await alice.kept_csrf()

    async def endless() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(11):
            yield b"x" * 1024 * 1024
        yield b"\r\n--b--\r\n"

    headers = {"X-CSRF-Token": token, "Content-Type": "multipart/form-data; boundary=b"}
    answer = await alice.browser.post("/uploads", content=endless(), headers=headers)
    assert answer.status_code == 413, answer.text


async def test_fifty_at_once_are_one_and_the_quota_is_exact(alice: Person, bob: Person, settings: Settings) -> None:
    answers = await asyncio.gather(*(sends(alice, b"the same words", "a.txt") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["url"] for answer in answers}) == 1
    upload = await Upload.find_one({"user": alice.id})
    assert upload is not None
    file = await StoredFile.named(upload.sha256, "upload")
    assert file is not None
    assert file.references == 1
    user = await User.get(alice.id)
    assert user is not None
    assert user.upload_bytes == len(b"the same words")
    room = settings.upload_quota_mib * 1024 * 1024 - 3 * 1000
    await User.raw().update_one({"_id": bob.id}, {"$set": {"upload_bytes": room}})
    many = await asyncio.gather(*(sends(bob, b"%04d" % n * 250, f"{n}.txt") for n in range(12)))
    assert sorted(answer.status_code for answer in many) == [201] * 3 + [422] * 9
    assert "MiB" in next(answer for answer in many if answer.status_code == 422).json()["errmsg"]


async def test_a_text_shows_it_in_its_size(alice: Person, guest: Person, board: Board) -> None:
    large = await sent(alice, saved(quarters(2000, 1500)), "Tulip.jpg")
    small = await sent(alice, saved(quarters(300, 200)), "b.jpg")
    body = f"Look:\n\n![A tulip]({large['url']})\n{small['markdown']}\n\n[x]({large['url']})"
    topic = await alice.opens(board, body=body)
    shown = (await guest.get(f"/topics/{topic.oid}")).text
    assert '<p class="gallery"><a class="picture" href="' + str(large["url"]) in shown
    assert f'srcset="{large["url"]}?w=480 480w, {large["url"]}?w=960 960w' in shown
    assert 'alt="A tulip" width="2000" height="1500" loading="lazy"' in shown
    assert re.search(r'src="/uploads/[0-9a-f]{24}/b.webp" alt="b" width="300"', shown)
    comment = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert comment is not None
    assert set(comment.uploads) == {id_of(large), id_of(small)}


async def test_who_may_read_it(forum: Forum, alice: Person, bob: Person, guest: Person, mod: Person) -> None:
    public, staff = await forum.board("Pond"), await forum.board("Office", staff_only=True)
    found = await sent(alice)

    async def statuses() -> list[int]:
        return [(await person.get(found["url"])).status_code for person in (guest, bob, alice, mod)]

    assert await statuses() == [404, 404, 200, 404]  # nowhere
    secret = await mod.opens(staff, body=f"![a]({found['url']})")
    assert await statuses() == [404, 404, 200, 404]  # who could not read it has not opened it
    await bob.opens(public, title="Guessed", body=f"![a]({found['url']})")
    assert await statuses() == [404, 404, 200, 404]
    await alice.writes("bob", body=str(found["markdown"]))
    assert await statuses() == [404, 200, 200, 404]
    kept = await bob.get(found["url"])
    assert kept.headers["cache-control"] == "private, no-cache"
    topic = await alice.opens(public, title="Shown", body="Words")
    comment = await alice.says(topic, str(found["markdown"]))
    assert await statuses() == [200, 200, 200, 200]
    assert (await guest.get(found["url"])).headers["cache-control"].startswith("public")
    await alice.send(f"/comments/{comment.oid}/delete", reason="")
    assert await statuses() == [404, 200, 200, 200]
    await alice.send(f"/comments/{comment.oid}/restore")
    assert await statuses() == [200, 200, 200, 200]
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    assert await statuses() == [404, 200, 200, 200]
    missing = await guest.get(f"/uploads/{ObjectId()}/a.webp")
    hidden = await guest.get(found["url"])
    assert (missing.status_code, hidden.status_code) == (404, 404)
    assert secret.board == staff.oid


async def test_an_orphan_waits_and_one_that_is_used_again_comes_back(
    alice: Person, board: Board, settings: Settings
) -> None:
    found = await sent(alice)
    id, ago, soon = id_of(found), now() - timedelta(days=40), now() + timedelta(minutes=1)
    topic = await alice.opens(board)
    comment = await alice.says(topic, str(found["markdown"]))
    assert not await delete_unused(id, soon)
    await alice.send(f"/comments/{comment.oid}/edit", body="Without", seen="0")
    assert not await delete_unused(id, soon)  # its earlier text has it
    revised = await Comment.get(comment.oid)
    assert revised is not None
    assert revised.uploads == []
    other = await sent(alice, b"words", "a.txt")
    await Upload.raw().update_one({"_id": id_of(other)}, {"$set": {"touched_at": ago}})
    await alice.send("/drafts", place=f"reply:{topic.oid}", body=str(other["markdown"]))
    draft = await Draft.find_one({"user": alice.id})
    assert draft is not None
    assert draft.uploads == [id_of(other)]
    assert not await delete_unused(id_of(other), soon)
    await alice.send("/drafts/discard", place=f"reply:{topic.oid}")
    assert not await delete_unused(id_of(other), now() - timedelta(days=7))  # its time began anew
    assert await delete_unused(id_of(other), soon)
    file = await StoredFile.find_one({"kind": "upload", "bytes": 5})
    assert file is not None
    assert (file.references, file.quarantined_at is None) == (0, False)
    assert (await sent(alice, b"words", "a.txt"))["url"] != other["url"]
    file = await StoredFile.find_one({"kind": "upload", "bytes": 5})
    assert file is not None
    assert (file.references, file.quarantined_at) == (1, None)


async def test_an_s3_service_keeps_it(
    forum: Forum,
    settings: Settings,
    s3: str,  # noqa: F811
    alice: Person,
) -> None:
    before = forum.app.extensions[STORAGE]
    forum.app.extensions[STORAGE] = storage = Storage.of(on_s3(settings, s3))
    try:
        found = await sent(alice, saved(quarters(1000, 700)))
        assert webp((await alice.get(f"{found['url']}?w=480")).content).width == 480
        upload = await Upload.get(id_of(found))
        assert upload is not None
        file = await StoredFile.named(upload.sha256, "upload")
        assert file is not None
        assert [await storage.has(key) for key in file.keys] == [True] * 3
        await storage.delete(file.keys)
        assert (await alice.get(found["url"])).status_code == 404
    finally:
        forum.app.extensions[STORAGE] = before


async def test_my_files_say_where_they_are_used(alice: Person, bob: Person, board: Board) -> None:
    used, unused = await sent(alice), await sent(alice, b"words", "words.txt")
    await alice.opens(board, title="A place for it", body=str(used["markdown"]))
    page = await alice.get("/uploads")
    assert page.status_code == 200
    assert "A place for it" in page.text
    assert "words.txt" in page.text
    assert page.text.count("/delete") == 1
    assert (await alice.send(f"/uploads/{id_of(used)}/delete")).status_code == 409
    assert (await bob.send(f"/uploads/{id_of(unused)}/delete")).status_code == 404
    assert (await alice.send(f"/uploads/{id_of(unused)}/delete")).status_code == 303
    assert (await alice.get(unused["url"])).status_code == 404
    assert (await alice.get(used["url"])).status_code == 200
    user = await User.get(alice.id)
    upload = await Upload.get(id_of(used))
    assert user is not None
    assert upload is not None
    assert user.upload_bytes == upload.bytes
    assert (await alice.get("/uploads?after=nonsense")).status_code == 404


async def test_without_scripts_the_form_comes_back_with_the_file_in_it(alice: Person, board: Board) -> None:
    topic = await alice.opens(board)
    fields = {"csrf_token": await alice.kept_csrf(), "draft": f"reply:{topic.oid}", "draft_rev": "", "body": "My words"}
    answer = await alice.browser.post("/uploads/into", data=fields, files={"file": ("a.jpg", photo(), "image/jpeg")})
    assert answer.status_code == 303, answer.text
    page = (await alice.see(answer.headers["location"])).text
    assert re.search(r"My words\n\n!\[a\]\(/uploads/[0-9a-f]{24}/a\.webp\)", page)
    fields["body"] = "More words"
    wrong = {"file": ("a.bin", b"\x00\x01", "image/jpeg")}
    answer = await alice.browser.post("/uploads/into", data=fields, files=wrong)
    assert answer.status_code == 303
    page = (await alice.see(answer.headers["location"])).text
    assert "More words" in page
    assert "Files of this type are not taken here" in page
