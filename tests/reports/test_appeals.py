"""Appeals against warnings, silences and bans, by people who may not write and some who cannot even log in."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from documents import Appeal, Board, Operation, Topic, User
from tests.moderation.test_arranging import last_operation, undo
from tests.moderation.test_telling import heard
from tests.people import PASSWORD, Forum, Person

QUEUE = "/moderation/appeals"


async def only() -> Appeal:
    (found,) = await Appeal.find({"state": "open"}).to_list()
    return found


async def shut_out(guest: Person, name: str) -> str:
    """The page that somebody banned is shown the way to, after the right password alone."""
    refused = await guest.send("/login", login=name, password=PASSWORD)
    assert refused.status_code == 403
    found = re.search(r'href="(/banned/[^"]+)"', refused.text)
    assert found, refused.text
    return found[1]


async def deleted(author: Person, topic: Topic, by: Person) -> str:
    """The decision by which a comment of somebody was deleted."""
    comment = await author.says(topic, "Words")
    await by.send(f"/comments/{comment.oid}/delete", reason="No")
    return f"/decisions/{(await last_operation('comment.delete')).oid}"


async def test_a_warning_and_a_silence_are_appealed_and_another_one_takes_them_back(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    topic = await bob.opens(board)
    await mod.send(f"/users/{alice.id}/warn", reason="Rude")
    await mod.send(f"/users/{alice.id}/silence", hours="24", reason="Cool down")
    assert any("silenced you until" in text for text in await heard(alice))
    listed = (await alice.get("/decisions")).text
    assert (listed.count("/decisions/"), "Cool down" in listed, "mod_mira" in listed) == (2, True, False)
    for verb, before, after in (("person.silence", 403, 303), ("person.warn", 303, 303)):
        operation = await last_operation(verb)
        assert (await bob.get(f"/decisions/{operation.oid}")).status_code == 404
        assert (await alice.send(f"/topics/{topic.oid}/comments", body=f"Words {verb}")).status_code == before
        assert (await alice.send(f"/decisions/{operation.oid}/appeal", words="It was not me")).status_code == 303
        again = await alice.send(f"/decisions/{operation.oid}/appeal", words="Once more")
        assert (again.status_code, "Once more" in again.text) == (409, True)
        appeal = await only()
        assert (await mod.send(f"{QUEUE}/{appeal.oid}/grant")).status_code == 403, "they have decided it"
        assert "It was not me" in (await admin.get(QUEUE)).text
        assert (await admin.send(f"{QUEUE}/{appeal.oid}/grant")).status_code == 303
        assert (await heard(alice))[-1].startswith("Your appeal was granted")
        undone = await Operation.get(operation.oid)
        assert undone is not None
        assert undone.undone_by is not None
        assert (await alice.send(f"/topics/{topic.oid}/comments", body=f"After {verb}")).status_code == after
    user = await User.get(alice.id)
    assert user is not None
    assert (user.warned_at, user.silenced_until, user.silence_reason) == (None, None, "")


async def test_somebody_banned_appeals_once_and_learns_what_became_of_it(
    forum: Forum, alice: Person, guest: Person, mod: Person, admin: Person
) -> None:
    await mod.send(f"/users/{alice.id}/ban", hours="0", reason="Spam")
    wrong = await guest.send("/login", login="alice", password="wrong password")
    assert "/banned/" not in wrong.text
    where = await shut_out(guest, "alice")
    page = await guest.get(where)
    assert page.status_code == 200
    assert "Spam" in page.text
    forged = await guest.browser.post(f"{where}/appeal", data={"words": "Without a token"})
    assert (forged.status_code, await Appeal.find_all().count()) == (403, 0)
    assert (await guest.send(f"{where}/appeal", words=" ")).status_code == 422
    sent = await asyncio.gather(*(guest.send(f"{where}/appeal", words="I sold nothing") for _ in range(4)))
    assert sorted(answer.status_code for answer in sent) == [303, 409, 409, 409]
    assert "have not decided yet" in (await guest.get(where)).text
    assert (await admin.send(f"{QUEUE}/{(await only()).oid}/refuse", answer="You did")).status_code == 303
    newer = await shut_out(guest, "alice")
    assert (await guest.get(where)).status_code == 404, "the address before is none any more"
    assert "You did" in (await guest.get(newer)).text
    assert (await guest.send(f"{newer}/appeal", words="Please")).status_code == 409
    assert await undo(mod, "person.ban") == 303
    assert (await guest.get(newer)).status_code == 404, "nobody is banned"
    late = await guest.send(f"{newer}/appeal", words="What I typed")
    assert (late.status_code, "What I typed" in late.text) == (404, True)


async def test_a_granted_appeal_opens_the_account(alice: Person, guest: Person, mod: Person, admin: Person) -> None:
    await mod.send(f"/users/{alice.id}/ban", hours="24", reason="Spam")
    await guest.send(f"{await shut_out(guest, 'alice')}/appeal", words="Somebody else did")
    assert (await admin.send(f"{QUEUE}/{(await only()).oid}/grant")).status_code == 303
    entered = await guest.send("/login", login="alice", password=PASSWORD)
    assert entered.status_code == 303
    assert any("your account is open again" in text for text in await heard(guest))


async def test_a_decision_names_its_moderator_only_where_the_settings_say_so(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    where = await deleted(bob, await alice.opens(board), mod)
    assert "mod_mira" not in (await bob.get(where)).text
    page: httpx.Response = await admin.get("/admin/settings/moderating")
    seen = re.findall(r'name="(seen[^"]*)"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="(seen)"', page.text)
    fields = {one[0] or one[3]: one[1] or one[2] for one in seen}
    saved = await admin.send("/admin/settings/moderating", names_moderators="1", **fields)
    assert saved.status_code == 303, saved.text
    assert "mod_mira" in (await bob.get(where)).text


@pytest.mark.limited
async def test_who_is_banned_cannot_try_without_end(alice: Person, guest: Person, mod: Person) -> None:
    await mod.send(f"/users/{alice.id}/ban", hours="0", reason="Spam")
    where = await shut_out(guest, "alice")
    answers = [await guest.send(f"{where}/appeal", words=f"Try {number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [303, *[409] * 9, 429]
    assert answers[-1].headers["retry-after"]


async def test_what_is_not_in_force_any_more_cannot_be_appealed(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    where = await deleted(bob, await alice.opens(board), mod)
    assert await undo(mod, "comment.delete") == 303
    refused = await bob.send(f"{where}/appeal", words="It was on topic")
    assert (refused.status_code, "It was on topic" in refused.text) == (409, True)
    assert await Appeal.find_all().count() == 0


async def test_moderators_do_not_see_and_not_judge_what_they_appeal_against_themselves(
    board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    where = await deleted(mod, await alice.opens(board), admin)
    assert (await mod.send(f"{where}/appeal", words="It was on topic")).status_code == 303
    appeal = await only()
    assert "It was on topic" not in (await mod.get(QUEUE)).text
    for verb in ("grant", "refuse"):
        assert (await mod.send(f"{QUEUE}/{appeal.oid}/{verb}", answer="Mine")).status_code == 404
    assert (await only()).state == "open"
