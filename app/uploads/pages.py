"""What templates and scripts are told of uploads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from app.uploads.kinds import amount
from documents import Upload


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is used. `label` is the title of the topic or conversation; empty for drafts."""

    kind: str
    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A file in the list. `thumbnail` is empty where it is no picture; `more` is how many places are not named.

    `decision` is the page of the decision by which it was taken down, for who may appeal against that.
    """

    id: str
    name: str
    url: str
    thumbnail: str
    ending: str
    bytes: int
    width: int
    height: int
    at: datetime
    markdown: str
    places: tuple[Place, ...]
    more: int
    taken_at: datetime | None = None
    taken_reason: str = ""
    decision: str = ""

    @property
    def size(self) -> str:
        """Its bytes as people read them."""
        return amount(self.bytes)


def url_of(upload: Upload) -> str:
    """Where it is served; letters of every script stay as they are."""
    name = "".join(letter if letter.isalnum() or letter in "-_." else quote(letter) for letter in upload.name)
    return f"/uploads/{upload.oid}/{name}"


def markdown_of(upload: Upload) -> str:
    """What shows it in a text."""
    label = upload.name.rpartition(".")[0] if upload.is_picture else upload.name
    label = "".join(f"\\{letter}" if letter in "\\[]*_`<>&!|~$:@#" else letter for letter in label)
    return f"{'!' if upload.is_picture else ''}[{label}]({url_of(upload)})"


def size_query(width: int) -> str:
    """What asks for a thumbnail."""
    return f"?w={width}"
