"""Words by which texts are found: whatever run of characters one looks for, its words are among those of the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.search.marking import marked, snippet
from app.text.segment import WORDS_MAX, fold, phrase_term, plain_of, terms_of, words_of
from app.text.starts import starts_of

HAN = "發髮裏麵乾番茄叶子发黄南京市长江大桥研究生命起源结婚的和尚未電腦一二三"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gardens GARDENING", {"garden"}),
        ("ｎｏｄｅ．ｊｓ", {"node.js", "nodej", "node", "js"}),
        ("C++ c# F#", {"c++", "c", "c#", "f#", "f"}),
        ("don't e-mail", {"dont", "e-mail", "email", "e", "mail"}),
        ("snake_case 3.11", {"snake_case", "snakecas", "snake", "case", "3.11", "311", "3", "11"}),
        ("Café naïve leaves", {"cafe", "naiv", "leaf"}),
        ("BIP324 k8s", {"bip324", "bip", "324", "k8s"}),
        ("BIP 324, in 2024 v 10", {"bip324", "bip", "324", "in", "2024", "v", "10"}),
        ("茶", {"茶"}),
        ("頭髮", {"头", "发", "头发"}),
        ("發財", {"发", "财", "发财"}),
        ("@小明", {"小", "明", "小明"}),
        ("zero\u200bwidth soft\u00adhyphen", {"zerowidth", "softhyphen"}),
        (" … 。！", set()),
    ],
)
def test_words(text: str, expected: set[str]) -> None:
    assert set(words_of(text)) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(HAN, min_size=1, max_size=30), st.data())
def test_every_part_of_a_chinese_text_finds_it(text: str, data: st.DataObject) -> None:
    """The promise: what stands together is found together, and each word of a query that is in the text."""
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    words = set(words_of(text))
    assert words.issuperset(phrase_term(part).tokens)
    assert all(words.issuperset(term.tokens) for term in terms_of(part))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_found_and_marked(text: str) -> None:
    words = set(words_of(text))
    assert all(words.issuperset(term.tokens) or "-" in text or "'" in text for term in terms_of(text))
    assert plain_of(str(marked(text, tuple(terms_of(text))))) == text.strip() or "\r" in text
    assert len(snippet(text, ())) <= 6 * len(text) + 20


@pytest.mark.parametrize("hostile", ["<", "<img ", '<a "', '<p<p"', "a.", "a-", "阳台", "'", "\u0301", "﷽"])
def test_hostile_texts_cost_little_and_have_a_bound(hostile: str) -> None:
    text = hostile * (50_000 // len(hostile))
    began = time.process_time()
    assert len(words_of(plain_of(text))) <= WORDS_MAX
    assert time.process_time() - began < 2


def test_what_is_read_of_html() -> None:
    html = (
        '<p title="a>b">Hi <b>you</b> &amp;<br>me</p><ul><li>x</li><li>y</li></ul><img src="s" alt="a cat"><pre>c</pre>'
    )
    assert plain_of(html).split() == ["Hi", "you", "&", "me", "x", "y", "a", "cat", "c"]
    assert fold("ＡÉß①") == "aess1"


def test_a_snippet_shows_where_the_words_stand() -> None:
    text = "first " * 100 + "the tomato ripens " + "later " * 100 + "on a balcony today " + "end " * 50
    shown = str(snippet(text, tuple(terms_of("tomatoes balconies"))))
    assert "<mark>tomato</mark>" in shown
    assert "<mark>balcony</mark>" in shown
    assert len(shown) < 400


def test_either_script_of_chinese_marks_the_other_as_it_stands() -> None:
    assert str(marked("電腦突然藍屏 — 头发", tuple(terms_of("电脑 頭髮")))) == (
        "<mark>電腦</mark>突然藍屏 — <mark>头发</mark>"
    )
    assert fold("衞生紙 LINUX 麵") == "卫生纸 linux 面"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Ada Lovelace",), ["ada lovelace", "lovelace"]),
        (("mod_mira", "Mira  O'Neil"), ["mod_mira", "mira", "mira o'neil", "o'neil", "neil"]),
        (("陳小明", "陈小明"), ["陈小明", "小明", "明"]),
        (("Ｚoë王",), ["zoe王", "王"]),
        (("", "—"), []),
    ],
)
def test_names_are_found_from_each_of_their_words_on(names: tuple[str, ...], expected: list[str]) -> None:
    assert starts_of(*names) == expected
