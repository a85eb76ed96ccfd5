"""What Discourse shows and this forum does not know, as Markdown; and that nothing else is touched."""

from __future__ import annotations

import time

import pytest

from scripts.importing.readable import readable
from scripts.importing.uploads import uploads_in

PICTURE = "https://old.example/uploads/default/original/1X/abc.png"
COOKED = f"""
<p><div class="lightbox-wrapper"><a class="lightbox" href="{PICTURE}" title="x"><img
 src="https://old.example/uploads/default/optimized/1X/abc_2.png" alt="x" data-base62-sha1="Key1"></a></div></p>
<p><img alt="y" src="//cdn.example/y.gif?a=1&amp;b=2" data-base62-sha1="Key2"> <img src="/in/the/forum.png"
 data-base62-sha1="Key3"> <a class="attachment" href="https://old.example/uploads/short-url/Key4.pdf">file.pdf</a></p>
"""


def test_the_html_says_where_uploads_are() -> None:
    assert uploads_in(COOKED) == {
        "Key1": PICTURE,
        "Key2": "https://cdn.example/y.gif?a=1&b=2",
        "Key4": "https://old.example/uploads/short-url/Key4.pdf",
    }


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a ![image|690x240](upload://Key1.png) b", f"a [image](<{PICTURE}>) b"),
        ("![A (1)|600x371, 50%](upload://Key1)", f"[A (1)](<{PICTURE}>)"),
        ("![|100%](upload://Key1.png)", f"[image](<{PICTURE}>)"),
        ('<img src="upload://Key1.png" width="5">', f"[image](<{PICTURE}>)"),
        ("<IMG alt='a [b]' src=https://a.example/b.png />", "[a (b)](<https://a.example/b.png>)"),
        (
            "[f.pdf|attachment](upload://Key4.pdf) (3 KB)",
            "[f.pdf|attachment](https://old.example/uploads/short-url/Key4.pdf) (3 KB)",
        ),
        ("[url=https://a.example/][/url]", "<https://a.example/>"),
        ("[url]https://a.example/[/url]", "<https://a.example/>"),
        ("[url=https://a.example/]words[/url]", "[words](<https://a.example/>)"),
        ("[url=https://a.example/]![](upload://Key1.png)[/url]", f"[image](<{PICTURE}>) (<https://a.example/>)"),
        ('<a href="https://a.example/(b)" target="_blank">some *words*</a>', "[some *words*](<https://a.example/(b)>)"),
        ('<a href="javascript:alert(1)">words</a> <a name="here"></a>end', "words end"),
        ("<h2>One</h2>\n\ntext\n<h3 id='x'>Two</h3> and after", "## One\n\ntext\n### Two\n\nand after"),
        ("> <h1>One</h1> more", "> # One\n> \n> more"),
        ('before\n\n<div data-theme-toc="true"> </div>\n\nafter', "before\n\n\n\nafter"),
        ("<div class='a'>\n\nwords\n\n</div>", "\n\nwords\n\n"),
        ("one<p>two</p>three", "one\ntwo\nthree"),
        ("<center><font color='red'>red</font> <span>words</span></center>", "red words"),
    ],
)
def test_it_becomes_markdown(raw: str, expected: str) -> None:
    assert readable(raw, uploads_in(COOKED)) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "![alt|1x1](upload://Nobody.png) [file](upload://Nobody.pdf)",
        '<img src="upload://Nobody.png"> <img src="/uploads/x.png">',
        "where <N> and <notary> sign, 1 < 2 > 0, `xpub\\<rot13\\>`",
        "`<div>` ``<h1>a</h1>`` and\n```html\n<div>\n</div>\n```\n    <p>indented</p>\n\t<p>too</p>",
        "~~~\n<h2>never closed</h2>\n```\n![a](upload://Key1.png)",
        "> ```\n> <div>\n> ```",
        "<details>\n<summary>a</summary>\n\n<sup>2</sup> <kbd>k</kbd><br>b\n</details>",
        "\ue0000\ue000 <b>private</b>",
        "".join(map(chr, range(0xE000, 0xF900))) + "<div>",
    ],
)
def test_all_else_stays(raw: str) -> None:
    assert readable(raw, uploads_in(COOKED)) == raw


def test_what_was_typed_never_stands_for_code() -> None:
    assert readable("\ue0000\ue000 `<p>` <p>", {}) == "\ue0000\ue000 `<p>`"


@pytest.mark.parametrize(
    "part", ["<a ", "<a x", "[url]", "[url=http://a", "<h1>", "![a](upload://", "```a\n", " ", "`", "<p>"]
)
def test_hostile_texts_take_no_longer(part: str) -> None:
    text = part * (200_000 // len(part)) + "<"
    began = time.process_time()
    readable(text, {})
    uploads_in(text)
    assert time.process_time() - began < 2
