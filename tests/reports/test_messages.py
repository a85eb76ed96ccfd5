"""A reported private message: what moderators see of the conversation, removing it, and the way back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bson import ObjectId

from app.messages.views import window
from app.viewer import Viewer
from documents import Conversation, Message, Notification, Report
from tests.doctored import Doctor
from tests.messages.talk import side_of
from tests.moderation.test_arranging import last_operation, undo
from tests.moderation.test_telling import heard
from tests.people import Person

QUEUE = "/moderation/reports"
SECRET, RUDE = "my address is Elm Street", "give me your money"


@pytest.fixture
async def talk(alice: Person, bob: Person) -> ObjectId:
    """Alice says something harmless, bob a secret, alice something rude and then something more."""
    conversation = await alice.writes("bob", body="Good morning")
    for person, body in ((bob, SECRET), (alice, RUDE)):
        assert (await person.send(f"/messages/{conversation}/replies", body=body)).status_code == 303
    return conversation


async def reported(bob: Person, conversation: ObjectId, **fields: Any) -> Report:
    message = await Message.find_one({"conversation": conversation, "number": 3})
    assert message is not None
    answer = await bob.send(f"/report/message/{message.oid}", reason="rude", **fields)
    assert answer.status_code == 303, answer.text
    (report,) = await Report.find_all().to_list()
    return report


async def test_moderators_see_what_was_reported_and_what_was_attached(
    alice: Person, bob: Person, mod: Person, talk: ObjectId
) -> None:
    other = await alice.writes("bob", title="Another", body="Elsewhere")
    first, strange = [
        await Message.find_one({"conversation": conversation, "number": 1}) for conversation in (talk, other)
    ]
    assert first is not None
    assert strange is not None
    form = (await bob.get(f"/report/message/{(await Message.find_one({'number': 3})).oid}")).text  # type: ignore[union-attr]
    assert (SECRET in form, "Good morning" in form, "Elsewhere" in form) == (True, True, False)
    report = await reported(bob, talk, attach=[str(first.oid), str(strange.oid), "nonsense"])
    assert [each.text for each in report.attached] == ["Good morning"]
    seen = (await mod.get(QUEUE)).text
    assert (RUDE in seen, "Good morning" in seen, SECRET in seen, "Elsewhere" in seen) == (True, True, False, False)
    assert (await mod.get(f"/messages/{talk}")).status_code == 404


async def test_it_is_removed_for_everybody_in_it_and_comes_back(
    alice: Person, bob: Person, mod: Person, talk: ObjectId, doctor: Doctor
) -> None:
    report = await reported(bob, talk)
    assert (await mod.send(f"{QUEUE}/{report.oid}/accept", reason="Threats")).status_code == 303
    for person in (alice, bob):
        for path in (f"/messages/{talk}", "/messages", f"/messages/search?q={RUDE.split()[3]}", "/notifications"):
            assert RUDE not in (await person.get(path)).text, path
        assert "Moderators have removed this message" in (await person.get(f"/messages/{talk}")).text
        assert (await person.get(f"/messages/{talk}/3/history")).status_code == 404
    (shown,) = await window(Viewer(id=bob.id), await side_of(bob, talk), 3, 3, 30)
    assert (shown.removed, str(shown.html), shown.may_edit) == (True, "", False), "what programs get too"
    assert (await alice.send(f"/messages/{talk}/3/edit", body="Again", seen="0")).status_code == 404
    assert await Notification.find({"kind": "message", "user": bob.id, "withdrawn_at": None}).count() == 1
    operation = await last_operation("message.delete")
    decision = (await alice.get(f"/decisions/{operation.oid}")).text
    assert (RUDE in decision, "Threats" in decision) == (True, True)
    assert (await heard(alice))[-1] == "Moderators have removed a private message of yours. Reason: Threats"
    assert RUDE not in (await mod.get(f"/users/{alice.id}/moderate")).text
    await doctor()
    assert await undo(mod, "message.delete") == 303
    assert RUDE in (await bob.get(f"/messages/{talk}")).text
    assert RUDE in (await bob.get("/messages")).text
    assert (await Conversation.get(talk)).excerpt == RUDE  # type: ignore[union-attr]
    assert (await Report.get(report.oid)).state == "open"  # type: ignore[union-attr]
    await doctor()


async def test_an_appeal_brings_it_back(alice: Person, bob: Person, mod: Person, admin: Person, talk: ObjectId) -> None:
    await mod.send(f"{QUEUE}/{(await reported(bob, talk)).oid}/accept", reason="Threats")
    where = f"/decisions/{(await last_operation('message.delete')).oid}"
    assert (await alice.send(f"{where}/appeal", words="A joke")).status_code == 303
    queue = (await admin.get("/moderation/appeals")).text
    assert (RUDE in queue, SECRET in queue) == (True, False)
    appeal = re.findall(r"/moderation/appeals/([0-9a-f]{24})/grant", queue)[0]
    assert (await admin.send(f"/moderation/appeals/{appeal}/grant")).status_code == 303
    assert RUDE in (await bob.get(f"/messages/{talk}")).text


async def test_its_author_is_warned_and_silenced_from_the_queue(
    alice: Person, bob: Person, mod: Person, talk: ObjectId
) -> None:
    report = await reported(bob, talk)
    next_ = f"{QUEUE}%23r-{report.oid}"
    assert f"/users/{alice.id}/warn?next={next_}" in (await mod.get(QUEUE)).text
    answer = await mod.send(f"/users/{alice.id}/warn?next={next_}", reason="No threats")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{QUEUE}#r-{report.oid}")
    assert "bob" not in (await alice.get("/decisions")).text.split("<main")[1]
