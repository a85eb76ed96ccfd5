"""What open tabs cost and how soon they hear: thousands of websockets on one process, from processes of their own."""

from __future__ import annotations

import asyncio
import html
import json
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from rich.table import Table

from app.settings import Settings
from scripts.benching.people import people
from scripts.benching.push import TOKEN
from scripts.benching.reading import Reader, percentile
from scripts.benching.stage import ROOT, Scene, cpu_seconds, days_counted
from scripts.printing import print_json, print_table

BYTES_A_SOCKET: Final = 60_000
WITHIN_MS: Final = 1_000.0
HTTP_RATIO: Final = 1.5
GROWTH: Final = 0.10
EVENTS_A_ROUND: Final = 3
EVENT_EVERY_SECONDS: Final = 4.0
QUIET_SECONDS: Final = 8.0
HEAR_SECONDS: Final = 15.0
SETTLE_SECONDS: Final = 2.0
LEAVE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Round:
    """One coming and going: RSS in bytes, everything else in milliseconds.

    `cpu` is what the process needed for each recipient of an event beside what it needs when all is quiet. Whatever
    else the machine does changes all other times, and this one least.
    """

    empty: int
    full: int
    left: int
    sockets: int
    notices: list[float]
    hints: list[float]
    quiet: float
    busy: float
    missing: int
    cpu: float

    @property
    def a_socket(self) -> float:
        """Bytes for each open socket."""
        return (self.full - self.empty) / self.sockets


def rss(pid: int) -> int:
    """Bytes of memory that a process has."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise LookupError("VmRSS")


class Crowd:
    """The process with the tabs."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child

    def ask(self, do: str, **what: Any) -> dict[str, Any]:
        """Have something done, and wait for it."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps({"do": do, **what}) + "\n")
        self._child.stdin.flush()
        answer: dict[str, Any] = json.loads(self._child.stdout.readline())
        return answer


@contextmanager
def crowd() -> Iterator[Crowd]:
    """Tabs that are all closed afterwards."""
    command = [sys.executable, "-m", "scripts.benching.crowd"]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Crowd(child)
    finally:
        assert child.stdin is not None
        child.stdin.close()
        child.wait(10)


def measure_realtime(
    settings: Settings, scene: Scene, pid: int, sockets: int, watching: int, rounds: int, pressing: int
) -> list[Round]:
    """So many tabs come, `watching` of them hear of events, and all leave again; `rounds` times. `pressing` others read
    without a pause all the time.
    """
    asyncio.run(days_counted(settings))
    click.echo("people …", err=True)
    cookies = asyncio.run(people(settings, scene, sockets, watching))
    stage = Stage(settings, scene, pid, cookies, watching, pressing)
    stage.warm_up()
    found: list[Round] = []
    with crowd() as tabs:
        for number in range(1, rounds + 1):
            click.echo(f"round {number} …", err=True)
            found.append(stage.round(tabs, found[0].empty if found else rss(pid)))
    return found


@dataclass(slots=True)
class Used:
    """Processor time, and how long that took, in seconds."""

    seconds: float = 0.0
    wall: float = 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where it happens, and who takes part."""

    settings: Settings
    scene: Scene
    pid: int
    cookies: list[str]
    watching: int
    pressing: int

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """Somebody who looks at the topic all the time, beside those who press."""
        path, cookie = f"/topics/{self.scene.short_topic}", self.scene.cookie
        with ExitStack() as all_of_them:
            for _ in range(self.pressing):
                all_of_them.enter_context(Reader(self.settings, path, cookie, at_once=True))
            yield all_of_them.enter_context(Reader(self.settings, path, cookie))

    def warm_up(self) -> None:
        """What pages and events load when they are first asked for is not counted as what tabs cost."""
        with self.reader():
            self.say()
            time.sleep(QUIET_SECONDS)

    def round(self, tabs: Crowd, empty: int) -> Round:
        """One coming and going; `empty` is what the process had before the first."""
        with self.reader() as quiet, self.processor() as calm:
            time.sleep(QUIET_SECONDS)
        tabs.ask("open", port=self.settings.port, cookies=self.cookies)
        time.sleep(SETTLE_SECONDS)
        full = rss(self.pid)
        tabs.ask("watch", topic=str(self.scene.short_topic), version=1, count=self.watching)
        tabs.ask("heard", kind="topic", count=self.watching, seconds=HEAR_SECONDS)
        notices: list[float] = []
        hints: list[float] = []
        with self.reader() as busy, self.processor() as used:
            for _ in range(EVENTS_A_ROUND):
                began = time.monotonic()
                told, hinted = self._event(tabs)
                notices += told
                hints += hinted
                time.sleep(max(0.0, began + EVENT_EVERY_SECONDS - time.monotonic()))
        tabs.ask("leave")
        time.sleep(SETTLE_SECONDS * 2)
        missing = EVENTS_A_ROUND * self.watching * 2 - len(notices) - len(hints)
        cpu = (used.seconds - calm.seconds * used.wall / calm.wall) * 1000 / (EVENTS_A_ROUND * self.watching)
        left = rss(self.pid)
        return Round(empty, full, left, len(self.cookies), notices, hints, quiet.p95, busy.p95, missing, cpu)

    @contextmanager
    def processor(self) -> Iterator[Used]:
        """What the process that serves needs meanwhile."""
        used = Used()
        began, before = time.monotonic(), cpu_seconds(self.pid)
        yield used
        used.wall, used.seconds = time.monotonic() - began, cpu_seconds(self.pid) - before

    def _event(self, tabs: Crowd) -> tuple[list[float], list[float]]:
        """One reply: milliseconds from its answer to each notice, and to each hint in the open topic."""
        tabs.ask("forget")
        said = self.say()
        found = []
        for kind in ("notification", "topic"):
            heard = tabs.ask("heard", kind=kind, count=self.watching, seconds=HEAR_SECONDS)
            found.append([max(0.0, (at - said) * 1000) for at in heard["at"]])
        return found[0], found[1]

    def say(self) -> float:
        """Write a reply; gives the moment at which its writer had the answer."""
        form = {"csrf_token": self._token(), "body": "What do you all think of **this**?"}
        url = f"http://{self.settings.bind}/topics/{self.scene.short_topic}/comments"
        asked = urllib.request.Request(url, urllib.parse.urlencode(form).encode(), {"Cookie": self.scene.other_cookie})
        opener = urllib.request.build_opener(Stays)
        with opener.open(asked, timeout=30) as answer:
            if answer.status != 303:
                raise RuntimeError(f"a reply was answered with {answer.status}")
        return time.monotonic()

    def _token(self) -> str:
        url = f"http://{self.settings.bind}/topics/{self.scene.short_topic}"
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": self.scene.other_cookie})) as page:
            token = TOKEN.search(page.read().decode())
        assert token is not None
        return html.unescape(token[1])


class Stays(urllib.request.HTTPRedirectHandler):
    """Follows nowhere, and takes a redirect for an answer."""

    def http_error_303(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """The answer itself."""
        return fp


def judged(rounds: list[Round]) -> dict[str, bool]:
    """The marks that were set."""
    notices = [at for each in rounds for at in each.notices]
    hints = [at for each in rounds for at in each.hints]
    sockets = rounds[0].sockets
    return {
        f"{sockets:,} idle websockets at under {BYTES_A_SOCKET // 1000} kB each": max(each.a_socket for each in rounds)
        < BYTES_A_SOCKET,
        f"a notice to everybody within {WITHIN_MS:.0f} ms (p95)": bool(notices) and percentile(notices, 95) < WITHIN_MS,
        f"a hint to every open topic within {WITHIN_MS:.0f} ms (p95)": bool(hints)
        and percentile(hints, 95) < WITHIN_MS,
        f"HTTP p95 at most {HTTP_RATIO} times its quiet value": ratio(rounds) <= HTTP_RATIO,
        f"memory back: growth over {len(rounds)} rounds under {GROWTH:.0%}": growth(rounds) < GROWTH,
        "nobody missed anything": not any(each.missing for each in rounds),
    }


def ratio(rounds: list[Round]) -> float:
    """Of the p95 of a page, with everybody there and without; the median round."""
    return statistics.median(each.busy / each.quiet for each in rounds)


def growth(rounds: list[Round]) -> float:
    """Of the memory after everybody has left, from the first round to the last, as a part of the first."""
    return rounds[-1].left / rounds[0].left - 1


def report_realtime(rounds: list[Round], as_json: bool) -> None:
    """The table and the marks."""
    marks = judged(rounds)
    if as_json:
        print_json({"rounds": [plain(each) for each in rounds], "marks": marks})
        return
    table = Table("round", box=None)
    for column in ("MB empty", "MB full", "MB left", "kB a socket", "notice p50", "p95", "hint p50", "p95"):
        table.add_column(column, justify="right")
    for column in ("page p95 quiet", "busy", "CPU ms a recipient", "missed"):
        table.add_column(column, justify="right")
    for number, each in enumerate(rounds, 1):
        told = plain(each)
        memory = (f"{told[key] / 1e6:.0f}" for key in ("empty", "full", "left"))
        times = (f"{told[key]:.0f}" for key in ("notice_p50", "notice_p95", "hint_p50", "hint_p95"))
        pages = (f"{each.quiet:.1f}", f"{each.busy:.1f}", f"{each.cpu:.2f}", str(each.missing))
        table.add_row(str(number), *memory, f"{each.a_socket / 1000:.1f}", *times, *pages)
    print_table(table)
    click.echo(
        f"\npage p95, busy to quiet: {ratio(rounds):.2f}; memory left, last round to first: {1 + growth(rounds):.2f}"
    )
    for mark, reached in marks.items():
        click.echo(f"{'reached' if reached else 'MISSED '}  {mark}")


def plain(each: Round) -> dict[str, Any]:
    """A round for programs: bytes and milliseconds."""
    told: dict[str, Any] = {"empty": each.empty, "full": each.full, "left": each.left, "a_socket": each.a_socket}
    for name, times in (("notice", each.notices), ("hint", each.hints)):
        told |= {f"{name}_p{which}": percentile(times, which) if times else float("inf") for which in (50, 95)}
    told |= {"page_p95_quiet": each.quiet, "page_p95_busy": each.busy}
    return told | {"cpu_ms": each.cpu, "missing": each.missing}
