"""What the owner of an account is told by e-mail when the ways into it change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bson import ObjectId

from app.mail import letters
from app.work import Work
from documents import User
from documents.clock import now

Kind = Literal["factor_added", "factor_removed", "recovery_used", "token_made"]


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, and from where. `what` is "app", "passkey", "passkeys" or "codes"; `name` is the passkey's or the
    token's.
    """

    what: str
    device: str
    address: str
    locale: str
    name: str = ""


async def tell_owner(kind: Kind, user: ObjectId, deed: Deed, work: Work | None = None) -> None:
    """Write to them, in the language of their account; nobody can be told without an address."""
    person = await User.raw().find_one({"_id": user}, {"email": 1, "locale": 1, "username": 1, "display_name": 1})
    if person is None or not person["email"]:
        return
    moment = now()
    await letters.write(
        kind,
        to=person["email"],
        locale=person.get("locale") or deed.locale,
        once=f"{kind}:{user}:{ObjectId()}",
        facts={
            "name": person.get("display_name") or person["username"],
            "what": deed.what,
            "passkey": deed.name,
            "device": deed.device,
            "address": deed.address,
            "at": moment,
        },
        user=user,
        work=work,
    )
