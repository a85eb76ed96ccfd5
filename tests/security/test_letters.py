"""What owners are told, in both languages, as text and as HTML."""

from __future__ import annotations

import pytest

from app.mail.composing import Composer
from app.security.letters import Deed, Kind, tell_owner
from app.web.context import EXTENSION
from documents import Letter, User
from tests.people import Forum, Person


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("factor_added", "app"),
        ("factor_added", "passkeys"),
        ("factor_added", "passkey"),
        ("factor_removed", "app"),
        ("factor_removed", "passkeys"),
        ("factor_removed", "passkey"),
        ("factor_removed", "all"),
        ("recovery_used", "codes"),
    ],
)
async def test_a_letter_says_what_was_done_and_where(
    forum: Forum, alice: Person, locale: str, kind: Kind, what: str
) -> None:
    await User.raw().update_one({"_id": alice.id}, {"$set": {"display_name": "Al <b>\r\nBcc: x@y.example"}})
    await tell_owner(kind, alice.id, Deed(what, "Firefox on <Linux>", "203.0.113.9", locale, name="Blue <key>"))
    (letter,) = await Letter.find({"user": alice.id}).to_list()
    composer = Composer(forum.app.extensions[EXTENSION].templates, forum.settings)
    message = await composer.message(letter)
    composed = await composer.compose(letter)
    assert composed.locale == locale
    assert "Bcc" not in message
    for text in (composed.text, composed.html):
        assert "203.0.113.9" in text
        assert "/settings/security" in text
    assert "<Linux>" in composed.text
    assert "<Linux>" not in composed.html
    assert "<key>" not in composed.html
    assert ("Blue <key>" in composed.text) == (what == "passkey")
