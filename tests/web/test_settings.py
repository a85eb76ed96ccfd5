"""Settings that contradict each other are refused in one sentence, before anything is opened."""

from __future__ import annotations

import pytest

from app.settings import SettingsError, load_settings
from documents import Board
from tests.people import Person

WIDEST = "\U00020000"  # four bytes, and %F0%A0%80%80 in a form


@pytest.mark.parametrize(("chars", "kib"), [(50_000, 601), (90_000, 1024), (500_000, 5_875)])
def test_a_form_has_to_hold_the_longest_text(chars: int, kib: int) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(_env_file=None, max_body_chars=chars, max_form_kib=kib)
    sentence = str(refused.value)
    assert "QUORUM_MAX_FORM_KIB must be at least" in sentence
    assert f"QUORUM_MAX_BODY_CHARS = {chars}" in sentence
    assert f"(it is {kib})" in sentence
    needed = int(sentence.split("at least ")[1].split(maxsplit=1)[0])
    assert load_settings(_env_file=None, max_body_chars=chars, max_form_kib=needed).max_form_kib == needed


async def test_the_longest_text_of_the_widest_characters_arrives(board: Board, alice: Person) -> None:
    body = WIDEST * load_settings(_env_file=None).max_body_chars
    topic = await alice.opens(board, title=WIDEST * 200, body=body)
    assert (await alice.says(topic, f"{body[1:]}x")).body == f"{body[1:]}x"
