"""View objects of the security pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey in the list; `rp` is the domain it is good at."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None
    synced: bool
    rp: str


@dataclass(frozen=True, slots=True)
class Security:
    """How an account is guarded. `here` is the domain the forum is reached by, empty at an IP address."""

    app_since: datetime | None
    asks: bool
    asks_passkey: bool
    codes_left: int
    codes_at: datetime | None
    passkeys: tuple[PasskeyRow, ...]
    here: str


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an app is set up with."""

    picture: Markup
    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class LoginRow:
    """One log-in of somebody: the device, the network it began in, and when it was used."""

    id: str
    device: str
    kind: str
    place: str
    since: datetime
    seen: datetime
    this: bool
