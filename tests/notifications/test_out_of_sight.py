"""A topic moved out of sight: page, push, feed, e-mail and numbers say so alike, and again when it is back."""

from __future__ import annotations

from dataclasses import dataclass

from app.lifecycle import make_workshop, redis_client
from app.settings import Settings
from app.web.templating import Templates
from documents import Board, Comment, Topic
from tests.doctored import Doctor
from tests.mailbox import PostOffice
from tests.notifications.test_email import Post, address_of, notice_of, wants
from tests.people import Forum, Person
from tests.realtime.test_push import line


@dataclass(frozen=True)
class Seen:
    """What somebody has of a topic: on pages, in the feed, by a new socket, in numbers."""

    listed: bool
    opened: bool
    fed: bool
    pushed: bool
    number: int


async def seen_by(forum: Forum, person: Person, topic: Topic) -> Seen:
    feed = await person.feed()
    (event,) = feed["events"]
    async with line(forum, person, hello=0) as tab:
        pushed = await tab.hear()
    assert pushed["unread"] == feed["unread"]
    return Seen(
        listed="Secret plans" in (await person.get("/notifications")).text,
        opened=(await person.get(f"/topics/{topic.oid}")).status_code == 200,
        fed=event["kind"] == "mention" and event["title"] == "Secret plans",
        pushed=pushed["kind"] == "mention" and "look" in pushed["excerpt"],
        number=feed["unread"]["notifications"],
    )


async def moves(mod: Person, topic: Topic, board: Board) -> None:
    answer = await mod.send(f"/topics/{topic.oid}/move", board=str(board.oid), reason="")
    assert answer.status_code == 303, answer.text


async def test_page_push_feed_mail_and_numbers_agree(
    forum: Forum,
    board: Board,
    alice: Person,
    bob: Person,
    charlie: Person,
    mod: Person,
    mailbox: PostOffice,
    settings: Settings,
    doctor: Doctor,
) -> None:
    post = Post(mailbox, [make_workshop(settings, redis_client(settings), Templates(str))])
    closed = await forum.board("Staff", staff_only=True, position=2)
    await wants(charlie, mention="digest")
    topic = await alice.opens(board, "Secret plans")
    said = await alice.says(topic, "look @bob @charlie")
    there, gone = Seen(True, True, True, True, 1), Seen(False, False, False, False, 0)
    # Who looks at the notice has not read the topic: opening it is what comes last here.
    async with line(forum, bob) as tab, line(forum, charlie) as other:
        await moves(mod, topic, closed)
        for each in (tab, other):
            assert (await each.hear("unread"))["unread"]["notifications"] == 0
        for person in (bob, charlie):
            assert await seen_by(forum, person, topic) == gone
        await moves(mod, topic, board)
        for each in (tab, other):
            assert (await each.hear("unread"))["unread"]["notifications"] == 1
    await moves(mod, topic, closed)
    for person in (bob, charlie):
        (letter,) = await post.gets_none(person)
        assert letter.state == "dropped"
        assert (await notice_of(person)).email_skipped == "gone"
        assert await seen_by(forum, person, topic) == gone
    await moves(mod, topic, board)
    await alice.send(f"/comments/{said.oid}/edit", body="look, again, @bob @charlie")
    fresh = await alice.says(topic, "and here @bob")
    mail = await post.gets(bob)
    assert (mail.to, mail.subject) == (await address_of(bob), "Re: Secret plans")
    assert f"/n/{fresh.number}" in mail.text
    assert await seen_by(forum, charlie, topic) == there
    assert await Comment.find({"topic": topic.oid}).count() == 3
    await doctor()
