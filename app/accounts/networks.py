"""Networks that are banned: asked before anybody signs up, logs in or writes."""

from __future__ import annotations

import time
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import Forbidden, Invalid, NotFound
from app.events import QueueChanged
from app.operations.service import record, target
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import BannedNetwork
from documents.base import Raw
from documents.clock import now

Network = IPv4Network | IPv6Network
# Other processes hear of a change after so long at the latest; the one that made it at once.
FRESH_SECONDS: Final = 0.5
# A larger part of the internet is hardly ever meant.
SHORTEST: Final = {4: 8, 6: 19}
MAPPED: Final = IPv6Network("::ffff:0:0/96")

_kept: list[tuple[Network, datetime | None]] = []
_read_at = float("-inf")
_drops = 0


class NetworkBanned(Forbidden):
    """Nothing is taken from where this comes from."""

    default = Text(
        N_("Nobody can sign up, log in or write from your network. If you think that is a mistake, write to us.")
    )


def network_from(text: str) -> Network:
    """A network, or a single address, as somebody has written it."""
    try:
        found = _as_ipv4(ip_network(text.strip(), strict=False))
    except ValueError:
        raise _wrong(
            N_("Write an address such as 203.0.113.7, or a network such as 203.0.113.0/24 or 2001:db8::/32.")
        ) from None
    if found.prefixlen < SHORTEST[found.version]:
        raise _wrong(N_("This network is too large. Ban a smaller part of it."))
    return found


def _as_ipv4(found: Network) -> Network:
    """Of IPv4 addresses in the clothes of IPv6 (RFC 4291, 2.5.5.2) the network that they are."""
    if isinstance(found, IPv4Network) or not found.subnet_of(MAPPED):
        return found
    mapped = found.network_address.ipv4_mapped
    return found if mapped is None else IPv4Network((mapped, found.prefixlen - MAPPED.prefixlen))


def _wrong(text: str) -> Invalid:
    return Invalid(fields={"network": Text(text)})


def _plain(address: str) -> IPv4Address | IPv6Address | None:
    """An address; of an IPv4 one in the clothes of IPv6 the one that it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def forget() -> None:
    """Read them anew when next asked."""
    global _read_at, _drops
    _read_at, _drops = float("-inf"), _drops + 1


async def is_banned(address: str) -> bool:
    """Whether a banned network has this address."""
    found = _plain(address)
    if found is None:
        return False
    moment = now()
    return any(
        network.version == found.version and found in network and (until is None or until > moment)
        for network, until in await _networks()
    )


async def _networks() -> list[tuple[Network, datetime | None]]:
    global _kept, _read_at
    moment, before = time.monotonic(), _drops
    if moment - _read_at <= FRESH_SECONDS:
        return _kept
    rows = await BannedNetwork.raw().find({"lifted_at": None}).to_list()
    found = [(ip_network(row["network"]), row["until"]) for row in rows]
    if before == _drops:  # else something was changed meanwhile, so that this may be older
        _kept, _read_at = found, moment
    return found


async def ban_network(viewer: Viewer, text: str, own_address: str, until: datetime | None, reason: str) -> None:
    """Ban it; never the one that it is done from."""
    network = network_from(text)
    own = _plain(own_address)
    if own is not None and own.version == network.version and own in network:
        raise _wrong(N_("You are in this network yourself, and would lock yourself out."))
    row = BannedNetwork(network=str(network), reason=reason, by=viewer.me, created_at=now(), until=until)

    async def steps(work: Work) -> None:
        raw = row.as_stored()
        await BannedNetwork.raw().insert_one(raw, session=work.session)
        done = target("network", raw["_id"], {}, {"network": str(network), "until": until})
        await record(work, viewer, "network.ban", [done.model_copy(update={"name": str(network)})], reason)
        work.record(QueueChanged())

    try:
        await together(steps)
    except DuplicateKeyError:
        raise _wrong(N_("This network is banned already.")) from None


async def lift_network(viewer: Viewer, id: ObjectId) -> None:
    """End a ban of a network."""

    async def steps(work: Work) -> None:
        fields: Raw = {"lifted_at": now()}
        which = {"_id": id, "lifted_at": None}
        before = await BannedNetwork.raw().find_one_and_update(which, {"$set": fields}, session=work.session)
        if before is None:
            raise NotFound
        done = target("network", id, {"lifted_at": None}, fields)
        await record(work, viewer, "network.lift", [done.model_copy(update={"name": before["network"]})])
        work.record(QueueChanged())

    await together(steps)


async def set_lifted(work: Work, id: ObjectId, *, lifted: bool) -> bool:
    """End a ban, or put one that was lifted in force again, as part of a larger act; False when it is so already."""
    which: Raw = {"_id": id, "lifted_at": None if lifted else {"$ne": None}}
    change = {"$set": {"lifted_at": now() if lifted else None}}
    changed = await BannedNetwork.raw().update_one(which, change, session=work.session)
    work.record(QueueChanged())
    return bool(changed.modified_count)


async def banned_networks() -> list[BannedNetwork]:
    """Those that are in force, newest first."""
    return await BannedNetwork.find({"lifted_at": None}).sort("-created_at").limit(500).to_list()
