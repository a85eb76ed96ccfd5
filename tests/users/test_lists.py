"""The lists of a profile: only what the viewer may see, each once, paged by key."""

from __future__ import annotations

import re

from app.users import circle, follows, written
from documents import Board, User
from documents.clock import now
from tests import stock
from tests.people import Forum, Person


async def all_pages(load: object) -> list[str]:
    """The addresses of all rows, page after page; no page is empty."""
    urls: list[str] = []
    after: str | None = None
    while True:
        page = await load(after)  # type: ignore[operator]
        assert page.rows
        urls += [row.url if hasattr(row, "url") else row.card.url for row in page.rows]
        if page.pager.next is None:
            return urls
        after = page.pager.next.partition("=")[2]


async def test_commented_topics_are_there_once_at_the_latest_comment(board: Board, alice: Person, bob: Person) -> None:
    topics = await stock.topics(board, bob, 45)
    expected = {}
    for round_ in range(2):
        for topic in topics if round_ == 0 else topics[::3]:
            (comment,) = await stock.comments(topic, alice, 1)
            expected[topic.oid] = comment
    newest = sorted(expected.values(), key=lambda comment: (comment.created_at, comment.oid), reverse=True)
    wanted = [f"/topics/{comment.topic}/n/{comment.number}" for comment in newest]
    viewer = stock.viewer(bob)
    assert await all_pages(lambda after: written.commented_by(viewer, alice.id, after)) == wanted


async def test_commented_topics_by_somebody_who_talks_much(board: Board, alice: Person, bob: Person) -> None:
    first, second = await stock.topics(board, bob, 2)
    await stock.comments(first, alice, 1)
    await stock.comments(second, alice, written.SCAN_BATCH + 5)
    found = await written.commented_by(stock.viewer(bob), alice.id, None)
    assert [row.url.rsplit("/", 1)[0] for row in found.rows] == [f"/topics/{second.oid}/n", f"/topics/{first.oid}/n"]
    assert found.pager.next is None


async def test_lists_show_only_what_the_viewer_may_see(
    forum: Forum, board: Board, alice: Person, mod: Person, bob: Person, guest: Person
) -> None:
    secret = await forum.board("Staff", staff_only=True)
    hidden = await mod.opens(secret, "Between moderators")
    word = await mod.says(hidden, "A secret word")
    admin = await forum.person("root_rita", role="admin")
    await admin.send(f"/comments/{word.oid}/like")
    gone = await mod.opens(board, "Soon gone")
    lost = await mod.says(gone, "A lost word")
    await admin.send(f"/comments/{lost.oid}/like")
    await admin.send(f"/topics/{gone.oid}/delete")
    for person in (guest, bob):
        for path in (f"{mod.id}", f"{mod.id}/commented", f"{mod.id}/comments", f"{admin.id}/likes"):
            page = await person.get(f"/users/{path}")
            assert page.status_code == 200
            for word_ in ("Between moderators", "A secret word", "Soon gone", "A lost word"):
                assert word_ not in page.text, path
    assert "A secret word" in (await admin.get(f"/users/{mod.id}/commented")).text
    assert "A secret word" in (await admin.get(f"/users/{admin.id}/likes")).text


async def test_likes_are_shown_as_their_owner_wants(board: Board, alice: Person, bob: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "A likeable word")
    await bob.send(f"/comments/{comment.oid}/like")
    assert "A likeable word" in (await guest.get(f"/users/{bob.id}/likes")).text
    await bob.send("/settings/privacy", messages_from="everyone")
    for person, status in ((guest, 404), (alice, 404), (bob, 200)):
        assert (await person.get(f"/users/{bob.id}/likes")).status_code == status
        assert (f"/users/{bob.id}/likes" in (await person.get(f"/users/{bob.id}")).text) == (status == 200)


async def test_followers_are_paged_and_those_who_are_gone_passed_over(forum: Forum, alice: Person) -> None:
    people = [await forum.person(f"fan{i}x") for i in range(circle.ROWS + 5)]
    for person in people:
        await follows.follow(stock.viewer(person), alice.id)
    await User.raw().update_one({"_id": people[-2].id}, {"$set": {"deleted_at": now()}})
    expected = [f"/users/{person.id}" for person in reversed(people) if person is not people[-2]]
    assert await all_pages(lambda after: circle.followers(alice.id, after)) == expected


async def test_bad_keys_are_the_first_page(board: Board, alice: Person, guest: Person) -> None:
    await alice.opens(board)
    for tab in ("commented", "comments", "likes", "followers", "following"):
        for key in ("x", "_", "9" * 400 + "_" + "a" * 24, "1_zz", "-1_" + "0" * 24):
            assert (await guest.get(f"/users/{alice.id}/{tab}", params={"after": key})).status_code == 200


async def test_numbers_are_exact(board: Board, alice: Person, bob: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "One")
    await alice.says(topic, "Two")
    await bob.send(f"/comments/{comment.oid}/like")
    await bob.send(f"/users/{alice.id}/follow")
    for path in (f"/users/{alice.id}", f"/users/{alice.id}/card"):
        page = re.sub(r"\s", "", (await guest.get(path)).text)
        for label, count in {"Topics": 1, "Comments": 2, "Likesreceived": 1, "Followers": 1}.items():
            assert f"<dt>{label}</dt><dd>{count}</dd>" in page, path
    await bob.send(f"/users/{alice.id}/unfollow")
    assert "<dt>Followers</dt><dd>0</dd>" in re.sub(r"\s", "", (await guest.get(f"/users/{alice.id}")).text)
