"""Who is told of what: once, durably, numbered without gaps, and never who must not know."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import OperationFailure

from app.comments import making
from app.notifications.service import notify
from documents import Board, Comment, Notification, Topic, User
from documents.clock import now
from tests import stock
from tests.people import Forum, Person


@pytest.fixture
async def topic(board: Board, alice: Person) -> Topic:
    return await alice.opens(board, "A conversation")


async def told(person: Person) -> list[tuple[str, ...]]:
    """Why somebody was told, event by event, in order of their numbers; the numbers have no gaps."""
    stored = await Notification.find({"user": person.id}).sort("seq").to_list()
    assert [notification.seq for notification in stored] == list(range(1, len(stored) + 1))
    user = await User.get(person.id)
    assert user is not None
    assert user.notification_seq == len(stored)
    return [tuple(notification.reasons) for notification in stored]


async def bell(person: Person) -> int:
    return int((await person.feed())["unread"]["notifications"])


async def test_a_mention_in_a_topic_or_comment_tells_once(
    board: Board, alice: Person, bob: Person, xiaoming: Person
) -> None:
    topic = await alice.opens(board, "关于番茄", "你好@小明，还有@bob你怎么看？@小明")
    await alice.says(topic, "@小明 @小明 again")
    assert await told(xiaoming) == [("mention",), ("mention",)]
    assert await told(bob) == [("mention",)]
    event = (await xiaoming.feed())["events"][0]
    assert (event["title"], event["url"]) == ("关于番茄", f"/topics/{topic.oid}/n/1")
    assert (event["actor"]["username"], event["read"]) == ("alice", False)
    assert await bell(xiaoming) == 2


NAMED = {
    "@小明你好": "小明",
    "问一下@小明明吧": "小明明",
    "（@小明）": "小明",
    "@小明，@小明明。": "小明 小明明",
    "@BOB hi": "bob",
    "@ｂｏｂ hi": "bob",
    "＠bob 你好": "bob",
    "@bob. And": "bob",
    "**@bob**": "bob",
    "@bobby is another": "bobby",
    "@bobbyx is nobody": "",
    "bob": "",
    "@": "",
    "@@bob": "bob",
    "`@bob`": "",
    "```\n@bob\n```": "",
    "    @bob": "",
    "> @bob said": "",
    "me@bob.org": "",
    "[@bob](https://x.org)": "",
    "https://x.org/@bob": "",
    "\\@bob": "",
    '[quote="x"]\n@bob\n[/quote]': "",
    "@bob，@小明 both": "bob 小明",
    "@<b>bob</b>": "",
    "<!-- @bob -->": "",
    "@b\\_ob": "",
    "@nobody": "",
}


async def test_whom_a_text_names(forum: Forum, topic: Topic, alice: Person, bob: Person, xiaoming: Person) -> None:
    people = {
        person.id: person.name for person in (bob, xiaoming, await forum.person("小明明"), await forum.person("bobby"))
    }
    found: dict[str, set[str]] = {}
    for body in NAMED:
        (comment,) = await stock.comments(topic, alice, 1, body.replace("{", "{{"))
        told = await Notification.find({"subject": comment.oid}).to_list()
        found[body] = {people[notification.user] for notification in told}
    assert found == {body: set(who.split()) for body, who in NAMED.items()}


async def test_a_reply_tells_who_is_answered_and_with_a_mention_it_is_one(
    topic: Topic, alice: Person, bob: Person, charlie: Person
) -> None:
    comment = await bob.says(topic, "A question")
    await charlie.says(topic, "An answer", reply_to=str(comment.oid))
    await charlie.says(topic, "@bob another", reply_to=str(comment.oid))
    assert await told(bob) == [("reply",), ("mention", "reply")]
    assert await told(alice) == []
    kinds = [event["kind"] for event in (await bob.feed())["events"]]
    assert kinds == ["reply", "mention"]


async def test_nobody_is_told_of_themselves(topic: Topic, alice: Person, mod: Person) -> None:
    mine = await alice.says(topic, "@alice to myself")
    await alice.says(topic, "Replying to myself", reply_to=str(mine.oid))
    await mod.send(f"/comments/{mine.oid}/edit", body="@mod_mira was here")
    assert await told(alice) == await told(mod) == []


async def test_an_edit_tells_only_who_is_named_anew(topic: Topic, alice: Person, bob: Person, charlie: Person) -> None:
    comment = await alice.says(topic, "@bob only")
    for body in ("@bob and @charlie", "@bob and @charlie, again", "nobody", "@bob and @charlie, once more"):
        assert (await alice.send(f"/comments/{comment.oid}/edit", body=body)).status_code == 303
    assert await told(bob) == await told(charlie) == [("mention",)]
    await alice.send(f"/topics/{topic.oid}/edit", title="Title", body="@bob in the opening post")
    assert await told(bob) == [("mention",), ("mention",)]


async def test_a_deleted_person_is_not_told(forum: Forum, topic: Topic, alice: Person, bob: Person) -> None:
    await User.raw().update_one({"_id": bob.id}, {"$set": {"deleted_at": now()}})
    await alice.says(topic, "@bob are you there?")
    assert await Notification.find({"user": bob.id}).count() == 0


async def test_twenty_who_name_the_same_people_at_once_leave_no_gap(
    forum: Forum, topic: Topic, alice: Person, bob: Person, xiaoming: Person
) -> None:
    people = [await forum.person(f"writer{i}") for i in range(5)]
    tokens = [await person.csrf() for person in people]
    answers = await asyncio.gather(
        *(
            person.send(f"/topics/{topic.oid}/comments", csrf=token, body=f"@bob @小明 @alice {i}")
            for i in range(4)
            for person, token in zip(people, tokens, strict=True)
        )
    )
    assert {answer.status_code for answer in answers} == {303}
    for person in (alice, bob, xiaoming):
        assert len(await told(person)) == 20
        feed = await person.feed()
        assert [event["seq"] for event in feed["events"]] == list(range(1, 21))
        assert (feed["seq"], feed["unread"]["notifications"]) == (20, 20)


async def test_a_transaction_that_is_done_again_tells_once(
    topic: Topic, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def notify_and_fail(*args: Any, **options: Any) -> Any:
        nonlocal tries
        tries += 1
        refused = await notify(*args, **options)
        if tries < 3:
            raise OperationFailure("in the way", 112, {"errorLabels": ["TransientTransactionError"]})
        return refused

    monkeypatch.setattr(making, "notify", notify_and_fail)
    comment = await alice.says(topic, "@bob once")
    assert (tries, comment.number) == (3, 2)
    assert await told(bob) == [("mention",)]


async def test_a_deleted_comment_takes_back_what_it_told_and_brings_it_again(
    topic: Topic, alice: Person, bob: Person
) -> None:
    comment = await alice.says(topic, "@bob a secret slipped")
    assert await bell(bob) == 1
    await alice.send(f"/comments/{comment.oid}/delete", reason="")
    feed = await bob.feed()
    assert feed["events"] == [{"type": "notification", "seq": 1, "kind": "hidden"}]
    assert feed["unread"]["notifications"] == 0
    assert "secret" not in (await bob.get("/notifications")).text
    await alice.send(f"/comments/{comment.oid}/restore")
    feed = await bob.feed()
    assert [event["kind"] for event in feed["events"]] == ["mention"]
    assert feed["unread"]["notifications"] == 1
    assert "secret" in (await bob.get("/notifications")).text


async def test_a_deleted_topic_takes_back_all_and_only_what_was_live_comes_again(
    topic: Topic, alice: Person, bob: Person, mod: Person
) -> None:
    stays, gone = await alice.says(topic, "@bob this stays"), await alice.says(topic, "@bob this goes")
    late = await alice.says(topic, "@bob this goes later")
    await alice.send(f"/comments/{gone.oid}/delete", reason="")
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    assert await bell(bob) == 0
    await mod.send(f"/comments/{late.oid}/delete", reason="")
    await mod.send(f"/comments/{gone.oid}/restore")
    assert await bell(bob) == 0, "the topic is still deleted"
    await mod.send(f"/topics/{topic.oid}/restore")
    live = await Notification.find({"user": bob.id, "withdrawn_at": None}).to_list()
    assert {notification.subject for notification in live} == {stays.oid, gone.oid}
    assert await bell(bob) == 2


async def test_opening_the_page_reads_what_was_told_about_it(topic: Topic, alice: Person, bob: Person) -> None:
    await stock.comments(topic, alice, 24, "@bob {}")
    assert await bell(bob) == 24
    await bob.get(f"/topics/{topic.oid}", headers={"Sec-Purpose": "prefetch"})
    assert await bell(bob) == 24
    page = await bob.get(f"/topics/{topic.oid}")
    assert 'data-unread="notifications">5<' in page.text, "the page itself says what is left"
    assert await bell(bob) == 5
    await bob.get(f"/topics/{topic.oid}?page=2")
    assert await bell(bob) == 0


async def test_reading_one_some_or_all(topic: Topic, alice: Person, bob: Person, charlie: Person) -> None:
    await stock.comments(topic, alice, 4, "@bob @charlie {}")
    ids = [event["id"] for event in (await bob.feed())["events"]]
    answer = await bob.send("/notifications/read", ids=ids[0])
    assert (answer.status_code, answer.headers["location"]) == (303, "/notifications")
    assert await bell(bob) == 3
    assert [event["read"] for event in (await bob.feed())["events"]] == [True, False, False, False]
    await bob.send("/notifications/read", ids=ids[1:3], next="/boards")
    assert await bell(bob) == 1
    await bob.send("/notifications/read", all="1")
    assert await bell(bob) == 0
    assert await bell(charlie) == 4


async def test_what_is_anothers_is_not_read(topic: Topic, alice: Person, bob: Person, charlie: Person) -> None:
    await alice.says(topic, "@bob")
    theirs = (await bob.feed())["events"][0]["id"]
    assert (await charlie.send("/notifications/read", ids=[theirs, str(ObjectId())])).status_code == 303
    await charlie.send("/notifications/read", all="1")
    assert not (await bob.feed())["events"][0]["read"]
    assert await bell(bob) == 1


@pytest.mark.parametrize(
    "fields", [{}, {"ids": "x"}, {"ids": ["0" * 24, "x"]}, {"all": "0"}, {"ids[$ne]": "x"}, {"ids": ""}]
)
async def test_what_names_no_notification_is_refused(bob: Person, fields: dict[str, Any]) -> None:
    assert (await bob.send("/notifications/read", **fields)).status_code == 422


async def test_all_read_leaves_private_messages_unread(alice: Person, bob: Person) -> None:
    await alice.writes("bob")
    await bob.send("/notifications/read", all="1")
    feed = await bob.feed()
    assert feed["unread"] == {"notifications": 0, "messages": 1}
    assert not feed["events"][0]["read"]


async def test_the_feed_goes_on_where_one_was(topic: Topic, alice: Person, bob: Person) -> None:
    comments = await stock.comments(topic, alice, 6, "@bob {}")
    await alice.send(f"/comments/{comments[2].oid}/delete", reason="")
    await alice.writes("bob", "By the way")
    feed = await bob.feed(2)
    assert [(event["seq"], event["kind"]) for event in feed["events"]] == [
        (3, "hidden"),
        *((seq, "mention") for seq in (4, 5, 6)),
        (7, "message"),
    ]
    assert (feed["seq"], feed["more"]) == (7, False)
    assert feed["unread"] == {"notifications": 5, "messages": 1}
    assert (await bob.feed(7))["events"] == []
    assert (await bob.feed(10**14))["events"] == []


async def test_a_long_feed_comes_in_parts(topic: Topic, bob: Person) -> None:
    about = {"kind": "mention", "reasons": ["mention"], "actor": bob.id, "topic": topic.oid, "number": 1}
    events = [
        Notification(user=bob.id, seq=seq, subject=ObjectId(), created_at=now(), **about) for seq in range(1, 251)
    ]
    stored = [event.as_stored() for event in events]
    await Notification.raw().insert_many(stored)
    seen: list[int] = []
    for _ in range(5):
        feed = await bob.feed(seen[-1] if seen else 0)
        seen += [event["seq"] for event in feed["events"]]
        if not feed["more"]:
            break
    assert seen == list(range(1, 251))


@pytest.mark.parametrize("after", ["x", "-1", "1.0", "", "9" * 16, "%00", "1_0"])
async def test_what_is_no_number_is_refused(bob: Person, after: str) -> None:
    answer = await bob.get(f"/notifications/feed?after={after}")
    assert answer.status_code == 422
    assert answer.json()["errno"] == 422


async def test_the_feed_is_for_people_who_are_logged_in(guest: Person) -> None:
    answer = await guest.get("/notifications/feed")
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["errno"] == 403


async def test_the_bells_list_pages(topic: Topic, alice: Person, bob: Person) -> None:
    await stock.comments(topic, alice, 33, "@bob number {}")
    first = await bob.get("/notifications")
    assert first.text.count("data-notice=") == 30
    second = await bob.get("/notifications?before=4")
    assert second.text.count("data-notice=") == 3
    assert "number 32" in first.text
    assert "number 0" in second.text
    for odd in ("x", "-1", "9" * 30, ""):
        assert (await bob.get(f"/notifications?before={odd}")).status_code == 200


async def test_a_title_is_only_text_in_the_bell(board: Board, alice: Person, bob: Person) -> None:
    await alice.opens(board, '<script>alert(1)</script>%(who)s"', "@bob <script>alert(1)</script>")
    text = (await bob.get("/notifications")).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;%(who)s" in text


async def test_a_comment_that_fails_tells_nobody(
    topic: Topic, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def notify_and_fail(*args: Any) -> None:
        await notify(*args)
        raise RuntimeError

    monkeypatch.setattr(making, "notify", notify_and_fail)
    answer = await alice.send(f"/topics/{topic.oid}/comments", body="@bob never stored")
    assert answer.status_code == 500
    assert await told(bob) == []
    assert await Comment.find({"topic": topic.oid}).count() == 1
    assert (await bob.feed())["seq"] == 0


async def test_a_notice_read_unchecked_is_the_one_that_was_written(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, body="@bob look")
    comment = await bob.says(topic, "Here")
    await alice.send(f"/comments/{comment.oid}/like")
    rows = await Notification.raw().find().to_list()
    assert {raw["kind"] for raw in rows} >= {"mention", "like"}
    for raw in rows:
        assert Notification.as_read(raw).model_dump() == Notification.model_validate(raw).model_dump()
