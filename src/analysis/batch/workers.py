"""Building many areas on this machine, in several processes at a time, forked from the warm parent."""

import os
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from analysis.batch.record import Failure
from analysis.faults import Exit, Fault, refusal
from analysis.kernels import forking
from analysis.study.parameters import Parameters

# While an area waits for a kernel to start or to end, another one has its processor.
_IN_HAND = 2
# Then a worker is replaced, so that what libraries leave behind in a process cannot pile up.
_AREAS_EACH = 25
# The exit code that the standard library reports of a process whose fork server is no more.
_SERVER_LOST = 255


@dataclass(frozen=True)
class Step:
    """How far an area is: a notebook, the code cells of it that were started, and their number."""

    area: str
    notebook: str
    cell: int
    cells: int


@dataclass(frozen=True)
class Built:
    """How the building of an area ended: without a failure its files lie in the private folder."""

    area: str
    seconds: float
    failure: Failure | None = None


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def build(
    due: Sequence[Parameters], revision: Mapping[str, str], stage: Path, *, workers: int
) -> Iterator[Step | Built]:
    """Build areas, each in `stage`/AREA, and report how far they are and how they ended.

    `workers` is the number of processors to keep busy. Whatever ends the iteration, no process is
    left behind. An area whose kernels could not be forked because the warm parent was lost is begun
    again, once: the next process comes from a new one.
    """
    waiting = deque(due)
    begun_again: set[str] = set()
    idle: list[Worker] = []
    busy: dict[object, Worker] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < workers * _IN_HAND:
                worker = idle.pop() if idle else Worker(revision)
                parameters = waiting.popleft()
                worker.build(parameters, stage / parameters.area)
                busy[worker.connection] = worker
            for ready in connection.wait([worker.connection for worker in busy.values()]):
                worker = busy[ready]
                event = worker.receive()
                if isinstance(event, Built):
                    del busy[ready]
                    if event.failure and worker.orphaned:
                        # What is idle came from the same warm parent.
                        for each in [worker, *idle]:
                            each.stop()
                        idle.clear()
                        if event.area not in begun_again:
                            begun_again.add(event.area)
                            _put_aside(stage / event.area)
                            waiting.appendleft(worker.parameters)
                            continue
                        event = replace(event, failure=_orphaned(event.area))
                    elif worker.lost or worker.areas == _AREAS_EACH:
                        worker.stop()
                    else:
                        idle.append(worker)
                yield event
    finally:
        for worker in [*idle, *busy.values()]:
            with suppress(OSError):
                worker.stop()


class Worker:
    """A process that builds one area after the other; `connection` has Steps and then a Built."""

    def __init__(self, revision: Mapping[str, str]) -> None:
        """Start the process, which states `revision` as that of the project."""
        self.connection, others = forking.context().Pipe()
        self._process: BaseProcess = forking.context().Process(
            target=_work, args=(others, revision), name="analysis worker"
        )
        self._process.start()
        others.close()
        self.areas = 0

    def build(self, parameters: Parameters, stage: Path) -> None:
        """Have an area built; `stage` is a private folder, filled as by `pipeline.produce`."""
        self.parameters, self.areas, self._started = parameters, self.areas + 1, time.monotonic()
        with suppress(OSError):  # `receive` reports a process that was lost
            self.connection.send((parameters, stage))

    def receive(self) -> Step | Built:
        """Return the next event of the process; where it was lost, a Built that says so."""
        try:
            return self.connection.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
        code = self._process.exitcode or 0
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        message = f"the process that built it was lost: it ended {how}"
        area = self.parameters.area
        failure = Failure(area, message, Exit.REFUSED)
        return Built(area, time.monotonic() - self._started, failure)

    @property
    def lost(self) -> bool:
        """Whether the process has ended."""
        return not self._process.is_alive()

    @property
    def orphaned(self) -> bool:
        """Whether the process can have no more kernels: the warm parent that it came from has ended."""
        return self._process.exitcode == _SERVER_LOST

    def stop(self) -> None:
        """End the process, and with it its kernel, at once."""
        self._process.kill()
        self._process.join()
        # One that is orphaned is beyond a signal from here, and ends with its end of this pipe.
        self._process.close()
        with suppress(EOFError, OSError):
            while True:
                self.connection.recv()
        self.connection.close()


def _put_aside(folder: Path) -> None:
    """Leave what was begun to the kernel that may still be writing to it."""
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}.lost"))


def _orphaned(area: str) -> Failure:
    message = "the process that its kernels are forked from was lost, and so was the next"
    return Failure(area, message, Exit.REFUSED)


def _work(asker: connection.Connection, revision: Mapping[str, str]) -> None:
    os.setsid()
    if forking.FORKING:
        forking.end_with_parent()
    os.environ.update(revision)
    while True:
        parameters, stage = asker.recv()
        started = time.monotonic()

        def step(notebook: str, cell: int, cells: int, area: str = parameters.area) -> None:
            asker.send(Step(area, notebook, cell, cells))

        failure = _failure(parameters, stage, step)
        asker.send(Built(parameters.area, time.monotonic() - started, failure))


def _failure(
    parameters: Parameters, stage: Path, step: Callable[[str, int, int], None]
) -> Failure | None:
    """Build an area; None where it went well."""
    from analysis.batch import notebooks, pipeline  # noqa: PLC0415 - there already when forked

    area = parameters.area
    try:
        pipeline.produce(pipeline.check_area(parameters), stage, step)
    except notebooks.NotebookError as error:
        return Failure(area, error.message, error.exit_code, error.notebook, error.cell)
    except Fault as fault:
        return Failure(area, fault.in_full(), fault.exit_code)
    except OSError as error:
        message = f"the system refused: {refusal(error)}"
        return Failure(area, message, Exit.REFUSED)
    except Exception as error:  # a fault of the program costs its area only
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        message = f"a fault of the program: {type(error).__name__}: {error} ({where})"
        return Failure(area, message, Exit.REFUSED)
    return None
