"""One file of the archive → a post, checked, or why it cannot be one."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import IntEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.errors import Invalid
from app.topics.tagging import TAGS_MAX, tags_from
from scripts.importing.naming import one_line
from scripts.importing.uploads import uploads_in

LIKE: Final = 2  # among Discourse's post actions
FILE_BYTES_MAX: Final = 32 * 1024 * 1024
TEXT_CHARS_MAX: Final = 2_000_000  # a document has at most 16 MiB, with the text and its HTML in it
TITLE_CHARS_MAX: Final = 1000
DIGEST_CHARS: Final = 12

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Id = Annotated[int, Field(ge=-(2**53), le=2**53)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class Broken(Exception):
    """A file that is no post; the message says why, in a few words."""


class PostType(IntEnum):
    """Discourse's post types. A whisper is for staff alone, and a small action says that a topic was closed or such."""

    REGULAR = 1
    MODERATOR_ACTION = 2
    SMALL_ACTION = 3
    WHISPER = 4


class Action(BaseModel):
    """How often something was done to a post."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: int
    count: int | None = None


class Post(BaseModel):
    """A version of a post, as it was when it was archived."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: Id
    topic_id: Id
    topic_title: Name
    category_id: Id
    category_name: str | None = None
    category_slug: str | None = None
    post_number: Number
    post_type: int = PostType.REGULAR
    reply_to_post_number: int | None = None
    user_id: Id
    username: Name
    name: str | None = None
    created_at: AwareDatetime
    updated_at: AwareDatetime | None = None
    version: int | None = None
    reads: int | None = None
    raw: str = Field(max_length=TEXT_CHARS_MAX)
    cooked: Any = None
    actions_summary: list[Action] | None = None
    tags: list[Any] | None = None
    deleted_at: AwareDatetime | None = None
    hidden: bool | None = None
    user_deleted: bool | None = None

    @cached_property
    def title(self) -> str:
        """The title of its topic as it was then."""
        return one_line(self.topic_title, TITLE_CHARS_MAX)

    @property
    def topic_tags(self) -> list[str]:
        """The tags of its topic, as this forum writes them; what it does not take is left out."""
        named = [tag.get("name") if isinstance(tag, dict) else tag for tag in self.tags or ()]
        found: list[str] = []
        for tag in named:
            with suppress(Invalid):
                found += tags_from(f"{tag},") if isinstance(tag, str) else []
        return list(dict.fromkeys(found))[:TAGS_MAX]

    @property
    def created(self) -> datetime:
        """When it was posted, as MongoDB keeps it."""
        return _stored(self.created_at)

    @property
    def updated(self) -> datetime:
        """When this version was made."""
        return _stored(self.updated_at or self.created_at)

    @property
    def deleted(self) -> datetime:
        """When it was deleted, as far as that is known."""
        return _stored(self.deleted_at) if self.deleted_at else self.updated

    @property
    def edited(self) -> bool:
        """Whether it is not as it was posted."""
        return (self.version or 1) > 1

    @property
    def likes(self) -> int:
        """How many liked it."""
        return max(0, sum(action.count or 0 for action in self.actions_summary or () if action.id == LIKE))

    @property
    def uploads(self) -> dict[str, str]:
        """Where the `upload://` addresses of its text lead, as far as its HTML says so."""
        return uploads_in(self.cooked) if "upload://" in self.raw and isinstance(self.cooked, str) else {}

    @cached_property
    def mark(self) -> str:
        """Greater for what was archived later: posts are only ever edited forwards, and read more often."""
        digest = sha256(f"{self.topic_title}\0{self.raw}".encode(errors="replace")).hexdigest()[:DIGEST_CHARS]
        at = self.updated.isoformat(timespec="milliseconds")
        return f"{at} {max(self.version or 1, 0):06} {max(self.reads or 0, 0):09} {self.likes:06} {digest}"


def _stored(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def read_post(path: Path) -> Post:
    """The post in a file; raises `Broken`."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise Broken(f"cannot be read ({(error.strerror or 'no reason given').lower()})") from None
    if len(data) > FILE_BYTES_MAX:
        raise Broken(f"is larger than {FILE_BYTES_MAX // 1024**2} MiB")
    return parsed(data)


def parsed(data: bytes) -> Post:
    """The post in the bytes of a file; raises `Broken`."""
    try:
        post = Post.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
        assert post.mark  # also that its moments can be reckoned with
    except ValidationError as error:
        raise Broken(_sentence(dict(error.errors(include_url=False, include_context=False)[0]))) from None
    except (OverflowError, ValueError):
        raise Broken("a moment is out of all bounds") from None
    if not post.title:
        raise Broken("topic_title: says nothing")
    return post


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return "is not JSON"
    field = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{field} is missing"
    return f"{field}: {error['msg'][0].lower()}{error['msg'][1:]}" if field else "is not a JSON object"


def files_below(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Every JSON file, always in the same order; hidden ones are not part of an archive."""
    for at, folders, names in os.walk(folder, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(at, name) for name in sorted(names) if name.endswith(".json") and not name.startswith("."))
