"""What stands for those who have no picture."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from app.people.initials import clusters, initial_of

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("name", "initial"),
    [
        ("alice", "A"),
        ("élodie", "É"),
        ("e\u0301lodie", "E\u0301"),  # the same in two code points
        ("ßmann", "ß"),
        ("_bob_", "B"),
        ("(◕‿◕)", "◕"),
        ("42nd", "4"),
        ("小明", "明"),
        ("王小明", "明"),
        ("欧阳修文", "欧"),  # no longer surely a name of a person
        ("张三a", "张"),
        ("𠮷野家", "家"),
        ("你好世界论坛", "你"),
        ("さくら", "さ"),
        ("한글", "한"),
        ("\u1112\u1161\u11ab", "\u1112\u1161\u11ab"),  # 한 in its parts
        ("يوسف", "ي"),
        ("ऋषि", "ऋ"),
        ("किरण", "कि"),
        (f"{FAMILY} four", FAMILY),
        ("👍🏽 yes", "👍🏽"),
        ("🇩🇪🇫🇷", "🇩🇪"),
        ("❤️ love", "❤️"),
        ("\u202e\u200bbob", "B"),
        ("---", "-"),
        ("", "–"),
        ("\u0301", "–"),
        ("a" + "\u0301" * 500, "A" + "\u0301" * 11),
    ],
)
def test_the_first_character_as_people_see_it(name: str, initial: str) -> None:
    assert initial_of(name) == initial


def test_nothing_but_what_is_invisible_is_lost() -> None:
    name = f"a\u0301 小{FAMILY}🇩🇪x"
    assert list(clusters(name)) == ["a\u0301", "小", FAMILY, "🇩🇪", "x"]


def linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """OKLCH as linear sRGB (Björn Ottosson's matrices, as in CSS Color 4), cut to the gamut."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l3 = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m3 = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s3 = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3,
        -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3,
        -0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3,
    )
    red, green, blue = (min(max(value, 0.0), 1.0) for value in rgb)
    return red, green, blue


def luminance(colour: tuple[float, float], hue: float) -> float:
    red, green, blue = linear(*colour, hue)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_initials_can_be_read_on_every_colour_in_both_themes(root: Path) -> None:
    css = (root / "static" / "css" / "app" / "25-parts.css").read_text(encoding="utf-8")
    (rule,) = re.findall(r"^  \.avatar \{(.*)\}$", css, re.MULTILINE)
    found = [
        (float(light) / 100, float(chroma))
        for light, chroma in re.findall(r"oklch\(([\d.]+)% ([\d.]+) var\(--hue\)\)", rule)
    ]
    light_ground, dark_ground, light_ink, dark_ink = found
    hues = [int(hue) for hue in re.findall(r"\.hue-\d+ \{ --hue: (\d+);", css)]
    assert hues == list(range(0, 360, 15))
    for hue in hues:
        for ground, ink in ((light_ground, light_ink), (dark_ground, dark_ink)):
            values = sorted((luminance(ground, hue), luminance(ink, hue)))
            assert (values[1] + 0.05) / (values[0] + 0.05) >= 4.5, hue
