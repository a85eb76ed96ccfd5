"""Markdown between characters that have no spaces around them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mistune import BlockParser, InlineParser, Markdown

from app.text.emphasis import Inline
from tests.text.samples import line


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("**你好。**世界", "<strong>你好。</strong>世界"),
        ("他说**“好”**。", "他说<strong>“好”</strong>。"),
        ("他说*“好”*吗", "他说<em>“好”</em>吗"),
        ("**（注意）**这里", "<strong>（注意）</strong>这里"),
        ("这里**（注意）**", "这里<strong>（注意）</strong>"),
        ("**重点：**abc", "<strong>重点：</strong>abc"),
        ("abc**（x）**def", "abc<strong>（x）</strong>def"),
        ("**한국어(Korean)**는", "<strong>한국어(Korean)</strong>는"),
        ("これは**「太字」**です", "これは<strong>「太字」</strong>です"),
        ("**`代码`**后面", "<strong><code>代码</code></strong>后面"),
        ("***你好。***世界", "<em><strong>你好。</strong></em>世界"),
        ("**[链接](/a)**后面", '<strong><a href="/a">链接</a></strong>后面'),
        ("~~删除。~~后面", "<del>删除。</del>后面"),
        ("你好_不是强调_世界", "你好_不是强调_世界"),
        ("两个星号 ** 中间", "两个星号 ** 中间"),
    ],
)
def test_emphasis_beside_chinese_punctuation(source: str, expected: str) -> None:
    assert line(source) == expected


# From the examples of CommonMark 0.31.2 on emphasis.
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a * foo bar*", "a * foo bar*"),
        ('a*"foo"*', 'a*"foo"*'),
        ("foo*bar*", "foo<em>bar</em>"),
        ("5*6*78", "5<em>6</em>78"),
        ("foo_bar_", "foo_bar_"),
        ('aa_"bb"_cc', 'aa_"bb"_cc'),
        ("foo-_(bar)_", "foo-<em>(bar)</em>"),
        ("*foo bar *", "*foo bar *"),
        ("*(*foo)", "*(*foo)"),
        ("*(*foo*)*", "<em>(<em>foo</em>)</em>"),
        ("**foo bar **", "**foo bar **"),
        ('a**"foo"**', 'a**"foo"**'),
        ('**foo "*bar*" foo**', '<strong>foo "<em>bar</em>" foo</strong>'),
        ("**foo**bar", "<strong>foo</strong>bar"),
        ("__foo__bar", "__foo__bar"),
        ("foo-__(bar)__", "foo-<strong>(bar)</strong>"),
        ("*foo**bar**baz*", "<em>foo<strong>bar</strong>baz</em>"),
        ("*foo**bar*", "<em>foo**bar</em>"),
        ("***foo** bar*", "<em><strong>foo</strong> bar</em>"),
        ("foo***bar***baz", "foo<em><strong>bar</strong></em>baz"),
        ("**foo*", "*<em>foo</em>"),
        ("*foo _bar* baz_", "<em>foo _bar</em> baz_"),
        ("*[bar*](/url)", '*<a href="/url">bar*</a>'),
        ("*a `*`*", "<em>a <code>*</code></em>"),
    ],
)
def test_emphasis_elsewhere_is_commonmark(source: str, expected: str) -> None:
    assert line(source) == expected


def shape(tokens: list[dict[str, Any]]) -> list[Any]:
    """Tokens without what cannot be seen: which text was escaped, and where one text token ends."""
    out: list[Any] = []
    for token in tokens:
        if token["type"] in ("text", "escaped"):
            out[-1:] = [out[-1] + token["raw"]] if out and isinstance(out[-1], str) else [*out[-1:], token["raw"]]
        else:
            out.append((token["type"], token.get("raw"), shape(token.get("children", [])), str(token.get("attrs"))))
    return out


def parsed(inline: InlineParser, source: str) -> list[Any]:
    tokens = Markdown(renderer=None, block=BlockParser(), inline=inline)(source)
    assert isinstance(tokens, list)
    return shape(tokens)


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet='*_*_**ab c.("é)`[]()!\\\n<>&;1-é', max_size=60))
def test_text_without_cjk_is_parsed_as_mistune_does(source: str) -> None:
    assert parsed(Inline(), source) == parsed(InlineParser(), source)


@pytest.mark.parametrize(
    ("source", "url", "rest"),
    [
        ("见https://a.example/b，然后", "https://a.example/b", "，然后"),
        ("https://a.example/b。", "https://a.example/b", "。"),
        ("（https://a.example/b）", "https://a.example/b", "）"),
        ("https://a.example/b的说明", "https://a.example/b", "的说明"),
        ("https://a.example的说明", "https://a.example", "的说明"),
        ("https://zh.wikipedia.org/wiki/中国、日本", "https://zh.wikipedia.org/wiki/中国", "、日本"),
        ("https://例子.测试/路径？", "https://例子.测试/路径", "？"),
        ("《https://a.example/x》", "https://a.example/x", "》"),
        ("“https://a.example/x”", "https://a.example/x", "”"),
        ("https://a.example/é/x y", "https://a.example/é/x", " y"),
    ],
)
def test_an_address_ends_where_chinese_goes_on(source: str, url: str, rest: str) -> None:
    assert f">{url}</a>{rest}" in line(source)


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("(see https://en.wikipedia.org/wiki/Foo_(bar)).", "https://en.wikipedia.org/wiki/Foo_(bar)"),
        ("**https://a.example/x**", "https://a.example/x"),
        ("https://a.example/?a=1&b=_c_*d*", "https://a.example/?a=1&amp;b=_c_*d"),
        ("Http://a.example:8000/x!", "Http://a.example:8000/x"),
        ("www.a.example/x.", "www.a.example/x"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("[https://a.example/x]", "https://a.example/x"),
        ("https://a.example/?ids[]=1", "https://a.example/?ids[]=1"),
    ],
)
def test_an_address_ends_before_the_sentence_does(source: str, url: str) -> None:
    assert f">{url}</a>" in line(source)


@pytest.mark.parametrize(
    "source",
    ["xhttps://a.example", "https://", "http://*", "www.", "www.x", "ftp://a.example", "`https://a.example`"],
)
def test_what_is_no_address(source: str) -> None:
    assert "<a" not in line(source)


def test_an_address_in_the_text_of_a_link_ends_with_it() -> None:
    assert line("[see https://a.example/x](/y)") == '<a href="/y">see https://a.example/x</a>'


def test_a_link_to_www_has_a_scheme() -> None:
    assert 'href="https://www.a.example"' in line("www.a.example")
