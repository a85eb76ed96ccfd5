"""Profiles: what everybody may know of a person."""

from __future__ import annotations

from urllib.parse import quote

from bson import ObjectId

from app.people import cards
from documents import Board, User
from documents.clock import now
from tests.people import Forum, Person


async def test_a_profile_shows_what_somebody_wrote(
    board: Board, alice: Person, bob: Person, xiaoming: Person, guest: Person
) -> None:
    topic = await xiaoming.opens(board, "阳台上的番茄")
    comment = await xiaoming.says(topic, "还有一句")
    await bob.send(f"/comments/{comment.oid}/like")
    page = "".join((await guest.get(f"/users/{xiaoming.id}")).text.split())
    assert "@小明" in page
    assert "阳台上的番茄" in page
    for label in ("Topics", "Comments", "Likesreceived"):
        assert f"<dt>{label}</dt><dd>1</dd>" in page
    said = (await guest.get(f"/users/{xiaoming.id}/comments")).text
    assert "还有一句" in said
    assert f"/topics/{topic.oid}/n/2" in said


async def test_a_name_leads_to_the_profile_however_it_is_typed(xiaoming: Person, alice: Person, guest: Person) -> None:
    for name in ("alice", "Alice", "ＡLICE"):
        answer = await guest.get(f"/@{quote(name)}")
        assert (answer.status_code, answer.headers["location"]) == (302, f"/users/{alice.id}")
    assert (await guest.see("/@小明")).url.path == f"/users/{xiaoming.id}"
    for name in ("nobody-here", "%00", "a" * 500, "$ne", "..", "alice%0d%0aX:y"):
        assert (await guest.get(f"/@{name}")).status_code == 404, name


async def test_only_others_can_be_written_to(alice: Person, bob: Person, guest: Person) -> None:
    link = f"/messages/new?to={alice.name}"
    assert link in (await bob.get(f"/users/{alice.id}")).text
    assert link not in (await alice.get(f"/users/{alice.id}")).text
    assert link not in (await guest.get(f"/users/{alice.id}")).text


async def test_nothing_private_is_on_a_profile(forum: Forum, alice: Person, bob: Person, guest: Person) -> None:
    assert alice.user is not None
    for person in (guest, bob):
        text = (await person.get(f"/users/{alice.id}")).text
        assert alice.user.email not in text
        assert "argon2" not in text


async def test_a_deleted_person_is_not_there_but_their_words_are(
    board: Board, alice: Person, mod: Person, guest: Person
) -> None:
    topic = await alice.opens(board, "Still here")
    await User.raw().update_one({"_id": alice.id}, {"$set": {"deleted_at": now()}})
    cards.forget(alice.id)
    for path in (f"/users/{alice.id}", f"/users/{alice.id}/comments", "/@alice", f"/users/{ObjectId()}"):
        assert (await guest.get(path)).status_code == 404, path
    assert (await mod.get(f"/users/{alice.id}")).status_code == 200
    page = await guest.get(f"/topics/{topic.oid}")
    assert page.status_code == 200
    assert f'href="/users/{alice.id}"' not in page.text


async def test_writers_that_are_gone_for_good_break_no_page(
    board: Board, alice: Person, bob: Person, guest: Person
) -> None:
    topic = await alice.opens(board, "An orphan")
    comment = await alice.says(topic, "@bob words")
    await bob.says(topic, "An answer", reply_to=str(comment.oid))
    await alice.writes("bob")
    await User.raw().delete_one({"_id": alice.id})
    cards.forget()
    for path in ("/", "/boards", f"/topics/{topic.oid}", f"/boards/{board.oid}"):
        assert (await guest.get(path)).status_code == 200, path
    for path in ("/messages", "/notifications", "/notifications/feed", f"/users/{bob.id}/comments"):
        assert (await bob.get(path)).status_code == 200, path
