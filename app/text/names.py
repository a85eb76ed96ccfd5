"""Usernames: what they may look like, when two are the same, and which nobody may take.

A name has letters, marks and digits of any script and `_`, `-`, `.`; it begins and ends with a letter or digit. Three
forms of it are kept apart:

    display   what the person typed, after `tidy`             王小明  Ａlice → Alice
    key       `username_key`: unique, looked up, mentioned    alice
    skeleton  `app.text.lookalikes.skeleton`: unique too, so that nobody can pass for another
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Literal

from app.text.lookalikes import scripts, skeleton

__all__ = [
    "RESERVED",
    "check_display",
    "check_shape",
    "is_name_char",
    "is_reserved",
    "poses_as_staff",
    "shown_like",
    "shown_skeleton",
    "skeleton",
    "tidy",
    "username_key",
]

MIN_LENGTH = 2
MAX_LENGTH = 30
# Vietnamese is composed by NFKC and Thai stacks two; more than that on one letter is there to disturb.
MAX_MARKS = 2

ShapeError = Literal["too_short", "too_long", "invisible", "bad_character", "bad_edge", "mixed"]

_RESERVED = """
admin admins administrator administrators root sysadmin system superuser owner webmaster postmaster hostmaster abuse
security moderator moderators mod mods staff team support help helpdesk service official quorum forum
everyone everybody all here channel me guest guests anonymous nobody deleted unknown null nil none undefined nan
api www mail ftp smtp static files login logout register settings notifications messages topics boards search feeds
管理员 管理 超级管理员 系统管理员 管理員 系統管理員 站长 站長 版主 超级版主 坛主 系统 系統 系统消息 系统通知
官方 官方账号 官方客服 客服 工作人员 工作人員 运营 站方 所有人 全体成员 全體成員 大家 匿名 匿名用户 游客 访客
已注销 已删除
"""
RESERVED = frozenset(_RESERVED.split())

DISPLAY_MAX = 40
# What stands in people's names beside letters: `Anne-Marie O'Neil`, `Jean Jr.`, `阿卜杜拉·买买提`.
_DISPLAY_SIGNS = frozenset(" -_.,'’·・")
# A display name with one of these words speaks for the forum; Chinese ones anywhere in it, as it has no spaces.
_OFFICES = """
admin admins administrator administrators sysadmin webmaster moderator moderators mod mods staff support official
"""
_HAN_OFFICES = ("管理员", "管理員", "站长", "站長", "版主", "坛主", "官方", "客服", "工作人员", "工作人員", "系统消息")

# The scripts that Chinese, Japanese and Korean writers mix in one word (UTS #39, "highly restrictive").
_MIXABLE = frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL"})

# Letters and marks to Unicode, nothing to the eye: fillers and variation selectors.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)


def tidy(name: str) -> str:
    """The display form of what was typed: no space around it, compatibility forms (`ａｌｉｃｅ`, `ﬁ`) made ordinary."""
    return unicodedata.normalize("NFKC", name).strip()


def username_key(name: str) -> str:
    """The form by which a name is unique and looked up: NFKC, casefolded, NFKC again (folding can undo it)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def is_name_char(char: str) -> bool:
    """Whether a name may contain `char`."""
    category = unicodedata.category(char)
    return category[0] == "L" or category in ("Mn", "Mc", "Nd") or char in "_-."


def check_shape(name: str) -> ShapeError | None:
    """What is wrong with a name, or None. Give it the display form: see `tidy`."""
    if any(_invisible(char) for char in name):
        return "invisible"
    if not all(is_name_char(char) for char in name) or name != tidy(name) or _heaped(name):
        return "bad_character"
    if len(name) < MIN_LENGTH:
        return "too_short"
    if len(name) > MAX_LENGTH:
        return "too_long"
    if not _is_edge(name[0]) or not _is_edge(name.rstrip(_marks(name))[-1:]):
        return "bad_edge"
    return "mixed" if _mixed(name) else None


def is_reserved(name: str) -> bool:
    """Whether `name` is, or could be taken for, one of `RESERVED`."""
    return username_key(name) in RESERVED or skeleton(name) in _reserved_skeletons()


@cache
def _reserved_skeletons() -> frozenset[str]:
    # In capitals too: `ADMlN` is made to be read as ADMIN, and `l` only looks like a capital I. Putting what was typed
    # into capitals instead would refuse every Ali, because ALI looks like ALL.
    return frozenset(skeleton(form) for name in RESERVED for form in (name, name.upper()))


def check_display(name: str) -> ShapeError | None:
    """What is wrong with a display name, or None: words of any script, none of which mixes scripts that look alike."""
    if any(_invisible(char) for char in name):
        return "invisible"
    if not all(unicodedata.category(char)[0] in "LMN" or char in _DISPLAY_SIGNS for char in name) or _heaped(name):
        return "bad_character"
    if len(name) > DISPLAY_MAX:
        return "too_long"
    if not any(unicodedata.category(char)[0] in "LN" for char in name):
        return "too_short"
    return "mixed" if any(map(_mixed, name.split())) else None


def shown_skeleton(name: str) -> str:
    """What a display name looks like, whatever stands between its words."""
    return skeleton("".join(char for char in name if char not in _DISPLAY_SIGNS))


def shown_like(name: str) -> tuple[set[str], set[str]]:
    """Keys and skeletons of the usernames that a display name could be taken for: its words, joined in any way."""
    words = "".join(char if char not in _DISPLAY_SIGNS else " " for char in name).split()
    joined = {name, *(sign.join(words) for sign in ("", "_", "-", "."))}
    return {username_key(form) for form in joined}, {skeleton(form) for form in joined}


def poses_as_staff(name: str) -> bool:
    """Whether a display name is, has in it, or looks like, the word for an office of the forum."""
    if is_reserved("".join(name.split())) or any(office in username_key(name) for office in _HAN_OFFICES):
        return True
    words = "".join(char if char not in _DISPLAY_SIGNS else " " for char in name).split()
    return any(username_key(word) in _OFFICES.split() or skeleton(word) in _office_skeletons() for word in words)


@cache
def _office_skeletons() -> frozenset[str]:
    return frozenset(skeleton(form) for name in _OFFICES.split() for form in (name, name.upper()))


def _invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp") or char in _FILLERS


def _is_edge(char: str) -> bool:
    return bool(char) and (unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "Nd")


def _marks(name: str) -> str:
    """The marks in `name`, so that a Hindi or Thai name may end with its vowel sign."""
    return "".join(char for char in name if unicodedata.category(char)[0] == "M") or "\0"


def _heaped(name: str) -> bool:
    run = 0
    for char in name:
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        if run > MAX_MARKS:
            return True
    return False


def _mixed(name: str) -> bool:
    found = scripts(name)
    return len(found) > 1 and not found <= _MIXABLE
