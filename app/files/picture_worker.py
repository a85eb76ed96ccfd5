"""One picture made safe and small, in a process of its own that ends with it.

Run as a file: `python -I picture_worker.py JOB < picture`. JOB is JSON: `format` (Pillow's name), `sides` (pixels,
largest first), `crop` ([x, y, size] in the upright picture, or null for a centred square), `max_pixels`, `min_side`.
With `widths` and `longest` in the place of `sides` and `crop` it is the whole picture, and thumbnails of those widths.
It answers on standard output: four bytes of length (big-endian), as much JSON, then the contents of the WebPs one
after the other. JSON is either `{"refused": REASON}` or what was made; `peak_kib` is the memory it took.

Decoders of pictures are where hostile files aim at. Here they have no secrets, no name of a file, may write none, and
have so much memory and time; what they leave behind is gone with the process.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import signal
import struct
import sys
from pathlib import Path
from typing import IO, Any

from PIL import Image, ImageCms, ImageStat

LENGTH = struct.Struct(">I")
MAX_MEMORY = 1024**3
MAX_CPU_SECONDS = 15
PR_SET_PDEATHSIG = 1
ORIENTATION = 0x0112
WEBP_QUALITY = 84
# Behind what is transparent: paper, or ink where the picture itself is about as light as paper.
PAPER, INK = (255, 255, 255), (38, 36, 32)
LIGHT = 200
# What stays without loss: how many pixels of it are tried, and how many bytes or times the bytes it may take.
EXACT_PIXELS = 4_500_000
EXACT_BYTES = 200_000
EXACT_TIMES = 1.5
# What may move: frames, and pixels of all of them.
FRAMES_MAX = 300
MOVING_PIXELS = 40_000_000

Box = tuple[float, float, float, float]

TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LYING = (5, 6, 7, 8)


class Refused(Exception):
    """Why nothing is made of it: `pixels`, `small`, `crop` or `broken`."""


def main() -> None:
    """Answer, whatever it is."""
    answers = _private_stdout()
    _confine()
    job = json.loads(sys.argv[1])
    try:
        facts, blobs = made(sys.stdin.buffer, job)
    except Refused as refused:
        facts, blobs = {"refused": str(refused)}, []
    except MemoryError:
        facts, blobs = {"refused": "pixels"}, []
    except Exception as error:  # noqa: BLE001 - decoders raise everything there is
        bomb = isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning)
        facts, blobs = {"refused": "pixels" if bomb else "broken", "error": type(error).__name__}, []
    body = json.dumps(facts | {"peak_kib": _peak_kib()}).encode()
    answers.write(LENGTH.pack(len(body)) + body + b"".join(blobs))
    answers.flush()
    os._exit(0)  # nothing to put in order, and freeing takes a while


def _private_stdout() -> IO[bytes]:
    """The pipe to the forum; whatever any library prints goes to stderr and cannot be taken for an answer."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _confine() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import resource

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def made(file: IO[bytes], job: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """The squares as WebP, and what is known of them."""
    picture = opened(file, job["format"], job["max_pixels"])
    if "widths" in job:
        return photo(picture, job)
    turned = _orientation(picture)
    width, height = picture.size
    upright = (height, width) if turned in LYING else (width, height)
    if min(upright) < job["min_side"]:
        raise Refused("small")
    x, y, size = square(job["crop"], *upright, job["min_side"])
    largest = min(job["sides"][0], size)
    region = _region(picture, stored_box(turned, (x, y, x + size, y + size), width, height), largest)
    best = _srgb(region, picture.info.get("icc_profile"))
    if turned in TURN:
        best = best.transpose(TURN[turned])
    best.info.clear()
    pictures = [best if side >= best.width else best.resize((side, side), _LANCZOS) for side in job["sides"]]
    blobs = [_webp(each) for each in pictures]
    variants = [
        {"side": side, "width": each.width, "height": each.height, "bytes": len(blob)}
        for side, each, blob in zip(job["sides"], pictures, blobs, strict=True)
    ]
    return {"variants": variants, "width": upright[0], "height": upright[1]}, blobs


def photo(picture: Image.Image, job: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """The whole picture, at most `longest` pixels long, and thumbnails of those `widths` that are narrower."""
    if picture.width * picture.height == 0:
        raise Refused("broken")
    moving = _moving(picture, job)
    if moving is not None:
        still, first = moving
    else:
        still = _whole(picture, job["longest"])
        first = _kept(still, job["format"])
    pictures = [still, *(_narrow(still, width) for width in job["widths"] if width < still.width)]
    blobs = [first, *(_webp(each, method=4) for each in pictures[1:])]
    sides = [{"side": each.width, "width": each.width, "height": each.height} for each in pictures]
    variants = [side | {"bytes": len(blob)} for side, blob in zip(sides, blobs, strict=True)]
    return {"variants": variants, "width": still.width, "height": still.height}, blobs


def _whole(picture: Image.Image, longest: int) -> Image.Image:
    """Upright, in sRGB, with its transparency and nothing else."""
    turned = _orientation(picture)
    profile = picture.info.get("icc_profile")
    if picture.format in ("JPEG", "MPO"):
        picture.draft(None, (longest, longest))
    picture.load()
    small = _plain_mode(picture)
    if max(small.size) > longest:
        share = longest / max(small.size)
        small = small.resize(tuple(max(1, round(side * share)) for side in small.size), _LANCZOS, reducing_gap=3.0)
    alpha = small.getchannel("A") if small.mode == "RGBA" else None
    colours = small.convert("RGB") if alpha is not None else small
    found = _by_profile(colours, profile) if profile else colours.convert("RGB")
    if alpha is not None:
        found.putalpha(alpha)
    found = found.transpose(TURN[turned]) if turned in TURN else found
    found.info.clear()
    return found


def _narrow(picture: Image.Image, width: int) -> Image.Image:
    return picture.resize((width, max(1, round(picture.height * width / picture.width))), _LANCZOS, reducing_gap=3.0)


def _kept(picture: Image.Image, format: str) -> bytes:
    """As good as it was: pictures of screens stay exact where that is not much larger."""
    blob = _webp(picture, method=4)
    if format in ("PNG", "GIF") and picture.width * picture.height <= EXACT_PIXELS:
        exact = io.BytesIO()
        picture.save(exact, "WEBP", lossless=True, quality=40, method=2)
        if exact.tell() <= max(EXACT_TIMES * len(blob), EXACT_BYTES):
            return exact.getvalue()
    return blob


def _moving(picture: Image.Image, job: dict[str, Any]) -> tuple[Image.Image, bytes] | None:
    """The first frame, and all of them as WebP; None when it does not move, or has too much of it."""
    frames = getattr(picture, "n_frames", 1)
    too_much = frames > FRAMES_MAX or frames * picture.width * picture.height > MOVING_PIXELS
    if frames == 1 or too_much or max(picture.size) > job["longest"]:
        return None
    stills, times = [], []
    for number in range(frames):
        picture.seek(number)
        stills.append(picture.convert("RGBA"))
        times.append(max(20, int(picture.info.get("duration", 100) or 100)))
    for still in stills:
        still.info.clear()
    target = io.BytesIO()
    rest = stills[1:]
    stills[0].save(
        target, "WEBP", save_all=True, append_images=rest, duration=times, loop=0, quality=WEBP_QUALITY, method=2
    )
    return stills[0], target.getvalue()


_LANCZOS = Image.Resampling.LANCZOS


def opened(file: IO[bytes], format: str, max_pixels: int) -> Image.Image:
    """The picture, of which only the header has been read."""
    import warnings

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = max_pixels
    if format == "WEBP":
        from PIL import WebPImagePlugin  # noqa: F401 - makes itself known
    elif format == "AVIF":
        from PIL import AvifImagePlugin

        AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    picture = Image.open(file, formats=[format])
    if picture.width * picture.height > max_pixels:
        raise Refused("pixels")
    return picture


def _orientation(picture: Image.Image) -> int:
    """How it lies (EXIF 1 to 8). Broken EXIF says nothing."""
    try:
        found = picture.getexif().get(ORIENTATION, 1)
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return 1
    return found if found in TURN else 1


def square(crop: list[int] | None, width: int, height: int, least: int) -> tuple[int, int, int]:
    """The square that was chosen, or the largest one in the middle. Browsers round: a pixel too far is no harm."""
    if crop is None:
        size = min(width, height)
        return (width - size) // 2, (height - size) // 2, size
    x, y, size = crop
    if x < -1 or y < -1 or size < least or x + size > width + 1 or y + size > height + 1:
        raise Refused("crop")
    size = min(size, width, height)
    return min(max(x, 0), width - size), min(max(y, 0), height - size), size


def stored_box(turned: int, box: Box, w: int, h: int) -> Box:
    """Where a box of the upright picture is in the picture as it is stored, `w` by `h` pixels."""

    def stored(x: float, y: float) -> tuple[float, float]:
        return {
            2: (w - x, y),
            3: (w - x, h - y),
            4: (x, h - y),
            5: (y, x),
            6: (y, h - x),
            7: (w - y, h - x),
            8: (w - y, x),
        }.get(turned, (x, y))

    (x1, y1), (x2, y2) = stored(box[0], box[1]), stored(box[2], box[3])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _region(picture: Image.Image, box: Box, side: int) -> Image.Image:
    """The box, `side` pixels wide. JPEG is decoded at the half, quarter or eighth where that is enough."""
    width = picture.width
    share = min(1.0, 2 * side / (box[2] - box[0]))
    if picture.format in ("JPEG", "MPO"):
        picture.draft(None, (int(picture.width * share) or 1, int(picture.height * share) or 1))
    picture.load()
    scale = picture.width / width
    left, upper, right, lower = (edge * scale for edge in box)
    whole = (int(left), int(upper), min(int(right + 0.999), picture.width), min(int(lower + 0.999), picture.height))
    # A copy of fifty megapixels is 200 MB.
    region = _plain_mode(picture if whole == (0, 0, *picture.size) else picture.crop(whole))
    inner = (
        left - whole[0],
        upper - whole[1],
        min(right - whole[0], region.width),
        min(lower - whole[1], region.height),
    )
    return region.resize((side, side), _LANCZOS, box=inner, reducing_gap=3.0)


def _plain_mode(picture: Image.Image) -> Image.Image:
    """As one of the modes that can be resized and that profiles are about: L, RGB, RGBA or CMYK."""
    if picture.mode.startswith(("I", "F")):
        most = 65535 if picture.mode.startswith("I") else 255
        return picture.convert("F").point(lambda value: value * (255 / most)).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Opaque, in sRGB: the colours of the profile, without the profile."""
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha is not None else picture
    found = _by_profile(colours, profile) if profile else colours.convert("RGB")
    if alpha is None:
        return found
    light = ImageStat.Stat(found.convert("L"), alpha.point(lambda value: 255 if value > 127 else 0))
    ground = INK if light.count[0] and light.mean[0] > LIGHT else PAPER
    behind = Image.new("RGB", found.size, ground)
    behind.paste(found, mask=alpha)
    return behind


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """A profile that is broken, or of another kind of picture, says nothing."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture.convert("RGB")
    return found or picture.convert("RGB")


def _webp(picture: Image.Image, method: int = 6) -> bytes:
    target = io.BytesIO()
    picture.save(target, "WEBP", quality=WEBP_QUALITY, method=method)
    return target.getvalue()


def _peak_kib() -> int:
    """The most memory that was resident; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main()
