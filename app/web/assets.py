"""Static files: read once, compressed once, served from memory under URLs that change with their content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parents[2] / "static"
PREFIX: Final = "/static/"
# One sheet is sent; it is written as several, which are joined in the order of their names.
JOINED: Final = {"css/app.css": ("css/app/*.css", "css/code.css")}
COMPRESSIBLE: Final = ("text/", "application/javascript", "application/json", "image/svg+xml")
UNCHANGING: Final = b"public, max-age=31536000, immutable"
REVALIDATED: Final = b"public, max-age=300"

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("image/png", ".png")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent. `version` is the start of its SHA-256."""

    body: bytes
    packed: bytes | None
    mimetype: str
    version: str

    def headers(self, *, packed: bool, immutable: bool) -> list[tuple[bytes, bytes]]:
        """The response headers for the plain or the compressed form."""
        found = [
            (b"content-type", self.mimetype.encode()),
            (b"cache-control", UNCHANGING if immutable else REVALIDATED),
            (b"etag", f'"{self.version}"'.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"vary", b"Accept-Encoding"),
        ]
        return [*found, (b"content-encoding", b"gzip")] if packed else found


class Assets:
    """All files below a folder, by their path."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._found = {name: _asset(name, body) for name, body in _files(folder).items()}

    def get(self, name: str) -> Asset | None:
        """The file of that name."""
        return self._found.get(name)

    def url(self, name: str) -> str:
        """The URL of a file, which may be kept for ever; KeyError when there is no such file."""
        return f"{PREFIX}{name}?v={self._found[name].version}"


def _files(folder: Path) -> dict[str, bytes]:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    for name, patterns in JOINED.items():
        parts = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
        files[name] = b"\n".join(path.read_bytes() for path in parts)
    return files


def _asset(name: str, body: bytes) -> Asset:
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0) if mimetype.startswith(COMPRESSIBLE) else None
    if mimetype.startswith("text/"):
        mimetype += "; charset=utf-8"
    return Asset(body, packed, mimetype, hashlib.sha256(body).hexdigest()[:12])
