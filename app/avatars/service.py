"""The picture that somebody shows: put on, taken off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import IO, Final

from bson import ObjectId

from app.errors import NotFound
from app.events import PersonChanged
from app.files.pictures import Crop, Pictures
from app.files.service import keep, leave, picture
from app.files.storage import Storage
from app.viewer import Viewer
from app.web.pages import AVATAR_SIDES
from app.work import Work, together
from documents import User
from documents.base import LIVE, Session
from documents.file import FileKind

KIND: Final[FileKind] = "avatar"


async def put_on(pictures: Pictures, storage: Storage, viewer: Viewer, file: IO[bytes], crop: Crop | None) -> str:
    """Show the chosen square of the picture in `file` from now on; gives its hash.

    Raises what `Pictures.squares` refuses. The one before waits in quarantine when nobody else shows it.
    """
    content = picture(KIND, await pictures.squares(file, AVATAR_SIDES, crop))
    sha256 = content.file.sha256

    async def steps(work: Work, use: Callable[[], Awaitable[None]]) -> None:
        before = await _show(viewer.me, sha256, work.session)
        if before != sha256:
            await use()
            await leave(work, KIND, before)
            work.record(PersonChanged(viewer.me))

    await keep(storage, content, steps, hot=[viewer.me])
    return sha256


async def take_off(viewer: Viewer) -> None:
    """Show the initial again."""
    await together(lambda work: take_off_in(work, viewer.me), hot=[viewer.me])


async def take_off_in(work: Work, user: ObjectId) -> None:
    """The same as a part of something else, such as the end of an account."""
    before = await _show(user, "", work.session)
    if before:
        await leave(work, KIND, before)
        work.record(PersonChanged(user))


async def _show(user: ObjectId, sha256: str, session: Session) -> str:
    """Have the account name this picture; gives the one before."""
    found = await User.raw().find_one_and_update(
        {"_id": user, **LIVE}, {"$set": {"avatar": sha256}}, {"avatar": 1}, return_document=False, session=session
    )
    if found is None:
        raise NotFound
    return str(found.get("avatar", ""))
