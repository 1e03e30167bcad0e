"""Building areas in a process of their own, forked from the warm parent."""

import os
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from analysis.batch.record import Failure
from analysis.kernels import forking
from analysis.study.parameters import Parameters


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


class Worker:
    """A process that builds one area after the other; `connection` gives Steps and then a Built."""

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
        self.area, self.areas, self._started = parameters.area, self.areas + 1, time.monotonic()
        with suppress(OSError):  # a process that was lost is told of by `receive`
            self.connection.send((parameters, stage))

    def receive(self) -> Step | Built:
        """Give what the process has to tell; where it was lost, a Built that says so."""
        try:
            return self.connection.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
        code = self._process.exitcode or 0
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        failure = Failure(self.area, f"the process that built it was lost: it ended {how}", 1)
        return Built(self.area, time.monotonic() - self._started, failure)

    @property
    def lost(self) -> bool:
        """Whether the process has ended."""
        return not self._process.is_alive()

    def stop(self) -> None:
        """End the process, and with it its kernel, at once."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _work(told: Connection, revision: Mapping[str, str]) -> None:
    os.setsid()
    if forking.FORKING:
        forking.end_with_parent()
    os.environ.update(revision)
    while True:
        parameters, stage = told.recv()
        started = time.monotonic()

        def step(notebook: str, cell: int, cells: int, area: str = parameters.area) -> None:
            told.send(Step(area, notebook, cell, cells))

        failure = _failure(parameters, stage, step)
        told.send(Built(parameters.area, time.monotonic() - started, failure))


def _failure(
    parameters: Parameters, stage: Path, step: Callable[[str, int, int], None]
) -> Failure | None:
    """Build an area; None where it went well."""
    from analysis.batch import notebooks, pipeline  # noqa: PLC0415 - there already when forked
    from analysis.faults import Fault  # noqa: PLC0415

    area = parameters.area
    try:
        pipeline.produce(pipeline.check_area(parameters), stage, step)
    except notebooks.NotebookError as error:
        return Failure(area, error.message, error.exit_code, error.notebook, error.cell)
    except Fault as fault:
        return Failure(area, fault.told(), fault.exit_code)
    except OSError as error:
        return Failure(area, f"the system refused: {error.strerror}: {error.filename}", 1)
    except Exception as error:  # a fault of the program costs its area only
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        return Failure(
            area, f"a fault of the program: {type(error).__name__}: {error} ({where})", 1
        )
    return None
