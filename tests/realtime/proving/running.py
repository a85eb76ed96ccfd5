"""One run from beginning to end."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bson import ObjectId
from redis.asyncio import Redis

from app.accounts import logins
from app.assembly import AUTH_COOKIE
from app.events import BoardsChanged
from app.realtime import channels
from app.realtime.news import News
from app.work import tell
from documents import Board, Notification
from tests.people import Forum, Person
from tests.realtime.proving import safeguards, verdict
from tests.realtime.proving.cast import Cast, Unanswered, player
from tests.realtime.proving.chaos import Chaos
from tests.realtime.proving.plan import PEOPLE, Deed, Plan
from tests.realtime.proving.stage import Stage
from tests.realtime.proving.tab import Tab

Open = tuple[Tab, ObjectId]
# Of each person; the first person has one more, whose websockets do not get through.
TABS: Final = 2
HEARD_SECONDS: Final = 30


class Run:
    """A plan, played by people on a stage of its own, without these safeguards."""

    def __init__(self, forum: Forum, folder: Path, plan: Plan, without: Iterable[str] = ()) -> None:
        self._forum = forum
        self._folder = folder
        self._plan = plan
        self._without = tuple(without)
        self._living: list[asyncio.Task[None]] = []
        self.diary: list[str] = []
        self.times: list[str] = []
        self._begun = time.monotonic()
        self.deaths = 0
        self.lines = 0
        self.events = 0

    def _note(self, what: str) -> None:
        self.times.append(f"{what} after {time.monotonic() - self._begun:.1f} s")

    async def verdict(self) -> list[str]:
        """Play it; gives everything that is wrong at the end."""
        await self._drop_indexes()
        # Before the processes read which boards there are.
        self._boards = (await self._forum.board("Garden"), await self._forum.board("Attic", position=2))
        stage = Stage(self._forum.settings, self._folder, self._plan, self._without)
        try:
            self._note("stage set")
            await stage.ready()
            self._note("processes ready")
            return await self._played(stage)
        finally:
            for living in self._living:
                living.cancel()
            await asyncio.gather(*self._living, return_exceptions=True)
            self.deaths = sum(process.deaths for process in stage.processes)
            stage.end()
            await self._make_indexes()

    async def _played(self, stage: Stage) -> list[str]:
        people = [await self._forum.person(name) for name in PEOPLE]
        for person in people:
            await person.known_to(*PEOPLE)
        cast = await self._cast(stage, people)
        self.diary = cast.diary
        tabs = [await self._open(stage, person, f"{person.name} {i}") for person in people for i in range(TABS)]
        tabs.append(await self._open(stage, people[0], "polling", blocked=True))
        await cast.open_topic(0, random.Random(self._plan.seed))
        acting = asyncio.ensure_future(asyncio.gather(*(self._play(cast, who) for who in range(len(people)))))
        chaos = Chaos(stage, cast, [tab for tab, _ in tabs])
        try:
            await asyncio.gather(acting, chaos.run(self._plan.mishaps, acting))
        except Unanswered as unanswered:
            return [str(unanswered)]
        self._note("played")
        faults = await self._after(stage, cast, people, tabs)
        self._note("settled")
        self.lines = sum(tab.lines for tab, _ in tabs)
        self.events = sum(len(tab.taken) for tab, _ in tabs)
        for someone in cast.players:
            await someone.browser.aclose()
        return faults

    async def _after(self, stage: Stage, cast: Cast, people: list[Person], tabs: list[Open]) -> list[str]:
        for process in stage.processes:
            process.aim.unlink(missing_ok=True)
            await process.ready()
        faults = await verdict.settle(tabs)
        if faults:
            return faults
        await self._close_attic(stage, cast)
        late = [await self._open(stage, person, f"{person.name} late") for person in people]
        faults += await verdict.settle(late)
        for tab, login in late:
            faults += await verdict.what_may_be_seen(tab, login)
        faults += await verdict.what_was_acknowledged(cast)
        faults += await verdict.told_once()
        return faults + await verdict.doctor_says(self._forum.settings, indexes=not self._indexes)

    async def _cast(self, stage: Stage, people: list[Person]) -> Cast:
        garden, attic = self._boards
        players = [await player(person) for person in people]
        return Cast(players, stage.port, garden.oid, attic.oid)

    async def _open(self, stage: Stage, person: Person, name: str, *, blocked: bool = False) -> Open:
        cookie = f"{AUTH_COOKIE}={person.browser.cookies[AUTH_COOKIE]}"
        login = (await logins.viewer_of(person.token)).login
        assert login is not None
        tab = Tab(name, cookie, stage.port, blocked=blocked)
        self._living.append(asyncio.create_task(tab.live()))
        return tab, login

    async def _play(self, cast: Cast, who: int) -> None:
        """One after the other, as one person does."""
        deeds: list[Deed] = [deed for deed in self._plan.deeds if deed.who == who]
        for deed in deeds:
            await cast.act(deed)

    async def _close_attic(self, stage: Stage, cast: Cast) -> None:
        """A board is for staff alone from now on, as every process has heard: one whose line is not back yet may take a
        second to see it.
        """
        await Board.raw().update_one({"_id": cast.attic}, {"$set": {"staff_only": True}})
        await tell(BoardsChanged())
        channel, news = channels.news(self._forum.settings.mongodb_db), News(boards=True).pack()
        async with asyncio.timeout(HEARD_SECONDS), Redis.from_url(stage.redis.url) as redis:
            while await redis.publish(channel, news) < len(stage.processes):  # noqa: ASYNC110 - Redis tells nobody
                await asyncio.sleep(verdict.LOOK_SECONDS)

    @property
    def _indexes(self) -> list[str]:
        return [index for name in self._without if (index := safeguards.ALL[name].index)]

    async def _drop_indexes(self) -> None:
        for index in self._indexes:
            await Notification.raw().drop_index(index)

    async def _make_indexes(self) -> None:
        if self._indexes:
            await Notification.raw().delete_many({})
            await Notification.raw().create_indexes(Notification.Settings.indexes)
