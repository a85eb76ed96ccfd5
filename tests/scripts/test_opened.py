"""What the running forum hears of what a script does."""

from __future__ import annotations

from app import events
from app.settings import Settings
from documents import User
from scripts.opened import Opened
from tests.people import Forum, Person


async def test_what_follows_from_an_event_follows_when_a_script_causes_it_too(
    forum: Forum, settings: Settings, bob: Person
) -> None:
    await Opened(settings, None).follow(events.NoticesTurned((bob.id,)))
    stored = await User.load(bob.id)
    assert stored is not None
    assert stored.notices_turn == 1
