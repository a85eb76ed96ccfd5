"""Addresses: confirmed by a link, changed by a link, and nobody learns from the forum whose they are."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from bson import ObjectId

from documents import Board, Comment, Factor, Letter, Login, Passkey, Token, Topic, User
from documents.base import Id
from documents.clock import now
from tests import stock
from tests.mailbox import PostOffice
from tests.people import PASSWORD, Forum, Person

NEW = "newcomer@example.org"
OVER = "This link has been used, has expired, or is not complete."


@pytest.fixture(autouse=True)
def _fresh_address() -> None:
    """Another address for each test: letters of the one before may still be on their way."""
    global NEW
    NEW = f"newcomer-{ObjectId()}@example.org"


async def signs_up(person: Person, name: str = "newcomer", email: str = "") -> httpx.Response:
    fields = {"username": name, "email": email or NEW, "password": PASSWORD, "confirm": PASSWORD}
    return await person.send("/register", csrf=await person.csrf("/register"), **fields)


async def account(name: str = "newcomer") -> User:
    found = await User.find_one({"username_key": name})
    assert found is not None
    return found


async def has_address(person: Person, email: str) -> None:
    await User.raw().update_one({"_id": person.id}, {"$set": {"email": email, "email_key": email.lower()}})


async def test_a_letter_is_sent_and_its_link_confirms(forum: Forum, guest: Person, mailbox: PostOffice) -> None:
    assert (await signs_up(guest)).status_code == 303
    assert "Please confirm your e-mail address" in (await guest.see("/")).text
    mail = await mailbox.letter_to(NEW)
    assert mail.subject == "Confirm your address for Quorum"
    page = await guest.get(mail.path)
    assert page.status_code == 200
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("same-origin", "no-store")
    assert (await account()).email_confirmed_at is None, "programs that look through mail open links"
    assert (await guest.send(mail.path)).status_code == 303
    user = await account()
    assert user.email_confirmed_at is not None
    assert user.email_key == NEW
    after = await guest.see("/")
    assert f"Your address {NEW} is confirmed." in after.text
    assert "Please confirm your e-mail address" not in after.text


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_the_letter_is_in_the_language_of_the_form(forum: Forum, mailbox: PostOffice, locale: str) -> None:
    await signs_up(forum.guest(locale))
    assert ("确认" in (await mailbox.letter_to(NEW)).subject) == (locale == "zh")


async def test_a_link_works_in_another_browser_and_once_of_fifty(
    forum: Forum, guest: Person, mailbox: PostOffice
) -> None:
    await signs_up(guest)
    path = (await mailbox.letter_to(NEW)).path
    stranger = forum.guest()
    token = await stranger.csrf("/login")
    answers = await asyncio.gather(*(stranger.send(path, csrf=token) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [303] + [404] * 49
    assert OVER in (await stranger.get(path)).text


@pytest.mark.parametrize("wrong", ["used", "expired", "never", "other-kind", "long", "gone"])
async def test_a_link_that_is_over_says_so_and_looks_the_same(
    forum: Forum, guest: Person, mailbox: PostOffice, wrong: str
) -> None:
    await signs_up(guest)
    path = (await mailbox.letter_to(NEW)).path
    change: dict[str, dict[str, object]] = {
        "used": {"used_at": now()},
        "expired": {"expires_at": now() - timedelta(seconds=1)},
        "other-kind": {"kind": "reset"},
    }
    await Token.raw().update_many({}, {"$set": change.get(wrong, {"email": NEW})})
    if wrong == "gone":
        await User.raw().update_many({}, {"$set": {"deleted_at": now()}})
    path = {"never": "/confirm/x", "long": "/confirm/" + "x" * 5_000}.get(wrong, path)
    stranger = forum.guest()
    if wrong != "gone":
        page = await stranger.get(path)
        assert (page.status_code, OVER in page.text) == (404, True)
    sent = await stranger.send(path)
    assert (sent.status_code, OVER in sent.text) == (404, True)
    assert (await account()).email_confirmed_at is None


async def test_what_is_stored_is_not_the_link(guest: Person, mailbox: PostOffice) -> None:
    await signs_up(guest)
    secret = (await mailbox.letter_to(NEW)).path.rsplit("/", 1)[1]
    (token,) = await Token.find_all().to_list()
    assert secret not in repr(token)
    assert len(secret) >= 43


async def test_asking_again_ends_the_link_before_and_is_limited(guest: Person, mailbox: PostOffice) -> None:
    await signs_up(guest)
    first = (await mailbox.letter_to(NEW)).path
    answers = [await guest.send("/confirm") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "retry-after" in answers[-1].headers
    assert (await guest.get(first)).status_code == 404
    links = [(await mailbox.letter_to(NEW)).path for _ in range(5)]
    assert sorted([(await guest.get(link)).status_code for link in links]) == [200] + [404] * 4


async def test_with_confirmation_off_nothing_is_sent_or_said(guest: Person, off: None) -> None:
    assert (await signs_up(guest)).status_code == 303
    assert await Letter.find_all().count() == 0
    assert "confirm your e-mail" not in (await guest.see("/")).text


@pytest.mark.usefixtures("required")
async def test_unconfirmed_people_read_but_do_not_write(
    forum: Forum, board: Board, alice: Person, guest: Person, mailbox: PostOffice
) -> None:
    topic = await alice.opens(board)
    await signs_up(guest)
    page = await guest.see(f"/topics/{topic.oid}")
    assert page.status_code == 200
    verbs = set(re.findall(r'action="/(?:topics|comments)[^"]*/(\w+)"', page.text))
    assert verbs <= {"watch", "mute", "bookmark"}, "no form that would be refused"
    assert "You can read everything. To write, open the link" in page.text
    sentence = "To write here, please confirm your e-mail address"
    for path in ("/topics/new", f"/boards/{board.oid}/topics/new", "/messages/new"):
        refused = await guest.get(path)
        assert (refused.status_code, sentence in refused.text) == (403, True)
        assert 'formaction="/confirm"' in refused.text
    token = await guest.csrf("/")
    comment = await Comment.find_one({"topic": topic.oid})
    assert comment is not None
    for path, fields in (
        (f"/topics/{topic.oid}/comments", {"body": "Words that were typed"}),
        (f"/boards/{board.oid}/topics/new", {"title": "Words", "body": "Words that were typed"}),
        (f"/comments/{comment.oid}/like", {}),
        ("/messages/new", {"to": "alice", "title": "x", "body": "Words that were typed"}),
    ):
        refused = await guest.send(path, csrf=token, **fields)
        assert (refused.status_code, sentence in refused.text) == (403, True), path
        assert ("Words that were typed" in refused.text) == ("body" in fields)
    assert await Topic.find_all().count() == 1
    assert (await guest.send((await mailbox.letter_to(NEW)).path, csrf=token)).status_code == 303
    answer = await guest.send(f"/topics/{topic.oid}/comments", csrf=token, body="At last")
    assert answer.status_code == 303


@pytest.mark.usefixtures("required")
async def test_where_it_is_required_a_taken_address_looks_like_any_other(
    forum: Forum, alice: Person, mailbox: PostOffice
) -> None:
    await has_address(alice, "alice@example.org")
    shown = []
    for name, email in (("someone1", "nobody@example.org"), ("someone2", "Alice@Example.ORG")):
        person = forum.guest()
        answer = await signs_up(person, name, email)
        pages = [await person.see(path) for path in ("/", f"/@{name}", "/settings/account")]
        own = r'(content|value)="[^"]{40,}"|[0-9a-f]{24}|hue-\d+|<time.*?</time>'
        texts = [re.sub(own, "", page.text) for page in pages]
        alike = [re.sub(f"(?i){re.escape(email)}", "EMAIL", text).replace(name, "NAME") for text in texts]
        shown.append((answer.status_code, answer.headers["location"], [re.sub(r">[FT]<", "><", one) for one in alike]))
        by_address = await forum.guest().send("/login", login=email, password=PASSWORD + "x")
        assert by_address.status_code == 422
    mail = await mailbox.letter_to("alice@example.org")
    assert mail.subject == "You have an account at Quorum already"
    assert "/confirm/" not in mail.text
    assert (await mailbox.letter_to("nobody@example.org")).subject == "Confirm your address for Quorum"
    assert shown[0][:2] == shown[1][:2]
    for one, other in zip(shown[0][2], shown[1][2], strict=True):
        assert one.splitlines() == other.splitlines()


@pytest.mark.usefixtures("required")
async def test_an_address_is_whose_who_confirms_it_first(forum: Forum, mailbox: PostOffice) -> None:
    people = [forum.guest() for _ in range(2)]
    for number, person in enumerate(people):
        assert (await signs_up(person, f"person{number}", NEW)).status_code == 303
    links = [(await mailbox.letter_to(NEW)).path for _ in people]
    tokens = [await person.csrf("/") for person in people]
    answers = await asyncio.gather(*(people[i].send(links[i], csrf=tokens[i]) for i in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert await User.find({"email_key": NEW}).count() == 1


async def asks_for(person: Person, email: str) -> httpx.Response:
    return await person.send("/settings/email", email=email)


async def test_a_new_address_counts_from_its_link_on_and_the_old_one_hears_of_it(
    forum: Forum, alice: Person, mailbox: PostOffice
) -> None:
    await has_address(alice, "alice@example.org")
    assert (await asks_for(alice, "New@Example.org")).status_code == 303
    assert (await account("alice")).email == "alice@example.org"
    link = (await mailbox.letter_to("New@example.org")).path
    assert (await alice.send(link)).status_code == 303
    user = await account("alice")
    assert (user.email, user.email_key) == ("New@example.org", "new@example.org")
    notice = await mailbox.letter_to("alice@example.org")
    assert notice.subject == "Your address at Quorum was changed"
    assert "New@example.org" in notice.text


async def test_the_old_address_can_undo_it_which_ends_every_log_in(
    forum: Forum, alice: Person, mailbox: PostOffice
) -> None:
    await has_address(alice, "alice@example.org")
    await asks_for(alice, "thief@example.org")
    await alice.send((await mailbox.letter_to("thief@example.org")).path)
    notice = await mailbox.letter_to("alice@example.org")
    owner = forum.guest()
    page = await owner.get(notice.path)
    assert "Take your old address back" in page.text
    undone = await owner.send(notice.path)
    assert undone.status_code == 303
    assert (await account("alice")).email_key == "alice@example.org"
    assert await Login.find({"user": alice.id, "ended_at": None}).count() == 0
    new = "a whole new sentence"
    assert (await owner.send(undone.headers["location"], password=new, confirm=new)).status_code == 303
    assert (await owner.send("/login", login="alice", password=new)).status_code == 303


async def test_undoing_leaves_nothing_by_which_the_thief_comes_back(
    forum: Forum, alice: Person, mailbox: PostOffice
) -> None:
    await has_address(alice, "alice@example.org")
    hers = await stock.passkey(alice)
    for address in ("thief@example.org", "other-thief@example.org"):
        await asks_for(alice, address)
        await alice.send((await mailbox.letter_to(address)).path)
    await stock.passkey(alice)
    await Factor(user=Id(alice.id), secret="sealed", since=now()).insert()
    undo = (await mailbox.letter_to("alice@example.org")).path
    thiefs_undo = (await mailbox.letter_to("thief@example.org")).path
    assert (await forum.guest().send(undo)).status_code == 303
    thief = forum.guest()
    assert (await thief.send(thiefs_undo)).status_code == 404
    assert (await account("alice")).email_key == "alice@example.org"
    assert (await thief.send("/login", login="alice", password=PASSWORD)).status_code == 422
    assert [passkey.oid for passkey in await Passkey.all_of(alice.id)] == [hers]
    assert not (await Factor.of(alice.id)).asks


async def test_undoing_keeps_the_factors_of_before(forum: Forum, alice: Person, mailbox: PostOffice) -> None:
    await has_address(alice, "alice@example.org")
    await stock.passkey(alice)
    await Factor(user=Id(alice.id), secret="sealed", since=now(), asks_passkey=True).insert()
    await asks_for(alice, "thief@example.org")
    await alice.send((await mailbox.letter_to("thief@example.org")).path)
    await forum.guest().send((await mailbox.letter_to("alice@example.org")).path)
    kept = await Factor.of(alice.id)
    assert (kept.secret, kept.asks_passkey, len(await Passkey.all_of(alice.id))) == ("sealed", True, 1)


async def test_a_taken_new_address_is_not_told_and_not_taken(alice: Person, bob: Person, mailbox: PostOffice) -> None:
    await has_address(bob, "bob@example.org")
    free, taken = await asks_for(alice, "free@example.org"), await asks_for(alice, "BOB@example.org")
    assert (free.status_code, free.headers["location"]) == (taken.status_code, taken.headers["location"])
    assert (await mailbox.letter_to("bob@example.org")).subject == "You have an account at Quorum already"
    assert await Letter.find({"user": alice.id}).count() == 1


async def test_another_address_asked_for_ends_the_link_before(alice: Person, mailbox: PostOffice) -> None:
    await asks_for(alice, "one@example.org")
    await asks_for(alice, "two@example.org")
    assert (await alice.get((await mailbox.letter_to("one@example.org")).path)).status_code == 404
    assert (await alice.get((await mailbox.letter_to("two@example.org")).path)).status_code == 200


@pytest.mark.parametrize("email", ["", "x", "a@b@c.org", "x" * 300 + "@y.org", "a@b.org\r\nBcc: x@y.org"])
async def test_what_is_no_address_is_refused_and_kept(alice: Person, email: str) -> None:
    answer = await asks_for(alice, email)
    assert answer.status_code == 422
    assert await Letter.find_all().count() == 0


async def test_a_new_address_asks_who_is_there_when_the_log_in_is_old(alice: Person) -> None:
    await Login.raw().update_many({}, {"$set": {"created_at": now() - timedelta(hours=1)}})
    assert (await asks_for(alice, "new@example.org")).status_code == 403
    assert await Letter.find_all().count() == 0
