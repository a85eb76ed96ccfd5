"""The e-mail page: administrators see what went out and why not, and no more than they need to."""

from __future__ import annotations

from pathlib import Path

import pytest
from quart import Quart

from app.lifecycle import make_workshop
from app.settings import Settings
from app.web.context import EXTENSION
from app.web.templating import Templates
from documents import Letter, Role, User
from documents.clock import now
from tests import stock
from tests.mailbox import PostOffice
from tests.people import Person

SECRET = {"name": "Ada", "username": "ada", "link": "/reset/very-secret"}


async def test_a_test_letter_is_sent_and_listed(mailbox: PostOffice, admin: Person) -> None:
    assert admin.user is not None
    assert (await admin.send("/admin/mail/test")).status_code == 303
    mail = await mailbox.letter_to(admin.user.email)
    assert "E-mail works" in mail.html
    listed = await admin.see("/admin/mail")
    assert admin.user.email in listed.text
    assert "QUORUM_SMTP_URL" not in listed.text


async def test_a_failed_letter_says_why_and_can_be_tried_again(mailbox: PostOffice, admin: Person) -> None:
    letter = await stock.failed_letter()
    page = await admin.see(f"/admin/mail/{letter.oid}")
    assert "550 No such mailbox" in page.text
    assert (await admin.send(f"/admin/mail/{letter.oid}/retry")).status_code == 303
    await mailbox.letter_to(letter.to)
    again = await admin.send(f"/admin/mail/{letter.oid}/retry")
    assert again.status_code == 409
    assert mailbox.taken == 1


async def test_what_opens_doors_is_not_for_administrators(admin: Person, mailbox: PostOffice) -> None:
    letter = await stock.failed_letter("reset", facts={**SECRET, "at": now()})
    for path in ("", f"/{letter.oid}", f"/{letter.oid}/html"):
        page = await admin.see(f"/admin/mail{path}")
        assert page.status_code == 200
        assert "very-secret" not in page.text
    assert mailbox.taken == 0


async def test_the_frame_with_a_letter_can_do_nothing(admin: Person) -> None:
    letter = await stock.failed_letter()
    answer = await admin.get(f"/admin/mail/{letter.oid}/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert "frame-src 'self'" in (await admin.get(f"/admin/mail/{letter.oid}")).headers["content-security-policy"]


async def test_the_list_goes_on_by_key_and_by_state(admin: Person) -> None:
    for number in range(51):
        await stock.failed_letter(to=f"n{number}@example.org")
    await stock.failed_letter(to="sent@example.org", state="sent")
    page = await admin.see("/admin/mail?state=failed")
    assert "sent@example.org" not in page.text
    assert "n0@example.org" not in page.text
    older = page.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "n0@example.org" in (await admin.see(older)).text
    for odd in ("?state=nonsense", "?before=nonsense", f"?before={'f' * 24}"):
        assert (await admin.get(f"/admin/mail{odd}")).status_code == 200


async def test_letters_are_found_by_address_and_by_person(admin: Person, alice: Person) -> None:
    await stock.failed_letter(to="Bob@example.org")
    await stock.failed_letter(to="alice-was@example.org", user=alice.id)

    async def found(to: str, state: str = "") -> list[str]:
        text = (await admin.get("/admin/mail", params={"to": to, "state": state})).text.split('class="rows"')[-1]
        return [name for name in ("Bob@", "alice-was@") if f"{name}example.org" in text.split("</main>")[0]]

    assert await found("Bob@example.org") == ["Bob@"]
    assert await found("alice-was@example.org", "failed") == ["alice-was@"]
    assert await found("@alice") == ["alice-was@"]
    assert await found("alice", "sent") == []
    assert (await admin.get("/admin/mail?to=$gt@%00&before=x")).status_code == 200


@pytest.fixture
def serverless(app: Quart, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The forum with no mail server set."""
    without = settings.model_copy(update={"smtp_url": None, "data_dir": tmp_path, "redis_url": None})
    monkeypatch.setattr(app.extensions[EXTENSION], "settings", without)
    return without


async def test_without_a_server_letters_are_files_that_administrators_can_pass_on(
    serverless: Settings, admin: Person, alice: Person
) -> None:
    letter = await stock.failed_letter("reset", facts={**SECRET, "at": now()}, to="bob@example.org")
    await Letter.again(letter.oid)
    await make_workshop(serverless, None, Templates(str)).sweep(at_once=True)
    file = serverless.data_dir / "mail" / f"{letter.oid}.eml"
    assert b"To: bob@example.org" in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "QUORUM_SMTP_URL" in (await admin.see("/admin/mail")).text
    page = await admin.see(f"/admin/mail/{letter.oid}")
    assert "bob@example.org" in page.text
    assert "very-secret" in page.text
    await admin.send("/admin/roles/create", name="Post", permissions=["manage_mail"])
    role = await Role.find_one({"name": "Post"})
    assert role is not None
    await User.raw().update_one({"_id": alice.id}, {"$set": {"roles": [role.key]}})
    for path in ("", "/html"):
        seen = await alice.get(f"/admin/mail/{letter.oid}{path}")
        assert seen.status_code == 200
        assert "very-secret" not in seen.text, "who manages e-mail does not get into others' accounts by it"
