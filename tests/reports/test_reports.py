"""Reports: bundled, decided by who looks after the board, told to who reported and who wrote; and appeals."""

from __future__ import annotations

import asyncio
import re

from bson import ObjectId

from app.events import RolesChanged
from app.work import tell
from documents import Appeal, Board, Comment, Notification, Operation, Report, Role, Topic, User
from documents.clock import now
from tests.people import Forum, Person

QUEUE = "/moderation/reports"


async def reports(person: Person, comment: Comment, reason: str = "spam", words: str = "") -> int:
    return (await person.send(f"/report/comment/{comment.oid}", reason=reason, words=words)).status_code


async def only() -> Report:
    (found,) = await Report.find_all().to_list()
    return found


async def told(person: Person) -> list[Notification]:
    return await Notification.find({"user": person.id, "kind": "moderation"}).sort("seq").to_list()


async def waiting(person: Person) -> int:
    found = re.search(r'<summary[^>]*>.*?<span class="badge">(\d+)</span>', (await person.get("/keys")).text, re.DOTALL)
    return int(found[1]) if found else 0


async def tabs(person: Person) -> list[str]:
    """The numbers at the tabs of the queues: reports, approval, appeals."""
    nav = (await person.get(QUEUE)).text.split('aria-label="Moderation"')[1].split("</nav>")[0]
    entries = [part.split("</a>")[0] for part in nav.split("<a ")[1:4]]
    return ["".join(re.findall(r'class="badge">([^<]+)<', entry)) for entry in entries]


async def test_fifty_at_once_are_one_report_and_nobody_counts_twice(
    forum: Forum, board: Board, alice: Person, mod: Person
) -> None:
    comment = await alice.says(await alice.opens(board), "Buy this")
    people = [await forum.person(f"reader{number}") for number in range(25)]
    statuses = await asyncio.gather(*(reports(person, comment) for person in people for _ in range(2)))
    assert set(statuses) == {303}
    found = await only()
    assert sorted(found.reporters) == sorted(person.id for person in people)
    assert len(found.complaints) == 25
    assert await waiting(mod) == 1
    assert await waiting(alice) == 0


async def test_accepting_deletes_and_tells_everybody_what_and_why_but_not_who(
    board: Board, alice: Person, bob: Person, charlie: Person, mod: Person
) -> None:
    topic = await alice.opens(board, "A garden")
    comment = await bob.says(topic, "You fools")
    assert await reports(alice, comment, "other") == 422  # without a word
    assert await reports(alice, comment, "rude", "He means me") == 303
    assert await reports(charlie, comment, "rude") == 303
    page = (await mod.get(QUEUE)).text
    assert "He means me" in page
    assert "You fools" in page
    assert (await bob.get(QUEUE)).status_code == 404
    found = await only()
    answer = await mod.send(f"{QUEUE}/{found.oid}/accept", reason="Be kind")
    assert answer.status_code == 303
    assert not (await Comment.get(comment.oid)).live  # type: ignore[union-attr]
    assert await waiting(mod) == 0
    (to_author,) = await told(bob)
    assert [len(await told(person)) for person in (alice, charlie)] == [1, 1]
    seen = (await bob.get("/notifications")).text
    assert "Be kind" in seen
    assert "alice" not in seen.split("<main")[1]
    decision = (await bob.get(to_author.url)).text
    assert "Be kind" in decision
    assert "You fools" in decision
    assert "alice" not in decision.split("<main")[1].lower()
    assert "mod" not in re.findall(r"@\w+", decision)
    assert await Operation.find({"verb": "comment.delete", "reason": "Be kind"}).count() == 1
    assert (await mod.send(f"{QUEUE}/{found.oid}/keep")).status_code == 409
    assert (await alice.get(to_author.url)).status_code == 404


async def test_two_moderators_at_once_decide_once(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    comment = await bob.says(await alice.opens(board), "Words")
    await reports(alice, comment)
    found = await only()
    sent = [mod.send(f"{QUEUE}/{found.oid}/accept"), admin.send(f"{QUEUE}/{found.oid}/keep")]
    assert sorted(answer.status_code for answer in await asyncio.gather(*sent)) == [303, 409]
    assert len(await told(alice)) == 1
    kept = (await only()).state == "rejected"
    assert (await Comment.get(comment.oid)).live == kept  # type: ignore[union-attr]
    assert await reports(alice, comment) == (303 if kept else 404)


async def test_who_has_reported_hears_nothing_of_a_decision_that_was_taken_back(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    comment = await bob.says(await alice.opens(board), "Words")
    await reports(alice, comment)
    found = await only()
    assert (await mod.send(f"{QUEUE}/{found.oid}/keep")).status_code == 303
    assert "can stay" in (await alice.get("/notifications")).text
    operation = await Operation.find_one({"verb": "report.reject"})
    assert operation is not None
    assert (await mod.send(f"/operations/{operation.oid}/undo")).status_code == 303
    assert "can stay" not in (await alice.get("/notifications")).text
    assert (await mod.send(f"{QUEUE}/{found.oid}/accept")).status_code == 303
    page = (await alice.get("/notifications")).text
    assert ["can stay" in page, "and acted" in page] == [False, True]


async def test_only_who_looks_after_the_board_sees_it_and_nobody_what_is_about_them(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    other = await forum.board("Kitchen")
    await Role(key="k" * 24, name="Cooks", name_key="cooks", position=1, created_at=now()).insert()
    await Board.raw().update_one({"_id": other.oid}, {"$set": {"overrides": {"k" * 24: {"moderate": True}}}})
    await User.raw().update_one({"_id": bob.id}, {"$set": {"roles": ["k" * 24]}})
    await tell(RolesChanged())
    here, there = await alice.opens(board, "Weeds"), await alice.opens(other, "Soup")
    by_mod = await mod.opens(board, "Rules")
    charlie = await forum.person("charlie")
    for topic in (here, there, by_mod):
        assert (await charlie.send(f"/report/topic/{topic.oid}", reason="spam")).status_code == 303
    found = {report.subject: report.oid async for report in Report.find_all()}
    seen = (await bob.get(QUEUE)).text
    assert "Soup" in seen
    assert "Weeds" not in seen
    assert await waiting(bob) == 1
    assert [await tabs(person) for person in (bob, mod)] == [["1", "", ""], ["2", "", ""]], "of one's own boards"
    assert (await bob.send(f"{QUEUE}/{found[here.oid]}/keep")).status_code == 404
    assert (await bob.send(f"{QUEUE}/{found[there.oid]}/defer")).status_code == 303
    assert await waiting(bob) == 0
    seen = (await mod.get(QUEUE)).text
    assert "Weeds" in seen
    assert "Rules" not in seen
    assert (await mod.send(f"{QUEUE}/{found[by_mod.oid]}/keep")).status_code == 404
    assert (await bob.send(f"{QUEUE}/{found[there.oid]}/accept", reason="Salt")).status_code == 303
    assert (await Topic.get(there.oid)).deleted_as == "moderator"  # type: ignore[union-attr]


async def test_messages_and_people(board: Board, alice: Person, bob: Person, charlie: Person, mod: Person) -> None:
    conversation = await alice.writes("bob", body="Send me money")
    page = (await bob.get(f"/messages/{conversation}")).text
    id = re.findall(r"/report/message/([0-9a-f]{24})", page)[0]
    assert (await charlie.get(f"/report/message/{id}")).status_code == 404
    assert (await alice.get(f"/report/message/{id}")).status_code == 403
    assert (await bob.send(f"/report/message/{id}", reason="spam")).status_code == 303
    assert (await bob.send(f"/report/person/{alice.id}", reason="rude", words="<b>every day</b>")).status_code == 303
    seen = (await mod.get(QUEUE)).text
    assert "Send me money" in seen
    assert "&lt;b&gt;every day" in seen
    for report in await Report.find_all().to_list():
        assert (await mod.send(f"{QUEUE}/{report.oid}/take")).status_code == 303
        assert (await mod.send(f"{QUEUE}/{report.oid}/note", words="Second time")).status_code == 303
        assert (await mod.send(f"{QUEUE}/{report.oid}/accept")).status_code == 303
    assert "Second time" in (await mod.get(f"{QUEUE}?state=settled")).text
    assert len(await told(bob)) == 2
    for path in (f"/report/person/{ObjectId()}", f"/report/table/{alice.id}", f"/report/topic/{alice.id}"):
        assert (await bob.get(path)).status_code == 404, path


async def test_an_appeal_once_that_another_one_decides(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    topic = await alice.opens(board)
    comment = await bob.says(topic, "A fair word")
    assert (await mod.send(f"/comments/{comment.oid}/delete", reason="Hasty")).status_code == 303
    where = (await told(bob))[0].url
    assert (await alice.send(f"{where}/appeal", words="For him")).status_code == 404
    assert (await bob.send(f"{where}/appeal", words=" ")).status_code == 422
    answers = await asyncio.gather(*(bob.send(f"{where}/appeal", words="It was fair") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409, 409]
    (appeal,) = await Appeal.find_all().to_list()
    assert (await mod.send(f"/moderation/appeals/{appeal.oid}/refuse", answer="No")).status_code == 403
    assert (await admin.send(f"/moderation/appeals/{appeal.oid}/refuse")).status_code == 422
    assert "It was fair" in (await admin.get("/moderation/appeals")).text
    assert (await admin.send(f"/moderation/appeals/{appeal.oid}/grant")).status_code == 303
    again = await Comment.get(comment.oid)
    assert again is not None
    assert again.live
    assert (await Topic.get(topic.oid)).comment_count == 2  # type: ignore[union-attr]
    assert "granted" in (await bob.get(where)).text
    assert (await admin.send(f"/moderation/appeals/{appeal.oid}/refuse", answer="No")).status_code == 409
    undone = await Operation.find_one({"verb": "comment.delete"})
    assert undone is not None
    assert undone.undone_by is not None


async def test_a_sole_moderator_judges_their_own(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    comment = await bob.says(await alice.opens(board), "A fair word")
    await mod.send(f"/comments/{comment.oid}/delete")
    where = (await told(bob))[0].url
    await bob.send(f"{where}/appeal", words="Please look again")
    (appeal,) = await Appeal.find_all().to_list()
    assert (await mod.send(f"/moderation/appeals/{appeal.oid}/refuse", answer="It stays")).status_code == 303
    assert "It stays" in (await bob.get(where)).text
