"""Blocks in square brackets."""

from __future__ import annotations

import pytest

from app.text.markdown import render
from tests.text.samples import TOPIC, html

OTHER = "0123456789abcdef01234567"


def quote(argument: str) -> str:
    return html(f"[quote{argument}]\nwords\n[/quote]")


@pytest.mark.parametrize(
    ("argument", "header"),
    [
        ('="小明, post:3, topic:42"', f'<a href="/topics/{TOPIC}/n/3">小明</a>'),
        ('="bob, post:3, topic:42, full:true"', f'<a href="/topics/{TOPIC}/n/3">bob</a>'),
        (f'="bob, post:7, topic:{OTHER}"', f'<a href="/topics/{OTHER}/n/7">bob</a>'),
        (f'="bob, topic:{OTHER}"', f'<a href="/topics/{OTHER}">bob</a>'),
        (f'="post:7, topic:{OTHER}"', f'<a href="/topics/{OTHER}/n/7">↑</a>'),
        ('="bob, post:3, topic:43"', "bob"),
        ('="bob"', "bob"),
        ("=bob", "bob"),
        ("=“bob”", "bob"),
        ('="Bob Smith, post:1, topic:43, username:bob"', "bob"),
        ('="Smith, Bob, post:1"', "Smith, Bob"),
        ('="<b>, post:x, topic:42"', f'<a href="/topics/{TOPIC}">&lt;b&gt;</a>'),
        ('="bob, post:3, topic:../../x"', "bob"),
    ],
)
def test_who_and_where(argument: str, header: str) -> None:
    expected = f'<blockquote class="quote">\n<header><cite>{header}</cite></header>\n<p>words</p>\n</blockquote>\n'
    assert quote(argument) == expected


def test_nobody() -> None:
    assert quote("") == '<blockquote class="quote">\n<p>words</p>\n</blockquote>\n'


def test_one_in_another_and_what_follows() -> None:
    assert html("before\n[quote=a]\nouter\n[quote=b]\ninner\n[/quote]\nouter\n[/quote]\nafter") == (
        '<p>before</p>\n<blockquote class="quote">\n<header><cite>a</cite></header>\n<p>outer</p>\n'
        '<blockquote class="quote">\n<header><cite>b</cite></header>\n<p>inner</p>\n</blockquote>\n<p>outer</p>\n'
        "</blockquote>\n<p>after</p>\n"
    )


@pytest.mark.parametrize("source", ["[quote]words[/quote]", "[quote] words\n[/quote]", "[QUOTE]\n\nwords\n\n[/Quote]"])
def test_lines_may_be_saved(source: str) -> None:
    assert html(source) == '<blockquote class="quote">\n<p>words</p>\n</blockquote>\n'


def test_any_markdown_is_quoted() -> None:
    rendered = quote("") and html("[quote]\n- a\n\n> b\n\n```\n[/quote]\n```\n`[/quote]`\n[/quote]\nc")
    assert "<li>a</li>" in rendered
    assert "<blockquote>\n<p>b</p>" in rendered
    assert '<code class="hl">[/quote]\n</code>' in rendered
    assert rendered.endswith("<p><code>[/quote]</code></p>\n</blockquote>\n<p>c</p>\n")


def test_in_a_list_and_in_a_quote() -> None:
    assert '<blockquote class="quote">' in html("- [quote]\n  a\n  [/quote]")
    assert '<blockquote class="quote">' in html("> [quote]\n> a\n> [/quote]")


@pytest.mark.parametrize("source", ["[quote]\nwords", "[/quote]", "words [quote]a[/quote]", "    [quote]a[/quote]"])
def test_what_is_none(source: str) -> None:
    assert "<blockquote" not in html(source)


def test_a_tag_in_code_does_not_close() -> None:
    rendered = html("```\n[quote]\n```\n\n[quote]\nwords\n[/quote]")
    assert rendered.endswith('<blockquote class="quote">\n<p>words</p>\n</blockquote>\n')


def test_crossed_tags_close_in_order() -> None:
    rendered = html("[quote]\n[details=a]\nb\n[/quote]\n[/details]")
    assert rendered == '<blockquote class="quote">\n<p>[details=a]<br>\nb</p>\n</blockquote>\n<p>[/details]</p>\n'


def test_details() -> None:
    assert html('[details="A & b"]\n*c*\n[/details]') == (
        '<details class="details"><summary>A &amp; b</summary>\n<p><em>c</em></p>\n</details>\n'
    )
    assert "<summary>…</summary>" in html("[details]\na\n[/details]")


def test_spoilers() -> None:
    assert html("[spoiler]\na\n[/spoiler]") == '<div class="spoiler" tabindex="0">\n<p>a</p>\n</div>\n'
    assert html("[spoiler]*a*[/spoiler] b") == '<p><span class="spoiler" tabindex="0"><em>a</em></span> b</p>\n'
    assert html("a [spoiler]b") == "<p>a [spoiler]b</p>\n"
    assert html("[spoiler](/a)") == '<p><a href="/a">spoiler</a></p>\n'


@pytest.mark.parametrize("source", ["[poll type=regular]\n* a\n[/poll]", "[date=2024-01-01]", "[b]a[/b]"])
def test_other_tags_are_text(source: str) -> None:
    assert source.partition("]")[0] in html(source)


def test_a_hundred_levels_are_text_after_a_dozen() -> None:
    rendered = render("[quote]\n" * 100 + "a\n" + "[/quote]\n" * 100).html
    assert 5 <= rendered.count("<blockquote") <= 13
