"""Building one area in a process of its own, forked from the warm parent."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from analysis.batch import forking
from analysis.batch.parameters import Parameters
from analysis.batch.record import Failure


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


class Building:
    """An area that is being built; `connection` gives Steps and at last a Built."""

    def __init__(self, parameters: Parameters, revision: Mapping[str, str], stage: Path) -> None:
        """Start the process; `stage` is a private folder, which it fills as `pipeline.produce`."""
        self.area = parameters.area
        self._started = time.monotonic()
        self.connection, told = forking.context().Pipe(duplex=False)
        # Started in the folder of the project: the user's own may be gone or full of modules.
        self._process: BaseProcess = forking.context().Process(
            target=_build, args=(told, parameters, revision, stage), name=f"building {self.area}"
        )
        self._process.start()
        told.close()

    def receive(self) -> Step | Built:
        """Give what the process has to tell; where it ended without a word, a Built that says so."""
        try:
            told = self.connection.recv()
        except EOFError:
            self._process.join()
            code = self._process.exitcode or 0
            how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            message = f"the process that built it was lost: it ended {how}"
            told = Built(self.area, self.seconds, Failure(self.area, message, 1))
        if isinstance(told, Built):
            self._process.join()
            self.connection.close()
        return told

    @property
    def seconds(self) -> float:
        """The time since it was started."""
        return time.monotonic() - self._started

    def stop(self) -> None:
        """End the process, and with it its kernel, at once."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _build(
    told: Connection, parameters: Parameters, revision: Mapping[str, str], stage: Path
) -> None:
    os.setsid()
    if forking.FORKING:
        forking.end_with_parent()
    started = time.monotonic()
    os.environ.update(revision)

    def step(notebook: str, cell: int, cells: int) -> None:
        told.send(Step(parameters.area, notebook, cell, cells))

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
    return None
