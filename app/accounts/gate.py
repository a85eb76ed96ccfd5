"""Before every form: whether anything is taken from where it comes from."""

from __future__ import annotations

from quart import request

from app.accounts.networks import NetworkBanned, is_banned
from app.web import csrf
from app.web.context import address, viewer


async def refuse_banned_networks() -> None:
    """Reading is open to all, and so is leaving; staff cannot be locked out by each other."""
    if request.method in csrf.SAFE_METHODS or viewer().may("ban") or request.endpoint == "accounts.logout":
        return
    if await is_banned(address()):
        raise NetworkBanned
