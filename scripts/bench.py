"""Measure a seeded forum beside hypercorn answering the same bytes from memory, in one run, so that ratios hold.

Starts servers of its own and sends to this machine alone, for a bounded time.
"""

import bootstrap

bootstrap.enter(dev=True)

import asyncio
import gzip
import html
import re
import socket
import statistics
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.table import Table

from app.settings import Settings, load_settings
from scripts.benching.load import CONNECTIONS, Measured, measure, send_for
from scripts.benching.push import TOKEN, Push, measure_push
from scripts.benching.realtime import measure_realtime, report_realtime
from scripts.benching.searching import MEDIAN_MS, WORST_MS, Searches, index_sizes, measure_searches
from scripts.benching.stage import Scene, cpu_seconds, days_counted, prepare_scene, process
from scripts.printing import print_json, print_table
from scripts.seeding.plan import Sizes
from scripts.servers import EmbeddedMongo, EmbeddedRedis

LINKED = re.compile(r'(?:href|src)="(/static/[^"#]+\.(?:css|js)\?v=\w+)"')
WRITERS = 4
FIRST_VISIT_KB = 60.0
PUSH_MS = 50.0
SLOWEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Target:
    """A page to measure."""

    name: str
    path: str
    signed_in: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What came of it. `ratio` is to the bare server answering the same bytes in the same round."""

    name: str
    measured: Measured
    ratio: float
    cpu_ms: float
    bytes: int


@click.command(help=__doc__)
@click.option("--seconds", default=3.0, show_default=True, help="How long each page is loaded, in each round.")
@click.option("--rounds", type=click.IntRange(1, 20), help="The median of so many is shown (3), or each (5).")
@click.option("--topics", default=2_000, show_default=True, type=click.IntRange(50))
@click.option("--comments", default=20_000, show_default=True, type=click.IntRange(2_500))
@click.option("--only", help="Only the pages with this in their name.")
@click.option("--realtime", is_flag=True, help="Only what open tabs cost and how soon they hear; five rounds.")
@click.option("--sockets", default=5_000, show_default=True, type=click.IntRange(10), help="Tabs, with --realtime.")
@click.option("--pressing", default=0, type=click.IntRange(0), help="Who read without a pause, with --realtime.")
@click.option("--watching", default=1_000, show_default=True, type=click.IntRange(1), help="Tabs that hear of events.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def main(
    seconds: float,
    rounds: int | None,
    topics: int,
    comments: int,
    only: str | None,
    realtime: bool,
    sockets: int,
    watching: int,
    pressing: int,
    as_json: bool,
) -> None:
    """Set the stage, measure, print."""
    with tempfile.TemporaryDirectory(prefix="quorum-bench-") as folder:
        data = Path(folder)
        mongo, redis = EmbeddedMongo(data), EmbeddedRedis(data)
        mongo.start()
        redis.start()
        try:
            settings = settings_for(mongo.uri, redis.url, data)
            click.echo("Seeding …", err=True)
            scene = asyncio.run(prepare_scene(settings, Sizes(60, 12, topics, comments, longest=1_000)))
            if realtime:
                with process(["-m", "app.serve"], settings.port, environment_of(settings)) as pid:
                    found = measure_realtime(
                        settings, scene, pid, sockets, min(watching, sockets), rounds or 5, pressing
                    )
            else:
                rows, weight, push, searches = measured(settings, scene, data, seconds, rounds or 3, only)
        finally:
            redis.stop()
            mongo.stop()
    if realtime:
        report_realtime(found, as_json)
    else:
        report(rows, weight, push, searches, as_json)


def settings_for(mongo: str, redis: str, data: Path) -> Settings:
    """One process, limits off, on a free port."""
    bind = f"127.0.0.1:{free_port()}"
    return load_settings(
        mongodb_uri=mongo, redis_url=redis, data_dir=data, bind=bind, limits="off", log_level="error", base_url=""
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(settings: Settings) -> dict[str, str]:
    """The same settings for the process that serves."""
    assert settings.mongodb_uri is not None
    assert settings.redis_url is not None
    return {
        "MONGODB_URI": settings.mongodb_uri.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "QUORUM_BIND": settings.bind,
        "QUORUM_DATA_DIR": str(settings.data_dir),
        "QUORUM_LIMITS": "off",
        "QUORUM_LOG_LEVEL": "error",
    }


def targets(scene: Scene) -> Iterable[Target]:
    """The pages, as a guest and signed in."""
    paths = {
        "home": "/",
        "board": f"/boards/{scene.board}",
        "topic": f"/topics/{scene.short_topic}",
        "long topic, page 1": f"/topics/{scene.long_topic}",
        "long topic, page 50": f"/topics/{scene.long_topic}?page=50",
        "profile": f"/users/{scene.person}",
    }
    for name, path in paths.items():
        yield Target(f"{name}, guest", path, signed_in=False)
        yield Target(f"{name}, signed in", path, signed_in=True)
    yield Target("unread list, signed in", "/?sort=unread", signed_in=True)
    asks = f"/topics/{scene.short_topic}/since?first=1&last=20"  # for a page that has nothing right
    yield Target("an open topic asks, signed in", asks, signed_in=True)


def measured(
    settings: Settings, scene: Scene, data: Path, seconds: float, rounds: int, only: str | None
) -> tuple[list[Row], float, Push, Searches | None]:
    """Every row, the weight of a first visit in kB, how fast a message arrives, and how long searches take."""
    wanted = [target for target in targets(scene) if only is None or only in target.name]
    bodies = data / "bodies"
    bodies.mkdir()
    (bodies / "healthz").write_bytes(b"ok")
    with process(["-m", "app.serve"], settings.port, environment_of(settings)) as pid:
        for at, target in enumerate(wanted):
            (bodies / str(at)).write_bytes(fetch(settings, target.path, scene.cookie if target.signed_in else ""))
        asyncio.run(days_counted(settings))
        bare_port = free_port()
        with process(["-m", "scripts.benching.bare", str(bare_port), str(bodies)], bare_port, {}):
            rows = [
                row_of(settings, scene, target, (bare_port, f"/{at}"), pid, seconds, rounds)
                for at, target in enumerate(wanted)
            ]
        if only is None or only in "reply":
            rows.append(reply_row(settings, scene, pid, seconds))
        searches = searches_of(settings, scene) if only is None or only in "search" else None
        return rows, first_visit_kb(settings, f"/topics/{scene.short_topic}"), push_of(settings, scene), searches


def row_of(
    settings: Settings, scene: Scene, target: Target, bare: tuple[int, str], pid: int, seconds: float, rounds: int
) -> Row:
    """One page beside the bare server, in turn; the median ratio of the rounds."""
    click.echo(f"{target.name} …", err=True)
    cookie = scene.cookie if target.signed_in else ""
    found: list[tuple[float, Measured, float]] = []
    for _ in range(rounds):
        yardstick = measure(*bare, "", max(1.0, seconds / 2))
        before = cpu_seconds(pid)
        run = measure(settings.port, target.path, cookie, seconds)
        found.append((run.rate / yardstick.rate, run, (cpu_seconds(pid) - before) * 1000 / max(1, run.count)))
    ratio = statistics.median(each[0] for each in found)
    _, middle, cpu_ms = min(found, key=lambda each: abs(each[0] - ratio))
    return Row(target.name, middle, ratio, cpu_ms, len(fetch(settings, target.path, cookie)))


def push_of(settings: Settings, scene: Scene) -> Push:
    """Private messages from one person to another, who has a page open."""
    click.echo("push …", err=True)
    cookies = (scene.cookie, scene.other_cookie)
    return asyncio.run(measure_push(settings.port, *cookies, scene.other_name, csrf_token(settings, scene)))


def searches_of(settings: Settings, scene: Scene) -> Searches:
    """Searches of every kind, and the sizes of the indexes behind them."""
    click.echo("search …", err=True)
    rows = measure_searches(settings, scene.cookie, scene.other_name, scene.board_name, scene.long_ago)
    return Searches(rows, asyncio.run(index_sizes(settings)))


def csrf_token(settings: Settings, scene: Scene) -> str:
    """A token out of a page, as a form has it."""
    token = TOKEN.search(fetch(settings, f"/topics/{scene.short_topic}", scene.cookie).decode())
    assert token is not None
    return html.unescape(token[1])


def reply_row(settings: Settings, scene: Scene, pid: int, seconds: float) -> Row:
    """Comments into different topics' own numbers: here all into one, which is the hardest."""
    click.echo("reply …", err=True)
    token = csrf_token(settings, scene)

    def request(number: int) -> bytes:
        form = {"csrf_token": token, "body": f"Reply number {number} with **some** words."}
        body = urllib.parse.urlencode(form).encode()
        head = (
            f"POST /topics/{scene.short_topic}/comments HTTP/1.1\r\nHost: {settings.bind}\r\nCookie: {scene.cookie}\r\n"
        )
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    before = cpu_seconds(pid)
    run = asyncio.run(send_for(settings.port, request, seconds, WRITERS))
    return Row("reply", run, 0.0, (cpu_seconds(pid) - before) * 1000 / max(1, run.count), 0)


def fetch(settings: Settings, path: str, cookie: str) -> bytes:
    """The body of a page."""
    asked = urllib.request.Request(f"http://{settings.bind}{path}", headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        found: bytes = answer.read()
    return found


def first_visit_kb(settings: Settings, path: str) -> float:
    """A page with all its CSS and JavaScript, gzipped as it is sent, in kB (1000 bytes)."""
    page = fetch(settings, path, "")
    parts = [page, *(fetch(settings, url, "") for url in dict.fromkeys(LINKED.findall(page.decode())))]
    return sum(len(gzip.compress(part, 6)) for part in parts) / 1000


def report(rows: list[Row], weight: float, push: Push, searches: Searches | None, as_json: bool) -> None:
    """The tables and the marks."""
    marks = judged(rows, weight, push) | (judged_searches(searches) if searches else {})
    if as_json:
        told = {"rows": [plain(row) for row in rows], "first_visit_kb": weight, "marks": marks}
        told |= {"push": {"p50_ms": push.p50, "p95_ms": push.p95}, "search": asdict(searches) if searches else None}
        print_json(told)
        return
    table = Table("page", box=None)
    for column in ("req/s", "of bare", "p50 ms", "p99 ms", "CPU ms", "bytes", "wrong"):
        table.add_column(column, justify="right")
    for row in rows:
        run, ratio = row.measured, f"{row.ratio:.2f}" if row.ratio else "–"
        numbers = (f"{run.rate:,.0f}", ratio, f"{run.p50:.1f}", f"{run.p99:.1f}", f"{row.cpu_ms:.2f}", f"{row.bytes:,}")
        table.add_row(row.name, *numbers, str(run.wrong))
    print_table(table)
    if searches:
        print_searches(searches)
    click.echo(f"\n{CONNECTIONS} connections a page, {WRITERS} for replies; first visit to a topic: {weight:.1f} kB")
    click.echo(f"a message is there {push.p50:.1f} ms after the response to its sender (p95 {push.p95:.1f} ms)")
    for mark, reached in marks.items():
        click.echo(f"{'reached' if reached else 'MISSED '}  {mark}")


def print_searches(searches: Searches) -> None:
    """The slowest ones by name, and the sizes of the indexes."""
    table = Table("search", box=None)
    for column in ("first ms", "median ms", "worst ms"):
        table.add_column(column, justify="right")
    table.add_column("what was typed")
    slowest = sorted(searches.rows, key=lambda row: max(row.first, row.worst), reverse=True)
    for row in slowest[:SLOWEST_SHOWN]:
        table.add_row(row.name, f"{row.first:.0f}", f"{row.median:.0f}", f"{row.worst:.0f}", row.query)
    click.echo("")
    print_table(table)
    click.echo(f"\nthe median of {len(searches.rows)} searches: {searches.median:.0f} ms")
    for name, size in searches.index_mb.items():
        click.echo(f"{size:>10,.1f} MB  {name}")


def judged_searches(searches: Searches) -> dict[str, bool]:
    """The marks of searches."""
    return {
        f"searches: median under {MEDIAN_MS:.0f} ms": searches.median < MEDIAN_MS,
        f"searches: none over {WORST_MS:.0f} ms": searches.worst < WORST_MS,
    }


def plain(row: Row) -> dict[str, object]:
    """A row for programs."""
    run = row.measured
    return {
        "page": row.name,
        "requests_per_second": run.rate,
        "of_bare": row.ratio,
        "p50_ms": run.p50,
        "p99_ms": run.p99,
        "cpu_ms": row.cpu_ms,
        "bytes": row.bytes,
        "wrong": run.wrong,
    }


def judged(rows: list[Row], weight: float, push: Push) -> dict[str, bool]:
    """The marks that were set, as far as they were measured."""
    by_name = {row.name: row for row in rows}
    found = {f"a first visit to a topic under {FIRST_VISIT_KB:.0f} kB": weight < FIRST_VISIT_KB}
    for name, least in (("topic, guest", 0.5), ("topic, signed in", 0.2)):
        if name in by_name:
            found[f"{name}: at least {least} of bare"] = by_name[name].ratio >= least
    for who in ("guest", "signed in"):
        first, deep = by_name.get(f"long topic, page 1, {who}"), by_name.get(f"long topic, page 50, {who}")
        if first and deep:
            found[f"page 50 no slower than page 1, {who} (within a tenth)"] = deep.ratio >= first.ratio * 0.9
    found[f"a message within {PUSH_MS:.0f} ms (median)"] = push.p50 < PUSH_MS
    found["no wrong answers"] = all(not row.measured.wrong for row in rows)
    return found


if __name__ == "__main__":
    main()
