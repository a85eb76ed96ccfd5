"""Where the forum is, as browsers see it: passkeys belong to a domain."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """The domain that passkeys are made for (WebAuthn's relying party id), and the origins that are this forum."""

    rp: str
    origins: tuple[str, ...]
    site_name: str


def place_of(settings: Settings, host: str, origins: frozenset[str]) -> Place | None:
    """The place of this request; None when the forum is reached by an IP address, where there are no passkeys.

    `host` is the Host header: without QUORUM_BASE_URL `localhost` and `127.0.0.1` are both this forum, and only the
    first one is a name (WebAuthn Level 3, 5.1.3: an effective domain, no address).
    """
    name = urlsplit(settings.base_url or f"http://{host}").hostname or ""
    return None if not name or _is_address(name) else Place(name, tuple(sorted(origins)), settings.site_name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
