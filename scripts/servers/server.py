"""What the embedded MongoDB and Redis have in common."""

import abc
import functools
import subprocess
import time
from pathlib import Path

from scripts.servers import children
from scripts.servers.binaries import Binary
from scripts.servers.problems import StartFailed

START_TIMEOUT = 120  # seconds: after a crash a large journal is read first
STOP_TIMEOUT = 20  # seconds
POLL = 0.02  # seconds


class Server(abc.ABC):
    """One server process with its data in `data_dir`, ended together with us.

    `start` is `spawn` and `wait`: whoever wants two side by side spawns both and then waits for both. From the main
    thread, see `children.spawn`.
    """

    name: str  # what people call it
    program: str  # the name of its files in the data folder

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self.log = self.data_dir / "log" / f"{self.program}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @abc.abstractmethod
    def find(self) -> Binary:
        """The program, fetched when there is none; raises `MissingServer`."""

    @abc.abstractmethod
    def options(self) -> list[str]:
        """Its command line; makes the folders that it needs."""

    @abc.abstractmethod
    def answers(self) -> bool:
        """Whether it is ready to be used."""

    @functools.cached_property
    def binary(self) -> Binary:
        """The program, looked for once."""
        return self.find()

    def start(self) -> None:
        """Start it and return when it can be used; raises `MissingServer` or `StartFailed`."""
        self.spawn()
        self.wait()

    def spawn(self) -> None:
        """Start the process only."""
        binary = self.binary
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.process = children.spawn(
            [str(binary.path), *self.options()],
            pid_file=self.data_dir / f"{self.program}.pid",
            log=self.log,
            env=binary.env,
        )

    def wait(self) -> None:
        """Return when it can be used; a failure stops it."""
        deadline = time.monotonic() + START_TIMEOUT
        try:
            while not self.answers():
                self._check_progress(deadline)
                time.sleep(POLL)
        except BaseException:
            self.stop()
            raise

    def _check_progress(self, deadline: float) -> None:
        if self.ended:
            raise StartFailed(f"{self.name} does not start; {self.log} says: {self.last_words()}")
        if time.monotonic() > deadline:
            raise StartFailed(f"{self.name} did not answer within {START_TIMEOUT} s; its log is {self.log}")

    @property
    def ended(self) -> bool:
        """Whether the process is gone although nobody stopped it."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Stop it and return when it is gone; harmless when it is not running."""
        process, self.process = self.process, None
        if process is not None:
            children.stop(process, STOP_TIMEOUT)

    def last_words(self) -> str:
        """The end of the log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return lines[-1][:300] if lines else "nothing"
