"""The colours of code: every class has one, and every one can be read."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from app.text.highlight import CLASSES

CSS = Path(__file__).parents[2] / "static" / "css"
OKLCH = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
LIGHT_DARK = rf"light-dark\({OKLCH}, {OKLCH}\)"
ENOUGH = 4.5


def rules() -> dict[str, tuple[str, ...] | None]:
    """Class → its pair of colours as six numbers, or None where it inherits."""
    found: dict[str, tuple[str, ...] | None] = {}
    for selector, body in re.findall(r"\.hl ([^{]+)\{([^}]+)\}", (CSS / "code.css").read_text(encoding="utf-8")):
        pair = re.search(LIGHT_DARK, body)
        found |= dict.fromkeys(re.findall(r"\.(\w+)", selector), pair.groups() if pair else None)
    return found


def luminance(percent: str, chroma: str, hue: str) -> float:
    """WCAG relative luminance of an oklch colour, by way of linear sRGB (clipped to its gamut)."""
    lightness, angle = float(percent) / 100, math.radians(float(hue))
    a, b = float(chroma) * math.cos(angle), float(chroma) * math.sin(angle)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    parts = (min(max(part, 0.0), 1.0) for part in (red, green, blue))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def ground() -> tuple[str, ...]:
    tokens = (CSS / "app" / "00-tokens.css").read_text(encoding="utf-8")
    found = re.search(rf"--sunk: {LIGHT_DARK}", tokens)
    assert found, "code stands on --sunk, which is no longer among the tokens"
    return found.groups()


def test_every_class_that_is_written_has_a_rule() -> None:
    assert set(rules()) == CLASSES


@pytest.mark.parametrize(("theme", "part"), [("light", slice(0, 3)), ("dark", slice(3, 6))])
def test_every_colour_can_be_read_in(theme: str, part: slice) -> None:
    behind = luminance(*ground()[part])
    measured = {name: contrast(luminance(*pair[part]), behind) for name, pair in rules().items() if pair}
    assert len(measured) >= len(CLASSES) - 1
    assert {name: round(ratio, 2) for name, ratio in measured.items() if ratio < ENOUGH} == {}


def test_the_arithmetic_agrees_with_known_colours() -> None:
    assert luminance("100", "0", "0") == pytest.approx(1, abs=1e-6)
    # oklch(62.796% 0.25768 29.2339) is #ff0000, whose luminance is the weight of red.
    assert luminance("62.796", "0.25768", "29.2339") == pytest.approx(0.2126, abs=1e-3)
