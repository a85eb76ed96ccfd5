"""A new password for whoever can read the account's mail."""

from __future__ import annotations

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.accounts import logins, tokens
from app.accounts.addresses import email_key, login_key
from app.accounts.passwords import Passwords, check_password
from app.accounts.refusals import LinkOver
from app.events import PersonChanged
from app.mail import letters
from app.work import Work, tell, together
from documents import ApiToken, User
from documents.base import LIVE
from documents.clock import now
from documents.token import Token


async def account_of(login: str) -> User | None:
    """The live person of this name or address who can be written to."""
    key = login_key(login)
    user = await User.by_login(key) if key else None
    return user if user is not None and user.email else None


async def write_to(user: User, locale: str) -> None:
    """The letter with the link. Those before it end."""
    await tokens.void(user.oid, "reset")
    secret, token = await tokens.issue("reset", user.oid, email=user.email)
    facts = {"name": user.name, "username": user.username, "link": f"/password/reset/{secret}"}
    await letters.write(
        "reset",
        to=user.email,
        locale=user.locale or locale,
        once=f"reset:{token}",
        facts=facts,
        user=user.oid,
        good_until=now() + tokens.LASTS["reset"],
    )


async def token_for(user: ObjectId) -> str:
    """A token for somebody who has just come by a link in a letter to their address."""
    found = await User.get(user)
    secret, _ = await tokens.issue("reset", user, email=found.email if found else "")
    return secret


async def reset(passwords: Passwords, secret: str, password: str, *, site_name: str) -> User:
    """Set the password by a token, which is used up only when the password does; everybody is logged out, and no API
    token works any more.

    Raises `LinkOver`, or `Invalid` when the password does not do.
    """
    token = await tokens.found(secret, "reset")
    user = await User.find_one({"_id": token.user, **LIVE}) if token else None
    if token is None or user is None:
        raise LinkOver
    check_password(password, (user.username, user.email, site_name))
    stored = await passwords.hash(password)
    await together(lambda work: _set(work, secret, stored, user))
    await logins.end_all(user.oid)
    await _confirm_by(token)
    return user


async def _set(work: Work, secret: str, stored: str, user: User) -> None:
    token = await tokens.use(secret, "reset", session=work.session)
    if token is None:
        raise LinkOver
    await User.raw().update_one({"_id": user.oid, **LIVE}, {"$set": {"password_hash": stored}}, session=work.session)
    await tokens.void(user.oid, "reset", session=work.session)
    await ApiToken.end_all(user.oid, work.session)
    await tell_of_change(user, work)


async def tell_of_change(user: User, work: Work | None = None) -> None:
    """Whoever changed it: the owner of the mailbox hears of a new password."""
    if user.email:
        facts = {"name": user.name, "username": user.username, "at": now()}
        await letters.write(
            "password_changed",
            to=user.email,
            locale=user.locale,
            once=f"password-changed:{ObjectId()}",
            facts=facts,
            user=user.oid,
            work=work,
        )


async def _confirm_by(token: Token) -> None:
    """Who came by a letter to an address can read it: it is confirmed, unless it belongs to somebody else."""
    confirmed = {"email_confirmed_at": now(), "email_key": email_key(token.email)}
    open_still = {"_id": token.user, "email": token.email, "email_confirmed_at": None}
    try:
        changed = await User.raw().update_one(open_still, {"$set": confirmed})
    except DuplicateKeyError:
        return
    if changed.modified_count:
        await tell(PersonChanged(token.user))
