"""What people say about themselves, and how they read the forum."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from documents import Board, Comment, User
from tests.people import PASSWORD, Forum, Person

FORM = {"display_name": "", "signature": "", "bio": "", "website": "", "place": ""}


async def stored(person: Person) -> User:
    found = await User.load(person.id)
    assert found is not None
    return found


async def call(person: Person, name: str) -> str:
    """Set a display name; gives what was objected to, or nothing."""
    answer = await person.send("/settings/profile", **{**FORM, "display_name": name})
    if answer.status_code == 303:
        return ""
    assert answer.status_code == 422
    assert (await stored(person)).display_name != name
    found = re.search(r'id="f-display_name-error">([^<]*)<', answer.text)
    assert found, answer.text
    return found[1]


async def test_a_profile_is_kept_and_shown(board: Board, alice: Person, guest: Person) -> None:
    given = {
        "display_name": "  Alice  Müller ",
        "signature": "一行字 <b>",
        "bio": "I grow **tomatoes**.\n\n<script>alert(1)</script>",
        "website": "example.org/garden/",
        "place": "上海",
    }
    topic = await alice.opens(board)
    assert "Alice Müller" not in (await guest.get(f"/topics/{topic.oid}")).text
    assert (await alice.send("/settings/profile", **given)).status_code == 303
    page = (await guest.get(f"/users/{alice.id}")).text
    for shown in ("Alice Müller", "@alice", "一行字 &lt;b&gt;", "<strong>tomatoes</strong>", "上海"):
        assert shown in page
    assert re.search(r'href="https://example.org/garden/"\s+rel="nofollow noopener ugc">example.org/garden<', page)
    assert "<script>alert" not in page
    assert "Alice Müller" in (await guest.get(f"/topics/{topic.oid}")).text
    form = (await alice.get("/settings/profile")).text
    assert 'value="Alice Müller"' in form
    await alice.send("/settings/profile", **FORM)
    again = await stored(alice)
    assert (again.display_name, again.bio_html, again.website) == ("", "", "")
    assert again.name == "alice"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        *(("Admin", "sounds as if"), ("The Forum Admin", "sounds as if"), ("论坛管理员小王", "sounds as if")),
        *(("аdmin", "mixes letters"), ("АDМIN", "mixes letters"), ("M0derator", "sounds as if")),
        *(("bob", "Somebody else"), ("BOB", "Somebody else"), ("b o b", "Somebody else"), ("Воb", "mixes letters")),
        *(
            ("bоb", "mixes letters"),
            ("mod mira", "sounds as if"),
            ("xiao hong", "Somebody else"),
            ("Xiao-Hong", "Somebody else"),
        ),
        *(
            ("ali\u200bce", "invisible"),
            ("al\u202eice", "invisible"),
            ("🌱🌱", "made of letters"),
            ("...", "at least one"),
        ),
        *(("x" * 41, "at most 40"), ("x" * 500, "the limit is 100"), ("<b>x</b>", "made of letters")),
        ("a\u0334\u0321\u0322\u0327", "made of letters"),
        ("Ada L0ve1ace", "Somebody else"),
    ],
)
async def test_nobody_can_pass_for_another(
    forum: Forum, alice: Person, bob: Person, admin: Person, name: str, told: str
) -> None:
    await forum.person("xiao_hong")
    await admin.send("/settings/profile", **{**FORM, "display_name": "Ada Lovelace"})
    assert told in await call(alice, name)


@pytest.mark.parametrize(
    "name", ["小明的妈妈", "Анна Каренина", "Ali", "محمد", "Jean-Luc O'Neil Jr.", "阿卜杜拉·买买提", "alice", ""]
)
async def test_names_of_any_script_are_welcome(alice: Person, bob: Person, name: str) -> None:
    assert await call(alice, name) == ""
    assert (await stored(alice)).display_name == ("" if name == "alice" else name)
    assert await call(alice, name) == ""


async def test_nobody_registers_as_what_staff_are_called(admin: Person, guest: Person) -> None:
    await admin.send("/settings/profile", **{**FORM, "display_name": "Ada Lovelace"})
    answer = await guest.send(
        "/register", username="ada-l0velace", email="x@example.org", password=PASSWORD, confirm=PASSWORD
    )
    assert answer.status_code == 422
    assert "This name is reserved." in answer.text


async def test_staff_may_say_what_they_are(mod: Person) -> None:
    assert await call(mod, "Mira (moderator)") != ""  # no brackets
    assert await call(mod, "Mira, moderator") == ""


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "ftp://example.org", "https://", "https://user:pw@example.org", "data:text/html,x"),
        *(
            "https://exa mple.org",
            'https://example.org/"onclick=',
            "http://[::1",
            "localhost",
            "https://example.org:99999",
        ),
        *("//example.org", "https://\u202eexample.org", "x" * 300, "https://example.org/<b>"),
    ],
)
async def test_a_website_is_one(alice: Person, address: str) -> None:
    typed = {**FORM, "display_name": "Bob's friend", "bio": "My **long** text", "website": address}
    answer = await alice.send("/settings/profile", **typed)
    assert answer.status_code == 422
    assert 'id="f-website-error"' in answer.text
    assert "My **long** text" in answer.text
    assert "Bob&#39;s friend" in answer.text
    assert (await stored(alice)).website == ""


async def test_a_preview_keeps_nothing(alice: Person) -> None:
    answer = await alice.send("/settings/profile", **{**FORM, "bio": "I grow **tomatoes**."}, preview="1")
    assert "<strong>tomatoes</strong>" in answer.text
    assert (await stored(alice)).bio == ""


async def test_a_form_that_has_expired_gives_the_text_back(alice: Person) -> None:
    answer = await alice.send("/settings/profile", csrf="old", **{**FORM, "bio": "My long story", "signature": "Mine"})
    assert answer.status_code == 403
    assert "My long story" in answer.text
    assert "Mine" in answer.text


async def test_what_is_too_long_is_kept_in_the_form(alice: Person) -> None:
    for field, length in {"signature": 161, "bio": 3001, "place": 81}.items():
        answer = await alice.send("/settings/profile", **{**FORM, field: "字" * length})
        assert answer.status_code == 422
        assert "字" * length in answer.text


async def test_the_account_remembers_how_one_reads(forum: Forum, xiaoming: Person) -> None:
    await xiaoming.send("/settings/look", locale="zh", theme="dark", time_zone="Asia/Shanghai")
    assert xiaoming.user is not None
    elsewhere = await forum.logged_in(xiaoming.user, "en")
    page = (await elsewhere.get("/boards")).text
    assert re.search(r'lang="zh-Hans"\s+data-theme="dark"\s+data-zone="Asia/Shanghai"', page)
    await elsewhere.get("/language/en")  # a cookie, which is for who is not logged in
    assert 'lang="zh-Hans"' in (await elsewhere.get("/boards")).text
    await elsewhere.send("/language/en")
    await elsewhere.send("/theme/light")
    assert re.search(r'lang="en"\s+data-theme="light"', (await xiaoming.get("/boards")).text)
    await elsewhere.send("/logout")
    assert re.search(r'lang="en"\s+data-theme="light"', (await elsewhere.get("/boards")).text)


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Mars/Olympus"}, {"time_zone": "../etc"}, {"locale": "xx"}, {"theme": "pink"}]
)
async def test_only_what_there_is_can_be_chosen(alice: Person, wrong: dict[str, str]) -> None:
    answer = await alice.send("/settings/look", **wrong)
    assert answer.status_code == 422
    assert "Please choose one of the list." in answer.text
    if "time_zone" in wrong:
        typed = await alice.send("/settings/look", **wrong, theme="dark")
        assert re.search(r'value="dark"\s+selected', typed.text)
    assert (await stored(alice)).time_zone == ""


async def test_times_are_in_the_zone_of_who_reads(board: Board, alice: Person, bob: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    moment = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    await Comment.raw().update_many({"topic": topic.oid}, {"$set": {"created_at": moment}})
    await alice.send("/settings/look", time_zone="Asia/Shanghai")
    await bob.send("/settings/look", time_zone="America/New_York")
    expected = ((alice, "2 Mar 2026, 04:30", ">2 Mar 2026<"), (bob, "1 Mar 2026, 15:30", ">1 Mar 2026<"))
    for person, exact, day in expected:
        for _ in range(2):
            page = (await person.get(f"/topics/{topic.oid}")).text
            assert f'title="{exact}"' in page, person.name
            assert day in page
    assert 'title="1 Mar 2026, 20:30 UTC"' in (await guest.get(f"/topics/{topic.oid}")).text


async def test_privacy_is_kept(alice: Person) -> None:
    assert (await alice.send("/settings/privacy", messages_from="followed", shows_likes="1")).status_code == 303
    found = await stored(alice)
    assert (found.messages_from, found.shows_online, found.shows_likes) == ("followed", False, True)
    page = (await alice.get("/settings/privacy")).text
    assert re.search(r'value="followed"\s+checked', page)
    answer = await alice.send("/settings/privacy", messages_from="martians")
    assert answer.status_code == 422
    assert (await stored(alice)).messages_from == "followed"
