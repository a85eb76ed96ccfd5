"""What Markdown becomes."""

from __future__ import annotations

import re

import pytest

from app.text.markdown import render
from tests.text.samples import BOB, html, line

EXTERNAL = 'rel="nofollow noopener ugc"'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("one\ntwo", "one<br>\ntwo"),
        ("*a* **b** ~~c~~ `d`", "<em>a</em> <strong>b</strong> <del>c</del> <code>d</code>"),
        (r"\*a\* \`b\`", "*a* `b`"),
        ("AT&amp;T &copy; &lt;", "AT&amp;T © &lt;"),
        (r"\&amp;", "&amp;amp;"),
        ("a <b>c</b> <kbd>d</kbd><br>e", "a <b>c</b> <kbd>d</kbd><br>e"),
        ("Vec<String> is <b>bold", "Vec&lt;String&gt; is &lt;b&gt;bold"),
        ('<b onclick="x()">y</b>', "<b>y</b>"),
        ("a<!-- not said -->b", "ab"),
        ("<b>*a</b>*", "&lt;b&gt;<em>a&lt;/b&gt;</em>"),
        ("<b><i>a</b></i>", "&lt;b&gt;<i>a&lt;/b&gt;</i>"),
        ("<b>" * 11 + "a" + "</b>" * 11, "<b>" * 10 + "&lt;b&gt;a" + "</b>" * 10 + "&lt;/b&gt;"),
    ],
)
def test_inline(source: str, expected: str) -> None:
    assert line(source) == expected


@pytest.mark.parametrize("level", range(1, 7))
def test_headings_stand_below_the_page_and_have_no_id(level: int) -> None:
    assert html("#" * level + " Title") == "<h4>Title</h4>\n"


@pytest.mark.parametrize(
    ("levels", "shown"),
    [
        ([1, 2, 3, 4, 2, 1], [4, 5, 6, 6, 5, 4]),
        ([2, 2, 3, 2], [4, 4, 5, 4]),
        ([1, 3, 3, 1, 4], [4, 5, 5, 4, 5]),
        ([4, 2, 3, 6], [4, 4, 5, 6]),
        ([2, 4, 3, 4], [4, 5, 5, 6]),
    ],
)
def test_headings_leave_no_gap(levels: list[int], shown: list[int]) -> None:
    source = "\n\n".join(("> " if at == 1 else "") + "#" * level + " Title" for at, level in enumerate(levels))
    assert [int(found) for found in re.findall(r"<h(\d)>", html(source))] == shown


def test_underlined_heading_and_rule() -> None:
    assert html("a\n===\n\n---") == "<h4>a</h4>\n<hr>\n"


def test_lists() -> None:
    assert html("- a\n- b\n  1. c") == "<ul>\n<li>a</li>\n<li>b<ol>\n<li>c</li>\n</ol>\n</li>\n</ul>\n"
    assert html("3. a\n4. b").startswith('<ol start="3">')


def test_tasks() -> None:
    assert html("- [x] done\n- [ ] open") == (
        '<ul class="tasks">\n<li class="task done"><span class="box">☑</span> done</li>\n'
        '<li class="task"><span class="box">☐</span> open</li>\n</ul>\n'
    )


class TestTables:
    def test_a_table_scrolls_and_aligns(self) -> None:
        assert html("| a | b |\n|:-:|--:|\n| *1* | `x\\|y` |") == (
            '<div class="table" role="region" tabindex="0"><table>\n'
            '<thead>\n<tr><th class="center">a</th><th class="right">b</th></tr>\n</thead>\n'
            '<tbody>\n<tr><td class="center"><em>1</em></td><td class="right"><code>x|y</code></td></tr>\n</tbody>\n'
            "</table></div>\n"
        )

    def test_rows_may_be_short_long_or_without_pipes(self) -> None:
        rows = html("a|b\n-|-\n1\n1|2|3\n\nafter").split("<tbody>\n")[1]
        assert rows.startswith("<tr><td>1</td></tr>\n<tr><td>1</td><td>2</td></tr>\n</tbody>")
        assert rows.endswith("<p>after</p>\n")

    def test_another_block_ends_it(self) -> None:
        assert html("a|b\n-|-\n1|2\n> quoted").endswith("<blockquote>\n<p>quoted</p>\n</blockquote>\n")

    @pytest.mark.parametrize("source", ["a|b\n-|-|-", "a|b\n-", "a\n-|-", "a|b\n:|:", "a|" * 101 + "\n" + "-|" * 101])
    def test_what_is_none(self, source: str) -> None:
        assert "<table" not in html(source)

    def test_in_a_list_and_in_a_quote(self) -> None:
        assert "<table" in html("- a\n\n  b|c\n  -|-\n  1|2")
        assert "<table" in html("> b|c\n> -|-\n> 1|2")


class TestCode:
    def test_a_known_language_has_a_label_and_colours(self) -> None:
        assert html("```py\nreturn 1\n```") == (
            '<div class="code" data-lang="Python"><pre tabindex="0"><code class="hl">'
            '<span class="k">return</span> <span class="m">1</span>\n</code></pre></div>\n'
        )

    @pytest.mark.parametrize(("info", "label"), [("rust,ignore", "Rust"), ("{.haskell .a}", "Haskell"), ("C#", "C#")])
    def test_the_label_is_read_from_all_kinds_of_info(self, info: str, label: str) -> None:
        assert f'data-lang="{label}"' in html(f"```{info}\nx\n```")

    def test_an_unknown_language_has_a_label_only(self) -> None:
        assert html("```mermaid height=3\ngraph\n```").startswith(
            '<div class="code" data-lang="mermaid"><pre tabindex="0">'
        )
        assert "<span" not in html("```mermaid\ngraph LR\n```")

    @pytest.mark.parametrize(
        "source", ["```\nreturn\n```", "```text\nreturn\n```", "    return", '```"><b>\nreturn\n```']
    )
    def test_no_label_no_colours(self, source: str) -> None:
        assert html(source).startswith('<div class="code"><pre tabindex="0"><code class="hl">return')

    def test_code_is_shown_as_it_is(self) -> None:
        assert "@bob :tada: &lt;b&gt; **x** https://a.example\n" in html(
            "```\n@bob :tada: <b> **x** https://a.example\n```"
        )

    @pytest.mark.parametrize("code", ["x = 1\n" * 3000, "return " + "x" * 501, "return\n" + "\n" * 25])
    def test_too_large_a_block_stays_plain(self, code: str) -> None:
        rendered = html(f"```python\n{code}\n```")
        assert "<span" not in rendered
        assert 'data-lang="Python"' in rendered

    def test_all_blocks_together_have_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = iter(range(10_000))
        monkeypatch.setattr("app.text.writer.thread_time", lambda: next(now) / 10)
        assert html("```py\nreturn\n```\n" * 9).count('<span class="k">') == 4


class TestLinks:
    def test_to_elsewhere(self) -> None:
        assert line('[a](https://x.example/ "t")') == f'<a href="https://x.example/" {EXTERNAL} title="t">a</a>'

    @pytest.mark.parametrize("url", ["https://forum.example/topics/1", "/topics/1", "?page=2", "#c3", "topics/1"])
    def test_within_the_site(self, url: str) -> None:
        assert line(f"[a]({url})") == f'<a href="{url}">a</a>'

    @pytest.mark.parametrize(
        "url",
        ["//evil.example", "https://forum.example@evil.example/", "https://forum.example.evil.example", "http://[x"],
    )
    def test_what_only_looks_like_it(self, url: str) -> None:
        assert EXTERNAL in line(f"[a]({url})")

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            "data:text/html,x",
            "vbscript:x",
            "&#106;avascript:x",
            "file:///etc/passwd",
        ],
    )
    def test_unsafe_ones_are_only_their_text(self, url: str) -> None:
        assert line(f"[a]({url})") == "a"
        assert line(f"![a]({url})") == "a"

    def test_mail(self) -> None:
        assert line("<a@b.example>") == '<a href="mailto:a@b.example">a@b.example</a>'

    def test_never_in_one_another(self) -> None:
        assert line("[~~https://a.example~~ x](/y)") == '<a href="/y"><del>https://a.example</del> x</a>'

    def test_discourse_files(self) -> None:
        assert line("[a.pdf|attachment](/files/a)") == '<a href="/files/a">a.pdf</a>'


class TestImages:
    def test_place_is_kept(self) -> None:
        expected = (
            '<img src="https://x.example/z.png" alt="a &amp; b" title="t" width="345" height="194" loading="lazy"'
            ' decoding="async" referrerpolicy="no-referrer">'
        )
        assert line('![a & b|690x388, 50%](https://x.example/z.png "t")') == expected

    @pytest.mark.parametrize("alt", ["a", "a|0x5", "a|99999x1", "a|x"])
    def test_without_a_size(self, alt: str) -> None:
        assert "width" not in line(f"![{alt}](/z.png)")

    def test_what_cannot_be_loaded_is_its_description(self) -> None:
        assert line("![a *b*|10x10](upload://x.png)") == "a b"

    def test_films_are_links(self) -> None:
        assert line("![a|video](/z.mp4)") == '<a href="/z.mp4">a</a>'


class TestFootnotes:
    def test_ids_have_the_prefix_and_are_never_twice(self) -> None:
        rendered = html("a[^x] b[^x] c[^y]\n\n[^x]: one\n[^y]: two", prefix="c17-")
        for id_ in ("c17-fnref-1", "c17-fnref-1-2", "c17-fnref-2", "c17-fn-1", "c17-fn-2"):
            assert rendered.count(f'id="{id_}"') == 1
        assert '<a href="#c17-fn-1">1</a>' in rendered
        assert 'href="#c17-fnref-2"' in rendered

    def test_on_the_spot_and_in_several_paragraphs(self) -> None:
        rendered = html("a^[see [b](/c)] d[^e]\n\n[^e]: one\n\n    two")
        assert '<p>see <a href="/c">b</a> <a class="footnote-back"' in rendered
        assert "<p>one</p>\n<p>two <a" in rendered

    def test_notes_in_notes_end(self) -> None:
        assert html("a[^1]\n\n[^1]: b[^1][^2]\n[^2]: c[^1]").count("<li id=") == 2

    @pytest.mark.parametrize("source", ["[^x]", "x^2 [^ y]", "[^x]: never referred to"])
    def test_what_is_none(self, source: str) -> None:
        assert "footnote" not in html(source)

    def test_there_are_two_hundred_at_most(self) -> None:
        assert html("^[a]" * 201).count("<li id=") == 200

    def test_a_caret_in_a_link_is_a_link(self) -> None:
        assert line("[^a](/b)") == '<a href="/b">^a</a>'


class TestFormulas:
    @pytest.mark.parametrize(
        ("source", "formula"),
        [
            ("$x < y$", "x &lt; y"),
            ("设$x$为", "x"),
            (r"\( \lambda \)", r"\lambda"),
            ("$$a$$ b", "a"),
            ("$a_1 * b * c_1$", "a_1 * b * c_1"),
            (r"$\$5$", r"\$5"),
        ],
    )
    def test_in_a_line(self, source: str, formula: str) -> None:
        assert f'<code class="math">{formula}</code>' in line(source)

    @pytest.mark.parametrize(
        "source",
        [
            "$5 and $10",
            "US$5 or A$6",
            "$HOME/$USER",
            "$ 5 $",
            "我有$5，他有5$。",
            "$5-$10",
            "a$b$c",
            r"\$x\$",
            "$x$y",
            "$$",
        ],
    )
    def test_money_and_shells(self, source: str) -> None:
        assert "math" not in html(source)

    def test_half_of_one_is_a_parenthesis(self) -> None:
        assert line(r"\(a) \(b") == "(a) (b"

    @pytest.mark.parametrize("source", ["$$\na\n$$", "$$a$$", "\\[\na\n\\]", "$\na\n$", "> $$\n> a\n> $$"])
    def test_on_their_own(self, source: str) -> None:
        assert '<pre class="math" tabindex="0"><code>a</code></pre>' in html(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (":smile: :slight_smile::tada:", "😄 🙂🎉"),
        ("你好:smile:", "你好😄"),
        (":no_such_thing: 10:30:45 std::cat::paw a:x:", ":no_such_thing: 10:30:45 std::cat::paw a:x:"),
        (r"\:smile:", ":smile:"),
        ("`:smile:`", "<code>:smile:</code>"),
    ],
)
def test_emoji(source: str, expected: str) -> None:
    assert line(source) == expected


class TestRawHtml:
    def test_details_hold_markdown(self) -> None:
        assert html("<details><summary>a</summary>\n\n**b**\n\n</details>") == (
            "<details><summary>a</summary>\n<p><strong>b</strong></p>\n</details>\n"
        )

    def test_what_is_not_closed_is_text(self) -> None:
        assert html("<details>\n\na") == "<p>&lt;details&gt;</p>\n<p>a</p>\n"

    def test_a_block_is_shown_line_by_line(self) -> None:
        assert html("<div>\n  <p>a</p>\n</div>") == (
            "<p>&lt;div&gt;<br>\n  &lt;p&gt;a&lt;/p&gt;<br>\n&lt;/div&gt;</p>\n"
        )

    def test_comments_are_left_out(self) -> None:
        assert html("<!-- a -->\n\nb") == "<p>b</p>\n"

    @pytest.mark.parametrize("source", ["<script>x</script>", "<style>x</style>", "<svg onload=x>", "<iframe src=x>"])
    def test_the_dangerous_is_shown(self, source: str) -> None:
        assert "&lt;" in html(source)


class TestExcerpt:
    def test_is_what_they_say_themselves(self) -> None:
        source = "# Title\n\n> no\n\n[quote]\nno\n[/quote]\n\n```\nno\n```\nHi **you** :tada: `x` [a](/b) ![no](/d)"
        assert render(source).excerpt == "Title Hi you 🎉 x a"

    def test_is_short_and_ends_at_a_word(self) -> None:
        excerpt = render("word " * 100).excerpt
        assert len(excerpt) <= 280
        assert excerpt.endswith("word…")

    def test_is_cut_inside_chinese(self) -> None:
        assert render("好" * 300).excerpt == "好" * 279 + "…"

    def test_spoilers_are_not_told(self) -> None:
        assert render("a [spoiler]b[/spoiler]").excerpt == "a"


def test_control_characters_and_lone_surrogates_are_harmless() -> None:
    rendered = render("a\x00b\u202ec\ud800")
    assert rendered.html == "<p>abc?</p>\n"
    assert rendered.excerpt == "abc?"


def test_a_text_that_would_explode_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.text.markdown.MAX_HTML", 1000)
    rendered = render("![](x)" * 60)
    assert rendered.fallback
    assert rendered.html == "<p>" + "![](x)" * 60 + "</p>\n"


def test_the_origin_may_be_unknown() -> None:
    assert EXTERNAL in render("https://forum.example/").html


def test_a_mention_beside_everything_else() -> None:
    assert (
        line("**@bob**: hi")
        == f'<strong><a class="mention" href="/users/{BOB}" data-user="{BOB}">@bob</a></strong>: hi'
    )
