"""Whose address it is: confirmed by a link in a letter, and changed by one to the new address."""

from __future__ import annotations

from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.accounts import logins, tokens
from app.accounts.addresses import checked_email, email_key
from app.accounts.refusals import LinkOver
from app.errors import Conflict, Invalid, NotFound
from app.events import PersonChanged
from app.mail import letters
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Factor, Passkey, Pending, User
from documents.base import LIVE
from documents.clock import now
from documents.token import Token

# What a link in a letter may do to an address.
ADDRESS_LINKS: Final = ("confirm", "email", "restore")


async def ask_to_confirm(user: User, locale: str, *, work: Work | None = None) -> None:
    """Write to the address of an account; to its owner, when it belongs to another account, that they have one."""
    secret, token = await tokens.issue("confirm", user.oid, email=user.email, session=work.session if work else None)
    owner = await owner_of(user.email)
    if owner is not None and owner.oid != user.oid:
        await tell_owner(owner, once=f"taken:{token}", work=work)
        return
    facts = {"name": user.name, "link": f"/confirm/{secret}"}
    await letters.write(
        "confirm", to=user.email, locale=locale, once=f"confirm:{token}", facts=facts, user=user.oid, work=work
    )


async def tell_owner(owner: User, *, once: str, work: Work | None = None) -> None:
    """Somebody has used this address for an account: whoever it was, the owner learns that there is one already."""
    facts = {"name": owner.name, "username": owner.username}
    await letters.write("taken", to=owner.email, locale=owner.locale, once=once, facts=facts, user=owner.oid, work=work)


async def owner_of(address: str) -> User | None:
    """The live person whose address this is."""
    return await User.find_one({"email_key": email_key(address), **LIVE})


async def what_link_does(secret: str) -> Token:
    """The token of a link, unused; `LinkOver` when it is no longer good, whatever the reason."""
    found = await tokens.found(secret, *ADDRESS_LINKS)
    if found is None:
        raise LinkOver
    return found


async def follow_link(secret: str) -> Token:
    """Do what a link in a letter is for, once; `LinkOver` when it is no longer good, `Conflict` when it is too late."""

    async def steps(work: Work) -> Token:
        token = await tokens.use(secret, *ADDRESS_LINKS, session=work.session)
        if token is None:
            raise LinkOver
        await _take_address(token, work)
        return token

    try:
        done = await together(steps)
    except DuplicateKeyError:
        raise Conflict(Text(N_("This address belongs to another account by now."))) from None
    if done.kind == "restore":
        await logins.end_all(done.user)
    return done


async def _take_address(token: Token, work: Work) -> None:
    """Give the account this address, confirmed. A plain confirmation is only good for the address that it has."""
    same = {"email": token.email} if token.kind == "confirm" else {}
    address = {"email": token.email, "email_key": email_key(token.email), "email_confirmed_at": now()}
    if token.kind == "restore":
        # Whoever took the account away knows it, or has set it: until there is a new one, nobody gets in by a password.
        address["password_hash"] = ""
    before = await User.raw().find_one_and_update(
        {"_id": token.user, **LIVE, **same}, {"$set": address}, session=work.session
    )
    if before is None:
        raise LinkOver
    await tokens.void(token.user, "confirm", "email", "reset", session=work.session)
    if token.kind == "restore":
        await _undo_since(token, work)
    work.record(PersonChanged(token.user))
    if token.kind == "email" and before["email"] and before["email"] != token.email:
        await _tell_old_address(User.model_validate(before), token, work)


async def _undo_since(token: Token, work: Work) -> None:
    """Take away what came to the account after its address was changed, and would let whoever did that in again.

    Links to later addresses, passkeys, an app. What the owner had before, and a link to an even older address, stay.
    """
    since, session = {"$gte": token.created_at}, work.session
    later = {"user": token.user, "kind": "restore", "created_at": since, "used_at": None}
    await Token.raw().update_many(later, {"$set": {"used_at": now()}}, session=session)
    await Pending.raw().delete_many({"user": token.user}, session=session)
    await Passkey.raw().delete_many({"user": token.user, "created_at": since}, session=session)
    if await Passkey.raw().find_one({"user": token.user}, {"_id": 1}, session=session) is None:
        await Factor.drop_passkey(token.user, session)
    if await Factor.raw().find_one({"user": token.user, "since": since}, {"_id": 1}, session=session) is not None:
        await Factor.drop_app(token.user, session)


async def _tell_old_address(before: User, token: Token, work: Work) -> None:
    """The old address, if it was confirmed, can undo it for a week, which ends every log-in too."""
    secret, id = await tokens.issue("restore", before.oid, email=before.email, session=work.session)
    undo = {"link": f"/confirm/{secret}"} if before.email_confirmed_at else {}
    facts = {"name": before.name, "email": token.email, "undoable": bool(undo), **undo}
    await letters.write(
        "email_changed",
        to=before.email,
        locale=before.locale,
        once=f"email-changed:{id}",
        facts=facts,
        user=before.oid,
        work=work,
    )


async def ask_to_change(viewer: Viewer, email: str, locale: str) -> str:
    """Write to a new address, which becomes the account's own by the link in that letter; gives the address.

    The answer is the same when it belongs to somebody, who is told that they have an account.
    """
    address = checked_email(email)
    user = await User.get(viewer.me)
    if user is None:
        raise NotFound
    if email_key(address) == email_key(user.email) and user.email_confirmed_at is not None:
        raise Invalid(fields={"email": Text(N_("This is your address already."))})
    await _write_to_new(user, address, locale)
    return address


async def _write_to_new(user: User, address: str, locale: str) -> None:
    await tokens.void(user.oid, "email")
    secret, token = await tokens.issue("email", user.oid, email=address)
    owner = await owner_of(address)
    if owner is not None and owner.oid != user.oid:
        await tell_owner(owner, once=f"taken:{token}")
        return
    facts = {"name": user.name, "link": f"/confirm/{secret}"}
    await letters.write(
        "change_email", to=address, locale=locale, once=f"change-email:{token}", facts=facts, user=user.oid
    )


async def send_again(user: ObjectId, locale: str) -> str:
    """Another letter to somebody who is not confirmed; gives the address. The links before it end."""
    found = await User.get(user)
    if found is None or not found.email:
        raise Invalid(Text(N_("Your account has no address yet. Give it one below.")))
    if found.email_confirmed_at is not None:
        raise Conflict(Text(N_("Your address is confirmed already.")))
    await tokens.void(user, "confirm")
    await ask_to_confirm(found, locale)
    return found.email
