"""All of an import from NodeBB, in its order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.text.pool import RenderPool
from scripts.importing.loading import Slice
from scripts.importing.nodebb.accounts import Accounts, give_offices
from scripts.importing.nodebb.boards import close_boards
from scripts.importing.nodebb.chats import Chats
from scripts.importing.nodebb.files import Files
from scripts.importing.nodebb.places import Places
from scripts.importing.nodebb.reading import Posts
from scripts.importing.nodebb.relations import Relations
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.votes import Votes
from scripts.importing.run import Import
from scripts.importing.tally import Tally
from scripts.opened import Opened


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for: the folder of uploads, the address of the old forum, and whether offices come with people."""

    uploads: Path | None = None
    address: str = ""
    roles: bool = False


class NodeImport(Import):
    """One run over a spool that is numbered."""

    BOARDS_CLOSED = True

    def __init__(
        self, opened: Opened, nodebb: NodeBB, spool: Places, tally: Tally, pool: RenderPool, wishes: Wishes
    ) -> None:
        files = Files(wishes.uploads, opened.settings, tally)
        posts = Posts(nodebb, spool, tally, files, wishes.address)
        super().__init__(opened, spool, tally, pool, posts.read)
        self._nodebb, self._places, self._wishes = nodebb, spool, wishes
        self._accounts = Accounts(nodebb, tally, files, self._renderer)
        self._votes = Votes(nodebb, tally)
        self._chats = Chats(nodebb, spool, tally, posts, self._renderer)

    async def _before_posts(self) -> None:
        await close_boards(self._nodebb, self._places, self._tally)
        await self._accounts.bring(self._places)
        await give_offices(self._nodebb, self._tally, really=self._wishes.roles)

    async def _after_posts(self, batch: Sequence[Slice]) -> None:
        await self._votes.bring([row for part in batch for row in part.posts])

    async def _after_topics(self) -> None:
        await Relations(self._nodebb, self._tally).bring(self._places)
        await self._chats.bring()
