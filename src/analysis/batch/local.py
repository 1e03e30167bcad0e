"""Building many areas on this machine, in several processes at a time."""

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing import connection
from pathlib import Path

from analysis.batch.building import Built, Step, Worker
from analysis.study.parameters import Parameters

# While an area waits for a kernel to start or to end, another one has its processor.
_IN_HAND = 2
# Then a worker is replaced, so that what libraries leave behind in a process cannot pile up.
_AREAS_EACH = 25


def processors() -> int:
    """Give the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def build(
    runs: Sequence[Parameters], revision: Mapping[str, str], stage: Path, *, workers: int
) -> Iterator[Step | Built]:
    """Build areas, each in `stage`/AREA, and tell how far they are and how they ended.

    `workers` is the number of processors to keep busy. Whatever ends the iteration, no process is
    left behind.
    """
    waiting = deque(runs)
    idle: list[Worker] = []
    busy: dict[object, Worker] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < workers * _IN_HAND:
                worker = idle.pop() if idle else Worker(revision)
                run = waiting.popleft()
                worker.build(run, stage / run.area)
                busy[worker.connection] = worker
            for ready in connection.wait([worker.connection for worker in busy.values()]):
                worker = busy[ready]
                told = worker.receive()
                if isinstance(told, Built):
                    del busy[ready]
                    if worker.lost or worker.areas == _AREAS_EACH:
                        worker.stop()
                    else:
                        idle.append(worker)
                yield told
    finally:
        for worker in [*idle, *busy.values()]:
            with suppress(OSError):
                worker.stop()
