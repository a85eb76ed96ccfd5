"""Of what people want to hear, and how."""

from __future__ import annotations

from typing import Any

import pytest

from app.notifications.preferences import DEFAULTS, email_when, on_site, wants
from documents import Board, Notification, Topic, User
from documents.notification import REASONS
from tests.people import Forum, Person


def chosen(**changes: Any) -> dict[str, Any]:
    """The form as somebody sends it who has changed this alone."""
    fields = {f"site_{kind}": "1" for kind in REASONS} | {f"email_{kind}": DEFAULTS[kind].email for kind in REASONS}
    return {name: value for name, value in (fields | changes).items() if value is not None}


async def sees(person: Person) -> list[str]:
    return [event["kind"] for event in (await person.feed())["events"]]


@pytest.fixture
async def topic(board: Board, alice: Person) -> Topic:
    return await alice.opens(board, "A conversation")


def test_defaults_hold_until_somebody_chooses() -> None:
    assert wants({}, "mention", "site")
    assert wants({"notices": {}}, "mention", "at_once")
    assert not wants({}, "mention", "digest")
    person = {"notices": {"mention": {"site": False, "email": "digest"}, "like": {"site": "x", "email": 7}, "reply": 1}}
    assert not wants(person, "mention", "site")
    assert wants(person, "mention", "digest")
    assert wants(person, "like", "site")
    assert not wants(person, "like", "at_once")
    assert wants(person, "reply", "at_once")
    assert on_site(person, ["mention", "watch"]) == ("watch",)
    assert email_when(person, ["mention", "watch"]) == "digest"
    assert email_when(person, ["mention", "reply"]) == "at_once"
    assert email_when(person, ["like"]) == "never"
    assert wants({"notices": {"moderation": {"site": False, "email": "never"}}}, "moderation", "site")


async def test_what_is_chosen_is_kept_and_shown(bob: Person) -> None:
    assert (
        await bob.send("/settings/notifications", **chosen(site_like=None, email_mention="digest"))
    ).status_code == 303
    user = await User.get(bob.id)
    assert user is not None
    assert user.notices["like"] == {"site": False, "email": "never"}
    assert user.notices["mention"] == {"site": True, "email": "digest"}
    text = " ".join((await bob.get("/settings/notifications")).text.split())
    assert 'name="site_like" value="1" aria-describedby="hint-like">' in text
    assert 'name="site_reply" value="1" aria-describedby="hint-reply" checked>' in text


@pytest.mark.parametrize("wrong", [{"email_mention": "hourly"}, {"email_reply": None}, {"email_like": "never\x00"}])
async def test_what_cannot_be_chosen_is_refused_and_stays_in_the_form(bob: Person, wrong: dict[str, Any]) -> None:
    answer = await bob.send("/settings/notifications", **chosen(site_watch=None, **wrong))
    assert answer.status_code == 422
    assert 'name="site_watch" value="1" aria-describedby="hint-watch">' in " ".join(answer.text.split())
    user = await User.get(bob.id)
    assert user is not None
    assert user.notices == {}


async def test_off_on_the_site_means_neither_bell_nor_event(topic: Topic, alice: Person, bob: Person) -> None:
    await bob.send("/settings/notifications", **chosen(site_mention=None, email_mention="digest"))
    await alice.says(topic, "@bob by e-mail alone")
    feed = await bob.feed()
    assert feed["events"] == [{"type": "notification", "seq": 1, "kind": "hidden"}]
    assert feed["unread"]["notifications"] == 0
    assert "by e-mail alone" not in (await bob.get("/notifications")).text
    (stored,) = await Notification.find({"user": bob.id}).to_list()
    assert (stored.site, stored.email, stored.kind) == (False, "digest", "mention")


async def test_off_everywhere_takes_no_number(topic: Topic, alice: Person, bob: Person) -> None:
    await bob.send("/settings/notifications", **chosen(site_mention=None, email_mention="never"))
    await alice.says(topic, "@bob")
    assert (await bob.feed())["seq"] == 0


async def test_another_reason_that_is_wanted_shows_it_with_a_number_of_its_own(
    topic: Topic, alice: Person, bob: Person
) -> None:
    await bob.send("/settings/notifications", **chosen(site_reply=None, email_reply="digest"))
    mine = await bob.says(topic, "A question")
    answer = await alice.says(topic, "An answer", reply_to=str(mine.oid))
    assert await sees(bob) == ["hidden"]
    await alice.send(f"/comments/{answer.oid}/edit", body="An answer, @bob")
    assert await sees(bob) == ["hidden", "mention"]
    feed = await bob.feed()
    assert (feed["seq"], feed["unread"]["notifications"]) == (2, 1)
    assert feed["events"][1]["reasons"] == ["mention", "reply"]
    assert "answers you" in (await bob.get("/notifications")).text


async def test_messages_that_do_not_pop_up_are_in_the_inbox(alice: Person, bob: Person) -> None:
    await bob.send("/settings/notifications", **chosen(site_message=None))
    await alice.writes("bob", "Quietly")
    feed = await bob.feed()
    assert [event["kind"] for event in feed["events"]] == ["hidden"]
    assert feed["unread"] == {"notifications": 0, "messages": 1}


async def test_who_watches_topic_and_board_is_told_once_with_both_reasons(
    forum: Forum, board: Board, topic: Topic, alice: Person, bob: Person
) -> None:
    await bob.send(f"/topics/{topic.oid}/watch")
    await bob.send(f"/boards/{board.oid}/watch")
    await alice.says(topic, "@bob something new")
    (event,) = (await bob.feed())["events"]
    assert event["reasons"] == ["mention", "watch", "watch_board"]
    text = (await bob.get("/notifications")).text
    assert "you watch this topic" in text
    assert "you watch this board" in text
