"""Pages that are drawn once for many: each still gets their own, and nobody gets what is another's."""

from __future__ import annotations

import re
from html import unescape

import pytest
from bson import ObjectId
from jinja2 import UndefinedError
from quart import Quart

from app.viewer import GUEST, Viewer
from app.web.context import EXTENSION
from app.web.holes import shared
from app.web.pages import Card, Shell, Unread
from app.web.templating import Templates
from documents import Board, Comment
from tests import stock
from tests.people import TOKEN, Forum, Person

pytestmark = pytest.mark.usefixtures("line")
NUMBER = re.compile(r'data-unread="notifications"[^>]*>(\d+)')


def own_marks(text: str) -> tuple[str, set[str], int]:
    """Whose page it is, by what only they have: their id, the names in their menu, their unread number."""
    assert "hole:" not in text
    user = re.findall(r'data-user="(\w*)"', text)[0]
    menu = set(re.findall(r'class="menu-who".*?<span class="quiet">@(\S+?)</span>', text, re.DOTALL))
    (unread,) = set(NUMBER.findall(text))
    return user, menu, int(unread)


async def paths_of(board: Board, alice: Person) -> list[str]:
    topic = await alice.opens(board, tags="tag")
    lists = ["/", "/?sort=new", "/boards", f"/boards/{board.oid}", "/tags/tag"]
    return [*lists, f"/users/{alice.id}", f"/users/{alice.id}/comments", f"/topics/{topic.oid}"]


async def test_everyone_gets_their_own_menu_numbers_and_token(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    paths = await paths_of(board, alice)
    elsewhere = await alice.opens(board, "Elsewhere", "@bob, @ada: a word")
    people = [(alice, 0), (bob, 1), (mod, 0), (admin, 1)]
    for path in paths:
        tokens = []
        for person, unread in people * 2:
            text = (await person.get(path)).text
            assert own_marks(text) == (str(person.id), {person.name}, unread), path
            assert ('href="/admin"' in text) == (person is admin), path
            token = TOKEN.search(text)
            assert token
            tokens.append(unescape(token[1]))
            assert set(re.findall(r'name="csrf_token" value="([^"]+)"', text)) == {token[1]}
        assert len(set(tokens)) == len(tokens)
        mine, another = tokens[0], tokens[1]
        assert (await alice.send(f"/topics/{elsewhere.oid}/comments", csrf=another, body="No")).status_code == 403
        assert (await alice.send(f"/topics/{elsewhere.oid}/comments", csrf=mine, body="Yes")).status_code == 303


async def test_a_reply_box_is_its_writers_and_sends_once(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    keys = []
    for person in (alice, bob, alice, bob):
        text = (await person.get(f"/topics/{topic.oid}")).text
        compose = text[text.index('id="reply"') :]
        assert f'<span class="who">{person.name}</span>' in compose
        keys += re.findall(r'name="once" value="([^"]+)"', text)
    assert len(set(keys)) == 4


async def test_likes_and_buttons_are_each_ones_own(
    forum: Forum, board: Board, alice: Person, bob: Person, charlie: Person, mod: Person
) -> None:
    fan, reader = await forum.person("fan"), await forum.person("reader")
    topic = await alice.opens(board)
    first, second = await bob.says(topic, "One"), await charlie.says(topic, "Two")
    for person in (bob, fan):
        await person.send(f"/comments/{second.oid}/like")
    expected: list[tuple[Person, list[Comment], list[Comment]]] = [
        *((alice, [], []), (bob, [second], [first]), (fan, [second], []), (reader, [], [])),
        *((charlie, [], [second]), (mod, [], [first, second])),
    ]
    for person, liked, editable in expected + expected[::-1]:
        text = (await person.get(f"/topics/{topic.oid}")).text
        for comment in (first, second):
            assert (f"/comments/{comment.oid}/unlike" in text) == (comment in liked)
            assert (f"/comments/{comment.oid}/edit" in text) == (comment in editable)
        assert (f'/topics/{topic.oid}/edit"' in text) == (person in (alice, mod))


async def test_a_topic_is_its_authors_on_pages_where_they_said_nothing(
    board: Board, alice: Person, bob: Person, charlie: Person
) -> None:
    topic = await alice.opens(board)
    await stock.comments(topic, bob, 21)
    for person in (charlie, alice, charlie):
        text = (await person.get(f"/topics/{topic.oid}?page=2")).text
        assert (f'/topics/{topic.oid}/edit"' in text) == (person is alice)


async def test_theme_and_language_are_each_ones_own(
    forum: Forum, board: Board, alice: Person, bob: Person, charlie: Person
) -> None:
    await bob.get("/theme/dark")
    await charlie.get("/language/zh")
    wanted = [(alice, ("en", "system")), (bob, ("en", "dark")), (charlie, ("zh-Hans", "system"))]
    for path in await paths_of(board, alice):
        for person, looks in wanted + wanted[::-1]:
            text = (await person.get(path)).text
            found = re.search(r'<html\s+lang="([^"]*)"\s+data-theme="([^"]*)"', text)
            assert found
            assert found.groups() == looks
            chosen = re.findall(r'data-theme-value="(\w+)"[^>]*aria-current', text)
            assert set(chosen) == {looks[1]}
            assert ("主题" in text) == (person is charlie)


async def test_what_has_just_happened_is_told_to_one_person_once(forum: Forum, board: Board, alice: Person) -> None:
    for number, path in enumerate(await paths_of(board, alice)):
        bob = await forum.person(f"bob{number}")  # many topics of one new person would wait
        topic = await bob.opens(board, "Short-lived")
        for person in (alice, bob):
            await person.get(path)
        await bob.send(f"/topics/{topic.oid}/delete", reason="")
        told = [("data-flash" in (await person.get(path)).text) for person in (alice, bob, bob, alice)]
        assert told == [False, True, False, False]


async def test_nothing_that_is_written_is_taken_for_a_hole(board: Board, alice: Person, bob: Person) -> None:
    forged = "<!--hole:csrf:--> <!--hole:menu:--> <!--hole:nothing:-->"
    topic = await alice.opens(board, f"T {forged}", f"B {forged}\n\n```\n{forged}\n```", tags="tag")
    comment = await alice.says(topic, forged)
    paths = ("/", f"/boards/{board.oid}", f"/users/{alice.id}", f"/users/{alice.id}/comments", "/tags/tag")
    for path in (*paths, f"/topics/{topic.oid}", f"/topics/{topic.oid}?reply_to={comment.oid}"):
        answer = await bob.get(path)
        assert answer.status_code == 200
        assert "<!--" not in answer.text
        assert "&lt;!--hole:csrf:--&gt;" in answer.text
    refused = await bob.send(f"/topics/{topic.oid}/comments", body=forged + "x" * 100_000)
    assert refused.status_code == 422
    assert "&lt;!--hole:csrf:--&gt;" in refused.text


async def test_a_page_for_many_cannot_name_one(app: Quart) -> None:
    templates: Templates = app.extensions[EXTENSION].templates
    card = Card(id="1" * 24, username="bob", name="Bob", initial="B", hue=1)
    about = Shell("Quorum", "en", "system", "/", csrf="secret", viewer=card, administers=True, seq=7)
    environment = templates._environments["en"]
    for text in ("viewer.id", "csrf", "seq"):
        drawn = environment.from_string("{{ shell." + text + " }}").render(shell=shared(about))
        assert drawn.startswith("<!--hole:")
    for text in ("viewer.name", "viewer.username", "unread", "administers", "moderates", "flashes"):
        with pytest.raises(UndefinedError):
            environment.from_string("{{ shell." + text + " }}").render(shell=shared(about))


async def test_a_standing_is_everyones_who_may_do_the_same() -> None:
    one = Viewer(ObjectId(), None, "member", ObjectId(), "zh", 4, Unread(1, 2), {ObjectId(): frozenset({1})})
    other = Viewer(ObjectId(), None, "member", ObjectId())
    assert one.standing == other.standing
    assert one.standing.known
    assert one.standing.id not in (one.id, other.id)
    assert len({one.standing, Viewer(one.id, role="moderator").standing, GUEST.standing}) == 3
