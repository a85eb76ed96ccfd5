"""Two processes and a Redis of their own, on the database of the tests; whoever dies comes back."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
from pydantic import SecretStr

from app.settings import Settings
from scripts.servers import EmbeddedRedis
from tests.conftest import free_port
from tests.realtime.proving.plan import Plan

ROOT: Final = Path(__file__).parents[3]
READY_SECONDS: Final = 120
LOOK_SECONDS: Final = 0.05


class Process:
    """One of the two, always on the same port."""

    def __init__(self, settings: Settings, folder: Path, plan: Plan, without: tuple[str, ...]) -> None:
        assert settings.mongodb_uri is not None
        assert settings.redis_url is not None
        self.port = free_port()
        self.aim = folder / f"aim-{self.port}"
        self.log = folder / f"process-{self.port}.log"
        self.deaths = 0
        self._environment = {
            "MONGODB_URI": settings.mongodb_uri.get_secret_value(),
            "MONGODB_DB": settings.mongodb_db,
            "REDIS_URL": settings.redis_url.get_secret_value(),
            "QUORUM_BIND": f"127.0.0.1:{self.port}",
            "QUORUM_DATA_DIR": str(settings.data_dir),
            "QUORUM_LOG_LEVEL": "warning",
            "PROOF_AIM": str(self.aim),
            "PROOF_FEED_MAX": str(plan.feed_max),
            "PROOF_WITHOUT": ",".join(without),
        }
        self.child = self._spawned()

    def _spawned(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.realtime.proving.serving"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **self._environment}, stdout=log, stderr=subprocess.STDOUT
            )

    async def ready(self) -> None:
        """It answers."""
        async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient(trust_env=False, verify=False) as browser:
            while True:
                with suppress(httpx.HTTPError):
                    if (await browser.get(f"http://127.0.0.1:{self.port}/healthz")).status_code == 200:
                        return
                await asyncio.sleep(LOOK_SECONDS)

    def kill(self) -> None:
        """No goodbye."""
        self.child.kill()

    async def keep_alive(self) -> None:
        """Start it again whenever it is gone; until cancelled."""
        while True:
            if self.child.poll() is not None:
                self.deaths += 1
                self.child = self._spawned()
            await asyncio.sleep(LOOK_SECONDS)

    def end(self) -> None:
        """For good."""
        self.child.kill()
        self.child.wait()


class Stage:
    """Where a run takes place."""

    def __init__(self, settings: Settings, folder: Path, plan: Plan, without: tuple[str, ...]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.redis = EmbeddedRedis(folder / "redis")
        self.redis.start()
        self.settings = settings.model_copy(update={"redis_url": SecretStr(self.redis.url)})
        self.processes = [Process(self.settings, folder, plan, without) for _ in range(2)]
        self._turns = itertools.count(random.Random(plan.seed).randrange(2))
        self._keepers: list[asyncio.Task[None]] = []

    async def ready(self) -> None:
        """Both answer; from now on the dead come back."""
        await asyncio.gather(*(process.ready() for process in self.processes))
        self._keepers = [asyncio.create_task(process.keep_alive()) for process in self.processes]

    def port(self) -> int:
        """The one and the other in turn, as a balancer would."""
        return self.processes[next(self._turns) % 2].port

    async def restart_redis(self, *, politely: bool, seconds: float) -> None:
        """It is away for a while."""
        if self.redis.process is None:
            return  # it is away already
        if politely:
            self.redis.stop()
        else:
            process, self.redis.process = self.redis.process, None
            process.kill()
            process.wait()
        await asyncio.sleep(seconds)
        self.redis.spawn()
        while not self.redis.answers():  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(LOOK_SECONDS)

    def end(self) -> None:
        """Everything that was started is over."""
        for keeper in self._keepers:
            keeper.cancel()
        for process in self.processes:
            process.end()
        self.redis.stop()
