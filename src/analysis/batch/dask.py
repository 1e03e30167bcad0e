"""Building many areas on the workers of a Dask scheduler, which need no disk in common.

A worker builds an area as this machine would, in a process forked from a warm parent of its own, and
sends the files back; the one who asked puts them in place. Each worker has a checkout of its own:
before anything runs, and again before each area, it is held against the one of the one who asked.
"""

import logging
import multiprocessing
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

from distributed import Client, Future, get_worker

from analysis.batch import workers
from analysis.batch.many import Builder
from analysis.batch.record import Failure
from analysis.batch.workers import Built, Step
from analysis.faults import Exit, Fault, UsageFault, refusal
from analysis.kernels import forking
from analysis.study import inputs, manifest
from analysis.study.parameters import Parameters

_CONNECT_SECONDS = 10
_SHOWN = 5
# A host by name or number, in brackets where its number has colons.
_ADDRESS = re.compile(r"((tcp|tls|wss?)://)?([\w.-]+|\[[0-9a-fA-F:.]+\]):(?P<port>[0-9]{1,5})")


class NoSchedulerError(Fault):
    """There is no scheduler at the address, or it has no worker."""

    exit_code = Exit.REFUSED


class MismatchError(UsageFault):
    """A worker whose code, inputs or packages are not those of the one who asks."""


@dataclass(frozen=True)
class Parcel:
    """What a worker sends back: how the building ended, and the files by path, if any."""

    built: Built
    files: Mapping[str, bytes]


def builder(address: str) -> Builder:
    """Return what builds areas on the workers of a scheduler; UsageFault where that is no address."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found["port"]) < 2**16:
        raise UsageFault(
            f"--scheduler {address!r} is not the address of a Dask scheduler: give tcp://HOST:PORT"
        )
    return partial(build, address=address)


def build(
    due: Sequence[Parameters], revision: Mapping[str, str], stage: Path, *, address: str
) -> Iterator[Step | Built]:
    """Build areas on the workers of the scheduler at `address`; otherwise as `workers.build`.

    An area whose worker is lost is built by another. Raises NoSchedulerError, and MismatchError
    naming each worker that is not the same as this checkout, before anything is run.
    """
    # The futures report what concerns the areas; the rest would be tracebacks between the lines.
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with closing(_connected(address)) as client:
            yield from _built(client, due, revision, stage)
    finally:
        logging.disable(before)


def _built(
    client: Client, due: Sequence[Parameters], revision: Mapping[str, str], stage: Path
) -> Iterator[Step | Built]:
    own = _checkout()
    _require_same(client, own)
    # The scheduler may have other batches at work, of the same areas too.
    batch = f"analysis-{uuid4().hex}"
    events: SimpleQueue[Step | Future] = SimpleQueue()
    client.subscribe_topic(batch, lambda event: events.put(Step(*event[1])))
    futures = {}
    for each in due:
        key = f"{each.area}-{batch}"
        future = client.submit(_build, each, dict(revision), own, batch, key=key, pure=False)
        future.add_done_callback(events.put)
        futures[future.key] = each.area
    left = len(due)
    while left:
        event = events.get()
        if isinstance(event, Step):
            yield event
            continue
        left -= 1
        yield _received(event, futures[event.key], stage)


def _connected(address: str) -> Client:
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise NoSchedulerError(f"No Dask scheduler answers at {address}: {error}") from None
    if not client.scheduler_info()["workers"]:
        client.close()
        raise NoSchedulerError(f"The Dask scheduler at {address} has no worker.")
    return client


def _checkout() -> dict[str, str]:
    """Return what has to be the same on a worker: every input of any area, and every package."""
    packages = {f"package {name}": version for name, version in manifest.packages().items()}
    return inputs.load().every() | packages


def _require_same(client: Client, wanted: Mapping[str, str]) -> None:
    found = client.run(_differences, wanted, on_error="return")
    problems = [
        f"{worker}: {_in_words(differences)}"
        for worker, differences in found.items()
        if differences
    ]
    if problems:
        raise MismatchError(
            "Workers that are not the same as this checkout; nothing was run:"
            + "".join(f"\n  {problem}" for problem in problems)
        )


def _in_words(differences: Sequence[str] | BaseException) -> str:
    if isinstance(differences, BaseException):
        return f"cannot run this version of the project: {differences}"
    more = len(differences) - _SHOWN
    return "; ".join(differences[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _differences(wanted: Mapping[str, str]) -> list[str]:
    """Compare this worker with the one who asks."""
    return manifest.compared(wanted, _checkout(), "that of the one who asks")


def _build(
    parameters: Parameters, revision: Mapping[str, str], wanted: Mapping[str, str], topic: str
) -> Parcel:
    """Build an area on a worker and return its files; those who follow `topic` see how far it is."""
    area = parameters.area
    if differences := _differences(wanted):
        message = f"the worker is not the same as the one who asks: {_in_words(differences)}"
        return Parcel(Built(area, 0, Failure(area, message, MismatchError.exit_code)), {})
    # Dask's nanny keeps workers from starting processes, for fear that they outlive them; these end
    # with the process that asked for them.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    forking.warm_up(parameters.options)
    forking.require_warm()
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch)
        with closing(workers.build([parameters], revision, stage, workers=1)) as events:  # type: ignore[type-var]
            while isinstance(event := next(events), Step):
                get_worker().log_event(topic, (event.area, event.notebook, event.cell, event.cells))
        return Parcel(event, _files(stage / area))


def _files(stage: Path) -> dict[str, bytes]:
    return {
        path.relative_to(stage).as_posix(): path.read_bytes()
        for path in stage.rglob("*")
        if path.is_file()
    }


def _received(future: Future, area: str, stage: Path) -> Built:
    """Lay the files of a finished area in the private folder."""
    if future.cancelled():
        return Built(
            area, 0, Failure(area, "the cluster was lost before it was built", Exit.REFUSED)
        )
    if future.status != "finished":
        error: Any = future.exception()
        message = f"the cluster could not build it: {type(error).__name__}: {error}"
        return Built(area, 0, Failure(area, message, Exit.REFUSED))
    parcel = future.result()
    future.release()
    try:
        for name, content in parcel.files.items():
            path = stage / area / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        shutil.rmtree(stage / area, ignore_errors=True)
        failure = Failure(area, f"the system refused: {refusal(error)}", Exit.REFUSED)
        return Built(area, parcel.built.seconds, failure)
    return parcel.built
