"""Undoing through the list of what was done: edits, decisions, networks, and doing again what was undone."""

from __future__ import annotations

import time

from bson import ObjectId

from app.accounts import networks
from documents import BannedNetwork, Board, Comment, Operation, Report, Topic, User
from documents.clock import now
from tests.moderation.test_arranging import last_operation, undo
from tests.moderation.test_telling import heard
from tests.people import Forum, Person
from tests.scripts.calling import miscounted


async def body(comment: Comment) -> str:
    found = await Comment.get(comment.oid)
    assert found is not None
    return found.body


async def test_an_edit_is_undone_and_done_again_unless_the_text_was_edited_since(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await alice.opens(board, "Roses", "Which roses?", tags="red")
    comment = await bob.says(topic, "Mine")
    await mod.send(f"/comments/{comment.oid}/edit", body="Tamed", seen="0", reason="Kinder")
    assert (await bob.send(f"/operations/{(await last_operation('comment.edit')).oid}/undo")).status_code == 404
    assert await undo(mod, "comment.edit") == 303
    assert await body(comment) == "Mine"
    assert await undo(mod, "comment.edit") == 303, "the undo is undone"
    assert (await body(comment), (await last_operation("comment.edit")).redo) == ("Tamed", True)
    await bob.send(f"/comments/{comment.oid}/edit", body="Mine again", seen="3")
    refused = await mod.send(f"/operations/{(await last_operation('comment.edit')).oid}/undo")
    assert (refused.status_code, "edited since" in refused.text) == (409, True)
    assert await body(comment) == "Mine again"
    await mod.send(f"/topics/{topic.oid}/edit", title="Weeds", body="Which weeds?", tags="", seen="0")
    listed = (await mod.get(f"/topics/{topic.oid}/moderate")).text
    assert "Undo: Edit topic" in listed
    assert await undo(mod, "topic.edit") == 303
    again = await Topic.get(topic.oid)
    assert again is not None
    assert (again.title, again.tags) == ("Roses", ["red"])
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert opening is not None
    assert (opening.body, opening.restored_from, opening.edit_count) == ("Which roses?", 1, 2)
    assert await miscounted() == []


async def test_what_was_undone_can_be_done_again(board: Board, alice: Person, mod: Person, guest: Person) -> None:
    topic = await alice.opens(board, "Roses")
    await mod.send(f"/topics/{topic.oid}/delete", reason="Spam")
    assert [await undo(mod, "topic.delete") for _ in range(2)] == [303, 303]
    assert (await guest.get(f"/topics/{topic.oid}")).status_code == 404
    assert (await heard(alice))[-1] == "Moderators have done again in “Roses” what they had taken back."
    redone = await last_operation("topic.delete")
    assert redone.redo
    assert (await alice.get(f"/decisions/{redone.oid}")).status_code == 200, "they can appeal against it"
    assert (await alice.get(f"/decisions/{redone.undo_of}")).status_code == 404
    assert await undo(mod, "topic.delete") == 303
    assert await miscounted() == []


async def thanks(person: Person) -> list[str]:
    """What somebody who has reported hears of the decision."""
    return [text for text in await heard(person) if text.startswith("Thank you")]


async def test_a_decision_that_is_undone_waits_again(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    comment = await bob.says(await alice.opens(board), "Fools")
    await alice.send(f"/report/comment/{comment.oid}", reason="rude")
    (report,) = await Report.find_all().to_list()
    for verdict, verb in (("accept", "comment.delete"), ("keep", "report.reject")):
        assert (await mod.send(f"/moderation/reports/{report.oid}/{verdict}", reason="Be kind")).status_code == 303
        assert len(await thanks(alice)) == 1, "they hear of each decision"
        assert await undo(mod, verb) == 303
        assert await thanks(alice) == [], "and no more of one that was taken back"
        again = await Report.get(report.oid)
        assert again is not None
        assert (again.state, again.pending, again.reason, again.decided_by) == ("open", True, "", None)
        assert (await Comment.get(comment.oid)).live  # type: ignore[union-attr]
    await mod.send(f"/moderation/reports/{report.oid}/keep")
    await alice.send(f"/report/comment/{comment.oid}", reason="spam")
    assert await undo(mod, "report.reject") == 303
    assert await Report.find({"pending": True}).count() == 1, "what was reported anew stays as it is"
    once = await mod.send(f"/operations/{(await last_operation('report.reject')).oid}/undo")
    assert (once.status_code, "waits in the queue again: decide it there" in once.text) == (409, True)


async def test_a_warning_and_a_ban_are_taken_back(alice: Person, bob: Person, mod: Person, forum: Forum) -> None:
    await mod.send(f"/users/{alice.id}/warn", reason="No")
    assert await undo(mod, "person.warn") == 303
    assert (await User.get(alice.id)).warned_at is None  # type: ignore[union-attr]
    assert (await heard(alice))[-1] == "Moderators have taken back their warning."
    await mod.send(f"/users/{bob.id}/ban", hours="0", reason="Spam")
    assert await undo(mod, "person.ban") == 303
    back = await forum.logged_in(bob.user)  # type: ignore[arg-type]
    assert (await heard(back))[-1].startswith("Moderators have lifted your ban")
    assert await undo(mod, "person.ban") == 303
    assert (await back.get("/settings/account")).status_code == 403, "banned again, and logged out"


async def test_networks_are_put_back_and_every_process_hears_within_a_second(admin: Person) -> None:
    await admin.send("/admin/networks", network="203.0.113.0/24", hours="0", reason="Bots")
    assert await networks.is_banned("203.0.113.9")
    assert await undo(admin, "network.ban") == 303
    assert not await networks.is_banned("203.0.113.9")
    assert await undo(admin, "network.ban") == 303
    assert await networks.is_banned("203.0.113.9")
    assert "203.0.113.0/24" in (await admin.get("/admin/networks")).text
    fields = {"reason": "", "by": admin.id, "created_at": now(), "until": None, "lifted_at": None}
    await BannedNetwork.raw().insert_one({"network": "198.51.100.0/24", **fields})  # as another process would
    until = time.monotonic() + 5  # a second, on a machine that has nothing else to do
    while not await networks.is_banned("198.51.100.1"):
        assert time.monotonic() < until


async def test_an_operation_on_many_names_all_of_them(board: Board, alice: Person, mod: Person) -> None:
    topics = [await alice.opens(board, f"Number {n}") for n in range(7)]
    await mod.send("/topics/bulk", topic=[str(topic.oid) for topic in topics], act="lock")
    page = (await mod.get(f"/topics/{topics[0].oid}/moderate")).text.split('id="done"')[1]
    assert all(f"Number {n}" in page for n in range(7))
    assert "and 2 more" in page
    many = [{"kind": "topic", "id": ObjectId(), "name": "", "before": {}, "after": {}} for _ in range(250)]
    await Operation.raw().update_one({"verb": "topic.lock"}, {"$push": {"targets": {"$each": many}}})
    page = (await mod.get(f"/topics/{topics[0].oid}/moderate")).text
    assert "and 252 more" in page
    assert "and 57 more, in the exported log" in page
