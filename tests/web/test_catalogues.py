"""Every text is in both catalogues, the Chinese one reads like Chinese, and no template speaks past them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app.web.i18n import CATALOGUES, LOCALES
from app.web.pages import Locale
from app.web.templating import TEMPLATES
from tests.scripts.processes import ROOT, environment

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
HAN = r"[\u3400-\u9fff]"
# Full-width where Chinese has its own sign; after a placeholder too, because names and numbers stand there.
ASCII_SIGN = re.compile(rf"(?:{HAN}|\0)[,.;:?!]|{HAN}[()]|[()]{HAN}")
UNSPACED = re.compile(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}")
# What the fixed terms are often replaced by, with the term that stands in its place.
RIVALS = {
    "您": "你",
    "话题": "主题",
    "帖": "主题",
    "版块": "板块",
    "站内信": "私信",
    "私聊": "私信",
    "提到": "提及",
    "书签": "收藏",
    "点赞": "赞",
    "帐号": "账号",
    "帐户": "账号",
    "登陆": "登录",
    "其它": "其他",
}

TEMPLATE_NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
SPOKEN_ATTRIBUTES = {"alt", "aria-description", "aria-label", "aria-placeholder", "label", "placeholder", "title"}
# The languages name themselves in themselves.
SAME_IN_ALL = re.compile(r"\b(?:Quorum|Markdown|English|中文)\b")
# The block in which a page names the CSS classes of its frame.
CLASSES_BLOCK = re.compile(r"\{% block frame %\}[a-z\s-]*\{% endblock frame %\}")
# What macros that write attributes give.
LONE_ATTRIBUTE = re.compile(r'(?:lang|aria-invalid|aria-describedby)="[^"]*"')
LETTER = re.compile(r"[^\W\d_]")


def messages(locale: Locale) -> list[Message]:
    """The texts of a language, without the header."""
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [message for message in read_po(file, locale=locale) if message.id]


def forms(given: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """One form, or as many as a plural has."""
    return [given or ""] if isinstance(given, str) or given is None else list(given)


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def chinese() -> Iterator[tuple[str, str]]:
    """Every Chinese text, as it is and with its placeholders as \\0."""
    for message in messages("zh"):
        for text in forms(message.string):
            yield text, PLACEHOLDER.sub("\0", text)


def test_both_catalogues_are_complete_and_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "translate.py"), "--check"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, f"see docs/translating.md\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_is_a_guess(locale: Locale) -> None:
    assert not [message.id for message in messages(locale) if message.fuzzy]


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_keep_the_placeholders(locale: Locale) -> None:
    wrong = []
    for message in messages(locale):
        ids, given = forms(message.id), forms(message.string)
        # A language with one form uses it for every number, so it says what the English plural says.
        wanted = ids if len(given) == len(ids) else ids[-1:] * len(given)
        wrong += [text for text, id in zip(given, wanted, strict=True) if placeholders(text) != placeholders(id)]
    assert not wrong


def test_chinese_has_chinese_punctuation() -> None:
    assert not [text for text, bare in chinese() if ASCII_SIGN.search(bare)]


def test_chinese_is_spaced_from_latin_letters_and_figures() -> None:
    assert not [text for text, bare in chinese() if UNSPACED.search(bare)]


def test_chinese_uses_one_word_for_one_thing() -> None:
    assert not [(text, term) for text, _ in chinese() for rival, term in RIVALS.items() if rival in text]


class Spoken(HTMLParser):
    """What of a template's HTML people read or hear: text, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if value and name in SPOKEN_ATTRIBUTES]


def untranslated(template: str) -> list[str]:
    """The words that stand in the HTML itself, outside Jinja's tags, expressions and comments."""
    without_classes = CLASSES_BLOCK.sub("", template)
    html = "".join(value for _, kind, value in Environment().lex(without_classes) if kind == "data")
    spoken = Spoken()
    spoken.feed(html)
    spoken.close()
    bare = (LONE_ATTRIBUTE.sub("", SAME_IN_ALL.sub("", text)).strip() for text in spoken.texts)
    return [text for text in bare if LETTER.search(text)]


def quoted(template: str) -> list[str]:
    """The strings in Jinja's expressions that look like words for people and are not in `_()` or `ngettext()`."""
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(template)
    marked = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext", "ngettext"}
        for constant in call.find_all(nodes.Const)
    }
    strings = [node.value for node in tree.find_all(nodes.Const) if id(node) not in marked]
    return [text for text in strings if isinstance(text, str) and re.match(rf"\W*[A-Z]|.*{HAN}", text)]


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_templates_say_nothing_outside_the_catalogues(name: str) -> None:
    template = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not untranslated(template) + quoted(template)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ("{# Hello #}<p class='note'>{% if x %}{{ _('Hello') }}{% endif %} · 12</p>", []),
        ('<a href="/"{% if x %} title="Home"{% endif %}>{{ x }}</a>', ["Home"]),
        ('<a href="/" title="{{ _("Home") }}">English</a>', []),
        (
            "<button aria-label='Close'></button><input placeholder='Say it'><img alt='A cat'>",
            ["Close", "Say it", "A cat"],
        ),
        ("<p>{{ 'Like' if x else _('Unlike') }}</p>", ["Like"]),
        ("<p>你好</p>", ["你好"]),
    ],
)
def test_words_outside_the_catalogues_are_found(template: str, found: list[str]) -> None:
    assert untranslated(template) + quoted(template) == found
