"""Building many areas on this machine, a process for each, so many at a time."""

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing import connection
from pathlib import Path

from analysis.batch.building import Building, Built, Step
from analysis.batch.parameters import Parameters


def workers() -> int:
    """Give how many areas are built at a time unless it is said: one for each processor."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def build(
    runs: Sequence[Parameters], revision: Mapping[str, str], stage: Path, *, at_a_time: int
) -> Iterator[Step | Built]:
    """Build areas, each in `stage`/AREA, and tell how far they are and how they ended.

    Whatever ends the iteration, no process is left behind.
    """
    waiting = deque(runs)
    running: dict[connection.Connection, Building] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_a_time:
                run = waiting.popleft()
                building = Building(run, revision, stage / run.area)
                running[building.connection] = building
            for ready in connection.wait(list(running)):
                building = running[ready]  # type: ignore[index]
                told = building.receive()
                if isinstance(told, Built):
                    del running[ready]  # type: ignore[arg-type]
                yield told
    finally:
        for building in running.values():
            with suppress(OSError):
                building.stop()
