"""For people who have lost everything: by those who run the forum, when they know who is asking."""

from __future__ import annotations

from bson import ObjectId

from app.accounts import logins
from app.operations.service import record, target
from app.security.letters import Deed, tell_owner
from app.viewer import Viewer
from app.work import Work, together
from documents import ApiToken, Factor, Passkey, Pending

BY_STAFF = Deed(what="all", device="–", address="–", locale="")


async def reset(viewer: Viewer, user: ObjectId) -> int:
    """Leave this person their password alone, log them and their programs out everywhere and tell them.

    Gives how many passkeys went.
    """

    async def steps(work: Work) -> int:
        await Factor.raw().delete_many({"user": user}, session=work.session)
        await ApiToken.end_all(user, work.session)
        await Pending.raw().delete_many({"user": user}, session=work.session)
        gone = await Passkey.raw().delete_many({"user": user}, session=work.session)
        await tell_owner("factor_removed", user, BY_STAFF, work)
        await record(work, viewer, "person.factors", [target("person", user, {"passkeys": gone.deleted_count})])
        return gone.deleted_count

    count = await together(steps)
    await logins.end_all(user)
    return count
