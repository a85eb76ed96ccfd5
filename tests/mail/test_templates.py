"""Every kind of e-mail in both languages: complete, with a subject of its own, and safe from what people are called."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from bson import ObjectId
from quart import Quart

from app.mail.composing import HIDDEN, Composer, build
from app.mail.letters import Kind
from app.notifications.digests import Group, Line
from app.settings import Settings
from app.text.plain import Block, BlockKind
from app.web.templating import TEMPLATES, Templates
from documents import Letter
from documents.clock import now

HOSTILE = "Ada <b>\"&'\r\nBcc: x@example.org"
LEAVING = {"why": HOSTILE, "leave": "/unsubscribe/a", "leave_words": HOSTILE, "leave_all": "/unsubscribe/b"}
# What each kind is written with, where it is written.
SEEN: dict[str, Any] = {"name": HOSTILE, "device": HOSTILE, "address": "127.0.0.1", "at": now()}
EXAMPLES: dict[str, dict[str, Any]] = {
    "test": {"name": HOSTILE, "at": now()},
    "archive_ready": {"name": HOSTILE, "link": "/settings/data", "until": now()},
    "factor_added": SEEN | {"what": "passkey", "passkey": HOSTILE},
    "factor_removed": SEEN | {"what": "app", "passkey": ""},
    "recovery_used": SEEN | {"what": "", "passkey": ""},
    "token_made": SEEN | {"what": "", "passkey": HOSTILE},
    "account_deleted": {"name": HOSTILE, "link": "/welcome-back/abc", "until": now()},
    "confirm": {"name": HOSTILE, "link": "/confirm/a-token"},
    "change_email": {"name": HOSTILE, "link": "/confirm/a-token"},
    "email_changed": {"name": HOSTILE, "email": "new@example.org", "undoable": True, "link": "/confirm/a-token"},
    "reset": {"name": HOSTILE, "username": "ada", "link": "/password/reset/a-token"},
    "password_changed": {"name": HOSTILE, "username": "ada", "at": now()},
    "new_login": {"name": HOSTILE, "at": now(), "address": "127.0.0.1", "device": HOSTILE},
    "taken": {"name": HOSTILE, "username": "ada"},
    "notice": {
        "subject": f"Re: {HOSTILE}",
        "sentence": HOSTILE,
        "title": f"标题 {HOSTILE}",
        "board": HOSTILE,
        "at": now(),
        "url": "/topics/abc/n/2",
        "blocks": tuple(Block(kind, HOSTILE) for kind in get_args(BlockKind)),
        "message": False,
        **LEAVING,
    },
    "digest": {
        "total": 20,
        "groups": (
            Group(HOSTILE, "/topics/abc", (Line(HOSTILE, HOSTILE, "/topics/abc/n/2", now()),), 3),
            Group("", "", (Line(HOSTILE, "", "/users/abc", now()),), 0),
        ),
        "first_title": HOSTILE,
        "more": 16,
        "weekly": True,
        **LEAVING,
    },
}
EXAMPLES["gathered"] = EXAMPLES["digest"]
# What people have called things, in whatever language.
NAMED_BY_PEOPLE = {"notice"}
WITH_TEMPLATES = sorted(path.stem for path in (TEMPLATES / "emails").glob("[!_]*.html"))
HAN = re.compile(r"[\u4e00-\u9fff]")


def letter(kind: str, locale: str = "en", **fields: Any) -> Letter:
    moment = now()
    about = {"to": "alice@example.org", "facts": EXAMPLES[kind]} | fields
    return Letter(id=ObjectId(), once=kind, kind=kind, locale=locale, created_at=moment, due_at=moment, **about)


@pytest.fixture
def composer(app: Quart, settings: Settings) -> Composer:
    """With the documents at hand, which the app opens."""
    assert app is not None
    return Composer(Templates(str), settings)


def test_every_kind_has_templates_and_an_example() -> None:
    assert set(WITH_TEMPLATES) <= set(get_args(Kind))
    assert set(EXAMPLES) == set(WITH_TEMPLATES)
    for kind in WITH_TEMPLATES:
        assert (TEMPLATES / "emails" / f"{kind}.txt").exists()
        assert f"'{kind}'" in (TEMPLATES / "admin" / "_letters.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("kind", WITH_TEMPLATES)
async def test_an_email_says_the_same_in_both_forms(
    composer: Composer, settings: Settings, kind: str, locale: str
) -> None:
    found = await composer.compose(letter(kind, locale))
    if kind not in NAMED_BY_PEOPLE:
        assert bool(HAN.search(found.subject)) == bool(HAN.search(found.text)) == (locale == "zh")
    assert "\n" not in found.subject
    assert "<b>" not in found.html
    assert "&lt;" not in found.text
    assert "\n\n\n\n" not in found.text
    assert settings.origin in found.text
    assert settings.origin in found.html
    assert "http" not in re.sub(rf"{re.escape(settings.origin)}", "", found.html)  # nothing is fetched from anywhere
    assert "prefers-color-scheme: dark" in found.html
    assert 'style="' in found.html
    link = EXAMPLES[kind].get("link")
    if link:
        assert f"{settings.origin}{link}" in found.text
        assert found.html.count(f'href="{settings.origin}{link}"') == 2
    masked = await composer.compose(letter(kind, locale), masked=True)
    for name in ("link", "code"):
        secret = EXAMPLES[kind].get(name)
        assert not secret or (str(secret) not in masked.text + masked.html + masked.subject and HIDDEN in masked.text)


@pytest.mark.parametrize(
    ("address", "header"),
    [
        ("alice@example.org", "alice@example.org"),
        ("alice@例子.example", "alice@xn--fsqu00a.example"),
        ("odd'quote+tag@example.org", "odd'quote+tag@example.org"),
    ],
)
async def test_addresses_are_written_as_servers_take_them(composer: Composer, address: str, header: str) -> None:
    message = await composer.message(letter("test", to=address))
    assert message["To"] == header
    message.as_bytes()


@pytest.mark.parametrize(
    "name", ["Quorum", "论坛 – 大家的", 'A "quoted", site; with <signs>', "a\r\nBcc: x@example.org"]
)
async def test_a_site_s_name_is_a_name_in_the_header(composer: Composer, name: str) -> None:
    found = letter("test")
    message = build(found, await composer.compose(found), "forum@example.org", sender_name=name, at=now())
    raw = message.as_bytes().decode("ascii")
    assert message["From"].addresses[0].addr_spec == "forum@example.org"
    assert message["From"].addresses[0].display_name == " ".join(name.split())
    assert not re.search(r"^Bcc", raw.partition("\r\n\r\n")[0], re.MULTILINE)
    assert all(len(line) < 998 for line in raw.splitlines())


async def test_addresses_in_headers_are_never_broken_or_encoded(composer: Composer) -> None:
    address = f"<https://{'long-' * 20}name.example/unsubscribe/{'aB-_' * 12}>"
    message = await composer.message(letter("test"), {"List-Unsubscribe": address, "References": f"<{'a' * 90}@b.c>"})
    raw = message.as_bytes().decode("ascii")
    assert f"\r\nList-Unsubscribe:\r\n {address}\r\n" in raw
    assert f"\r\nReferences:\r\n <{'a' * 90}@b.c>\r\n" in raw
    assert "\r\nMessage-ID: <" in raw
