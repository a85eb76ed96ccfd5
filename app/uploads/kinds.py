"""What may be uploaded, how it is called and how it is served."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import IO, Final

from app.errors import Invalid
from app.files.pictures import EMPTY, HEIF, WrongType
from app.files.sniff import HEAD_BYTES, file_kind, is_text, picture_format
from app.web.i18n import N_, Text

NAME_CHARS_MAX: Final = 80
PICTURES: Final = frozenset({"jpeg", "png", "webp", "gif", "avif"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A type, and the endings that names of such files may have; the first is added to a name with another one."""

    name: str
    mimetype: str
    endings: tuple[str, ...]

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in its place."""
        return self.name in PICTURES


_OFFICE: Final = ("docx", "xlsx", "pptx", "odt", "ods", "odp", "epub")
_TEXTS: Final = ("md", "csv", "tsv", "log", "json", "toml", "yaml", "yml", "ini", "conf", "diff", "patch", "tex", "srt")
# Pictures are stored as WebP, whatever they were.
KINDS: Final = {
    **{name: Kind(name, "image/webp", ("webp",)) for name in PICTURES},
    "pdf": Kind("pdf", "application/pdf", ("pdf",)),
    "zip": Kind("zip", "application/zip", ("zip", *_OFFICE)),
    "gzip": Kind("gzip", "application/gzip", ("gz", "tgz")),
    "7z": Kind("7z", "application/x-7z-compressed", ("7z",)),
    "text": Kind("text", "text/plain; charset=utf-8", ("txt", *_TEXTS)),
    "mp4": Kind("mp4", "video/mp4", ("mp4", "m4v", "m4a", "mov")),
    "webm": Kind("webm", "video/webm", ("webm", "mkv")),
    "mp3": Kind("mp3", "audio/mpeg", ("mp3",)),
    "ogg": Kind("ogg", "audio/ogg", ("ogg", "oga", "ogv", "opus")),
}


def amount(size: int) -> str:
    """Bytes as people read them."""
    for unit, above in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if size >= above:
            return f"{size / above:.1f} {unit}"
    return f"{size} B"


def kind_of(file: IO[bytes], allowed: str) -> Kind:
    """What a file is by its content; `WrongType` unless it is one of those `allowed`."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise Invalid(EMPTY)
    picture = picture_format(head)
    if picture == "HEIF":
        raise WrongType(HEIF)
    name = picture.lower() if picture else file_kind(head) or ("text" if is_text(file) else None)
    if name is None or name not in allowed.split():
        raise WrongType(not_allowed(allowed))
    return KINDS[name]


def not_allowed(allowed: str) -> Text:
    """The sentence that says what may be sent."""
    if not allowed:
        return Text(N_("This forum takes no files."))
    kinds = ", ".join(name.upper() if name != "text" else "TXT" for name in allowed.split())
    return Text(N_("Files of this type are not taken here. These are: %(kinds)s."), kinds=kinds)


_UNWANTED: Final = re.compile(
    r'[\s\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+'
)


def ending_of(name: str) -> str:
    """The ending of a name that `safe_name` has made, which says nothing of the rest."""
    return name.rpartition(".")[2]


def unnamed(name: str, size: int) -> str:
    """A file to whom its name is nothing: its type and size, such as PNG, 12 KiB. `size` is in bytes."""
    return f"{ending_of(name).upper()}, {amount(size)}"


def safe_name(said: str, kind: Kind) -> str:
    """A name for a file that nothing on any system takes for something else, as like to what was said as may be."""
    plain = unicodedata.normalize("NFC", said.encode("utf-8", "replace").decode("utf-8"))
    plain = _UNWANTED.sub("-", plain.replace("\\", "/").rsplit("/", 1)[-1]).strip("-. ")
    stem, dot, ending = plain.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", ending):
        stem, ending = plain, ""
    if ending.lower() not in kind.endings:
        stem = stem if kind.is_picture or not ending else plain
        ending = kind.endings[0]
    return f"{stem.strip('-. ')[:NAME_CHARS_MAX] or 'file'}.{ending.lower()}"
