"""E-mail against a real SMTP server that takes, refuses and hangs up, with the queue there and gone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from pydantic import SecretStr
from quart import Quart
from redis import Redis

from app.events import LettersWritten
from app.interest import telling
from app.jobs.workshop import WORKSHOP, Workshop
from app.lifecycle import make_workshop, redis_client
from app.mail import courier, letters
from app.mydata import archives
from app.settings import Settings
from app.web.templating import Templates
from app.work import Work, tell, together
from documents import Letter
from documents.clock import now
from scripts.servers import EmbeddedMongo, EmbeddedRedis
from tests.mailbox import PostOffice
from tests.people import Forum, Person
from tests.scripts.calling import on
from tests.scripts.processes import started

TO = "alice@example.org"
FACTS: dict[str, Any] = {"name": "Ada", "at": now()}


@pytest.fixture
def workshop(app: Quart) -> Workshop:
    """The one of the forum that is served."""
    found: Workshop = app.extensions[WORKSHOP]
    return found


@pytest.fixture
def idle(settings: Settings) -> Workshop:
    """Another process' workshop, which does nothing by itself."""
    return make_workshop(settings, redis_client(settings), Templates(str))


async def write(once: str = "test:1", **options: Any) -> None:
    await letters.write("test", **({"to": TO, "locale": "en", "once": once, "facts": FACTS} | options))


async def unsent(**fields: Any) -> ObjectId:
    """A letter that nobody has been told of."""
    moment = now()
    letter = Letter(
        once=str(ObjectId()), kind="test", to=TO, locale="en", facts=FACTS, created_at=moment, due_at=moment
    ).model_copy(update=fields)
    await letter.insert()
    return ObjectId(letter.oid)


async def reached(letter: ObjectId, state: str, **fields: Any) -> Letter:
    """The letter once it is in this state."""
    async with asyncio.timeout(15):
        while True:
            found = await Letter.load(letter)
            assert found is not None
            if found.state == state and all(getattr(found, name) == value for name, value in fields.items()):
                return found
            await asyncio.sleep(0.02)


async def send(workshop: Workshop, letter: ObjectId) -> None:
    await workshop.jobs.kinds[courier.JOB].do(letter)


async def due_now(letter: ObjectId) -> None:
    await Letter.raw().update_one({"_id": letter}, {"$set": {"due_at": now()}})


async def test_a_letter_arrives_in_both_forms(mailbox: PostOffice) -> None:
    await write()
    mail = await mailbox.letter_to(TO)
    assert mail.subject == "Test e-mail from Quorum"
    assert mail.sender == "forum@quorum.example"
    assert mail.message["From"] == "Quorum <forum@quorum.example>"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert "Asked for by: Ada" in mail.text
    assert "E-mail works" in mail.html
    letter = await Letter.find_one({"once": "test:1"})
    assert letter is not None
    assert mail.message["Message-ID"] == f"<{letter.oid}@quorum.example>"
    assert (await reached(letter.oid, "sent")).attempts == 1


async def test_a_letter_that_is_asked_for_fifty_times_goes_out_once(mailbox: PostOffice) -> None:
    await asyncio.gather(*(write() for _ in range(50)))
    await mailbox.letter_to(TO)
    await write("test:2", to="last@example.org")
    await mailbox.letter_to("last@example.org")
    assert mailbox.taken == 2


async def test_many_workers_at_one_letter_send_it_once(mailbox: PostOffice, workshop: Workshop, idle: Workshop) -> None:
    letter = await unsent()
    await asyncio.gather(*(send(each, letter) for each in (workshop, idle) * 25), tell(LettersWritten((letter,))))
    await reached(letter, "sent")
    assert mailbox.tries == mailbox.taken == 1


@pytest.mark.usefixtures("mailbox")
async def test_what_is_undone_is_not_sent() -> None:
    async def steps(work: Work) -> None:
        await write(work=work)
        raise RuntimeError("changed our mind")

    with pytest.raises(RuntimeError):
        await together(steps)
    assert await Letter.find_all().count() == 0


@pytest.mark.parametrize(("words", "stage"), [("450 Later", "DATA"), ("", "DATA"), ("451 Busy", "RCPT")])
async def test_a_server_that_cannot_now_is_asked_again(
    mailbox: PostOffice, idle: Workshop, words: str, stage: str
) -> None:
    mailbox.answer(words, stage=stage)
    letter = await unsent()
    await send(idle, letter)
    waiting = await reached(letter, "waiting", leased_until=None, attempts=1)
    assert timedelta(seconds=50) < waiting.due_at - now() < timedelta(seconds=61)
    assert waiting.error
    await send(idle, letter)
    assert mailbox.taken == 0  # not before its time
    await due_now(letter)
    await idle.sweep(at_once=True)
    mail = await mailbox.letter_to(TO)
    assert mail.message["Message-ID"].startswith(f"<{letter}@")
    assert (await reached(letter, "sent")).error == ""


async def test_tries_come_further_apart_and_end(mailbox: PostOffice, idle: Workshop) -> None:
    mailbox.answer("421 Never", times=9)
    letter = await unsent()
    waits = []
    for attempt in range(1, 6):
        await send(idle, letter)
        waits.append((await reached(letter, "waiting", attempts=attempt)).due_at - now())
        await due_now(letter)
    assert [round(wait.total_seconds() / 60) for wait in waits] == [1, 5, 30, 120, 480]
    await send(idle, letter)
    failed = await reached(letter, "failed", attempts=6)
    assert failed.error == "421 Never"
    assert mailbox.taken == 0


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
async def test_a_refusal_for_good_is_the_end_at_once(mailbox: PostOffice, stage: str) -> None:
    mailbox.answer("550 No such mailbox", stage=stage)
    letter = await unsent()
    await tell(LettersWritten((letter,)))
    failed = await reached(letter, "failed")
    assert (failed.attempts, failed.error) == (1, "550 No such mailbox")


async def test_what_opens_doors_is_erased_once_it_is_sent(mailbox: PostOffice) -> None:
    letter = await unsent(facts={**FACTS, "link": "/confirm/secret", "code": "123456"})
    await tell(LettersWritten((letter,)))
    assert (await reached(letter, "sent")).facts.keys() == FACTS.keys()
    late = await unsent(facts={**FACTS, "link": "/reset/secret"}, good_until=now() - timedelta(seconds=1))
    await tell(LettersWritten((late,)))
    assert (await reached(late, "dropped")).facts.keys() == FACTS.keys()
    assert mailbox.taken == 1


async def test_a_letter_that_the_queue_lost_is_found(
    mailbox: PostOffice, idle: Workshop, servers: tuple[EmbeddedMongo, EmbeddedRedis]
) -> None:
    letter = await unsent(due_at=now() - timedelta(seconds=30))
    assert await idle.jobs.hint(courier.JOB, letter)
    with Redis.from_url(servers[1].url) as redis:
        redis.flushall()
    await idle.sweep()
    await mailbox.letter_to(TO)


async def test_a_letter_that_the_queue_only_thinks_it_has_is_sent_by_the_sweep(
    mailbox: PostOffice, idle: Workshop, settings: Settings
) -> None:
    letter = await unsent(due_at=now() - timedelta(minutes=3))
    stuck = make_workshop(settings.model_copy(update={"mongodb_db": "another"}), redis_client(settings), Templates(str))
    await stuck.jobs.hint(courier.JOB, letter)
    await stuck.sweep()
    assert (await mailbox.letter_to(TO)).subject


async def test_without_redis_letters_are_sent_all_the_same(mailbox: PostOffice, settings: Settings) -> None:
    alone = make_workshop(settings.model_copy(update={"redis_url": None}), None, Templates(str))
    running = asyncio.create_task(alone.run())
    try:
        letter = await unsent()
        await alone.begin(courier.JOB, letter)
        await mailbox.letter_to(TO)
        await reached(letter, "sent")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_letter_of_a_worker_that_was_killed_goes_out_after_its_lease(
    mailbox: PostOffice, idle: Workshop
) -> None:
    letter = await unsent()
    assert await Letter.claim(letter, courier.LEASE)  # and then nothing more
    await idle.sweep(at_once=True)
    assert mailbox.tries == 0
    await Letter.raw().update_one({"_id": letter}, {"$set": {"leased_until": now() - timedelta(seconds=1)}})
    await idle.sweep(at_once=True)
    assert (await mailbox.letter_to(TO)).message["Message-ID"].startswith(f"<{letter}@")


async def test_the_forum_tells_how_its_jobs_are(guest: Person) -> None:
    answer = (await guest.get("/readyz")).json()
    assert answer["status"] == "ok"
    overdue: dict[str, int] = answer["jobs"]["overdue"]
    assert {courier.JOB, archives.JOB, telling.JOB} <= overdue.keys()
    assert not any(overdue.values())
    assert answer["jobs"]["queue"].keys() == {"queued", "active", "workers"}


async def test_a_person_in_a_subject_cannot_write_headers(mailbox: PostOffice, forum: Forum) -> None:
    evil = "Ada\r\nBcc: all@example.org\r\n\r\nText <script>"
    await write(to=f"{TO}", facts={**FACTS, "name": evil})
    mail = await mailbox.letter_to(TO)
    assert mail.message["Bcc"] is None
    assert "<script>" not in mail.html
    assert mailbox.taken == 1


async def test_redis_may_go_and_come_back(
    mailbox: PostOffice, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    redis = EmbeddedRedis(tmp_path_factory.mktemp("redis"))
    redis.start()
    own = settings.model_copy(update={"redis_url": SecretStr(redis.url)})
    workshop = make_workshop(own, redis_client(own), Templates(str))
    running = asyncio.create_task(workshop.run())
    try:
        await _sent_by(workshop, mailbox, "queue@example.org")
        redis.stop()
        await _sent_by(workshop, mailbox, "sweep@example.org")
        redis.start()
        async with asyncio.timeout(15):
            while not await workshop.jobs.hint(courier.JOB, ObjectId()):  # noqa: ASYNC110 - another process' doing
                await asyncio.sleep(0.1)
        await _sent_by(workshop, mailbox, "again@example.org")
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        redis.stop()


async def _sent_by(workshop: Workshop, mailbox: PostOffice, address: str) -> None:
    await workshop.begin(courier.JOB, await unsent(to=address))
    await mailbox.letter_to(address)


async def test_a_worker_killed_at_any_moment_loses_no_letter_and_sends_none_twice_that_is_not_known_again(
    mailbox: PostOffice, settings: Settings, idle: Workshop, tmp_path: Path
) -> None:
    # In a database of its own, as the forum's own workers are quicker than a process that has yet to start.
    apart = Letter.raw().database.client["quorum_killed"]["letters"]
    letter = Letter(
        once=str(ObjectId()),
        kind="test",
        to="twice@example.org",
        locale="zh",
        facts=FACTS,
        created_at=now(),
        due_at=now(),
    ).as_stored()
    early = letter | {"_id": ObjectId(), "once": str(ObjectId()), "to": "once@example.org"}
    await apart.insert_one(early)
    own = {"QUORUM_SMTP_URL": mailbox.url, "QUORUM_MAIL_FROM": settings.mail_from, "MONGODB_DB": "quorum_killed"}
    with started("worker", log=tmp_path / "worker.log", **on(settings) | own) as worker:
        mailbox.on_asked = worker.process.kill  # it is claimed, and not sent yet
        await asyncio.to_thread(worker.process.wait)
    mailbox.on_asked = lambda: None
    assert mailbox.taken == 0
    await apart.insert_one(letter)
    with started("worker", log=tmp_path / "worker.log", **on(settings) | own) as worker:
        mailbox.on_taken = worker.process.kill
        first = await mailbox.letter_to("twice@example.org", seconds=60)
        await asyncio.to_thread(worker.process.wait)
    mailbox.on_taken = lambda: None
    left = await apart.find_one({"_id": letter["_id"]})
    assert left is not None
    assert (left["state"], left["attempts"]) == ("waiting", 1)
    assert left["leased_until"] > now()
    for waiting in (left, await apart.find_one({"_id": early["_id"]})):
        assert waiting is not None
        await Letter.raw().insert_one(waiting | {"leased_until": now() - timedelta(seconds=1)})
    await idle.sweep(at_once=True)
    await mailbox.letter_to("once@example.org")
    second = await mailbox.letter_to("twice@example.org")
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert (await reached(letter["_id"], "sent")).attempts == 2
    assert (await reached(early["_id"], "sent")).attempts == 2
    assert mailbox.taken == 3
