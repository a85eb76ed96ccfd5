"""What a file is, by its first bytes. Names and declared types say what somebody wants it to be."""

from __future__ import annotations

import codecs
from typing import IO, Final

HEAD_BYTES: Final = 64

# Brands of ISO base media files, ISO/IEC 14496-12 and 23008-12.
_AVIF: Final = frozenset({b"avif", b"avis"})
_HEIF: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def picture_format(head: bytes) -> str | None:
    """JPEG, PNG, GIF, WEBP or AVIF, as Pillow names them; HEIF, which it cannot read; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return _iso_format(head) if head[4:8] == b"ftyp" else None


def _iso_format(head: bytes) -> str | None:
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}
    if brands & _AVIF:
        return "AVIF"
    return "HEIF" if brands & _HEIF else None


def webp_size(head: bytes) -> tuple[int, int]:
    """Width and height of a WebP: its decoder takes memory for them as soon as it is opened. (0, 0) when broken."""
    chunk = head[12:16]
    if chunk == b"VP8X" and len(head) >= 30:
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if chunk == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and len(head) >= 30:
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return 0, 0


TEXT_CHUNK: Final = 256 * 1024
_CONTROLS: Final = frozenset(range(32)) - {9, 10, 12, 13, 27}


def file_kind(head: bytes) -> str | None:
    """What a file that is no picture is: pdf, zip, gzip, 7z, mp4, webm, mp3 or ogg. Texts have no beginning."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[4:8] == b"ftyp":
        return "mp4" if head[8:12] in _MP4 else None
    return "mp3" if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 else None


_STARTS: Final = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1aE\xdf\xa3", "webm"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
)
_MP4: Final = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4A ", b"dash"}
)


def is_text(file: IO[bytes]) -> bool:
    """Whether a whole file is UTF-8 without control characters."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := file.read(TEXT_CHUNK):
        if not _CONTROLS.isdisjoint(chunk):
            return False
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
