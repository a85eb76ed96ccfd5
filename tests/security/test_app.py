"""The authenticator app: set up with proof, asked for at each log-in, each code good once."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape

import pytest

from app.accounts.pending import COOKIE, stamp_of
from app.assembly import AUTH_COOKIE
from app.security import factors
from documents import Appeal, Attempt, Board, Factor, Letter, Login, Pending, Token, User
from documents.clock import now
from tests.people import PASSWORD, Forum, Person
from tests.security.second import CODES, code_at, codes_left, half_way, in_, location, secret_of, set_up

NEW_PASSWORD = "a new sentence 新的"


async def kinds(person: Person) -> list[str]:
    """The letters that were written to somebody."""
    return [letter.kind for letter in await Letter.find({"user": person.id}).sort("created_at").to_list()]


async def test_nothing_is_on_before_a_code_has_shown_that_it_works(forum: Forum, alice: Person) -> None:
    secret = await secret_of(alice)
    assert secret == await secret_of(alice), "a reload keeps what was scanned"
    for wrong in (
        "",
        "000000x",
        code_at(secret, 40),
        code_at(secret)[:5],
        "１２",
        "x" * 5_000,
        "\ufeff",
        "验证码六个字",
        "٣٤٥٦٧٨",
    ):
        answer = await alice.send("/settings/security/app", code=wrong)
        assert answer.status_code == 422, wrong
        assert "data-passkey" not in answer.text
        assert secret in answer.text.replace(" ", ""), "the same picture is there still"
    assert location(await forum.guest().send("/login", login="alice", password=PASSWORD)) == "/"
    assert await kinds(alice) == []


async def test_set_up_the_log_in_has_two_steps(forum: Forum, alice: Person) -> None:
    secret, codes = await set_up(alice)
    assert len(set(codes)) == 10
    assert await kinds(alice) == ["factor_added"]
    person = await half_way(forum, next="/boards", remember="1")
    assert AUTH_COOKIE not in person.browser.cookies
    assert not await in_(person)
    page = await person.get("/login/second")
    assert page.status_code == 200
    answer = await person.send("/login/second", csrf=person.token_in(page), code=code_at(secret))
    assert location(answer) == "/boards"
    assert await in_(person)
    assert COOKIE not in person.browser.cookies
    stored = await Login.find({"user": alice.id, "remembered": True}).to_list()
    assert len(stored) == 1


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "full"])
async def test_a_code_however_it_is_typed(forum: Forum, alice: Person, typed: str) -> None:
    secret, _ = await set_up(alice)
    code = code_at(secret)
    written = code.translate({ord("0") + n: ord("０") + n for n in range(10)})
    person = await half_way(forum)
    assert location(await person.send("/login/second", code=written)) == "/"


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (0, True), (1, True), (2, False)])
async def test_one_step_of_drift(
    forum: Forum, alice: Person, monkeypatch: pytest.MonkeyPatch, steps: int, good: bool
) -> None:
    secret, _ = await set_up(alice)
    await Factor.raw().update_one({"user": alice.id}, {"$set": {"last_step": 0}})
    person = await half_way(forum)
    moment = now()  # so that no half minute ends on the way
    monkeypatch.setattr(factors, "now", lambda: moment)
    answer = await person.send("/login/second", code=code_at(secret, steps, moment.timestamp()))
    assert answer.status_code == (303 if good else 422)
    assert await in_(person) == good


async def test_the_code_that_turned_it_on_lets_nobody_in(forum: Forum, alice: Person) -> None:
    secret = await secret_of(alice)
    code = code_at(secret)
    assert (await alice.send("/settings/security/app", code=code)).status_code == 200
    person = await half_way(forum)
    assert (await person.send("/login/second", code=code)).status_code == 422
    assert not await in_(person)


async def test_an_older_code_is_worth_nothing_after_a_newer_one(
    forum: Forum, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = await set_up(alice)
    await Factor.raw().update_one({"user": alice.id}, {"$set": {"last_step": 0}})
    moment = now()  # so that no half minute ends on the way
    monkeypatch.setattr(factors, "now", lambda: moment)
    for steps, answer in ((1, 303), (1, 422), (0, 422), (-1, 422)):
        code = code_at(secret, steps, moment.timestamp())
        assert (await (await half_way(forum)).send("/login/second", code=code)).status_code == answer


@pytest.mark.parametrize(
    "typed", ["٣٤٥٦٧٨", "①②③④⑤⑥", "验证码六个字", "\ufeff", "\0" * 6, "123456\r\nX: y", "é" * 5_000]
)
async def test_what_is_no_code_is_refused_like_a_wrong_one(forum: Forum, alice: Person, typed: str) -> None:
    await set_up(alice)
    person = await half_way(forum)
    for field in ("code", "recovery"):
        answer = await person.send("/login/second", **{field: typed})
        assert answer.status_code == 422, field
    assert not await in_(person)


async def test_of_fifty_who_use_one_code_at_once_one_gets_in(forum: Forum, alice: Person) -> None:
    """Fifty log-ins that wait, not one: each would take it."""
    secret, _ = await set_up(alice)
    forum.app.extensions["quorum"].limits.enabled = False
    try:
        people = [await half_way(forum) for _ in range(50)]
        tokens = await asyncio.gather(*(person.kept_csrf() for person in people))
        code = code_at(secret)
        answers = await asyncio.gather(
            *(person.send("/login/second", csrf=t, code=code) for person, t in zip(people, tokens, strict=True))
        )
    finally:
        forum.app.extensions["quorum"].limits.enabled = True
    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 49
    assert sum([await in_(person) for person in people]) == 1


async def test_one_pending_log_in_becomes_one_log_in(forum: Forum, alice: Person) -> None:
    """The same form with ten good recovery codes at once: codes are used, one log-in begins."""
    _, codes = await set_up(alice)
    before = await Login.find({"user": alice.id}).count()
    person = await half_way(forum)
    token = await person.kept_csrf()
    await asyncio.gather(*(person.send("/login/second", csrf=token, recovery=code) for code in codes))
    assert await Login.find({"user": alice.id}).count() == before + 1


async def test_tries_are_counted_exactly(forum: Forum, alice: Person) -> None:
    secret, _ = await set_up(alice)
    person = await half_way(forum)
    token = await person.kept_csrf()
    answers = await asyncio.gather(*(person.send("/login/second", csrf=token, code="000000") for _ in range(9)))
    assert sorted(answer.status_code for answer in answers) == [409] * 4 + [422] * 5
    assert (await person.send("/login/second", csrf=token, code=code_at(secret))).status_code == 409
    assert not await in_(person)
    assert await Attempt.find({"user": alice.id, "succeeded": False}).count() == 5
    again = await half_way(forum)
    await again.send("/login/second", code=code_at(secret))
    over = await (await half_way(forum)).send("/login/second", code=code_at(secret, 1))
    assert over.status_code == 429, "ten tries from here, however often the password is shown"
    assert "Retry-After" in over.headers


async def test_a_recovery_code_is_good_once(forum: Forum, alice: Person) -> None:
    _, codes = await set_up(alice)
    people = [await half_way(forum) for _ in range(5)]
    tokens = [await person.kept_csrf() for person in people]
    answers = await asyncio.gather(
        *(person.send("/login/second", csrf=t, recovery=codes[0]) for person, t in zip(people, tokens, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 4
    assert await codes_left(alice) == 9
    assert await kinds(alice) == ["factor_added", "recovery_used"]
    assert "9 codes are left" in (await alice.get("/settings/security")).text
    other = await half_way(forum)
    typed = f" {codes[1].upper().replace('-', ' ')} "
    assert location(await other.send("/login/second", code=typed)) == "/", "also in the field for the app's code"


async def test_codes_are_stored_as_hashes_and_shown_once(forum: Forum, alice: Person) -> None:
    secret, codes = await set_up(alice)
    stored = str(await Factor.raw().find_one({"user": alice.id})) + str(await User.raw().find_one({"_id": alice.id}))
    letters = str(await Letter.raw().find({}).to_list())
    for word in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert word not in stored
        assert word not in letters
        assert word not in (await alice.get("/settings/security")).text
    answer = await alice.send("/settings/security/codes")
    assert answer.headers["cache-control"] == "no-store"
    new = CODES.findall(answer.text)
    assert len(new) == 10
    assert not set(new) & set(codes)
    person = await half_way(forum)
    assert (await person.send("/login/second", recovery=codes[0])).status_code == 422
    assert (await person.send("/login/second", recovery=new[0])).status_code == 303


async def test_a_new_password_ends_what_waits(forum: Forum, alice: Person) -> None:
    secret, _ = await set_up(alice)
    person = await half_way(forum)
    token = await person.kept_csrf()
    changed = await alice.send("/settings/account", old=PASSWORD, password=NEW_PASSWORD, confirm=NEW_PASSWORD)
    assert changed.status_code == 303, changed.text
    assert location(await person.send("/login/second", csrf=token, code=code_at(secret))) == "/login"
    assert not await in_(person)


async def test_what_waits_is_over_after_a_while(forum: Forum, alice: Person) -> None:
    secret, _ = await set_up(alice)
    person = await half_way(forum)
    token = await person.kept_csrf()
    await Pending.raw().update_many({}, {"$set": {"expires_at": now() - timedelta(seconds=1)}})
    answer = await person.send("/login/second", csrf=token, code=code_at(secret))
    assert location(answer) == "/login"
    assert "This log-in took too long." in (await person.get("/login")).text


async def test_who_has_not_shown_the_password_has_nothing_to_show(forum: Forum, alice: Person, guest: Person) -> None:
    secret, _ = await set_up(alice)
    for cookie in ("", "x" * 43, "é", "a" * 5_000):
        if cookie:
            guest.browser.cookies.set(COOKIE, cookie.encode("ascii", "ignore").decode(), domain="127.0.0.1")
        assert location(await guest.get("/login/second")) == "/login"
        assert location(await guest.send("/login/second", code=code_at(secret))) == "/login"
    assert not await in_(guest)


async def test_the_banned_and_the_deleted_stay_out(forum: Forum, alice: Person) -> None:
    secret, _ = await set_up(alice)
    person = await half_way(forum)
    token = await person.kept_csrf()
    await User.raw().update_one({"_id": alice.id}, {"$set": {"banned_at": now()}})
    assert (await person.send("/login/second", csrf=token, code=code_at(secret))).status_code == 403
    await User.raw().update_one({"_id": alice.id}, {"$set": {"banned_at": None, "deleted_at": now()}})
    assert location(await person.send("/login/second", csrf=token, code=code_at(secret))) == "/login"
    assert not await in_(person)


async def test_who_has_a_second_factor_shows_it_before_the_ban_is_explained(
    forum: Forum, board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    secret, codes = await set_up(alice)
    await mod.send(f"/users/{alice.id}/ban", hours="0", reason="Selling watches")
    thief = await half_way(forum)
    seen = [await thief.get("/login/second"), await thief.send("/login/second", code="000000")]
    assert [answer.status_code for answer in seen] == [200, 422]
    for answer in seen:
        assert not any(words in answer.text for words in ("Selling watches", "banned", "/banned/"))
    assert await Token.find_all().count() == 0, "and no address to appeal at"
    owner = await half_way(forum)
    token = await owner.kept_csrf()
    answers = [owner.send("/login/second", csrf=token, recovery=codes[0]) for _ in range(3)]
    told = [answer for answer in await asyncio.gather(*answers) if answer.status_code == 403]
    assert len(told) == 1
    assert "Selling watches" in told[0].text
    assert not await in_(owner)
    door = re.search(r'href="(/banned/[^"]+)"', told[0].text)
    assert door
    assert (await owner.send(f"{door[1]}/appeal", words="I sold nothing")).status_code == 303
    assert location(await owner.send("/login/second", csrf=token, code=code_at(secret))) == "/login", "it is used"
    appeal = await Appeal.find_one({"person": alice.id})
    assert appeal is not None
    assert (await admin.send(f"/moderation/appeals/{appeal.oid}/grant")).status_code == 303
    again = await half_way(forum)
    assert location(await again.send("/login/second", code=code_at(secret))) == "/"


async def test_a_ban_that_is_over_is_lifted_by_the_second_step(forum: Forum, alice: Person) -> None:
    secret, _ = await set_up(alice)
    over = {"banned_at": now() - timedelta(hours=2), "banned_until": now() - timedelta(hours=1)}
    await User.raw().update_one({"_id": alice.id}, {"$set": over})
    person = await half_way(forum)
    assert location(await person.send("/login/second", code=code_at(secret))) == "/"
    gone_too = {"deleted_at": now(), "deleted_by": alice.id, "deleted_as": "author"}
    banned = {"banned_at": now(), "banned_until": None, "ban_reason": "X1"}
    await User.raw().update_one({"_id": alice.id}, {"$set": {**gone_too, **banned}})
    gone = await forum.guest().send("/login", login="alice", password=PASSWORD)
    assert (gone.status_code, "X1" in gone.text, "/banned/" in gone.text) == (403, False, False)


async def test_a_secret_is_sealed_for_its_owner_and_key(forum: Forum, alice: Person, bob: Person) -> None:
    """Copied to another account, or under another key, it opens nothing."""
    secret, _ = await set_up(alice)
    sealed = (await Factor.of(alice.id)).secret
    await set_up(bob)
    await Factor.raw().update_one({"user": bob.id}, {"$set": {"secret": sealed, "last_step": 0}})
    person = await half_way(forum, "bob")
    assert (await person.send("/login/second", code=code_at(secret))).status_code == 422
    assert not await in_(person)


async def test_turning_it_off_tells_the_owner_and_forgets_the_codes(forum: Forum, alice: Person) -> None:
    await set_up(alice)
    assert (await alice.send("/settings/security/app/remove")).status_code == 303
    assert (await alice.send("/settings/security/app/remove")).status_code == 303
    assert await kinds(alice) == ["factor_added", "factor_removed"]
    assert await codes_left(alice) == 0
    assert location(await forum.guest().send("/login", login="alice", password=PASSWORD)) == "/"
    again = await set_up(alice)
    assert len(again[1]) == 10


async def test_of_ten_who_turn_it_on_at_once_one_does(alice: Person) -> None:
    secret = await secret_of(alice)
    token = await alice.kept_csrf()
    code = code_at(secret)
    answers = await asyncio.gather(*(alice.send("/settings/security/app", csrf=token, code=code) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert await kinds(alice) == ["factor_added"]


async def test_with_a_factor_the_proof_needs_it_too(forum: Forum, alice: Person) -> None:
    from tests.security.test_fresh import grow_old

    secret, codes = await set_up(alice)
    await grow_old(alice)
    asked = await alice.send("/settings/security/app/remove")
    assert asked.status_code == 403
    assert "proof_code" in asked.text
    action = unescape(re.findall(r'action="(/confirm[^"]+)"', asked.text)[0])
    assert (await alice.send(action, proof_password=PASSWORD)).status_code == 422
    assert (await alice.send(action, proof_password="wrong", proof_code=codes[0])).status_code == 422
    assert await codes_left(alice) == 10, "a wrong password costs no code"
    done = await alice.send(action, proof_password=PASSWORD, proof_code=code_at(secret))
    assert (done.status_code, location(done)) == (307, "/settings/security/app/remove")


async def test_the_picture_holds_what_is_written_and_no_style(alice: Person) -> None:
    page = await alice.get("/settings/security/app")
    assert "<svg" in page.text
    assert not re.search(r"\sstyle=", page.text)
    address = unescape(re.findall(r'href="(otpauth://[^"]+)"', page.text)[0])
    assert address.startswith("otpauth://totp/Quorum:alice?secret=")
    assert (await secret_of(alice)) in address


async def test_nobody_sees_another_ones(alice: Person, bob: Person) -> None:
    await set_up(alice)
    page = await bob.get("/settings/security")
    assert "codes are left" not in page.text


async def test_a_stamp_follows_the_password(alice: Person) -> None:
    assert alice.user is not None
    before = stamp_of(alice.user)
    assert before != stamp_of(alice.user.model_copy(update={"password_hash": "x"}))
    assert alice.user.password_hash not in before
