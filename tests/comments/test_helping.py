"""What the editor asks for: previews that equal what is published, people and emoji by their beginnings."""

from __future__ import annotations

import pytest

from documents import Board, Comment
from tests.people import Forum, Person

TEXTS = [
    "**你好。**世界 @bob你好 and @nobody :tada:",
    "> quoted\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
    "```python\nprint('<b>')\n```\n\nA footnote[^1] and $x^2$ https://example.org，再见\n\n[^1]: Down **here**.",
    '[quote="bob, post:1, topic:{topic}"]\nHello\n[/quote]\n\n[spoiler]no[/spoiler] <script>alert(1)</script> &amp; é́',
]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_preview_is_what_publishing_gives(board: Board, alice: Person, bob: Person, text: str) -> None:
    topic = await bob.opens(board)
    body = text.replace("{topic}", str(topic.oid))
    shown = (await alice.send("/preview", body=body)).json()
    posted = await alice.says(topic, body)
    assert shown["html"].replace("preview-", f"c{posted.oid}-") == posted.html
    assert shown["lang"] in ("", "en", "zh-Hans")
    assert await Comment.find({"topic": topic.oid}).count() == 2


async def test_a_preview_of_nothing_or_too_much(alice: Person, guest: Person) -> None:
    assert (await alice.send("/preview", body=" ")).json()["html"] == ""
    assert (await alice.send("/preview")).json()["html"] == ""
    answer = await alice.send("/preview", body="字" * 50_001)
    assert (answer.status_code, answer.json()["errno"]) == (422, 422)
    assert (await guest.send("/preview", body="Text")).status_code == 403


async def names(person: Person, query: str) -> list[str]:
    answer = await person.get(f"/users/complete?{query}")
    assert answer.status_code == 200, answer.text
    return [each["username"] for each in answer.json()]


async def test_people_of_the_topic_come_first(
    forum: Forum, board: Board, alice: Person, bob: Person, xiaoming: Person
) -> None:
    for name in ("bobby", "Bobette", "bo", "小明明", "anna"):
        await forum.person(name)
    zed = await forum.person("bozed")
    topic = await bob.opens(board)
    await xiaoming.says(topic, "一")
    await zed.says(topic, "Two")
    here = f"topic={topic.oid}"
    assert await names(alice, here) == ["bozed", "小明", "bob"]
    assert await names(alice, f"q=BO&{here}") == ["bozed", "bob", "bo", "bobby", "Bobette"]
    assert await names(alice, "q=小") == ["小明", "小明明"]
    assert await names(alice, f"q=ｂｏｂ&{here}") == ["bob", "bobby", "Bobette"]
    assert await names(bob, "q=bob") == ["bobby", "Bobette"], "never oneself"
    assert await names(alice, "") == []


async def test_people_are_mentioned_by_their_display_names_too(
    forum: Forum, board: Board, alice: Person, bob: Person, charlie: Person
) -> None:
    await forum.person("adalbert")
    for person, name in ((bob, "Ada Lovelace"), (charlie, "羅貫中")):
        await person.send("/settings/profile", display_name=name, signature="", bio="", website="", place="")
    assert await names(alice, "q=ada") == ["adalbert", "bob"], "usernames first"
    assert await names(alice, "q=love") == ["bob"]
    assert await names(alice, "q=贯") == await names(alice, "q=羅貫") == ["charlie"]
    topic = await bob.opens(board)
    assert await names(alice, f"q=ada&topic={topic.oid}") == ["bob", "adalbert"], "who is here first"
    await alice.send(f"/users/{bob.id}/block")
    assert await names(alice, "q=love") == []


@pytest.mark.parametrize("typed", ["$ne", ".*", "^", "(", "\\", "x" * 500, "%00", "[$regex]=a", "%F0%9F%98%80"])
async def test_whatever_is_typed_is_only_text(alice: Person, bob: Person, typed: str) -> None:
    assert await names(alice, f"q={typed}") == []


async def test_only_what_one_may_see(forum: Forum, alice: Person, mod: Person, guest: Person) -> None:
    secret = await forum.board("Staff", staff_only=True)
    topic = await mod.opens(secret)
    assert (await alice.get(f"/users/complete?q=m&topic={topic.oid}")).status_code == 404
    assert (await guest.get("/users/complete?q=m")).status_code == 403
    assert len(await names(alice, "q=m&topic=nothing")) == 1


async def test_at_most_eight_live_people_whom_one_has_not_blocked(forum: Forum, alice: Person) -> None:
    people = [await forum.person(f"many{i}") for i in range(10)]
    await alice.send(f"/users/{people[0].id}/block")
    assert await names(alice, "q=many") == [f"many{i}" for i in range(1, 9)]


async def test_emoji_by_name(guest: Person) -> None:
    async def found(part: str) -> list[list[str]]:
        answer = await guest.get(f"/emoji/complete?q={part}")
        assert answer.status_code == 200
        shown: list[list[str]] = answer.json()
        return shown

    assert (await found("tada"))[0] == ["tada", "🎉"]
    assert (await found("TAD"))[0] == ["tada", "🎉"]
    assert ["heart", "❤️"] in await found("heart") or (await found("heart"))[0][0] == "heart"
    assert await found("") == await found("no_such_thing") == []
    assert len(await found("a")) == 8
    assert len({char for _, char in await found("smile")}) == len(await found("smile"))
