"""Settings by form: checked, written down, in force at once in every process, and never silently overwritten."""

from __future__ import annotations

import asyncio
import io
import re
import time
from html import unescape

import httpx
import pytest
from PIL import Image

from app.site import current
from documents import Operation, Site, StoredFile, User
from documents.base import Raw
from tests.people import Forum, Person

SEEN = re.compile(r'name="seen" value="([0-9a-f]*)"')
HOSTILE = "<script>alert(1)</script>\"' onload=x"


async def save(admin: Person, section: str, *, seen: str | None = None, **fields: str) -> httpx.Response:
    """As the form does it, with what it was shown with."""
    page = await admin.get(f"/admin/settings/{section}")
    found = SEEN.search(page.text)
    assert found, page.text
    return await admin.send(f"/admin/settings/{section}", seen=found[1] if seen is None else seen, **fields)


async def operations() -> list[Raw]:
    return await Operation.raw().find({"verb": "setting.change"}).sort("_id").to_list()


async def test_a_name_is_in_force_at_once_and_written_down(admin: Person, guest: Person) -> None:
    assert "Quorum</title>" in (await guest.get("/")).text
    answer = await save(admin, "general", site_name="松林 Pinewood")
    assert answer.status_code == 303, answer.text
    for page in (await guest.get("/"), await guest.get("/feeds/topics"), await guest.get("/manifest.webmanifest")):
        assert "松林 Pinewood" in page.text
    (done,) = await operations()
    assert done["actor"] == admin.id
    (target,) = done["targets"]
    assert (target["kind"], target["name"]) == ("setting", "general")
    assert (target["before"], target["after"]) == ({"site_name": None}, {"site_name": "松林 Pinewood"})
    assert (await save(admin, "general", site_name="松林 Pinewood")).status_code == 303
    assert len(await operations()) == 1, "what is so already is no operation"
    assert (await save(admin, "general", site_name="")).status_code == 303
    assert "Quorum</title>" in (await guest.get("/")).text
    assert "QUORUM_SITE_NAME" in (await admin.get("/admin/settings/general")).text


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("general", "site_name", "x" * 61),
        ("general", "default_locale", "fr"),
        ("signup", "registration", HOSTILE),
        ("signup", "signups_before_captcha", "-1"),
        ("writing", "comments_per_page", "4"),
        ("writing", "comments_per_page", "1e2"),
        ("writing", "comments_per_page", "９９"),
        ("writing", "max_body_chars", "90000"),  # no form would hold it
        ("writing", "topics_per_page", "9" * 40),
        ("files", "upload_types", "exe"),
        ("announcement", "announcement_en", "y" * 2001),
    ],
)
async def test_what_does_not_fit_comes_back(admin: Person, section: str, field: str, value: str) -> None:
    answer = await save(admin, section, **{field: value})
    assert answer.status_code == 422, answer.text
    assert HOSTILE not in answer.text
    if field not in ("default_locale", "registration", "upload_types"):
        assert value in unescape(answer.text)
    assert await Site.raw().find_one() is None


async def test_two_administrators_at_once_do_not_overwrite_each_other(forum: Forum, admin: Person) -> None:
    other = await forum.person("olga", role="admin")
    seen = SEEN.search((await other.get("/admin/settings/writing")).text)
    assert seen
    assert (await save(admin, "writing", comments_per_page="25")).status_code == 303
    answer = await save(other, "writing", seen=seen[1], comments_per_page="40")
    assert answer.status_code == 409
    assert 'value="40"' in answer.text
    assert "Saved by somebody else meanwhile: 25" in answer.text
    again = SEEN.search(answer.text)
    assert again
    assert (await save(other, "writing", seen=again[1], comments_per_page="40")).status_code == 303
    assert (await Site.now()).values == {"comments_per_page": 40}
    token = await admin.csrf()
    seen = SEEN.search((await admin.get("/admin/settings/trust")).text)
    assert seen
    answers = await asyncio.gather(
        *(admin.send("/admin/settings/trust", csrf=token, seen=seen[1], new_days=str(days + 2)) for days in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 4


async def test_signing_up_is_paused_with_a_sentence(forum: Forum, admin: Person, guest: Person) -> None:
    note = "We are moving house & back on Monday."
    await save(admin, "signup", registration="paused", signup_note_en=note, signup_note_zh="周一回来。")
    page = await guest.get("/register")
    assert note in unescape(page.text)
    assert 'href="/register"' not in (await guest.get("/")).text
    answer = await guest.send("/register", username="dora", email="d@example.org", password="x" * 12, confirm="x" * 12)
    assert answer.status_code == 403
    assert "周一回来。" in (await forum.guest("zh").get("/register")).text
    assert await User.find_one({"username": "dora"}) is None


async def test_read_only_lets_in_and_out_and_keeps_what_was_typed(
    forum: Forum, admin: Person, alice: Person, bob: Person
) -> None:
    board = await forum.board()
    topic = await alice.opens(board)
    await save(admin, "read-only", read_only="1", read_only_note_en="The disk is changed until noon.")
    answer = await bob.send(f"/topics/{topic.oid}/comments", body="Long words that I like")
    assert answer.status_code == 503
    assert "The disk is changed until noon." in answer.text
    assert "Long words that I like" in answer.text
    for path in (f"/topics/{topic.oid}", "/", "/boards"):
        page = await bob.get(path)
        assert page.status_code == 200
        assert "The forum is read-only at the moment." in page.text
    assert (await bob.send("/settings/look", theme="dark")).status_code == 503
    assert (await bob.send("/logout")).status_code == 303
    assert (await admin.send("/admin/boards", name="Attic")).status_code == 303
    assert (await save(admin, "read-only")).status_code == 303
    assert (await alice.send(f"/topics/{topic.oid}/comments", body="Again")).status_code == 303


async def test_an_announcement_is_markdown_in_both_languages_until_it_is_put_away(
    forum: Forum, admin: Person, alice: Person, guest: Person
) -> None:
    await save(admin, "announcement", announcement_en=f"**Soon** {HOSTILE}", announcement_zh="**快了**")
    for person, text in ((guest, "<strong>Soon</strong>"), (alice, "<strong>Soon</strong>")):
        page = (await person.get("/")).text
        assert text in page
        assert "<script>alert" not in page
    assert "<strong>快了</strong>" in (await forum.guest("zh").get("/")).text
    link = re.search(r'href="(/announcement/[0-9a-f]+/dismiss)"', (await guest.get("/")).text)
    assert link
    assert (await guest.get(link[1])).status_code == 303
    assert "<strong>Soon" not in (await guest.get("/")).text
    assert "<strong>Soon" in (await forum.guest().get("/")).text
    assert (await alice.send(link[1])).status_code == 303
    assert alice.user is not None
    for browser in (alice, await forum.logged_in(alice.user)):
        assert "<strong>Soon" not in (await browser.get("/")).text
    await save(admin, "announcement", announcement_en="Now", announcement_zh="")
    for person in (alice, guest, forum.guest("zh")):
        assert "<p>Now</p>" in (await person.get("/")).text


async def test_one_language_is_enough(forum: Forum, admin: Person, alice: Person) -> None:
    await save(admin, "general", languages="zh")
    for person in (forum.guest("en"), alice):
        page = (await person.get("/boards")).text
        assert 'lang="zh-Hans"' in page
        assert 'hreflang="en"' not in page


async def test_pages_are_as_long_as_was_set(forum: Forum, admin: Person, alice: Person) -> None:
    board = await forum.board()
    topic = await alice.opens(board)
    for number in range(5):
        await alice.says(topic, f"word {number}")
    await save(admin, "writing", comments_per_page="5")
    page = (await forum.guest().get(f"/topics/{topic.oid}")).text
    assert "word 3" in page
    assert "word 4" not in page


async def test_a_logo_is_shown_and_taken_off(admin: Person, guest: Person) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "green").save(file, "PNG")
    token = await admin.csrf()
    for content, status in ((b"no picture", 415), (file.getvalue(), 303)):
        answer = await admin.browser.post(
            "/admin/settings/logo", data={"csrf_token": token}, files={"file": ("logo.png", content)}
        )
        assert answer.status_code == status, answer.text
    shown = re.search(r'class="brand-logo" src="([^"]+)"', (await guest.get("/")).text)
    assert shown
    assert (await guest.get(shown[1])).headers["content-type"] == "image/webp"
    assert (await admin.send("/admin/settings/logo/remove")).status_code == 303
    assert "brand-logo" not in (await guest.get("/")).text
    assert [file.references async for file in StoredFile.find_all()] == [0]


async def test_what_another_version_has_stored_is_passed_over(forum: Forum, guest: Person) -> None:
    await Site.put({"site_name": 7, "comments_per_page": 10_000, "no_such": "x", "read_only": "yes"}, {}, None)
    current.forget()
    assert (await guest.get("/boards")).status_code == 200
    assert forum.app.extensions["quorum"].settings.comments_per_page == forum.settings.comments_per_page


async def test_a_change_that_nobody_tells_of_is_in_force_within_a_second(guest: Person) -> None:
    """As when another process has made it and Redis is gone: guests' pages come from memory, and ask nobody."""
    assert "Quorum</title>" in (await guest.get("/")).text
    await Site.put({"site_name": "Elsewhere"}, {}, None)
    began = time.monotonic()
    while "Elsewhere" not in (await guest.get("/")).text:
        assert time.monotonic() - began < 5
        await asyncio.sleep(0.02)
