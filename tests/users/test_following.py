"""Following people: counted exactly, told once, and what they write in one place."""

from __future__ import annotations

import asyncio

from bson import ObjectId

from app.users import feed, follows
from documents import Board, Follow, Notification, User
from documents.comment import BY_AUTHOR
from tests import stock
from tests.people import Forum, Person


async def counts(person: Person) -> tuple[int, int]:
    """Followers and followed, after a look at what there is."""
    user = await User.load(person.id)
    assert user is not None
    real = (
        await Follow.raw().count_documents({"person": person.id}),
        await Follow.raw().count_documents({"user": person.id}),
    )
    assert (user.follower_count, user.following_count) == real
    return real


async def test_following_is_counted_and_told(alice: Person, bob: Person, guest: Person) -> None:
    answer = await bob.send(f"/users/{alice.id}/follow")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/users/{alice.id}")
    assert (await counts(alice), await counts(bob)) == ((1, 0), (0, 1))
    assert "Following" in (await bob.get(f"/users/{alice.id}")).text
    assert f"/users/{bob.id}" in (await guest.get(f"/users/{alice.id}/followers")).text
    assert f"/users/{alice.id}" in (await guest.get(f"/users/{bob.id}/following")).text
    (event,) = (await alice.feed())["events"]
    assert (event["kind"], event["url"], event["actor"]["username"]) == ("follow", f"/users/{bob.id}", "bob")
    assert "follows you now" in (await alice.get("/notifications")).text
    await alice.get(f"/users/{bob.id}")
    assert (await alice.feed())["unread"]["notifications"] == 0
    await bob.send(f"/users/{alice.id}/unfollow")
    await bob.send(f"/users/{alice.id}/unfollow")
    assert (await counts(alice), await counts(bob)) == ((0, 0), (0, 0))


async def test_a_follower_is_told_of_once_and_never_again(alice: Person, bob: Person) -> None:
    for _ in range(3):
        await bob.send(f"/users/{alice.id}/follow")
        assert (await alice.feed())["unread"]["notifications"] == 1
        await bob.send(f"/users/{alice.id}/unfollow")
        feed_ = await alice.feed()
        assert feed_["unread"]["notifications"] == 0
        assert [event["kind"] for event in feed_["events"]] == ["hidden"]
    await bob.send(f"/users/{alice.id}/follow")
    await alice.send("/notifications/read", all="1")
    await bob.send(f"/users/{alice.id}/unfollow")
    await bob.send(f"/users/{alice.id}/follow")
    assert (await alice.feed())["unread"]["notifications"] == 0
    assert await Notification.raw().count_documents({}) == 1


async def test_fifty_at_once_are_one(alice: Person, bob: Person) -> None:
    viewer = stock.viewer(bob)
    await asyncio.gather(*(follows.follow(viewer, alice.id) for _ in range(50)))
    assert (await counts(alice), await counts(bob)) == ((1, 0), (0, 1))
    assert await Notification.raw().count_documents({"user": alice.id}) == 1
    await asyncio.gather(*(follows.unfollow(viewer, alice.id) for _ in range(50)))
    assert (await counts(alice), await counts(bob)) == ((0, 0), (0, 0))


async def test_many_at_once_are_all_counted(forum: Forum, alice: Person) -> None:
    people = [await forum.person(f"fan{i}x") for i in range(20)]
    await asyncio.gather(*(follows.follow(stock.viewer(person), alice.id) for person in people))
    await asyncio.gather(*(follows.follow(stock.viewer(alice), person.id) for person in people))
    assert await counts(alice) == (20, 20)
    await asyncio.gather(*(follows.unfollow(stock.viewer(person), alice.id) for person in people[:7]))
    assert await counts(alice) == (13, 20)


async def test_who_cannot_be_followed(alice: Person, bob: Person, guest: Person) -> None:
    assert (await alice.send(f"/users/{alice.id}/follow")).status_code == 403
    assert (await alice.send(f"/users/{ObjectId()}/follow")).status_code == 404
    assert (await guest.send(f"/users/{alice.id}/follow")).status_code == 403
    await alice.send(f"/users/{bob.id}/block")
    answer = await bob.send(f"/users/{alice.id}/follow")
    assert answer.status_code == 403
    assert "You cannot follow alice at the moment." in answer.text
    assert "block" not in answer.text.lower()
    assert await counts(alice) == (0, 0)


async def test_the_feed_has_what_they_wrote_and_one_may_read(
    forum: Forum, board: Board, alice: Person, bob: Person, charlie: Person, mod: Person, guest: Person
) -> None:
    secret = await forum.board("Staff", staff_only=True)
    await bob.send(f"/users/{alice.id}/follow")
    await bob.send(f"/users/{mod.id}/follow")
    topic = await alice.opens(board, "Tomatoes on the balcony")
    hidden = await mod.opens(secret, "Between moderators")
    comment = await mod.says(topic, "A word by a moderator")
    gone = await alice.says(topic, "A slip of the tongue")
    await alice.send(f"/comments/{gone.oid}/delete")
    await charlie.says(topic, "Nobody follows Charlie")
    page = (await bob.get("/following")).text
    assert "Tomatoes on the balcony" in page
    assert f"/topics/{topic.oid}/n/{comment.number}" in page
    for absent in ("Between moderators", "A slip of the tongue", "Nobody follows Charlie", str(hidden.oid)):
        assert absent not in page
    await mod.send(f"/topics/{topic.oid}/delete")
    assert "Tomatoes on the balcony" not in (await bob.get("/following")).text
    assert (await guest.get("/following")).status_code == 403
    assert "Nothing here yet." in (await charlie.get("/following")).text


async def test_the_feed_is_paged_by_key_over_many_people(forum: Forum, board: Board, bob: Person) -> None:
    people = [await forum.person(f"writer{i}x") for i in range(3)]
    for person in people:
        await follows.follow(stock.viewer(bob), person.id)
    (topic,) = await stock.topics(board, people[0], 1)
    for i in range(15):
        for person in people:
            await stock.comments(topic, person, 1, f"Word {i} of {person.name}")
    seen: list[str] = []
    after: str | None = None
    while True:
        shown = await feed.feed(stock.viewer(bob), after)
        seen += [row.url for row in shown.rows]
        if shown.pager.next is None:
            break
        after = shown.pager.next.partition("=")[2]
    assert seen == [f"/topics/{topic.oid}/n/{number}" for number in range(46, 0, -1)]


async def test_the_feed_walks_an_index(board: Board, alice: Person, bob: Person) -> None:
    """MongoDB merges the ranges of all whom one follows, and sorts nothing."""
    await stock.topics(board, alice, 1)
    query = {"author": {"$in": [ObjectId() for _ in range(feed.MERGED_MAX)]}, "deleted_at": None}
    database = User.raw().database
    find = {"find": "comments", "filter": query, "sort": {"created_at": -1, "_id": -1}, "limit": 21, "hint": BY_AUTHOR}
    plan = str((await database.command("explain", find, verbosity="queryPlanner"))["queryPlanner"]["winningPlan"])
    assert "SORT_MERGE" in plan
    assert "'SORT'" not in plan
