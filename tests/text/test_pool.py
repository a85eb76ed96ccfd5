"""Rendering in another process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.text import pool as pools
from app.text.markdown import mention_candidates, render
from app.text.pool import _WORKER, Overloaded, RenderPool
from tests.text.samples import PEOPLE

ROOT = Path(__file__).parents[2]
# Some seconds of lists in any worker, and not much to send.
ENDLESS = "- a\n" * 150_000


@pytest.fixture
async def pool() -> AsyncIterator[RenderPool]:
    async with RenderPool(timeout=0.5) as opened:
        yield opened


def pid_of(pool: RenderPool) -> int:
    process = pool._workers[0]._process
    assert process is not None
    return process.pid


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


async def test_renders_as_the_function_does(pool: RenderPool) -> None:
    source = 'hi @bob **你好。**世界[^1] [quote="小明, topic:42"]\nx\n[/quote]\n\n[^1]: y'
    options: dict[str, Any] = {"prefix": "c1-", "origin": "https://forum.example"}
    topics = {"42": "d" * 24}
    assert await pool.render(source, people=PEOPLE, topics=topics, **options) == render(
        source, people=PEOPLE, topics=topics, **options
    )
    assert await pool.candidates("@小明你好") == mention_candidates("@小明你好")


async def test_one_process_serves_many(pool: RenderPool) -> None:
    worker = pid_of(pool)
    texts = [f"text {number} " + "x" * (number * 1000 + 1) for number in range(60)]
    rendered = await asyncio.gather(*map(pool.render, texts))
    assert [each.html for each in rendered] == [f"<p>{text}</p>\n" for text in texts]
    assert pid_of(pool) == worker


async def test_a_text_that_takes_too_long_is_plain_and_costs_the_worker(pool: RenderPool) -> None:
    worker = pid_of(pool)
    with capture_logs() as logs:
        rendered = await pool.render(ENDLESS, people=PEOPLE)
    assert rendered.fallback
    assert rendered.html.startswith("<p>- a<br>\n- a<br>")
    assert [(entry["event"], entry["characters"]) for entry in logs] == [("render_timed_out", len(ENDLESS))]
    assert not is_running(worker)
    assert (await pool.render("*next*")).html == "<p><em>next</em></p>\n"
    assert pid_of(pool) != worker


async def test_waiting_for_a_worker_is_not_counted(pool: RenderPool) -> None:
    slow, quick = asyncio.create_task(pool.render(ENDLESS)), asyncio.create_task(pool.render("quick"))
    assert (await slow).fallback
    assert not (await quick).fallback


async def test_a_worker_that_dies_is_replaced_and_asked_again(pool: RenderPool) -> None:
    rendering = asyncio.create_task(pool.render(ENDLESS[:200_000]))
    await asyncio.sleep(0.05)
    with capture_logs() as logs:
        os.kill(pid_of(pool), signal.SIGKILL)
        await rendering
    assert logs[0]["event"] == "render_worker_gone"
    assert (await pool.render("next")).html == "<p>next</p>\n"


async def test_a_worker_that_cannot_start_leaves_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.text.pool._WORKER", Path("/nonexistent.py"))
    pool = RenderPool()
    with capture_logs() as logs:
        rendered = await pool.render("*a*\n\n<b>")
    await pool.close()
    assert (rendered.html, rendered.fallback) == ("<p>*a*</p>\n<p>&lt;b&gt;</p>\n", True)
    assert [entry["attempt"] for entry in logs] == [1, 2]


async def test_a_cancelled_caller_does_not_leave_its_answer_to_the_next(pool: RenderPool) -> None:
    leaving = asyncio.create_task(pool.render("first " * 5000))
    await asyncio.sleep(0.001)
    leaving.cancel()
    assert (await pool.render("second")).html == "<p>second</p>\n"
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_an_error_in_the_worker_is_logged_without_the_text(pool: RenderPool) -> None:
    with capture_logs() as logs:
        rendered = await pool.render("secret", topics={"42": None})  # type: ignore[dict-item]
        broken = await pool.render('[quote="a, topic:42"]\nsecret\n[/quote]', topics={"42": None})  # type: ignore[dict-item]
    assert not rendered.fallback
    assert broken.fallback
    assert [(entry["event"], entry["error"]) for entry in logs] == [("render_failed", "TypeError")]
    assert "secret" not in repr(logs)


async def test_several_workers_work_at_once() -> None:
    async with RenderPool(timeout=5, workers=2) as pool:
        assert len({worker._process.pid for worker in pool._workers if worker._process}) == 2
        rendered = await asyncio.gather(*(pool.render(f"*{number}*") for number in range(20)))
    assert [each.excerpt for each in rendered] == [str(number) for number in range(20)]


async def test_the_second_worker_starts_when_the_first_is_busy() -> None:
    pool = RenderPool(timeout=5, workers=2)
    await pool.start(1)
    for number in range(3):
        await pool.render(f"text {number}")
    assert [worker._process is not None for worker in pool._workers] == [True, False]
    await asyncio.gather(pool.render(ENDLESS[:80_000]), pool.render("beside it"))
    assert all(worker._process is not None for worker in pool._workers)
    await pool.close()


async def test_what_is_started_while_it_starts_is_one_process_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that comes while the workers start waits for them, and does not start another."""
    started: list[int] = []
    start = pools._started

    async def counted() -> asyncio.subprocess.Process:
        process = await start()
        started.append(process.pid)
        return process

    monkeypatch.setattr(pools, "_started", counted)
    pool = RenderPool(timeout=5, workers=2)
    await asyncio.gather(pool.start(), pool.render("a"), pool.start(1), pool.render("b"))
    assert len(started) == 2
    await pool.close()


async def test_the_slow_texts_of_one_person_do_not_hold_up_others() -> None:
    async with RenderPool(timeout=0.5, workers=2, patience=10) as pool:
        hog = [asyncio.create_task(pool.render(ENDLESS, whose="hog")) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert not (await pool.render("a word", whose="bob")).fallback
        assert sum(task.done() for task in hog) <= 1
        assert all(rendered.fallback for rendered in await asyncio.gather(*hog))
    assert not pool._waiting
    assert not pool._turns


async def test_nobody_waits_for_longer_than_the_pool_has_patience() -> None:
    async with RenderPool(timeout=2, patience=0.1) as pool:
        slow = asyncio.create_task(pool.render(ENDLESS, whose="hog"))
        await asyncio.sleep(0.01)
        for who in ("bob", "hog"):
            with pytest.raises(Overloaded):
                await pool.render("a word", whose=who)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert not (await pool.render("a word", whose="bob")).fallback


async def test_only_so_many_texts_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "WAITING_MAX", 5)
    monkeypatch.setattr(pools, "WAITING_EACH_MAX", 3)
    async with RenderPool(timeout=5, patience=10) as pool:
        texts = [asyncio.create_task(pool.render(ENDLESS[:20_000], whose="hog")) for _ in range(4)]
        texts += [asyncio.create_task(pool.render("a word", whose=who)) for who in ("bob", "ann")]
        await asyncio.sleep(0.01)
        for who in ("hog", "eve"):
            with pytest.raises(Overloaded):
                await pool.render("one too many", whose=who)
        assert not any(rendered.fallback for rendered in await asyncio.gather(*texts))


async def test_closed_means_ended() -> None:
    pool = RenderPool()
    await pool.start()
    worker = pid_of(pool)
    await pool.close()
    assert not is_running(worker)
    with pytest.raises(RuntimeError, match="closed"):
        await pool.render("a")


async def test_workers_are_told_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORUM_SECRET_KEY", "s3cret")
    monkeypatch.setenv("MONGODB_URI", "mongodb://s3cret")
    async with RenderPool() as fresh:
        assert b"s3cret" not in environment_of(pid_of(fresh))


PARENT = """
import asyncio, sys
from app.text import pool as pools
from app.text.pool import _WORKER, Overloaded, RenderPool

async def main():
    pool = RenderPool(timeout=60)
    await pool.start()
    print(pool._workers[0]._process.pid, flush=True)
    await pool.render("- a\\n" * int(sys.argv[1]))
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a busy worker ends after its text")
@pytest.mark.parametrize("lines", [1, 500_000], ids=["idle", "busy"])
def test_workers_end_with_a_parent_that_was_killed(lines: int) -> None:
    command = [sys.executable, "-c", PARENT, str(lines)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_running(worker)
        time.sleep(0.2)
        parent.kill()
    until = time.monotonic() + 5
    while is_running(worker) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_running(worker)


def test_a_worker_knows_nothing_of_the_web_application() -> None:
    command = [sys.executable, "-X", "importtime", "-P", str(_WORKER)]
    run = subprocess.run(command, input=b"", capture_output=True, check=True)
    imported = run.stderr.decode()
    assert "app.text.markdown" in imported
    assert "quart" not in imported
