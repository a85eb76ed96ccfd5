"""Usernames."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text import lookalikes
from app.text.names import RESERVED, check_shape, is_reserved, skeleton, tidy, username_key


@pytest.mark.parametrize(
    "name",
    [
        "ab",
        "小明",
        "Bob-Smith_2.0",
        "Иван",
        "Ελλάδα",
        "김철수",
        "アリス",
        "漢字かなabc",
        "李雷2",
        "मोदी",
        "สมชาย",
        "Nguyễn",
        "José",
        "x" * 30,
    ],
)
def test_names_people_have(name: str) -> None:
    assert check_shape(name) is None


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("a", "too_short"),
        ("", "too_short"),
        ("x" * 31, "too_long"),
        ("bob\u200bx", "invisible"),
        ("bob\u202ex", "invisible"),
        ("bob\u00adx", "invisible"),
        ("bob\n", "invisible"),
        ("\u3164\u3164", "invisible"),
        ("bob\ufe0f", "invisible"),
        ("bo b", "bad_character"),
        ("bob!", "bad_character"),
        ("@bob", "bad_character"),
        ("bob😀", "bad_character"),
        ("a/b", "bad_character"),
        ("<b>", "bad_character"),
        ("ａｌｉｃｅ", "bad_character"),
        ("a\u0334\u0335\u0336b", "bad_character"),
        ("jose\u0301", "bad_character"),
        (" bob", "bad_character"),
        ("-bob", "bad_edge"),
        ("bob_", "bad_edge"),
        (".bob.", "bad_edge"),
        ("\u0301bob", "bad_edge"),
        ("раypal", "mixed"),
        ("bοb", "mixed"),
        ("Иvan", "mixed"),
    ],
)
def test_what_is_wrong(name: str, error: str) -> None:
    assert check_shape(name) == error


@pytest.mark.parametrize(
    ("typed", "shown"), [(" bob ", "bob"), ("ａｌｉｃｅ", "alice"), ("jose\u0301", "josé"), ("ﬁne", "fine")]
)
def test_what_was_typed_is_tidied(typed: str, shown: str) -> None:
    assert tidy(typed) == shown
    assert check_shape(tidy(typed)) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "aLICE"),
        ("ａｌｉｃｅ", "alice"),
        ("Straße", "STRASSE"),
        ("jose\u0301", "José"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
    ],
)
def test_same_key(one: str, other: str) -> None:
    assert username_key(one) == username_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "раураl"),
        ("l1I", "Il1"),
        ("O0o", "00o"),
        ("modern", "rnodern"),
        ("bob", "ВОВ"),
        ("alice", "ａｌｉｃｅ"),
        ("alice", "𝐚𝐥𝐢𝐜𝐞"),
        ("scope", "ѕсоре"),
        ("Ian", "lan"),
        ("口口", "ロロ"),
        ("王一", "王ー"),
    ],
)
def test_same_looks(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ian", "lan"), ("bob", "rob"), ("bob_x", "bob-x"), ("小明", "小朋"), ("вов", "bob"), ("vn", "nv")],
)
def test_other_looks(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_ordinary_names_are_their_own_skeleton() -> None:
    names = ["bob", "alice_2", "小明", "アリス", "олег"]
    assert [skeleton(name) for name in names] == ["bob", "alice_2", "小明", "アリス", "oлer"]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=20))
def test_forms_settle(name: str) -> None:
    assert username_key(username_key(name)) == username_key(name)
    assert tidy(tidy(name)) == tidy(name)
    assert skeleton(unicodedata.normalize("NFD", name)) == skeleton(unicodedata.normalize("NFC", name))
    check_shape(name)


@pytest.mark.parametrize(
    "name",
    ["admin", "Admin", "ADMlN", "аdmin", "adm1n", "r00t", "管理员", "系统", "版主", "sуstem", "ａｄｍｉｎ", "aII"],
)
def test_reserved_or_made_to_look_so(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize("name", ["ali", "Ali", "alice", "bob", "小明", "adminton", "管理学", "ian", "Mel"])
def test_free(name: str) -> None:
    assert not is_reserved(name)


def test_reserved_names_are_keys() -> None:
    assert {username_key(name) for name in RESERVED} == RESERVED


def test_the_data_is_loaded_by_warming_up() -> None:
    lookalikes._prototypes.cache_clear()
    lookalikes._script_ranges.cache_clear()
    lookalikes.warm_up()
    assert lookalikes._prototypes.cache_info().currsize == lookalikes._script_ranges.cache_info().currsize == 1
