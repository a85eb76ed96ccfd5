"""Notices by e-mail against a real SMTP server: once, at the right moment, and only what its reader may still see."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from app.events import BoardsChanged
from app.jobs.workshop import Workshop
from app.lifecycle import make_workshop, redis_client
from app.mail import courier
from app.notifications import letters
from app.notifications.service import notify_moderation
from app.settings import Settings
from app.web.i18n import N_
from app.web.templating import Templates
from app.work import tell, together
from documents import Board, Comment, Letter, Notification, Topic, User
from documents.clock import now
from documents.notification import REASONS
from tests.doctored import Doctor
from tests.mailbox import Mail, PostOffice
from tests.people import Forum, Person


class Post:
    """The waiting letters, and two workshops that are told when it is time."""

    def __init__(self, mailbox: PostOffice, workshops: list[Workshop]) -> None:
        self.mailbox = mailbox
        self.workshops = workshops

    async def letters(self, person: Person, **fields: Any) -> list[Letter]:
        """A person's letters, oldest first."""
        return await Letter.find({"user": person.id, **fields}).sort("_id").to_list()

    async def come_due(self, person: Person) -> list[Letter]:
        """The moment has come for all that waits for them: both workshops go for it at once."""
        await Letter.raw().update_many({"user": person.id, "state": "waiting"}, {"$set": {"due_at": now()}})
        waiting = await self.letters(person, state="waiting")
        ways = [workshop.jobs.kinds[courier.JOB].do for workshop in self.workshops * 2]
        await asyncio.gather(*(do(letter.oid) for do in ways for letter in waiting))
        return await self.letters(person)

    async def gets(self, person: Person) -> Mail:
        """The letter that comes when it is due."""
        await self.come_due(person)
        return await self.mailbox.letter_to(await address_of(person), seconds=5)

    async def gets_none(self, person: Person) -> list[Letter]:
        """Nothing is even tried."""
        found = await self.come_due(person)
        assert self.mailbox.tries == 0, [mail.subject for mail in self.mailbox.mails]
        return found


async def address_of(person: Person) -> str:
    user = await User.load(person.id)
    assert user is not None
    return user.email


@pytest.fixture
def post(mailbox: PostOffice, settings: Settings) -> Post:
    return Post(mailbox, [make_workshop(settings, redis_client(settings), Templates(str)) for _ in range(2)])


@pytest.fixture
async def topic(board: Board, alice: Person) -> Topic:
    return await alice.opens(board, "A conversation")


async def change(person: Person, **fields: Any) -> None:
    await User.raw().update_one({"_id": person.id}, {"$set": fields})


async def wants(person: Person, **email: str) -> None:
    """Have these kinds by e-mail so."""
    await change(person, notices={kind: {"site": True, "email": when} for kind, when in email.items()})


async def notice_of(person: Person) -> Notification:
    found = await Notification.find({"user": person.id, "kind": {"$ne": "moved"}}).sort("-seq").first_or_none()
    assert found is not None
    return found


async def test_a_mention_comes_once_with_text_place_and_thread(
    post: Post, topic: Topic, alice: Person, bob: Person, settings: Settings
) -> None:
    said = await alice.says(topic, "@bob look\n\n> quoted\n\n```python\nprint('<b>')\n```\n\n- one\n\n>! covered")
    (letter,) = await post.letters(bob)
    assert timedelta(minutes=2) < letter.due_at - now() <= timedelta(minutes=3)
    mail = await post.gets(bob)
    assert mail.subject == "Re: A conversation"
    assert "alice mentioned you" in mail.text
    assert "Garden" in mail.text
    assert "> quoted" in mail.text
    assert "    print('<b>')" in mail.text
    assert "print('&lt;b&gt;')" in mail.html
    assert f"{settings.origin}/topics/{topic.oid}/n/{said.number}" in mail.text
    assert "because you were mentioned" in mail.text
    thread = f"<topic-{topic.oid}@quorum.example>"
    assert (mail.message["References"], mail.message["In-Reply-To"]) == (thread, thread)
    assert mail.message["Message-ID"] == f"<{letter.oid}@quorum.example>"
    assert mail.message["List-Id"] == f"<board-{topic.board}.quorum.example>"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Precedence"] is None
    await post.come_due(bob)
    assert post.mailbox.taken == 1
    stored = await notice_of(bob)
    assert stored.emailed_at is not None
    assert not stored.awaits_email
    assert "e-mail sent" in (await bob.get("/notifications/log")).text


async def test_raw_headers_are_whole_and_one_press_unsubscribes(
    post: Post, topic: Topic, alice: Person, bob: Person, forum: Forum
) -> None:
    await alice.says(topic, "@bob")
    mail = await post.gets(bob)
    raw = next(value for name, value in mail.message.raw_items() if name == "List-Unsubscribe")
    found = re.fullmatch(rf"\s*<{re.escape(forum.settings.origin)}(/unsubscribe/[\w-]+)>\s*", str(raw))
    assert found is not None, raw
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found[1] in mail.text
    stranger = forum.guest()
    page = await stranger.get(found[1])
    assert page.status_code == 200
    assert "No more e-mails about mentions" in page.text
    assert (await notices_of(bob)).get("mention") is None  # who only looks changes nothing
    pressed = await stranger.browser.post(found[1], data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "null"})
    assert pressed.status_code == 200
    assert (await notices_of(bob))["mention"] == {"site": True, "email": "never"}
    assert "reply" not in await notices_of(bob)
    await alice.says(topic, "@bob again")
    assert len(await post.letters(bob)) == 1
    assert (await bob.feed())["unread"]["notifications"] == 2


async def notices_of(person: Person) -> dict[str, Any]:
    user = await User.load(person.id)
    assert user is not None
    return user.notices


async def test_all_and_digests_are_left_each_by_its_own_link(
    post: Post, topic: Topic, alice: Person, bob: Person, guest: Person
) -> None:
    await wants(bob, mention="digest", watch="never", reply="at_once")
    await alice.says(topic, "@bob")
    mail = await post.gets(bob)
    digest, everything = re.findall(r"/unsubscribe/[\w-]+", mail.text)
    assert (await guest.browser.post(digest)).status_code == 200
    found = await notices_of(bob)
    assert found["mention"]["email"] == found["quote"]["email"] == "never"
    assert found["reply"]["email"] == "at_once"
    assert (await guest.browser.post(everything)).status_code == 200
    assert {wish["email"] for wish in (await notices_of(bob)).values()} == {"never"}
    assert (await notices_of(bob)).keys() == set(REASONS)


async def test_forged_tokens_change_nothing(
    post: Post, topic: Topic, alice: Person, bob: Person, guest: Person
) -> None:
    await alice.says(topic, "@bob")
    (path, *_) = re.findall(r"/unsubscribe/[\w-]+", (await post.gets(bob)).text)
    token = path.rpartition("/")[2]
    flipped = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    other = token[:8] + ("A" if token[8] != "A" else "B") + token[9:]
    for wrong in (flipped, other, token[:-4], token + "AAAA", token.replace(token[3], "%", 1), "x", "é" * 9, "A" * 39):
        for answer in (await guest.get(f"/unsubscribe/{wrong}"), await guest.browser.post(f"/unsubscribe/{wrong}")):
            assert answer.status_code == 404, wrong
    assert await notices_of(bob) == {}


async def read(topic: Topic, bob: Person) -> None:
    await bob.send("/notifications/read", all="1")


async def unmentioned(topic: Topic, bob: Person) -> None:
    await wants(bob, mention="never")


async def banned(topic: Topic, bob: Person) -> None:
    await change(bob, banned_at=now())


async def unconfirmed(topic: Topic, bob: Person) -> None:
    await change(bob, email_confirmed_at=None)


async def left(topic: Topic, bob: Person) -> None:
    await change(bob, deleted_at=now())


async def muted(topic: Topic, bob: Person) -> None:
    await change(bob, mutes=[topic.oid])


async def blocked(topic: Topic, bob: Person) -> None:
    await change(bob, blocks=[topic.author])


async def closed(topic: Topic, bob: Person) -> None:
    await Board.raw().update_one({"_id": topic.board}, {"$set": {"staff_only": True}})
    await tell(BoardsChanged())


@pytest.mark.parametrize("when", ["at_once", "digest"])
@pytest.mark.parametrize(
    ("deed", "why"),
    [
        (read, "read"),
        (unmentioned, "off"),
        (banned, "off"),
        (left, "off"),
        (muted, "off"),
        (blocked, "gone"),
        (closed, "gone"),
        (unconfirmed, "unconfirmed"),
    ],
)
async def test_what_is_read_hidden_or_unwanted_meanwhile_is_not_sent(
    post: Post, topic: Topic, alice: Person, bob: Person, deed: Callable[..., Awaitable[None]], why: str, when: str
) -> None:
    await wants(bob, mention=when)
    await alice.says(topic, "@bob")
    await deed(topic, bob)
    (letter,) = await post.gets_none(bob)
    assert letter.state == "dropped"
    stored = await notice_of(bob)
    assert (stored.email_skipped, stored.awaits_email, stored.emailed_at) == (why, False, None)


async def test_what_was_deleted_or_read_by_opening_its_page_is_not_sent(
    post: Post, topic: Topic, alice: Person, bob: Person
) -> None:
    gone = await alice.says(topic, "@bob one")
    await alice.send(f"/comments/{gone.oid}/delete", reason="")
    seen = await alice.says(topic, "@bob two")
    await bob.see(f"/topics/{topic.oid}/n/{seen.number}")
    await post.gets_none(bob)
    log = (await bob.get("/notifications/log")).text
    assert "as you had read it" in log
    assert "as it was no longer there" in log


async def test_a_digest_has_all_that_waits_by_topic_once(
    post: Post, board: Board, topic: Topic, alice: Person, bob: Person
) -> None:
    await wants(bob, mention="digest")
    other = await alice.opens(board, "Another <topic>", "@bob first")
    for number in range(5):
        await alice.says(topic, f"@bob word {number}")
    (letter,) = await post.letters(bob)
    assert letter.kind == "digest"
    mail = await post.gets(bob)
    assert mail.subject == "6 notifications: A conversation"
    assert mail.text.index("A conversation · 5") < mail.text.index("Another <topic>")
    assert "word 4" in mail.text
    assert "word 1" not in mail.text
    assert "and 2 more" in mail.text
    assert "Another &lt;topic&gt;" in mail.html
    assert mail.message["List-Id"] == "<digest.quorum.example>"
    assert f"/topics/{other.oid}/n/1" in mail.text
    assert await Notification.find({"user": bob.id, "emailed_at": None}).count() == 0
    assert await post.letters(bob, state="waiting") == []
    await alice.says(topic, "@bob later")
    (waiting,) = await post.letters(bob, state="waiting")
    assert waiting.once != letter.once
    later = await post.gets(bob)
    assert "word 4" not in later.text
    assert post.mailbox.taken == 2


async def test_a_notice_while_its_digest_is_on_its_way_waits_for_the_next(
    post: Post, topic: Topic, alice: Person, bob: Person
) -> None:
    await wants(bob, mention="digest")
    await alice.says(topic, "@bob one")
    token, told = await alice.csrf(), asyncio.Event()
    loop = asyncio.get_running_loop()
    begun: list[asyncio.Task[Any]] = []

    def at_the_server() -> None:
        sending = alice.send(f"/topics/{topic.oid}/comments", csrf=token, body="@bob two")
        begun.append(loop.create_task(sending))
        told.set()

    post.mailbox.on_taken = at_the_server
    try:
        first = await post.gets(bob)
        await told.wait()
        assert (await begun[0]).status_code == 303
    finally:
        post.mailbox.on_taken = lambda: None
    assert "two" not in first.text
    assert "two" in (await post.gets(bob)).text
    assert post.mailbox.taken == 2


async def test_a_server_that_is_down_is_tried_again_and_asks_anew(
    post: Post, topic: Topic, alice: Person, bob: Person
) -> None:
    post.mailbox.answer("450 Later")
    await alice.says(topic, "@bob")
    (letter,) = await post.come_due(bob)
    assert (letter.state, letter.attempts) == ("waiting", 1)
    assert (await notice_of(bob)).awaits_email
    await read(topic, bob)
    (letter,) = await post.come_due(bob)
    assert letter.state == "dropped"
    assert post.mailbox.taken == 0


async def test_a_server_that_is_gone_for_a_while_gets_all_once_and_only_what_is_still_news(
    post: Post, topic: Topic, alice: Person, bob: Person, charlie: Person, doctor: Doctor
) -> None:
    await wants(charlie, mention="digest")
    await post.mailbox.close()
    try:
        for number in range(3):
            await alice.says(topic, f"@bob @charlie word {number}")
        for person in (bob, charlie):
            assert {letter.state for letter in await post.come_due(person)} == {"waiting"}
    finally:
        await post.mailbox.open_again()
    seen = await notice_of(bob)
    await bob.send("/notifications/read", ids=str(seen.oid))
    await asyncio.gather(post.come_due(bob), post.come_due(charlie))
    assert sorted(mail.to for mail in post.mailbox.mails) == sorted(
        [await address_of(bob)] * 2 + [await address_of(charlie)]
    )
    assert await Notification.find({"awaits_email": True}).count() == 0
    await post.come_due(bob)
    assert post.mailbox.taken == 3
    await doctor()


@pytest.fixture
def three_an_hour(post: Post) -> Iterator[None]:
    """The workshops have set it to what the settings say."""
    before = letters._office
    letters.use(replace(before, an_hour=3))
    yield
    letters.use(before)


@pytest.mark.usefixtures("three_an_hour")
async def test_what_is_too_much_for_an_hour_comes_in_one_letter(
    post: Post, topic: Topic, alice: Person, bob: Person, doctor: Doctor
) -> None:
    for number in range(8):
        await alice.says(topic, f"@bob word{number}.")
    await post.come_due(bob)
    assert post.mailbox.taken == 3
    first = {number for number in range(8) for mail in post.mailbox.mails if f"word{number}." in mail.text}
    post.mailbox.mails.clear()
    (waiting,) = await post.letters(bob, state="waiting")
    assert (waiting.kind, len(first)) == ("gathered", 3)
    assert timedelta(minutes=58) < waiting.due_at - now() <= timedelta(minutes=60)
    assert "comes in one e-mail with others" in (await bob.get("/notifications/log")).text
    await alice.says(topic, "@bob word8.")
    for letter in await post.letters(bob, state="waiting", kind="notice"):
        await come_due_alone(post, letter)
    assert post.mailbox.taken == 3  # nothing overtakes what is gathered
    read, *_ = await Notification.find({"user": bob.id, "gathered": True, "awaits_email": True}).to_list()
    await bob.send("/notifications/read", ids=str(read.oid))
    await doctor()
    mail = await post.gets(bob)
    assert mail.subject == "5 notifications: A conversation"
    assert "So much came within an hour" in mail.text
    assert "/unsubscribe/" in mail.message["List-Unsubscribe"]
    assert await Notification.find({"user": bob.id, "emailed_at": None, "email_skipped": ""}).count() == 0
    assert await post.letters(bob, state="waiting") == []
    assert post.mailbox.taken == 4
    await doctor()
    # The hour is over: the next comes by itself again.
    await change(bob, mail_places=[{"letter": "x", "at": now() - timedelta(hours=1)}] * 3)
    await alice.says(topic, "@bob at last")
    assert "at last" in (await post.gets(bob)).text


async def come_due_alone(post: Post, letter: Letter) -> None:
    await Letter.raw().update_one({"_id": letter.oid}, {"$set": {"due_at": now()}})
    await post.workshops[0].jobs.kinds[courier.JOB].do(letter.oid)


@pytest.mark.usefixtures("three_an_hour")
async def test_what_is_gathered_while_its_letter_goes_out_or_is_refused_is_not_lost(
    post: Post, topic: Topic, alice: Person, bob: Person, guest: Person, doctor: Doctor
) -> None:
    await change(bob, mail_places=[{"letter": "x", "at": now()}] * 3)
    for number in range(2):
        await alice.says(topic, f"@bob {number}")
    await post.gets_none(bob)
    post.mailbox.answer("450 Later")
    await alice.says(topic, "@bob more")
    await post.come_due(bob)
    assert await Notification.find({"user": bob.id, "gathered": True, "awaits_email": True}).count() == 3
    mail = await post.gets(bob)
    assert mail.subject == "3 notifications: A conversation"
    (leave, _) = re.findall(r"/unsubscribe/[\w-]+", mail.text)
    assert (await guest.browser.post(leave)).status_code == 200
    found = await notices_of(bob)
    assert (found["mention"]["email"], found["reply"]["email"]) == ("never", "never")
    assert "quote" not in found
    post.mailbox.answer("554 Spam")
    await wants(bob, mention="at_once")
    await alice.says(topic, "@bob unwanted")
    await post.come_due(bob)
    await post.come_due(bob)
    assert (await notice_of(bob)).email_skipped == "failed"
    assert await post.letters(bob, state="waiting") == []
    await doctor()


async def test_another_time_zone_moves_the_digest_that_waits(
    post: Post, topic: Topic, alice: Person, bob: Person
) -> None:
    await wants(bob, mention="digest")
    await alice.says(topic, "@bob")
    look = {"locale": "", "theme": ""}
    for zone, hour in (("Asia/Shanghai", 0), ("Pacific/Honolulu", 18), ("", 8)):
        assert (await bob.send("/settings/look", **look, time_zone=zone)).status_code == 303
        (letter,) = await post.letters(bob)
        assert letter.due_at.hour == hour
        assert letter.due_at - now() <= timedelta(days=1)


async def test_an_address_that_refuses_is_paused_until_its_owner_says_otherwise(
    post: Post, topic: Topic, alice: Person, bob: Person
) -> None:
    post.mailbox.answer("550 No such <mailbox>", times=3, stage="RCPT")
    for number in range(3):
        await alice.says(topic, f"@bob {number}")
    await post.come_due(bob)
    assert post.mailbox.tries == 3
    await alice.says(topic, "@bob once more")
    assert len(await post.letters(bob)) == 3
    assert (await notice_of(bob)).email_skipped == "paused"
    settings = (await bob.get("/settings/notifications")).text
    assert "550 No such &lt;mailbox&gt;" in settings
    assert "your address refuses it" in (await bob.get("/notifications/log")).text
    await bob.send("/settings/notifications/resume")
    assert "550 No such" not in (await bob.get("/settings/notifications")).text
    await alice.says(topic, "@bob at last")
    assert "at last" in (await post.gets(bob)).text


async def test_a_refused_text_is_no_trouble_of_the_address(
    post: Post, topic: Topic, alice: Person, bob: Person
) -> None:
    post.mailbox.answer("554 Spam", times=3)
    for number in range(3):
        await alice.says(topic, f"@bob {number}")
    await post.come_due(bob)
    user = await User.load(bob.id)
    assert user is not None
    assert user.mail_trouble == {}
    assert (await notice_of(bob)).email_skipped == "failed"


async def test_private_messages_come_without_their_text_unless_it_is_wanted(
    post: Post, alice: Person, bob: Person, admin: Person
) -> None:
    talk = await alice.writes("bob", "Secret title", "Secret words")
    mail = await post.gets(bob)
    assert mail.subject == "alice sent you a private message"
    assert "Secret" not in mail.text + mail.html
    assert f"/messages/{talk}" in mail.text
    fields = {"every": "weekly", "hour": "7", "weekday": "4", "texts": "1"}
    assert (await bob.send("/settings/notifications/email", **fields)).status_code == 303
    await alice.send(f"/messages/{talk}/replies", body="More *words*")
    mail = await post.gets(bob)
    assert mail.subject == "Re: Secret title"
    assert "More words" in mail.text
    assert mail.message["References"] == f"<conversation-{talk}@quorum.example>"
    for letter in await post.letters(bob):
        shown = (await admin.get(f"/admin/mail/{letter.oid}")).text
        assert "Secret" not in shown
        assert "unsubscribe" not in shown
        assert (await admin.get(f"/admin/mail/{letter.oid}/html")).status_code == 200


async def test_who_mutes_a_conversation_hears_no_more_of_it(post: Post, alice: Person, bob: Person) -> None:
    talk = await alice.writes("bob")
    await bob.send(f"/messages/{talk}/mute")
    await post.gets_none(bob)


async def test_a_reader_of_chinese_gets_chinese(post: Post, topic: Topic, alice: Person, xiaoming: Person) -> None:
    await change(xiaoming, locale="zh", time_zone="Asia/Shanghai")
    await alice.says(topic, "你好 @小明")
    mail = await post.gets(xiaoming)
    assert "alice 提及了你" in mail.text
    assert "不再接收有关提及的邮件" in mail.text
    assert "Asia" not in mail.text
    assert " UTC" not in mail.text


async def test_another_hour_moves_the_digest_that_waits(post: Post, topic: Topic, alice: Person, bob: Person) -> None:
    await wants(bob, mention="digest")
    await change(bob, time_zone="Asia/Shanghai")
    await alice.says(topic, "@bob")
    fields = {"every": "weekly", "hour": "23", "weekday": "6"}
    assert (await bob.send("/settings/notifications/email", **fields)).status_code == 303
    (letter,) = await post.letters(bob)
    assert (letter.due_at.hour, letter.due_at.weekday()) == (15, 6)
    for wrong in ({"hour": "24"}, {"weekday": "7"}, {"every": "hourly"}, {"hour": ""}, {"hour": "٣"}):
        assert (await bob.send("/settings/notifications/email", **(fields | wrong))).status_code == 422
    assert (await post.letters(bob))[0].due_at == letter.due_at


async def test_a_sooner_reason_makes_a_digest_s_notice_a_letter_of_its_own(
    post: Post, topic: Topic, alice: Person, bob: Person
) -> None:
    await bob.send(f"/topics/{topic.oid}/watch")
    said = await alice.says(topic, "Nothing yet")
    assert (await notice_of(bob)).email == "digest"
    await alice.send(f"/comments/{said.oid}/edit", body="Yes, @bob")
    assert (await notice_of(bob)).email == "at_once"
    mail = await post.gets(bob)
    assert "alice" in mail.text
    assert post.mailbox.taken == 1


async def test_likes_that_come_again_are_a_letter_again(
    post: Post, topic: Topic, alice: Person, bob: Person, charlie: Person
) -> None:
    await wants(alice, like="at_once")
    (opening,) = await opening_of(topic)
    await bob.send(f"/comments/{opening}/like")
    assert "bob liked what you wrote" in (await post.gets(alice)).text
    await charlie.send(f"/comments/{opening}/like")
    assert "charlie and 1 more liked what you wrote" in (await post.gets(alice)).text
    assert post.mailbox.taken == 2


async def opening_of(topic: Topic) -> list[ObjectId]:
    return [comment.oid for comment in await Comment.find({"topic": topic.oid, "number": 1}).to_list()]


async def test_moderators_words_come_without_a_name(post: Post, topic: Topic, bob: Person, mod: Person) -> None:
    about: dict[str, Any] = {"subject": ObjectId(), "actor": mod.id, "url": f"/topics/{topic.oid}", "topic": topic.oid}
    about |= {"text": N_("“%(title)s” was moved."), "facts": {"title": "A <b> thing"}}
    await together(lambda work: notify_moderation(work, bob.id, **about))
    mail = await post.gets(bob)
    assert mail.subject == "“A <b> thing” was moved."
    assert "mod_mira" not in mail.text + mail.html
