"""Pictures made safe and small outside the event loop.

A process for each picture, rather than threads or workers that stay: decoders are C code that hostile files aim at,
and a bomb that gets past the header takes memory that a thread would take from the forum. A process can be given so
much memory and time, holds no secrets, cannot carry anything over into the next person's picture, and gives back all it
took. It costs 0.1 s to start, which nobody notices who has just sent a photo.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

import structlog

from app.errors import Busy, Invalid, Refusal
from app.files.picture_worker import LENGTH
from app.files.sniff import HEAD_BYTES, picture_format, webp_size
from app.web.i18n import N_, Text

log = structlog.get_logger()

TIMEOUT_SECONDS: Final = 30.0
MAX_PIXELS: Final = 50_000_000
MIN_SIDE: Final = 16
# The longest side of a picture in a text, in pixels.
LONGEST: Final = 2560
ANSWER_MAX: Final = 24 * 1024 * 1024
WORKERS: Final = 2
# Who comes when so many wait already is told to come back.
WAITING_MAX: Final = 64

_WORKER = Path(__file__).with_name("picture_worker.py")
_ENVIRONMENT = ("PATH", "LANG", "LC_", "LD_LIBRARY_PATH", "SYSTEMROOT")


class WrongType(Refusal):
    """Not a picture that can be read."""

    status = 415
    default = Text(N_("This is not a picture that can be read. Choose a JPEG, PNG, WebP, GIF or AVIF file."))


EMPTY: Final = Text(N_("The file is empty. Choose another one."))
HEIF: Final = Text(N_("Pictures in the HEIC format cannot be read here. Save it as JPEG and choose that, please."))
REASONS: Final = {
    "pixels": Text(N_("This picture has too many pixels: up to 50 megapixels fit. Make it smaller and try again.")),
    "small": Text(N_("This picture is too small. It needs at least 16 pixels on each side.")),
    "crop": Text(N_("The part that was chosen is not inside the picture. Choose it again.")),
    "broken": Text(N_("This picture is damaged and cannot be read. Choose another one, or save it anew.")),
}

Crop = tuple[int, int, int]  # x, y, size in pixels of the upright picture


@dataclass(frozen=True, slots=True)
class Square:
    """A square WebP. `side` is the size it was asked for; a small picture is not made larger."""

    side: int
    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Squares:
    """A picture in several sizes, largest first. `sha256` is that of the largest."""

    sizes: tuple[Square, ...]

    @property
    def sha256(self) -> str:
        """What it is known by."""
        return sha256(self.sizes[0].content).hexdigest()


class Pictures:
    """Makes pictures in at most `workers` processes at a time."""

    def __init__(self, workers: int = WORKERS, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._free = asyncio.Semaphore(workers)
        self._timeout = timeout
        self._waiting = 0

    async def squares(self, file: IO[bytes], sides: Sequence[int], crop: Crop | None) -> Squares:
        """The chosen part of the picture in `file`, which has a file descriptor, in these sizes (largest first).

        415 for what is no picture, 422 for one that is damaged, too large, too small or cropped outside of it.
        """
        job = {
            "format": _format(_head(file)),
            "sides": list(sides),
            "crop": crop,
            "max_pixels": MAX_PIXELS,
            "min_side": MIN_SIDE,
        }
        return await self._made(file, job)

    async def photo(self, file: IO[bytes], widths: Sequence[int]) -> Squares:
        """The whole picture in `file` and its thumbnails of those `widths` that are narrower; refuses as `squares`."""
        job = {"format": _format(_head(file)), "widths": list(widths), "longest": LONGEST, "max_pixels": MAX_PIXELS}
        return await self._made(file, job)

    async def _made(self, file: IO[bytes], job: dict[str, Any]) -> Squares:
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            async with self._free:
                answer = await self._run(file, job)
        finally:
            self._waiting -= 1
        return _squares(answer)

    async def _run(self, file: IO[bytes], job: dict[str, Any]) -> bytes:
        """What a worker says to the job; nothing when it came to grief."""
        file.seek(0)
        process = await _started(file, job)
        try:
            async with asyncio.timeout(self._timeout):
                assert process.stdout is not None
                answer = await process.stdout.read(ANSWER_MAX)
                while more := await process.stdout.read(ANSWER_MAX):
                    answer += more
                    if len(answer) > ANSWER_MAX:
                        raise TimeoutError
                await process.wait()
        except TimeoutError:
            log.warning("picture.timed_out", format=job["format"], seconds=self._timeout)
            return b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            log.warning("picture.worker_gone", format=job["format"], code=process.returncode)
        return answer


async def _started(file: IO[bytes], job: dict[str, Any]) -> Process:
    command = [sys.executable, "-I", str(_WORKER), json.dumps(job)]
    environment = {name: value for name, value in os.environ.items() if name.upper().startswith(_ENVIRONMENT)}
    try:
        return await asyncio.create_subprocess_exec(*command, stdin=file, stdout=PIPE, stderr=DEVNULL, env=environment)
    except OSError as error:
        log.error("picture.no_worker", error=str(error))
        raise Busy from error


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(HEAD_BYTES)


def _format(head: bytes) -> str:
    """The format, or the refusal that its first bytes are enough for."""
    if not head:
        raise Invalid(EMPTY)
    found = picture_format(head)
    if found is None:
        raise WrongType
    if found == "HEIF":
        raise WrongType(HEIF)
    if found == "WEBP":
        width, height = webp_size(head)
        if width * height == 0:
            raise Invalid(REASONS["broken"])
        if width * height > MAX_PIXELS:
            raise Invalid(REASONS["pixels"])
    return found


def _squares(answer: bytes) -> Squares:
    """Out of what a worker said; one that said nothing died of the picture."""
    if len(answer) < LENGTH.size:
        raise Invalid(REASONS["broken"])
    (length,) = LENGTH.unpack_from(answer)
    facts = json.loads(answer[LENGTH.size : LENGTH.size + length])
    log.debug("picture", **facts)
    if "refused" in facts:
        raise Invalid(REASONS[facts["refused"]])
    at, sizes = LENGTH.size + length, []
    for fact in facts["variants"]:
        content = answer[at : at + fact["bytes"]]
        sizes.append(Square(fact["side"], fact["width"], fact["height"], content))
        at += fact["bytes"]
    return Squares(tuple(sizes))
