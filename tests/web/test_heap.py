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


def told(count: int) -> str:
    """Whether much was put aside, whether its rings outlived an ordinary collection, and whether they are found."""
    command = [sys.executable, "-c", SCRIPT.format(count=count)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def test_rings_among_what_was_put_aside_are_found_once_much_has_gone() -> None:
    assert told(5_000) == "True True True"


def test_few_are_left_where_they_are() -> None:
    assert told(1) == "True True False"
