"""The same private message goes into a few conversations a day, and no more."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from bson import ObjectId

from documents import Conversation, Message, User
from tests.people import Forum, Person

ADVERT = "Cheap watches of every brand, delivered to your door within two days, ask me for the list"


async def crowd(forum: Forum, writer: Person, count: int) -> list[Person]:
    people = [await forum.person(f"reader{number}") for number in range(count)]
    await writer.known_to(*(person.name for person in people))
    return people


async def begins(person: Person, to: Person, body: str, **options: Any) -> httpx.Response:
    return await person.send("/messages/new", to=to.name, title=f"To {to.name}", body=body, **options)


async def test_the_same_message_reaches_five_and_is_kept_for_the_sixth(forum: Forum, alice: Person) -> None:
    people = await crowd(forum, alice, 8)
    token = await alice.csrf()
    answers = await asyncio.gather(
        *(begins(alice, to, ADVERT, csrf=token, once=f"the-key-of-{to.name}") for to in people)
    )
    assert sorted(answer.status_code for answer in answers) == [*[303] * 5, *[409] * 3]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "the same message in 5 conversations today" in refused.text
    assert ADVERT in refused.text, "what was typed is still there"
    assert (await Message.find_all().count(), await Conversation.find_all().count()) == (5, 5)
    left = next(to for to, answer in zip(people, answers, strict=True) if answer.status_code == 409)
    for other in (ADVERT.upper() + "!!", "  " + ADVERT.replace(" ", "  ")):
        assert (await begins(alice, left, other)).status_code == 409
    opened = await alice.writes(left.name, "Hi", "Hello")
    for path, body in (("replies", ADVERT), ("1/edit", ADVERT)):
        kept = await alice.send(f"/messages/{opened}/{path}", body=body)
        assert (kept.status_code, ADVERT in kept.text) == (409, True), path
    known = ObjectId(next(a for a in answers if a.status_code == 303).headers["location"].rsplit("/", 1)[1])
    assert (await alice.send(f"/messages/{known}/replies", body=ADVERT)).status_code == 303, "they have it already"
    for person in people[:7]:
        assert (await begins(alice, person, "Thank you!")).status_code == 303, "short words are for everybody"
    assert (await begins(people[0], people[1], ADVERT)).status_code == 303


async def test_the_same_form_twice_at_the_last_one_is_one_message(forum: Forum, alice: Person) -> None:
    people = await crowd(forum, alice, 5)
    for person in people[:4]:
        assert (await begins(alice, person, ADVERT)).status_code == 303
    token = await alice.csrf()
    twice = await asyncio.gather(
        *(begins(alice, people[4], ADVERT, csrf=token, once="the-key-of-this-form") for _ in range(4))
    )
    assert {answer.status_code for answer in twice} == {303}
    assert await Message.find({"author": alice.id}).count() == 5


async def test_a_link_of_new_people_counts_whatever_surrounds_it(forum: Forum, alice: Person, mod: Person) -> None:
    people = await crowd(forum, alice, 7)
    answers = [
        await begins(alice, to, f"Dear {to.name}, see https://spam.example/x?for={to.name} {'!' * number}")
        for number, to in enumerate(people[:6])
    ]
    assert [answer.status_code for answer in answers] == [*[303] * 5, 409]
    assert "the same link in 5 conversations today" in answers[-1].text
    await User.raw().update_one({"_id": alice.id}, {"$set": {"roles": ["member"]}})
    assert (await begins(alice, people[5], "Dear you, see https://spam.example/x")).status_code == 303
    await mod.known_to(*(person.name for person in people))
    assert {(await begins(mod, to, ADVERT)).status_code for to in people} == {303}, "moderators may"
