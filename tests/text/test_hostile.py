"""Whatever is written, what comes out is safe, well-formed and soon there."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.highlight import highlighted, is_small_enough
from app.text.languages import LANGUAGES
from app.text.markdown import mention_candidates, render
from app.text.sanitize import sanitized
from tests.text.samples import PEOPLE

SIZE = 10_000
# Seconds of CPU for twice as much. The worst takes 0.25 where this was written; what is quadratic soon takes many.
ENOUGH = 1.0


def units(table: str) -> list[str]:
    """The cells of a table: `¦` is between two of them and `↵` is a line break."""
    return [cell.replace("↵", "\n") for row in table.strip("\n").split("\n") for cell in row.split("¦")]


UNSEEN = ["\u0301", "\u202e", "\ud800", "\0", "\t", "\u3000"]

FRAGMENTS = UNSEEN + units("""
*¦_¦`¦~¦<¦>¦[¦]¦(¦)¦!¦#¦|¦\\¦$¦@¦:¦^¦&¦=¦-¦+¦.¦"¦'¦ ¦↵¦↵↵¦x¦1¦word ¦**¦```¦~~~¦$$¦](¦![¦[^1]¦[^1]: ¦^[
<!--¦-->¦<b>¦</b>¦<details>¦</details>¦<script>¦</script>¦<style>¦<svg onload=x>¦<img src=x onerror=y>¦<math><mi>
<a href='javascript:x'>¦javascript:¦data:text/html,¦https://a.example/¦&amp;¦&#x6a;¦&lt;script&gt;¦ onclick=x
[quote]¦[/quote]¦[quote="a, topic:42"]¦[details=x]¦[/details]¦[spoiler]¦[/spoiler]¦@bob¦@小明¦你好¦，¦。¦“¦:smile:
- ¦1. ¦> ¦    ¦|-|-|↵¦a|b↵¦- [x] ¦```py↵
""")
TEXTS = st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join)

REPEATED = UNSEEN + units("""
*¦_¦**a¦*a ¦*_¦_a*¦“**¦。**你¦**你好。**世¦~~a¦~~¦`¦`a¦``a ¦$a¦$¦$$¦$$↵¦$↵¦\\(¦\\[↵¦\\¦好¦🏳️‍🌈¦h¦ ↵¦↵¦a  ↵
[¦![¦[[¦](¦[a](¦[](¦[a](<b¦[a](b "¦[a][b]¦[a]:¦[a]: b↵¦[^¦[^1]¦[^1]: ¦^[¦^[[a]¦![a|1x1](¦![a|9x9](b)
<¦<a ¦<b>¦<b>x¦<b></b>¦<!--¦<?¦<![CDATA[¦<details>↵¦<svg><style>¦&¦&amp;¦@¦@a ¦@小明¦＠b¦:a¦:smile:¦::
>¦> a↵¦> - ¦- ¦- a↵¦-↵¦1)↵¦* a↵↵↵¦- [x] a↵¦#¦|¦a|b↵-|-↵¦|-|↵¦a↵-↵¦---↵¦```↵¦``` a↵¦~~~↵```↵¦    a↵
[quote]¦[quote]↵¦[/quote]↵¦[quote]↵[/quote]↵¦[quote]↵> ¦[spoiler]¦[spoiler]a[/spoiler]¦[details]↵
http://¦www.¦https://a.b/(¦https://a.b/_
""")


UNSAFE_URL = re.compile(r"\s*(?!https?:|mailto:)[a-z][a-z0-9+.\-]*:", re.IGNORECASE)


class Checker(HTMLParser):
    """Collects what must not be, and whether every element is closed in its turn."""

    VOID = frozenset({"br", "hr", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "iframe", "svg", "math", "form", "input", "object", "h1", "h2"):
            self.faults.append(tag)
        for name, value in attrs:
            bad_url = name in ("href", "src") and re.match(
                r"\s*(?!https?:|mailto:)[a-z][a-z0-9+.\-]*:", value or "", re.IGNORECASE
            )
            if name.startswith("on") or name in ("style", "name", "srcdoc", "target") or bad_url:
                self.faults.append(f"{tag} {name}={value}")
            if name == "id":
                self.ids.append(value or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"/{tag}")


def check(html: str) -> None:
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert checker.faults == []
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    assert all(re.fullmatch(r"p-fn(ref)?-[0-9-]+", id_) for id_ in checker.ids)
    assert sanitized(html) == html


@settings(deadline=None, max_examples=400)
@given(TEXTS)
def test_markup_thrown_together_is_safe(source: str) -> None:
    rendered = render(source, people=PEOPLE, prefix="p-", topics={"42": "d" * 24})
    check(rendered.html)
    assert not rendered.fallback
    assert len(rendered.excerpt) <= 280
    assert "\n" not in rendered.excerpt


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_characters_are_safe(source: str) -> None:
    check(render(source, people=PEOPLE, prefix="p-").html)


@pytest.mark.parametrize("unit", REPEATED, ids=ascii)
def test_repetition_does_not_make_it_slow(unit: str) -> None:
    # Twice, the second time inside a paragraph: many rules look at what is before them.
    source = (unit * (SIZE // len(unit) + 1))[:SIZE]
    started = time.thread_time()
    rendered = render(f"{source}\n\nx {source}z", people=PEOPLE, prefix="p-")
    mention_candidates(source)
    assert time.thread_time() - started < ENOUGH
    check(rendered.html)


@pytest.mark.parametrize(
    "source",
    [
        "> " * 3000 + "a",
        "- " * 3000 + "a",
        "> - " * 2000 + "a",
        "[quote]\n" * 3000 + "a",
        "[quote]\n> - " * 1000 + "a",
        "*" * 3000 + "a" + "*" * 3000,
        "**a *b " * 2000 + "c* d**" * 2000,
        "[" * 3000 + "a" + "](b)" * 3000,
        "![" * 3000 + "a" + "](b)" * 3000,
        "~~a " * 2000 + "b~~ " * 2000,
        "<b><i><u>" * 2000 + "a" + "</u></i></b>" * 2000,
        "<details><summary>" * 1000 + "a" + "</summary></details>" * 1000,
        "[spoiler]" * 2000 + "a" + "[/spoiler]" * 2000,
        "[^1]" * 1000 + "".join(f"\n[^{number}]: [^{number + 1}]" for number in range(1000)),
        "|" + "a|" * 90 + "\n|" + "-|" * 90 + "\n" + "a\n" * 5000,
        "|" + "a|" * 5000 + "\n|" + "-|" * 5000 + "\n" + "a\n" * 5000,
    ],
    ids=lambda source: source[:12],
)
def test_depth_and_breadth_are_bounded(source: str) -> None:
    started = time.thread_time()
    rendered = render(source, prefix="p-")
    assert time.thread_time() - started < ENOUGH
    check(rendered.html)


@pytest.mark.parametrize("lexer", sorted({language.lexer for language in LANGUAGES.values()}))
def test_no_lexer_keeps_going_when_its_time_is_over(lexer: str) -> None:
    language = next(language for language in LANGUAGES.values() if language.lexer == lexer)
    highlighted("a", language, seconds=1)
    for unit in ("/*\n", "a\n", "<!--" * 100 + "\n", '"\\' * 200 + "\n", "a b " * 100 + "\n"):
        code = (unit * 6000)[:12_000]
        assert is_small_enough(code)
        started = time.thread_time()
        highlighted(code, language, seconds=0.01)
        assert time.thread_time() - started < 0.01 + 0.25, unit
