"""The captcha: a picture or words, each good once and for a while, asked for after several sign-ups."""

from __future__ import annotations

import asyncio
import io
import re
import uuid

import httpx
import pytest
from PIL import Image
from quart import Quart
from redis.asyncio import Redis

from app.accounts import captcha, sums
from app.web.context import EXTENSION, Plumbing
from documents import User
from tests.accounts.captchas import CAPTCHA_ID, answer_of, memory, solved
from tests.people import PASSWORD, Forum, Person


async def signs_up(person: Person, name: str, **fields: str) -> httpx.Response:
    sent = {"username": name, "email": f"{name}@example.org", "password": PASSWORD, "confirm": PASSWORD, **fields}
    return await person.send("/register", csrf=await person.csrf("/register"), **sent)


async def test_a_picture_is_a_small_png_that_nobody_keeps(guest: Person) -> None:
    answer = await guest.get(f"/api/v1/image_codes/{uuid.uuid4()}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["cache-control"] == "no-store"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (captcha.WIDTH, captcha.HEIGHT)
    assert len(answer.content) < 30_000


@pytest.mark.parametrize("id", ["x", "1", "8A0C3A52-6F0B-4B8E-9D57-0D2B6A1F7C11", "a" * 36, "%2e%2e", "é" * 36])
async def test_what_is_no_uuid_has_no_picture(guest: Person, id: str) -> None:
    answer = await guest.get(f"/api/v1/image_codes/{id}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"errno", "errmsg"}
    assert answer.json()["errno"] == 404


async def test_too_many_pictures_are_refused_in_json(guest: Person) -> None:
    answers = [await guest.get(f"/api/v1/image_codes/{uuid.uuid4()}") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert answers[-1].json()["errno"] == 429
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_an_answer_is_good_once_also_for_fifty_at_once(app: Quart, guest: Person) -> None:
    id = str(uuid.uuid4())
    await guest.get(f"/api/v1/image_codes/{id}")
    answer = await answer_of(app, id)
    assert re.fullmatch(r"[2-9]{5}", answer)
    found = await asyncio.gather(*(captcha.is_solved(memory(app), id, answer) for _ in range(50)))
    assert found.count(True) == 1


@pytest.mark.parametrize("typed", [" {} ", "{}\t", "full-width"])
async def test_how_it_is_typed_does_not_matter(app: Quart, typed: str) -> None:
    id = str(uuid.uuid4())
    await captcha.picture(memory(app), id)
    answer = await answer_of(app, id)
    wide = answer.translate({ord(str(i)): chr(0xFF10 + i) for i in range(10)})
    assert await captcha.is_solved(memory(app), id, wide if typed == "full-width" else typed.format(answer))


async def test_a_wrong_answer_uses_it_up_and_an_old_one_is_gone(app: Quart) -> None:
    id = str(uuid.uuid4())
    await captcha.picture(memory(app), id)
    answer, kept = await answer_of(app, id), memory(app)

    async def left(redis: Redis) -> int:
        return int(await redis.ttl(f"{kept.prefix}:captcha:{id}"))

    assert 0 < await kept.either(left, lambda: -1) <= captcha.ANSWER_SECONDS
    assert not await captcha.is_solved(kept, id, "wrong")
    assert not await captcha.is_solved(kept, id, answer)


async def test_the_eleventh_sign_up_of_an_hour_brings_a_captcha(forum: Forum, app: Quart) -> None:
    for i in range(10):
        person = forum.guest()
        assert "captcha_id" not in (await person.get("/register")).text
        assert (await signs_up(person, f"person{i}")).status_code == 303
    person = forum.guest()
    asked = await signs_up(person, "eleventh")
    assert asked.status_code == 422
    assert 'value="eleventh"' in asked.text
    assert (await signs_up(person, "eleventh", **await solved(app, person, asked))).status_code == 303
    assert await User.find({}).count() == 11


async def test_of_thirty_sign_ups_at_once_ten_need_none(forum: Forum) -> None:
    people = [forum.guest() for _ in range(18)]
    tokens = await asyncio.gather(*(person.csrf("/register") for person in people))
    fields = {"password": PASSWORD, "confirm": PASSWORD}
    answers = await asyncio.gather(
        *(
            person.send("/register", csrf=token, username=f"person{i}", email=f"p{i}@example.org", **fields)
            for i, (person, token) in enumerate(zip(people, tokens, strict=True))
        )
    )
    assert [answer.status_code for answer in answers].count(303) == 10
    assert await User.find({}).count() == 10


async def test_what_was_refused_does_not_count(forum: Forum, guest: Person) -> None:
    for _ in range(12):
        assert (await signs_up(guest, "admin")).status_code == 422
    assert (await signs_up(guest, "newcomer")).status_code == 303


async def test_another_picture_or_words_without_javascript(forum: Forum, app: Quart, alice: Person) -> None:
    person = forum.guest()
    for _ in range(3):
        page = await person.send("/login", login="alice", password="a wrong guess")
    seen = {CAPTCHA_ID.search(page.text)[1]}  # type: ignore[index]
    for kind, shown in (("picture", "<img"), ("words", "Answer with a number"), ("words", "Another question")):
        page = await person.send("/login", login="alice", password=PASSWORD, another=kind)
        assert page.status_code == 200
        assert shown in page.text
        assert PASSWORD not in page.text
        assert 'value="alice"' in page.text
        seen.add(CAPTCHA_ID.search(page.text)[1])  # type: ignore[index]
    assert len(seen) == 4
    id = CAPTCHA_ID.search(page.text)[1]  # type: ignore[index]
    answer = {"captcha_id": id, "captcha": await answer_of(app, id), "captcha_kind": "words"}
    assert (await person.send("/login", login="alice", password=PASSWORD, **answer)).status_code == 303


async def test_words_are_in_the_readers_language(forum: Forum, alice: Person) -> None:
    page = await forum.guest("zh").send("/login", login="alice", password="x", another="words")
    assert re.search(r"(?:加|减|哪个)", page.text)
    assert not re.search(r"\b(?:plus|minus|larger)\b", page.text)


def test_sums_are_right() -> None:
    words = {name: number for number, name in enumerate(sums.NUMBERS)}
    for _ in range(200):
        question = sums.asked()
        a, b = (words[question.text.params[name].msgid] for name in "ab")
        right = {sums.PLUS: a + b, sums.MINUS: a - b, sums.LARGER: max(a, b), sums.SMALLER: min(a, b)}
        assert question.answer == str(right[question.text.msgid])
        assert a != b
        assert int(question.answer) >= 0


async def test_who_fills_the_trap_is_told_and_may_send_again(forum: Forum, guest: Person) -> None:
    page = await guest.get("/register")
    field = re.search(r'<div class="trap" aria-hidden="true">.*?</div>', page.text, re.DOTALL)
    assert field
    assert 'tabindex="-1"' in field[0]
    assert 'autocomplete="off"' in field[0]
    answer = await signs_up(guest, "robot", subject="Buy now")
    assert answer.status_code == 422
    assert "Buy now" not in answer.text
    assert await User.find({}).count() == 0
    assert (await signs_up(guest, "robot")).status_code == 303


async def test_with_limits_off_nobody_is_asked_at_sign_up(forum: Forum, app: Quart) -> None:
    plumbing: Plumbing = app.extensions[EXTENSION]
    kept = plumbing.settings
    plumbing.settings = kept.model_copy(update={"limits": "off", "signups_before_captcha": 0})
    try:
        assert (await signs_up(forum.guest(), "newcomer")).status_code == 303
    finally:
        plumbing.settings = kept
