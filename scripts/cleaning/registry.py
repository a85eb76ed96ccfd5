"""Which fields name people (app.mydata.held says so for all) and which name files."""

from typing import Final

from app.mydata.held import HELD
from documents import Site, Upload, User
from documents.base import Record
from documents.file import FileKind

Field = tuple[type[Record], str]

# A deleted person whom one of these names is kept.
PEOPLE: Final[tuple[Field, ...]] = tuple(
    (held.document, held.field)
    for held in HELD
    if held.leaving in ("words", "trace") and (held.document, held.field) not in ((User, "_id"), (User, "blocks"))
)

# What is a person's alone and goes with them.
THEIRS: Final[tuple[Field, ...]] = tuple((held.document, held.field) for held in HELD if held.leaving == "theirs")

# In a log that nobody changes: it keeps nobody, and stays as it is when they go.
RECORDS: Final[tuple[Field, ...]] = tuple((held.document, held.field) for held in HELD if held.leaving == "record")

# Fields with the hash of a stored file, and its kind. A file that one of them names stays, whatever is counted.
FILES: Final[tuple[tuple[type[Record], str, FileKind], ...]] = (
    (User, "avatar", "avatar"),
    (Site, "values.logo", "avatar"),
    (Upload, "sha256", "upload"),
)
