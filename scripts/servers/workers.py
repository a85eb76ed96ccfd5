"""The application's processes: several `python -m app.serve` on one port, each replaced when it dies."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

from scripts.servers import children
from scripts.servers.problems import StartFailed

READY_FILE = "QUORUM_READY_FILE"  # as in app/serve.py, which this does not import: run.py stays small
NUMBERS = "PROMETHEUS_MULTIPROC_DIR"  # where they share what /metrics tells, see app/web/metrics.py
START_TIMEOUT = 60  # seconds
STOP_TIMEOUT = 10  # seconds for all of them together
POLL = 0.05  # seconds
BACK_OFF = (0.1, 5.0)  # seconds before the first and before any later restart of a process that keeps ending
STEADY_AFTER = 30  # seconds; one that ends later is restarted as if for the first time
FUTILE_STARTS = 5  # in a row without becoming ready, while no other process serves


class Worker:
    """One of the processes, and the ones that come after it when it dies."""

    def __init__(self, number: int, folder: Path, environment: Mapping[str, str]) -> None:
        self.name = f"app-{number}"
        self.folder = folder
        self.environment = environment
        self.ready_file = folder / f"{self.name}.ready"
        self.failures = 0  # quick ends in a row
        self.futile = 0  # of these, before it was ready
        self.spawned_at = 0.0
        self.due = 0.0  # when to spawn the next one, if `process` is None
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self, *, prepare: bool = False) -> None:
        """Start the process; with `prepare` it makes indexes and runs migrations before it serves."""
        (self.folder / "numbers").mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ready_file.unlink(missing_ok=True)
        self.spawned_at = time.monotonic()
        self.process = children.spawn(
            [sys.executable, "-m", "app.serve", *(["--prepare-first"] if prepare else [])],
            pid_file=self.folder / f"{self.name}.pid",
            env={**self.environment, READY_FILE: str(self.ready_file), NUMBERS: str(self.folder / "numbers")},
        )

    @property
    def ended(self) -> int | None:
        """The exit code, or minus the signal, of a process that is gone."""
        return self.process.poll() if self.process else None

    @property
    def ready(self) -> bool:
        """Whether it accepts connections."""
        return self.process is not None and self.ended is None and self.ready_file.exists()

    def bury(self) -> None:
        """Take note that the process has ended, and set the time for the next one."""
        lived = time.monotonic() - self.spawned_at
        self.futile = 0 if self.ready_file.exists() else self.futile + 1
        self.failures = 1 if lived > STEADY_AFTER else self.failures + 1
        first, most = BACK_OFF
        delay = min(most, first * 2 ** (self.failures - 1))
        self.due = time.monotonic() + delay
        forget_numbers(self.folder, self.process.pid if self.process else 0)
        click.echo(f"An application process {manner(self.ended)}; the next one starts in {delay:.1f} s", err=True)
        self.process = None

    def wait_until_ready(self) -> None:
        """Return when it accepts connections; raises `StartFailed`."""
        deadline = self.spawned_at + START_TIMEOUT
        while not self.ready:
            if self.ended is not None:
                raise StartFailed(f"The application {manner(self.ended)} before it was ready; what it said is above")
            if time.monotonic() > deadline:
                raise StartFailed(f"The application was not ready within {START_TIMEOUT} s")
            time.sleep(POLL)

    def stop(self, timeout: float = STOP_TIMEOUT) -> None:
        """Let it finish its requests, and return when it is gone."""
        process, self.process = self.process, None
        if process is not None:
            children.stop(process, timeout)
            forget_numbers(self.folder, process.pid)
        self.ready_file.unlink(missing_ok=True)


class Workers:
    """All of them. From the main thread, see `children.spawn`."""

    def __init__(self, count: int, data_dir: Path, environment: Mapping[str, str]) -> None:
        self.folder = data_dir / "run"
        self.environment = environment
        self._numbered = 0
        self.all = [self._one_more() for _ in range(count)]

    def _one_more(self) -> Worker:
        self._numbered += 1
        return Worker(self._numbered, self.folder, self.environment)

    def start(self) -> None:
        """Start them and return when all are ready; raises `StartFailed`. The first prepares the database for all.

        What they count begins at nothing.
        """
        shutil.rmtree(self.folder / "numbers", ignore_errors=True)
        first, *others = self.all
        first.spawn(prepare=True)
        first.wait_until_ready()
        for worker in others:
            worker.spawn()
        for worker in others:
            worker.wait_until_ready()

    def tend(self) -> None:
        """Replace the ones that died; raises `StartFailed` when that is of no use. Call it often."""
        for worker in self.all:
            if worker.ended is not None:
                worker.bury()
            elif worker.process is None and time.monotonic() >= worker.due:
                worker.spawn()
        if max(worker.futile for worker in self.all) >= FUTILE_STARTS and not any(worker.ready for worker in self.all):
            raise StartFailed("The application does not start; what it said is above")

    def replace(self) -> None:
        """Put a new process in the place of each, one by one: the new one is ready before the old one goes.

        The first runs the migrations of its code, which is what is on the disk now. Raises `StartFailed` when a new one
        does not start; the old ones then stay.
        """
        for number, old in enumerate(list(self.all)):
            new = self._one_more()
            self.all.append(new)
            try:
                new.spawn(prepare=number == 0)
                new.wait_until_ready()
            except StartFailed:
                self._drop(new)
                raise
            self._drop(old)

    def _drop(self, worker: Worker) -> None:
        worker.stop()
        self.all.remove(worker)

    def stop(self) -> None:
        """Let all finish their requests, at the same time, and return when they are gone."""
        deadline = time.monotonic() + STOP_TIMEOUT
        for worker in self.all:
            if worker.process:
                worker.process.terminate()
        for worker in self.all:
            worker.stop(max(0, deadline - time.monotonic()))


def forget_numbers(folder: Path, pid: int) -> None:
    """What a process that is gone said of the present, such as its open websockets. What it counted stays counted."""
    for path in (folder / "numbers").glob(f"gauge_live*_{pid}.db"):
        path.unlink(missing_ok=True)


def manner(code: int | None) -> str:
    """How a process ended, in words."""
    if code is None or code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
