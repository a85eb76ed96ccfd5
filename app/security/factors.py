"""The second factor: setting it up, proving it, taking it away."""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

from bson import ObjectId

from app.errors import Conflict, Invalid
from app.security import recovery, totp
from app.security.letters import Deed, tell_owner
from app.security.vault import seal, unseal
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Factor
from documents.clock import now

Used = Literal["app", "recovery"]
TYPED_MAX: Final = 64
SEPARATORS: Final = str.maketrans("", "", " -–—_.\t")


async def secret_to_set_up(key: bytes, user: ObjectId) -> str:
    """The secret that is being set up: the one begun before, so that a reload does not make a scanned code useless."""
    factor = await Factor.of(user)
    if factor.secret:
        raise Conflict(Text(N_("An authenticator app is set up already.")))
    found = unseal(key, factor.draft, user) if factor.draft else None
    if found is not None:
        return found
    made = totp.new_secret()
    await Factor.draw(user, seal(key, made, user))
    return made


async def adopt(key: bytes, user: ObjectId, typed: str, deed: Deed) -> tuple[str, ...]:
    """Turn the app on, proved by a code; gives the recovery codes when these are the first.

    `Invalid` names the field `code`.
    """
    factor = await Factor.of(user)
    secret = unseal(key, factor.draft, user) if factor.draft else None
    if secret is None:
        raise Conflict(Text(N_("This set-up has expired. Please start again.")))
    step = totp.step_of(secret, tidy(typed), now())
    if step is None:
        raise Invalid(fields={"code": Text(N_("This code is not right. The app shows a new one every 30 seconds."))})

    async def steps(work: Work) -> None:
        if not await Factor.adopt(user, factor.draft, step, work.session):
            raise Conflict(Text(N_("An authenticator app is set up already.")))
        await tell_owner("factor_added", user, deed, work)

    await together(steps)
    return await recovery.make(user, only_first=True)


async def remove_app(user: ObjectId, deed: Deed) -> None:
    """Turn the app off; nothing happens when there is none."""

    async def steps(work: Work) -> None:
        if await Factor.drop_app(user, work.session):
            await tell_owner("factor_removed", user, deed, work)

    await together(steps)


async def spend_typed(key: bytes, user: ObjectId, typed: str) -> Used | None:
    """Take a code of the app or a recovery code, each of which is good once; None when it is neither."""
    factor = await Factor.of(user)
    code = tidy(typed)
    if len(code) == totp.DIGITS and code.isdigit():
        return "app" if await _spend_app(key, factor, code) else None
    return "recovery" if await recovery.spend(factor, code) else None


async def _spend_app(key: bytes, factor: Factor, code: str) -> bool:
    secret = unseal(key, factor.secret, factor.user) if factor.secret else None
    step = totp.step_of(secret, code, now()) if secret else None
    return step is not None and await Factor.spend_step(factor.user, factor.secret, step)


def tidy(typed: str) -> str:
    """What was typed without spaces and dashes, on whatever keyboard."""
    return unicodedata.normalize("NFKC", typed[:TYPED_MAX]).translate(SEPARATORS).strip().lower()
