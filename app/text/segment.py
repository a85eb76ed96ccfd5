"""Text → the words by which it is found, and a query → what it asks for.

Latin and other spaced scripts are cut at spaces, folded and stemmed. Of Han text every single character, every two
neighbours and every word of the dictionary stands in the index: however a sentence can be cut, each cut is found, so
the dictionary decides only how a query without spaces is read. Traditional characters are read as simplified ones.
"""

from __future__ import annotations

import itertools
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from types import ModuleType
from typing import Any, Final

import Stemmer

from app.text.simplified import simplified

# Raised whenever the same text would give other words, so that what is stored can be found and made anew.
SEGMENTER_VERSION: Final = 3

# MongoDB stores one index entry a word: a text of nothing but different words must not stop being stored.
WORDS_MAX: Final = 20_000
WORD_CHARS_MAX: Final = 40
STEMMED_FROM: Final = 3

HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Written without spaces, and no dictionary of ours knows them: kana, hangul, Thai, Lao, Burmese, Khmer.
UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff\uac00-\ud7af"
LETTER: Final = f"[^\\W{HAN}{UNSPACED}]"
# A word may hold . - ' ’ inside it (node.js, e-mail, don't) and end in + or # (C++, F#).
RUN: Final = re.compile(
    f"(?P<han>[{HAN}]+)|(?P<unspaced>[{UNSPACED}]+)|(?P<word>{LETTER}+(?:[.'’-]{LETTER}+)*(?:\\+{{1,2}}|#)?)"
)
# BIP324 is also written BIP 324: found by either, and by its parts.
NUMBERED: Final = re.compile(r"([a-z]{2,})([0-9]{2,})")
JOINTS: Final = re.compile(r"[._-]+")
ACCENTED: Final = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f]")

_ENGLISH: Final = """
a an the and or but if of to in on at by for with from as is are was were be been am do does did can could should would
will i me my we our you your it its he she they them this that these those there here what which who how why when where
not no so than then too very just about into over any some has have had s t
"""
_CHINESE: Final = """
的 了 是 在 和 与 也 就 都 而 及 或 着 吗 呢 吧 啊 呀 我 你 他 她 它 们 这 那 哪 有 没 不 很 会 能
要 把 被 给 让 从 对 到 里 上 下 个 为 怎么 如何 什么 为什么 怎样 怎么办 哪些 哪个 可以 请问 一个 一下
我们 你们 他们 有没有 是否 是不是
"""
# What a question is phrased with, and not what it is about.
STOPWORDS: Final = frozenset((_ENGLISH + " " + _CHINESE).split())


# Plurals that no rule of endings finds.
_PLURALS: Final = """
leaves leaf knives knife shelves shelf loaves loaf halves half wolves wolf wives wife thieves thief calves calf
men man women woman children child feet foot teeth tooth geese goose mice mouse indices index matrices matrix
criteria criterion phenomena phenomenon
"""
IRREGULAR: Final = dict(zip(_PLURALS.split()[::2], _PLURALS.split()[1::2], strict=True))


def not_yet() -> int:
    """In the place of a version, of a text whose words are to be made: another each time, as the text is another."""
    return -1 - secrets.randbits(31)


def found_by(words: Iterable[str]) -> dict[str, Any]:
    """The fields of a text that is found by these words and is not behind: what was read before is not written now."""
    return {"words": list(words), "segmented": SEGMENTER_VERSION}


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a query asks for: a text has all of `tokens`, and, where `exact`, `text` as it stands (folded)."""

    text: str
    tokens: tuple[str, ...]
    exact: bool = False
    stop: bool = False


def fold(text: str) -> str:
    """`text` without what makes no difference to who searches: width, case, accents, kind of Han, what is unseen."""
    wide = unicodedata.normalize("NFKC", INVISIBLE.sub("", text.encode("utf-8", "ignore").decode())).casefold()
    plain = unicodedata.normalize("NFKC", wide)
    return ACCENTED.sub(_without_accent, simplified(plain))


def _without_accent(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFD", found[0])[0]


def words_of(*texts: str) -> list[str]:
    """The words by which these texts together are found, each once, in the order of their first appearance."""
    found: dict[str, None] = {}
    for text in texts:
        before = ""
        for run in RUN.finditer(fold(text)):
            for word in _words_in(run):
                found[word] = None
            if run[0].isdecimal() and (joined := NUMBERED.fullmatch(before + run[0])):
                found[token_of(joined[0])] = None
            before = run[0] if run.string[run.end() : run.end() + 1] == " " and run[0] not in STOPWORDS else ""
            if len(found) > WORDS_MAX:
                return list(found)[:WORDS_MAX]
    return list(found)


def _words_in(run: re.Match[str]) -> Iterable[str]:
    text = run[0]
    if run.lastgroup == "han":
        return _han_words(text)
    return _pairs(text) if run.lastgroup == "unspaced" else _latin_words(text)


def _han_words(text: str) -> Iterator[str]:
    """Every character, every two neighbours, and every longer word of the dictionary wherever it stands."""
    yield from text
    yield from map("".join, itertools.pairwise(text))
    if len(text) > 2:
        yield from (word for word in dictionary().cut_all(text) if len(word) > 2)


def _pairs(text: str) -> Iterator[str]:
    yield from text
    yield from map("".join, itertools.pairwise(text))


def _latin_words(text: str) -> Iterator[str]:
    """The word itself; one with joints also in its parts (node.js: node.js, node, js) and in one (e-mail: email)."""
    yield token_of(text)
    if numbered := NUMBERED.fullmatch(text):
        yield from map(token_of, numbered.groups())
    parts = [part for part in JOINTS.split(text.rstrip("+#")) if part]
    if len(parts) > 1:
        yield token_of("".join(parts))
    if len(parts) > 1 or text[-1] in "+#":
        yield from map(token_of, parts)


@lru_cache(65_536)
def token_of(word: str) -> str:
    """A folded word as it stands in the index: English ones without their endings, and nothing longer than it helps."""
    plain = word.replace("’", "'").removesuffix("'s").replace("'", "")
    if len(plain) >= STEMMED_FROM and plain.isascii() and plain.isalpha():
        plain = _stemmer()(IRREGULAR.get(plain, plain))
    return plain[:WORD_CHARS_MAX]


@lru_cache(1)
def _stemmer() -> Callable[[str], str]:
    found: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
    return found


@lru_cache(1)
def dictionary() -> ModuleType:
    """rjieba, whose dictionary takes 0.25 s and 33 MB: it is loaded when first needed, or by `warm_up`."""
    import rjieba

    found: ModuleType = rjieba
    return found


def warm_up() -> None:
    """Load the dictionary now, beside the event loop, so that no request waits for it."""
    words_of("预热一下词典 warm up")


def terms_of(text: str) -> Iterator[Term]:
    """What a query asks for, outside its quotes."""
    for run in RUN.finditer(fold(text)):
        if run.lastgroup == "han":
            yield from _han_terms(run[0])
        elif run.lastgroup == "unspaced":
            yield phrase_term(run[0])
        else:
            yield from _latin_terms(run[0])


def _latin_terms(text: str) -> Iterator[Term]:
    """A name with joints is one thing (node.js, snake_case); what a hyphen joins is found apart as well."""
    parts = [part for part in text.split("-") if part]
    for part in parts if len(parts) > 1 else [text]:
        yield Term(part, (token_of(part),), stop=part in STOPWORDS)


def _han_terms(run: str) -> Iterator[Term]:
    """The words of the dictionary; what it does not know is looked for as it stands."""
    unknown = ""
    for word in dictionary().cut(run, False):
        if len(word) == 1 and word not in STOPWORDS:
            unknown += word
            continue
        yield from _unknown(unknown)
        unknown = ""
        yield Term(word, (word,), stop=word in STOPWORDS)
    yield from _unknown(unknown)


def _unknown(text: str) -> Iterator[Term]:
    if text:
        yield phrase_term(text)


def phrase_term(text: str) -> Term:
    """What has to be there just as it stands: quoted words, a name, characters that the dictionary does not know."""
    plain = " ".join(fold(text).split())
    tokens: dict[str, None] = {}
    for run in RUN.finditer(plain):
        for token in _needed(run):
            tokens[token] = None
    single = len(tokens) == 1 and len(plain) <= 2 and plain in tokens
    return Term(plain, tuple(tokens), exact=not single)


def _needed(run: re.Match[str]) -> Iterable[str]:
    """The words that every text with this run in it has, as few as say it: for Han, pairs."""
    if run.lastgroup == "word":
        parts = [part for part in run[0].split("-") if part]
        return map(token_of, parts if len(parts) > 1 else [run[0]])
    text = run[0]
    return map("".join, itertools.pairwise(text)) if len(text) > 1 else (text,)


# The inside of a tag: attributes may hold < and > between their quotes. Linear also on what is no HTML.
INSIDE: Final = r"""(?>"[^"]*"|[^"<>])*+>"""
# Where a line ends, and with it what is beside each other.
BREAK: Final = re.compile(
    "</?(?:p|div|li|ul|ol|h[1-6]|pre|blockquote|aside|section|table|tr|td|th|details|summary|hr|br|dl|dt|dd|figure)\\b"
    + INSIDE
)
PICTURE: Final = re.compile("<img\\b" + INSIDE)
ALT: Final = re.compile(r'\balt="([^"]*)"')
TAG: Final = re.compile("<" + INSIDE)


def plain_of(html: str) -> str:
    """What somebody reads of rendered HTML, with line ends between its blocks; a picture is what it is described as."""
    described = PICTURE.sub(_description, html) if "<img" in html else html
    return unescape(TAG.sub("", BREAK.sub("\n", described))).strip()


def _description(picture: re.Match[str]) -> str:
    found = ALT.search(picture[0])
    return f" {found[1]} " if found else ""
