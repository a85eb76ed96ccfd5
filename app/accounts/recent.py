"""Who was seen a moment ago, so that most requests need not ask the database who is looking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bson import ObjectId

from app.accounts.logins import hashed, viewer_of
from app.viewer import GUEST, Viewer
from app.web.recent import Recent

KEPT: Final = 20_000


class RecentViewers:
    """Viewers by the hash of their token. An ended log-in, a changed person or other unread numbers drop them."""

    def __init__(self) -> None:
        self.recent: Recent[str, Viewer] = Recent(KEPT)
        # The keys under which a person or log-in was kept, some of which may be gone: of thousands, few change at once.
        self._keys: dict[ObjectId, set[str]] = {}

    async def viewer_of(self, token: str | None, *, fresh: bool = False) -> Viewer:
        """Who holds this token, as `logins.viewer_of` says."""
        if not token:
            return GUEST

        async def load() -> Viewer | None:
            found = await viewer_of(token)
            if not found.known:
                return None
            self._note(found, hashed(token))
            return found

        return await self.recent.get(hashed(token), load, fresh=fresh) or GUEST

    def forget(self, people: Iterable[ObjectId], logins: Iterable[ObjectId], *, everyone: bool = False) -> None:
        """Ask anew who these people are, and those behind these log-ins.

        `everyone`, when there are other boards or roles: what is unread may not be theirs to read any more.
        """
        if everyone:
            self.recent.clear()
        changed = {*people, *logins}
        if changed:
            self.recent.drop(*(key for id in changed for key in self._keys.pop(id, ())))

    def _note(self, viewer: Viewer, key: str) -> None:
        """Before it is kept, so that whatever is kept is found."""
        if len(self._keys) > 4 * KEPT:
            self._keys.clear()
            self.recent.clear()
        for id in (viewer.id, viewer.login):
            if id is not None:
                self._keys.setdefault(id, set()).add(key)
