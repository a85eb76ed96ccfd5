"""What was put aside from the garbage collector is freed all the same; in a process of its own, whose heap it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import gc, weakref
from app.web.heap import Heap

class Ring:
    def __init__(self):
        self.me = self

gc.disable()
heap = Heap()
heap.tidy()
rings = [(Ring(), [[] for _ in range(50)]) for _ in range({count})]
seen = weakref.ref(rings[0][0])
gc.callbacks.append(heap.collected)
gc.collect()
aside = gc.get_freeze_count()
heap.look()
del rings
gc.collect()
before = seen() is not None
heap.look()
print(aside > {count}, before, seen() is None)
"""


# A look while a page is asked for, or in a quiet moment.
LOOK = """
from app.web import heap, pace

def look(here, asked):
    if not asked:
        pace._busy_at = 0.0
        return here.look()
    with pace.served():
        here.look()
"""


# Whether everything is looked at while a page is asked for, with nothing new, in a quiet moment, with too much new.
QUIET = """
import gc

gc.disable()
here = heap.Heap()
here.tidy()
looks = []
gc.callbacks.append(lambda phase, info: looks.append(info["generation"]) if phase == "stop" else None)
for new, asked in ((heap.FEW, True), (heap.FEW - 1, False), (heap.FEW, False), (heap.MANY, True)):
    gc.get_count = lambda: (0, 0, new)
    look(here, asked)
    print(2 in looks, end=" ")
    looks.clear()
"""


# Whether rings are found once much has gone: while a page is asked for, still, after a while, in a quiet moment.
WAITS = """
import time

here = heap.Heap()
real, waits = here.tidy, heap.WAITS_SECONDS
real()
tidied = []
here.tidy = lambda: (tidied.append(1), real())
for seconds, asked in ((0, True), (waits - 1, True), (waits + 1, True), (0, False)):
    here._most = 10 ** 9
    time.monotonic = lambda: 1000.0 + seconds
    look(here, asked)
    print(bool(tidied), end=" ")
    tidied.clear()
"""


def told(count: int) -> str:
    """Whether much was put aside, whether its rings outlived an ordinary collection, and whether they are found."""
    return run(SCRIPT.format(count=count))


def run(script: str) -> str:
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def test_rings_among_what_was_put_aside_are_found_once_much_has_gone() -> None:
    assert told(5_000) == "True True True"


def test_few_are_left_where_they_are() -> None:
    assert told(1) == "True True False"


def test_new_things_are_looked_at_when_nobody_asks_for_a_page_unless_there_are_too_many() -> None:
    assert run(LOOK + QUIET) == "False False True True"


def test_a_look_at_everything_waits_for_a_quiet_moment_but_not_for_ever() -> None:
    assert run(LOOK + WAITS) == "False False True True"
