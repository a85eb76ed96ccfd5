"""Comparing and merging texts: right for any two, quick for hostile ones, by words and by Han characters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.diff import Row, difference, merged

TEXTS = st.text(alphabet="ab \n你好。", max_size=60)


def side(rows: tuple[Row, ...], name: str) -> list[str]:
    return ["".join(part.text for part in parts) for row in rows if (parts := getattr(row, name)) is not None]


def marked(row: Row) -> str:
    signs = {"same": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
    return "".join(signs[part.kind].format(part.text) for part in row.both)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("one two three", "one 2 three", "one [-two-]{+2+} three"),
        ("今天天气很好。", "今天天气不好。", "今天天气[-很-]{+不+}好。"),
        ("use redis 缓存", "use Redis 缓存！", "use [-redis-]{+Redis+} 缓存{+！+}"),
        ("same", "same and more", "same{+ and more+}"),
    ],
)
def test_words_in_latin_and_characters_in_han(before: str, after: str, shown: str) -> None:
    (row,) = difference(before, after)
    assert marked(row) == shown


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_both_texts_are_in_their_comparison(before: str, after: str) -> None:
    rows = difference(before, after)
    assert bool(rows) == (before != after)
    if rows and not any(row.kind == "gap" for row in rows):
        assert side(rows, "before") == before.split("\n")
        assert side(rows, "after") == after.split("\n")


def test_long_unchanged_stretches_are_left_out() -> None:
    before = "\n".join(str(line) for line in range(100))
    rows = difference(before, before.replace("50", "fifty"))
    assert [row.kind for row in rows] == ["gap", *["same"] * 2, "changed", *["same"] * 2, "gap"]
    assert (rows[0].skipped, rows[-1].skipped) == (48, 47)


@pytest.mark.parametrize("unit", ["a ", "字", "\n", "a\n", "ab\n字 "])
def test_hostile_texts_take_no_time(unit: str) -> None:
    began = time.process_time()
    size = 50_000 // len(unit)
    difference(unit * size, "x" + unit * (size // 2) + "y" + unit * (size // 2 - 2))
    merged(unit * size, "x" + unit * size, unit * size + "y")
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("A\nb\nc\nd", "a\nb\nc\nD", "A\nb\nc\nD"),
        ("a\nb\nc\nd\ne", "0\na\nb\nc\nd", "0\na\nb\nc\nd\ne"),
        ("a\nc\nd", "a\nb\nc\nD", "a\nc\nD"),
        ("A\nb\nc\nd", "A\nb\nc\nd", "A\nb\nc\nd"),
        ("A\nb\nc\nd", "B\nb\nc\nd", None),
        ("x\na\nb\nc\nd", "y\na\nb\nc\nd", None),
        ("a\nB\nc\nd", "a\nd", None),
    ],
)
def test_merging_takes_what_is_apart_and_nothing_else(mine: str, theirs: str, both: str | None) -> None:
    assert merged("a\nb\nc\nd", mine, theirs) == both
    assert merged("a\nb\nc\nd", theirs, mine) == both


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_merging_with_nothing_changed_is_the_other(base: str, mine: str) -> None:
    assert merged(base, mine, base) == merged(base, base, mine) == merged(base, mine, mine) == mine
