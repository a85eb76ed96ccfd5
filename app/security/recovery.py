"""Recovery codes: ten of them, shown once, stored as hashes under one salt, each good once."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from bson import ObjectId

from documents import Factor

COUNT: Final = 10
# 50 random bits each. No i, l, o, u: they are misread.
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
CHARS: Final = 10
MISREAD: Final = str.maketrans("oil", "011")
# scrypt with 8 MiB; ASVS 5.0 6.5.2 wants a password's hash for codes of less than 112 bits. Salted once for all ten, so
# that a try costs one.
COST: Final = 2**13
BLOCKS: Final = 8
SALT_BYTES: Final = 16

_threads = ThreadPoolExecutor(2, thread_name_prefix="recovery")


async def make(user: ObjectId, *, only_first: bool = False) -> tuple[str, ...]:
    """New codes instead of all before, to be shown now and never again; nothing when there is no factor to recover.

    `only_first`: and nothing when there are some already.
    """
    salt = secrets.token_hex(SALT_BYTES)
    codes = tuple("".join(secrets.choice(ALPHABET) for _ in range(CHARS)) for _ in range(COUNT))
    hashes = await asyncio.gather(*(_hashed(code, salt) for code in codes))
    stored = await Factor.set_codes(user, salt, list(hashes), only_first=only_first)
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes) if stored else ()


async def spend(factor: Factor, typed: str) -> bool:
    """Use a code, however it is typed; False when it is none of theirs, or used."""
    code = plain(typed)
    if code is None or not factor.codes:
        return False
    return await Factor.spend_code(factor.user, await _hashed(code, factor.salt))


def plain(typed: str) -> str | None:
    """The characters of a recovery code, or None when this cannot be one. `typed` is in lower case, without spaces."""
    code = typed.translate(MISREAD)
    return code if len(code) == CHARS and set(code) <= set(ALPHABET) else None


async def _hashed(code: str, salt: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hash, code, salt, COST)


def _hash(code: str, salt: str, cost: int) -> str:
    return hashlib.scrypt(code.encode(), salt=salt.encode(), n=cost, r=BLOCKS, p=1, dklen=32).hex()
