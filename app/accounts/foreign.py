"""Passwords that came with people from another forum, as hashes of that forum's kind.

They are good for one log-in, at which the password gets a hash of our own. NodeBB has bcrypt, of the password or, since
version 1.16 (`password:shaWrapped`), of the hexadecimal SHA-512 of it. Stored as `nodebb$12$sha512$<bcrypt>` or
`nodebb$12$plain$<bcrypt>`; 12 is the cost, so that the slowest of all is the last in the order of strings.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

import bcrypt

PREFIX: Final = "nodebb$"
# What bcrypt hashes of a password, in bytes; NodeBB leaves the rest out.
BYTES_HASHED: Final = 72
# Each step doubles the time: 13 takes about half a second.
COST_MAX: Final = 13
_BCRYPT: Final = re.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}", re.ASCII)
_STORED: Final = re.compile(r"nodebb\$(\d\d)\$(plain|sha512)\$(\$2[aby]\$.{56})", re.ASCII)


def as_stored(found: object, *, wrapped: bool) -> str | None:
    """NodeBB's hash as it is stored here; None when it is none, or takes longer than anybody should wait."""
    match = _BCRYPT.fullmatch(found) if isinstance(found, str) else None
    if match is None or int(match[1]) > COST_MAX:
        return None
    return f"{PREFIX}{match[1]}${'sha512' if wrapped else 'plain'}${match[0]}"


def is_foreign(stored: str) -> bool:
    """Whether it is such a hash."""
    return stored.startswith(PREFIX)


def is_right(password: str, stored: str, slowest: int = 0) -> bool:
    """Whether this is the password. Takes as long as a hash of the cost `slowest`, also when `stored` is not one."""
    match = _STORED.fullmatch(stored)
    cost = int(match[1]) if match else 0
    if slowest > cost:
        bcrypt.hashpw(b"nobody", f"$2b${slowest:02}${'.' * 22}".encode())
    if match is None or not match[3].startswith(f"$2{match[3][2]}${cost:02}$"):
        return False
    data = password.encode(errors="replace")
    hashed = hashlib.sha512(data).hexdigest().encode() if match[2] == "sha512" else data
    try:
        return bcrypt.checkpw(hashed[:BYTES_HASHED], match[3].encode())
    except ValueError:  # a NUL within the password, or a salt that is none
        return False


def cost_of(stored: str | None) -> int:
    """The cost of such a hash; 0 when it is none."""
    match = _STORED.fullmatch(stored or "")
    return int(match[1]) if match else 0
