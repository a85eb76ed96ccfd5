"""The table of app.mydata.held is complete: a document that names a person in a new field fails here."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from app.mydata.held import HELD, NOT_PEOPLE
from app.mydata.parts import FILES, PARTS
from documents import ALL
from documents.base import Id, Record


@pytest.mark.parametrize("document", ALL)
def test_every_id_in_every_document_is_declared(document: type[Record]) -> None:
    declared = {held.field for held in HELD if held.document is document}
    ids = {name for name, field in document.model_fields.items() if Id in _types(field.annotation)}
    unknown = ids - declared - NOT_PEOPLE - {"id"}
    assert not unknown, f"{document.__name__}: declare in app/mydata/held.py what an archive and an erasure do with it"
    assert declared - {"_id"} <= ids, "app/mydata/held.py names a field that is not there"


def _types(annotation: Any) -> set[Any]:
    return {annotation}.union(*(_types(part) for part in get_args(annotation)))


def test_what_is_in_no_archive_has_a_reason() -> None:
    for held in HELD:
        assert (held.part in FILES) != bool(held.why), f"{held.document.__name__}.{held.field}"


def test_the_parts_are_what_the_table_says() -> None:
    for part in PARTS:
        declared = {held.part for held in HELD if (held.document, held.field) == (part.document, part.field)}
        assert declared == {part.name}
