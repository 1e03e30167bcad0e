"""Building many areas on the workers of a Dask scheduler, which need no disk in common.

A worker builds an area as this machine would, in a process forked from a warm parent of its own, and
sends the files back; the one who asked puts them in place. Each worker has a checkout of its own:
before anything runs, and again before each area, it is held against the one of the one who asked.
"""

import logging
import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

from distributed import Client, Future, get_worker

from analysis.batch.building import Built, Step, Worker
from analysis.batch.record import Failure
from analysis.faults import Fault, UsageFault
from analysis.kernels import forking
from analysis.study import inputs, manifest
from analysis.study.parameters import Parameters

_CONNECT_SECONDS = 10
_SHOWN = 5


class NoSchedulerError(Fault):
    """There is no scheduler at the address, or it has no worker."""

    exit_code = 1


class MismatchError(UsageFault):
    """A worker whose code, inputs or packages are not those of the one who asks."""


@dataclass(frozen=True)
class Parcel:
    """What a worker sends back: how the building ended, and the files by path, if any."""

    built: Built
    files: Mapping[str, bytes]


def build(
    runs: Sequence[Parameters], revision: Mapping[str, str], stage: Path, *, address: str
) -> Iterator[Step | Built]:
    """Build areas on the workers of the scheduler at `address`; otherwise as `local.build`.

    An area whose worker is lost is built by another. Raises NoSchedulerError, and MismatchError
    naming each worker that is not the same as this checkout, before anything is run.
    """
    # What concerns the areas is told by the futures; the rest would be tracebacks between the lines.
    logging.disable(logging.CRITICAL)
    try:
        with closing(_connected(address)) as client:
            yield from _built(client, runs, revision, stage)
    finally:
        logging.disable(logging.NOTSET)


def _built(
    client: Client, runs: Sequence[Parameters], revision: Mapping[str, str], stage: Path
) -> Iterator[Step | Built]:
    wanted = {run.area: _credentials(run) for run in runs}
    _require_same(client, runs[0], wanted[runs[0].area])
    # The scheduler may have other batches at work, of the same areas too.
    batch = f"analysis-{uuid4().hex}"
    told: SimpleQueue[Step | Future] = SimpleQueue()
    client.subscribe_topic(batch, lambda event: told.put(Step(*event[1])))
    futures = {}
    for run in runs:
        future = client.submit(
            _build,
            run,
            dict(revision),
            wanted[run.area],
            batch,
            key=f"{run.area}-{batch}",
            pure=False,
        )
        future.add_done_callback(told.put)
        futures[future.key] = run.area
    left = len(runs)
    while left:
        each = told.get()
        if isinstance(each, Step):
            yield each
            continue
        left -= 1
        yield _received(each, futures[each.key], stage)


def _connected(address: str) -> Client:
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise NoSchedulerError(f"No Dask scheduler answers at {address}: {error}") from None
    if not client.scheduler_info()["workers"]:
        client.close()
        raise NoSchedulerError(f"The Dask scheduler at {address} has no worker.")
    return client


def _credentials(run: Parameters) -> dict[str, str]:
    """Give what has to be the same on a worker: every input of the area, and every package."""
    packages = {f"package {name}": version for name, version in manifest.packages().items()}
    return inputs.load().of(run.area, run.cohort) | packages


def _require_same(client: Client, run: Parameters, wanted: Mapping[str, str]) -> None:
    found = client.run(_differences, run, wanted, on_error="return")
    problems = [
        f"{worker}: {_told(differences)}" for worker, differences in found.items() if differences
    ]
    if problems:
        raise MismatchError(
            "Workers that are not the same as this checkout; nothing was run:"
            + "".join(f"\n  {problem}" for problem in problems)
        )


def _told(differences: Sequence[str] | BaseException) -> str:
    if isinstance(differences, BaseException):
        return f"cannot run this version of the project: {differences}"
    more = len(differences) - _SHOWN
    return "; ".join(differences[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _differences(run: Parameters, wanted: Mapping[str, str]) -> list[str]:
    """Compare this worker with the one who asks."""
    return manifest.compared(wanted, _credentials(run), "that of the one who asks")


def _build(
    run: Parameters, revision: Mapping[str, str], wanted: Mapping[str, str], topic: str
) -> Parcel:
    """Build an area on a worker and give its files; those who hear `topic` are told how far it is."""
    if differences := _differences(run, wanted):
        message = f"the worker is not the same as the one who asks: {_told(differences)}"
        return Parcel(Built(run.area, 0, Failure(run.area, message, MismatchError.exit_code)), {})
    # Dask's nanny keeps workers from starting processes, for fear that they outlive them; these end
    # with the process that asked for them.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    forking.warm_up(run.options)
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch) / run.area
        worker = Worker(revision)
        try:
            worker.build(run, stage)
            while isinstance(told := worker.receive(), Step):
                get_worker().log_event(topic, (told.area, told.notebook, told.cell, told.cells))
        finally:
            worker.stop()
        return Parcel(told, _files(stage))


def _files(stage: Path) -> dict[str, bytes]:
    return {
        path.relative_to(stage).as_posix(): path.read_bytes()
        for path in stage.rglob("*")
        if path.is_file()
    }


def _received(future: Future, area: str, stage: Path) -> Built:
    """Lay the files of a finished area in the private folder."""
    if future.cancelled():
        return Built(area, 0, Failure(area, "the cluster was lost before it was built", 1))
    if future.status != "finished":
        error: Any = future.exception()
        message = f"the cluster could not build it: {type(error).__name__}: {error}"
        return Built(area, 0, Failure(area, message, 1))
    parcel = future.result()
    future.release()
    try:
        for name, content in parcel.files.items():
            path = stage / area / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        shutil.rmtree(stage / area, ignore_errors=True)
        return Built(area, parcel.built.seconds, Failure(area, f"the system refused: {error}", 1))
    return parcel.built
