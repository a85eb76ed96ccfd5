"""Somebody's passkeys: added, named, removed, and asked for after the password when they want it so."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import CredentialDeviceType

from app.errors import Conflict, Invalid, NotFound
from app.security import ceremony, recovery
from app.security.letters import Deed, tell_owner
from app.security.place import Place
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Factor, Passkey
from documents.base import Id
from documents.clock import now

MOST: Final = 20
NAME_MAX: Final = 50
# Where passkeys are kept, by the AAGUID that they give also without attestation.
KEEPERS: Final = {
    "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
    "dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain",
    "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
    "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
    "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
    "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
    "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
    "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
    "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
    "53414d53-554e-4700-0000-000000000000": "Samsung Pass",
}


async def add(place: Place, user: ObjectId, subject: str, text: str, name: str, deed: Deed) -> str:
    """Store the passkey that the browser has just made; gives its name: the device's where nobody chose one."""
    if await Passkey.raw().count_documents({"user": user}, limit=MOST) >= MOST:
        raise Conflict(Text(N_("There are %(count)s passkeys already. Remove one first."), count=MOST))
    verified, transports = await ceremony.made(place, subject, text)
    passkey = Passkey(
        user=Id(user),
        rp=place.rp,
        credential=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        name=checked_name(name or KEEPERS.get(verified.aaguid, "") or deed.device),
        transports=transports,
        synced=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        created_at=now(),
    )

    async def steps(work: Work) -> None:
        await Passkey.raw().insert_one(passkey.as_stored(), session=work.session)
        await tell_owner("factor_added", user, replace(deed, name=passkey.name), work)

    try:
        await together(steps)
    except DuplicateKeyError:
        raise Conflict(Text(N_("This passkey is registered already."))) from None
    return passkey.name


def checked_name(name: str) -> str:
    """The name, cut to what fits where the browser chose it, and refused when it is empty."""
    if not name:
        raise Invalid(fields={"name": Text(N_("Please write something here."))})
    return name[:NAME_MAX]


async def rename(user: ObjectId, id: ObjectId, name: str) -> None:
    """Call one of theirs something else."""
    if not await Passkey.rename(id, user, checked_name(name)):
        raise NotFound


async def remove(user: ObjectId, id: ObjectId, deed: Deed) -> str:
    """Forget one of theirs; gives its name. Who has none left is asked for none after the password any more."""

    async def steps(work: Work) -> str:
        await Factor.take_turn(user, work.session)
        name = await Passkey.remove(id, user, work.session)
        if name is None:
            raise NotFound
        if await Passkey.raw().find_one({"user": user}, {"_id": 1}, session=work.session) is None:
            await Factor.drop_passkey(user, work.session)
        await tell_owner("factor_removed", user, replace(deed, name=name), work)
        return name

    return await together(steps)


async def ask_after_password(user: ObjectId, deed: Deed) -> tuple[str, ...]:
    """From now on a password alone lets nobody in; gives the recovery codes when these are the first."""

    async def steps(work: Work) -> None:
        await Factor.take_turn(user, work.session)
        if await Passkey.raw().find_one({"user": user}, {"_id": 1}, session=work.session) is None:
            raise Conflict(Text(N_("There is no passkey to ask for.")))
        if await Factor.ask_passkey(user, work.session):
            await tell_owner("factor_added", user, deed, work)

    await together(steps)
    return await recovery.make(user, only_first=True)


async def ask_no_more(user: ObjectId, deed: Deed) -> None:
    """The password alone is enough again, unless there is an app."""

    async def steps(work: Work) -> None:
        if await Factor.drop_passkey(user, work.session):
            await tell_owner("factor_removed", user, deed, work)

    await together(steps)
