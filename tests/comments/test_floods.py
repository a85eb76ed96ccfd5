"""The same again is refused with a way to the first; what floods the forum waits; nothing is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from app.comments import flooding
from app.text.alike import key_of_text, links_in
from documents import Board, Comment, Said, Topic, User
from documents.clock import now
from tests import stock
from tests.people import Forum, Person

LONG = "Cheap watches of every brand, delivered to your door within two days, ask me by message"
ZH = "本店长期代办各类证件，价格便宜，质量可靠，需要的朋友请加微信联系我，全国都能送货上门，先看货再付款"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, LONG.upper()),
        (LONG, "  " + LONG.replace(" ", "\n\n") + "!!!"),
        (LONG, "**" + LONG.replace(",", " —") + "** …"),
        (LONG, "".join(chr(ord(c) + 0xFEE0) if "!" < c < "~" else c for c in LONG)),
        (ZH, ZH.replace("，", "、") + "。"),
        (ZH, "證".join(ZH.split("证"))),
        ("Look at https://spam.example/x", "LOOK at: <https://spam.example/x>."),
    ],
)
def test_the_same_but_for_what_does_not_matter(one: str, other: str) -> None:
    assert key_of_text(one) == key_of_text(other) != ""


@pytest.mark.parametrize(
    "text", ["谢谢", "+1", "thanks", "👍", "", "Thank you so much for sharing this!", "谢谢分享，学到了很多东西", "..."]
)
def test_short_words_are_anybodys(text: str) -> None:
    assert key_of_text(text) == ""


def test_links_are_known_whatever_surrounds_them() -> None:
    text = "见https://Spam.example/Buy/?ref=1。还有 www.spam.example/buy, [x](http://other.example/a_b#c) and e.g. this"
    assert links_in(text) == ("spam.example/buy", "other.example/a_b")


async def says(person: Person, topic: Topic, body: str, **fields: str) -> httpx.Response:
    return await person.send(f"/topics/{topic.oid}/comments", body=body, **fields)


async def two_topics(board: Board, person: Person) -> tuple[Topic, Topic]:
    one, other = await stock.topics(board, person, 2)
    return one, other


async def test_the_same_again_is_refused_with_a_way_to_the_first(board: Board, alice: Person, bob: Person) -> None:
    one, other = await two_topics(board, bob)
    first = await alice.says(one, LONG)
    refused = await says(alice, other, LONG.upper() + " !", once="another-key")
    assert refused.status_code == 409
    assert f'<a href="/comments/{first.oid}">the same</a>' in refused.text
    assert LONG.upper() in refused.text, "what was typed is still there"
    topic = await alice.send(f"/boards/{board.oid}/topics/new", title="<b>Mine</b>", body=LONG)
    assert topic.status_code == 409
    assert (await says(bob, other, LONG)).status_code == 303, "it is the same of one person that counts"
    for word in ("谢谢", "+1"):
        assert {(await says(alice, topic, word)).status_code for topic in (one, other)} == {303}
    await alice.send(f"/comments/{first.oid}/delete")
    assert (await says(alice, other, LONG)).status_code == 303, "what one has deleted oneself may be said elsewhere"
    await Said.raw().update_many({}, {"$set": {"at": now() - timedelta(minutes=61)}})
    assert (await says(alice, one, LONG)).status_code == 303


async def test_what_moderators_took_away_is_not_said_again(board: Board, alice: Person, mod: Person) -> None:
    one, other = await two_topics(board, mod)
    first = await alice.says(one, ZH)
    await mod.send(f"/comments/{first.oid}/delete", reason="Spam")
    refused = await says(alice, other, ZH)
    assert refused.status_code == 409
    assert "moderators took it away" in refused.text
    assert str(first.oid) not in refused.text


async def test_sent_at_the_same_moment_it_is_there_once(board: Board, alice: Person, bob: Person) -> None:
    topics = await stock.topics(board, bob, 6)
    token = await alice.csrf()
    answers = await asyncio.gather(*(says(alice, topic, LONG, once=f"key-{topic.oid}", csrf=token) for topic in topics))
    assert sorted(answer.status_code for answer in answers) == [303, *[409] * 5]
    assert await Comment.find({"author": alice.id}).count() == 1
    again = await asyncio.gather(
        *(says(alice, topics[0], ZH, once="the-key-of-this-form", csrf=token) for _ in range(4))
    )
    assert {answer.status_code for answer in again} == {303}, "a form that is sent twice is no repetition"
    assert await Comment.find({"author": alice.id}).count() == 2


async def test_whoever_may_repeat_themselves_is_not_asked(board: Board, alice: Person, mod: Person) -> None:
    await User.raw().update_one({"_id": alice.id}, {"$set": {"roles": ["trusted"]}})
    one, other = await two_topics(board, mod)
    for person in (alice, mod):
        for topic in (one, other):
            assert (await says(person, topic, LONG)).status_code == 303
    assert await Comment.find({"deleted_as": "held"}).count() == 0
    assert await Said.find_all().count() == 0


async def test_of_several_new_people_at_once_exactly_the_first_two_appear(
    forum: Forum, board: Board, mod: Person
) -> None:
    (topic,) = await stock.topics(board, mod, 1)
    people = [await forum.person(f"newcomer{i}") for i in range(5)]
    answers = await asyncio.gather(*(says(person, topic, LONG) for person in people))
    assert {answer.status_code for answer in answers} == {303}, "it waits, and is not lost"
    assert await Comment.find({"body": LONG, "deleted_at": None}).count() == 2
    assert await Comment.find({"body": LONG, "deleted_as": "held"}).count() == 3
    assert "Several new people have written the same." in (await mod.get("/moderation/approval")).text
    member = await forum.person("member")
    await User.raw().update_one({"_id": member.id}, {"$set": {"roles": ["member"]}})
    assert (await says(member, topic, LONG)).status_code == 303
    assert await Comment.find({"author": member.id, "deleted_at": None}).count() == 1


async def test_links_that_new_people_plant_wait(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    topics = await stock.topics(board, mod, 3)
    for number, (person, topic) in enumerate(
        ((alice, topics[0]), (alice, topics[0]), (bob, topics[1]), (alice, topics[2]))
    ):
        answer = await says(person, topic, f"Number {number}, see https://www.spam.example/shop?from={number}")
        assert answer.status_code == 303
    held = await Comment.find({"deleted_as": "held"}).to_list()
    assert [(comment.author, comment.topic) for comment in held] == [(alice.id, topics[2].oid)]
    (waiting,) = held
    assert (await mod.send(f"/moderation/approval/comment/{waiting.oid}/approve")).status_code == 303
    shown = await Comment.get(waiting.oid)
    assert shown is not None
    assert (shown.deleted_at, shown.delete_reason) == (None, "")


async def edits(person: Person, comment: Comment, body: str) -> httpx.Response:
    return await person.send(f"/comments/{comment.oid}/edit", body=body)


async def test_no_old_text_becomes_the_one_that_was_refused(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    one, other = await two_topics(board, bob)
    first, second = await alice.says(one, LONG), await alice.says(other, "Quite so")
    topic = await alice.opens(board, "Mine", "Short")
    refused = [
        await edits(alice, second, LONG.upper() + "!"),
        await alice.send(f"/topics/{topic.oid}/edit", title="Mine", body=LONG, tags=""),
    ]
    for answer in refused:
        assert answer.status_code == 409
        assert f'<a href="/comments/{first.oid}">the same</a>' in answer.text
        assert LONG.upper() in answer.text.upper(), "what was typed is still there"
    assert (await edits(alice, first, LONG + "!!")).status_code == 303, "it is the same text still"
    assert (await edits(alice, first, "Something else altogether, of much the same length")).status_code == 303
    assert (await edits(mod, second, LONG)).status_code == 303, "moderators do not say it themselves"
    token = await alice.csrf()
    comments = [await alice.says(topic, f"No {number}") for number in range(4)]
    answers = [alice.send(f"/comments/{each.oid}/edit", csrf=token, body=ZH) for each in comments]
    assert sorted(answer.status_code for answer in await asyncio.gather(*answers)) == [303, 409, 409, 409]
    assert await Comment.find({"body": ZH}).count() == 1


async def test_edits_do_not_take_what_would_have_to_wait(forum: Forum, board: Board, mod: Person) -> None:
    topics = await stock.topics(board, mod, 3)
    people = [await forum.person(f"newcomer{number}") for number in range(3)]
    said = [await person.says(topic, f"Hello {person.name}") for person, topic in zip(people, topics, strict=True)]
    for number in range(2):
        link = f"Number {number}: https://www.spam.example/shop?from={number}"
        assert (await edits(people[number], said[number], link)).status_code == 303
    refused = await edits(people[2], said[2], "Number 2: http://spam.example/shop")
    assert (refused.status_code, "moderators look at that first" in refused.text) == (409, True)
    assert "Number 2: http://spam.example/shop" in refused.text
    assert (await edits(people[1], said[1], "Number 1 again: https://spam.example/shop")).status_code == 303
    assert (await says(people[2], topics[2], "See http://spam.example/shop")).status_code == 303
    assert await Comment.find({"deleted_as": "held"}).count() == 1, "a new text waits"


async def test_links_within_the_forum_never_wait(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topics = await stock.topics(board, mod, 3)
    for number, (person, topic) in enumerate(((alice, topics[0]), (bob, topics[1]), (alice, topics[2]))):
        answer = await says(person, topic, f"Number {number}: this was said in {forum.origin}/topics/{topics[0].oid}")
        assert answer.status_code == 303
    assert await Comment.find({"deleted_as": "held"}).count() == 0


async def test_many_topics_of_a_new_person_wait_as_the_settings_say(
    board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    page = (await admin.get("/admin/settings/floods")).text
    assert 'name="flood_topics"' in page
    before = flooding._rules
    flooding.use(flooding.Rules(flood_topics=2))
    try:
        for number in range(4):
            await alice.opens(board, title=f"Topic number {number}", body=f"Text {number}")
    finally:
        flooding.use(before)
    assert await Topic.find({"author": alice.id, "deleted_at": None}).count() == 2
    assert await Topic.find({"author": alice.id, "deleted_as": "held"}).count() == 2
    assert "Many topics of a new person" in (await mod.get("/moderation/approval")).text
