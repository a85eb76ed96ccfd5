"""Who is mentioned."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.markdown import Person, mention_candidates, render
from tests.text.samples import ALICE, BOB, MING, PEOPLE, line

# Each is somebody, and so is every shorter name in it that the rules allow.
MORE = {key: Person(key, "e" * 24) for key in ("bob-smith", "bob_x", "小明明", "李雷", "josé", "li.lei")}


def mentioned(source: str) -> tuple[str, ...]:
    return render(source, people=PEOPLE | MORE).mentions


def test_a_mention_leads_to_the_person_by_the_name_they_write() -> None:
    assert line("hi @ALICE!") == f'hi <a class="mention" href="/users/{ALICE}" data-user="{ALICE}">@Alice</a>!'


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("@bob", ["bob"]),
        ("@bob.", ["bob"]),
        ("@bob...", ["bob"]),
        ("@bob_", ["bob"]),
        ("(@bob)", ["bob"]),
        ("@bob, @alice @bob", ["bob", "alice"]),
        ("@bob's", ["bob"]),
        ("@bob-smith", ["bob-smith"]),
        ("@bob-smit", ["bob"]),
        ("@bob-smithy", ["bob"]),
        ("@bob_x", ["bob_x"]),
        ("@bob\\_x", ["bob_x"]),
        ("@bob.x", ["bob"]),
        ("@bob你好", ["bob"]),
        ("你好@小明", ["小明"]),
        ("@小明你好", ["小明"]),
        ("@小明明天", ["小明明"]),
        ("@小明@李雷", ["小明", "李雷"]),
        ("@小明bob", ["小明"]),
        ("@小明、@bob。", ["小明", "bob"]),
        ("＠小明", ["小明"]),
        ("@ＢＯＢ", ["bob"]),
        ("@jose\u0301", ["josé"]),
        ("*@bob* ~~@alice~~", ["bob", "alice"]),
        ("- @bob\n\n| @alice |\n|-|", ["bob", "alice"]),
        ("a[^1]\n\n[^1]: @bob", ["bob"]),
        ("@@bob", ["bob"]),
        ("@bob@小明", ["bob", "小明"]),
        ("@bob@alice@小明你好", ["bob", "alice", "小明"]),
        ("@bob＠alice", ["bob", "alice"]),
        ("@bob_x@alice", ["bob_x", "alice"]),
        ("@bob@nobody-known", ["bob"]),
        ("@bob@alice.", ["bob", "alice"]),
        ("@bob@li.lei", ["bob", "li.lei"]),
        ("@bob.@alice", ["bob"]),
        ("@小明bob@alice", ["小明"]),
        ("@nobody-known@小明 @bob", ["bob"]),
    ],
)
def test_names_end_where_words_do(source: str, names: list[str]) -> None:
    assert list(mentioned(source)) == names


@pytest.mark.parametrize(
    "source",
    [
        "@bobby",
        "@bob_y",
        "@bob2",
        "@bob\u0301",
        "@bobé",
        "@nobody-known",
        "@b",
        "@",
        "x@bob",
        "x.@bob",
        "x-@bob",
        "1@bob",
        "/@bob",
        "a@bob.example",
        "bob@alice",
        "bob@alice@小明",
        "me@bob.example@alice",
        "@bob@alice.example",
        "@bob@forum.example",
        "@nobody-known@bob",
        "mail@bob.example,x@alice",
        "\\@bob",
        "`@bob`",
        "```\n@bob\n```",
        "    @bob",
        "$@bob$",
        "> @bob",
        "[quote]\n@bob\n[/quote]",
        "[@bob](/x)",
        "[**@bob**](/x)",
        "[~~@bob~~](/x)",
        "https://a.example/@bob",
        "<https://a.example/@bob>",
        "![@bob](/x.png)",
        "<!-- @bob -->",
        "[a](/x '@bob')",
    ],
)
def test_nobody(source: str) -> None:
    assert mentioned(source) == ()
    assert "mention" not in render(source, people=PEOPLE | MORE).html


def test_unknown_names_stay_text() -> None:
    assert line("@nobody_ @小红你好") == "@nobody_ @小红你好"


def test_a_username_cannot_bring_html() -> None:
    rendered = render("@bob", people={"bob": Person("<b>", '"><script>')}).html
    assert "<script" not in rendered
    assert "@&lt;b&gt;" in rendered


class TestCandidates:
    def test_every_beginning_that_could_be_a_name(self) -> None:
        assert mention_candidates("@小明你好") == {"小明", "小明你", "小明你好"}
        assert mention_candidates("@Bob-Smith.x") == {"bob", "bob-smith", "bob-smith.x"}
        assert mention_candidates("@ａＢｃ你") == {"abc", "abc你"}
        assert mention_candidates("@bob\\_x") == {"bob_x"}
        # U+3099 makes a か a が, so the name does not end before it.
        assert mention_candidates("@あか\u3099") == {"あが"}
        assert mention_candidates("@bob@小明") == {"bob", "小明"}

    def test_mail_addresses_are_none(self) -> None:
        assert mention_candidates("a@b.example 1@2 %@x") == frozenset()

    def test_is_bounded(self) -> None:
        assert len(mention_candidates("@" + "明" * 1000)) == 31
        assert mention_candidates("@" + "x" * 1000) == frozenset()
        names = [f"n{number}" for number in range(200)]
        assert mention_candidates(" ".join("@" + name for name in names)) == set(names[:50])
        assert mention_candidates("@same " * 1000 + "@other") == {"same", "other"}


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="@@＠bobalice小明你 ._-`*>[](x)\\\n1:", max_size=80))
def test_only_candidates_are_ever_linked(source: str) -> None:
    people = {key: Person(key, "e" * 24) for key in mention_candidates(source)} | PEOPLE
    assert set(render(source, people=people).mentions) <= mention_candidates(source)


def test_ids_are_those_given() -> None:
    assert [BOB in line("@bob"), MING in line("@小明")] == [True, True]
