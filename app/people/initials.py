"""What stands for somebody who has no picture: the first letter of their name, in any script, whole."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

ZWJ: Final = "\u200d"
# A cluster of more is a decoration that no circle holds.
CLUSTER_MAX: Final = 12
GIVEN_NAME_MAX: Final = 3


def initial_of(name: str) -> str:
    """One character as people see it: with its marks, an emoji with all its parts. Letters come before signs.

    A Chinese name of two or three characters is known by its last one, as many people share a family name.
    """
    found = list(clusters(name))
    letters = [cluster for cluster in found if unicodedata.category(cluster[0])[0] in "LN"]
    if letters == found and len(found) in range(2, GIVEN_NAME_MAX + 1) and all(map(_is_han, found)):
        return found[-1]
    seen = next((cluster for cluster in found if _stands_alone(cluster)), "")
    return _large(seen or next(iter(found), "–"))


def clusters(text: str) -> Iterator[str]:
    """The characters of a text as people see them: the parts of Unicode's UAX 29 that names are written with."""
    cluster = ""
    for letter in text:
        if cluster and _belongs(cluster, letter):
            cluster += letter if len(cluster) < CLUSTER_MAX else ""
            continue
        if cluster:
            yield cluster
        cluster = letter if unicodedata.category(letter)[0] not in "ZCM" else ""
    if cluster:
        yield cluster


def _belongs(cluster: str, letter: str) -> bool:
    """Whether it is no character of its own after this one."""
    if unicodedata.category(letter)[0] == "M" or letter == ZWJ or 0x1F3FB <= ord(letter) <= 0x1F3FF:
        return True
    if 0xE0020 <= ord(letter) <= 0xE007F:  # the tags of a flag
        return True
    if cluster[-1] == ZWJ:
        return not letter.isspace()
    if _is_flag_half(letter):
        return len(cluster) == 1 and _is_flag_half(cluster)
    return _is_jamo(cluster[-1]) and 0x1160 <= ord(letter) <= 0x11FF


def _is_flag_half(letter: str) -> bool:
    return 0x1F1E6 <= ord(letter) <= 0x1F1FF


def _is_jamo(letter: str) -> bool:
    return 0x1100 <= ord(letter) <= 0x11FF


def _is_han(cluster: str) -> bool:
    return len(cluster) == 1 and "CJK UNIFIED IDEOGRAPH" in unicodedata.name(cluster, "")


def _stands_alone(cluster: str) -> bool:
    """A letter, a number or an emoji; not a bracket or a dash."""
    return unicodedata.category(cluster[0]) in ("So", "Sk") or unicodedata.category(cluster[0])[0] in "LN"


def _large(cluster: str) -> str:
    """Its capital, unless that is several letters (ß)."""
    upper = cluster.upper()
    return upper if len(upper) == len(cluster) else cluster
