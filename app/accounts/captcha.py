"""Captchas: a picture of digits, or for those who cannot see it a question in words. Each answer is good once."""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
import unicodedata
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Final

from captcha.image import ImageCaptcha

from app.accounts import sums
from app.web.memory import Memory

ANSWER_SECONDS: Final = 300
DIGITS: Final = 5
# Without 0 and 1, which look like others when they are bent.
SIGNS: Final = "23456789"
WIDTH: Final = 220
HEIGHT: Final = 80
FONT_SIZES: Final = (50, 56, 60)
PAPER: Final = (250, 248, 243)
# Dark enough to be read by everybody on this paper, and never the same.
INKS: Final = ((24, 78, 60), (96, 40, 30), (36, 48, 110), (70, 40, 96), (74, 66, 20), (44, 44, 44))
ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class CaptchaView:
    """What a form shows: the picture of this id, or a `question`."""

    id: str
    question: str = ""


def is_id(text: str) -> bool:
    """Whether this is a UUID as pages choose them."""
    return ID.fullmatch(text) is not None


def picture_view() -> CaptchaView:
    """A form's new captcha; the picture is made when the browser asks for it."""
    return CaptchaView(str(uuid.uuid4()))


async def question_view(memory: Memory) -> CaptchaView:
    """A question instead of a picture."""
    found, question = picture_view(), sums.asked()
    await memory.put(_key(found.id), question.answer, ANSWER_SECONDS)
    return CaptchaView(found.id, str(question.text))


async def picture(memory: Memory, id: str) -> bytes:
    """A PNG, whose answer is kept under `id` from now on."""
    answer = "".join(secrets.choice(SIGNS) for _ in range(DIGITS))
    png = await asyncio.to_thread(_draw, answer)
    await memory.put(_key(id), answer, ANSWER_SECONDS)
    return png


async def is_solved(memory: Memory, id: str, answer: str) -> bool:
    """Whether this is the answer. Right or wrong, it is used up by asking."""
    if not is_id(id):
        return False
    right = await memory.take(_key(id))
    given = "".join(unicodedata.normalize("NFKC", answer).split())
    return right is not None and hmac.compare_digest(right.encode(), given.encode(errors="replace"))


def _key(id: str) -> str:
    return f"captcha:{id}"


@cache
def _painter() -> ImageCaptcha:
    found = ImageCaptcha(WIDTH, HEIGHT, font_sizes=FONT_SIZES)
    # The library turns letters by 30 degrees, which makes a 6 of a 9 and a 7 of a 1.
    found.character_rotate = (-18, 18)
    found.word_offset_dx = 0.12
    # Its own table lets dark inks shine through until they are pale.
    found.lookup_table = [min(255, level * 6) for level in range(256)]
    return found


def _draw(answer: str) -> bytes:
    return _painter().generate(answer, bg_color=PAPER, fg_color=secrets.choice(INKS)).getvalue()
