"""A batch: what has to be built is built, put in place as it is finished, and put on record."""

import os
import signal
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Protocol

from analysis import project
from analysis.batch import ownership, planning, publish, record
from analysis.batch.planning import Planned
from analysis.batch.record import Failure
from analysis.batch.workers import Built, Step
from analysis.data.problems import Problem
from analysis.faults import Exit, Fault, NotOursError, refusal
from analysis.kernels import forking
from analysis.project import Output
from analysis.study import revision
from analysis.study.parameters import Parameters


class StoppedError(KeyboardInterrupt):
    """The batch was stopped by the signal `number`; `summary` holds what was done by then."""

    def __init__(self, number: int, summary: "Summary") -> None:
        """Keep the signal, and the exit code that shells expect of what it ended."""
        super().__init__()
        self.number, self.summary = signal.Signals(number), summary
        self.exit_code = _STOPPED[self.number]


_STOPPED = {
    signal.SIGHUP: Exit.HUNG_UP,
    signal.SIGINT: Exit.INTERRUPTED,
    signal.SIGTERM: Exit.TERMINATED,
}


@dataclass
class Summary:
    """How a batch ended: seconds by area that was built, unchanged areas, failures, seconds."""

    built: dict[str, float] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    seconds: float = 0.0


class Watch(Protocol):
    """What follows a batch while it runs."""

    def planned(self, plan: Sequence[Planned]) -> None:
        """Hear what has to be built and why."""

    def passed_over(self, problems: Sequence[Problem]) -> None:
        """Hear what lies where manifests do, and is none."""

    def step(self, step: Step) -> None:
        """Hear how far an area is."""

    def built(self, area: str, seconds: float) -> None:
        """Hear that an area is in place."""

    def failed(self, failure: Failure) -> None:
        """Hear that an area could not be built."""


class Builder(Protocol):
    """How areas are built: here, or elsewhere; see `workers.build`."""

    def __call__(
        self, due: Sequence[Parameters], revision: Mapping[str, str], stage: Path
    ) -> Iterator[Step | Built]:
        """Build each area in `stage`/AREA; report how far they are and how they ended."""


def build(
    wanted: Sequence[Parameters], output: Output, builder: Builder, watch: Watch, *, force: bool
) -> Summary:
    """Build the areas whose reports are not up to date; the others are left alone.

    Raises BadDataError where the raw files or areas.toml are not in order, before anything is
    written. The failure of one area is in the summary and stops no other. On SIGHUP, SIGINT and SIGTERM
    what is finished stays, all is put on record, and StoppedError is raised.
    """
    started = time.monotonic()
    with publish.locked(output), forking.scratch():
        ownership.require_site(output)
        plan = planning.plan(wanted, output, force=force)
        due = [planned.parameters for planned in plan if planned.reasons]
        if due:
            forking.warm_up(due[0].options)
            forking.require_warm()
            forking.call(_check)
        summary = Summary(unchanged=[each.parameters.area for each in plan if not each.reasons])
        watch.planned(plan)
        watch.passed_over(record.foreign(output))
        try:
            with _stoppable(summary):
                _build(due, output, builder, watch, summary)
        except StoppedError as stopped:
            _count_the_rest_as_failed(due, stopped)
            raise
        finally:
            summary.seconds = time.monotonic() - started
            if not due or summary.built or summary.failed:
                record.update(output, {each.area for each in wanted}, summary.failed)
    return summary


def _check() -> None:
    from analysis.batch import pipeline  # noqa: PLC0415 - seconds, for nothing where nothing is due

    pipeline.check_shared()


def _build(
    due: Sequence[Parameters], output: Output, builder: Builder, watch: Watch, summary: Summary
) -> None:
    due = _replaceable(due, output, watch, summary)
    if not due:
        return
    stated = revision.asked().variables()
    with publish.staging(output) as stage, closing(builder(due, stated, stage)) as events:  # type: ignore[type-var]
        for each in events:
            if isinstance(each, Step):
                watch.step(each)
                continue
            failure = _put_in_place(each, Output.at(stage / each.area), output)
            if failure is None:
                summary.built[each.area] = each.seconds
                watch.built(each.area, each.seconds)
            else:
                summary.failed.append(failure)
                watch.failed(failure)


def _replaceable(
    due: Sequence[Parameters], output: Output, watch: Watch, summary: Summary
) -> list[Parameters]:
    """Return the areas that can be put in place; the others have failed before they are built."""
    left = []
    for each in due:
        try:
            ownership.require_folders(output, each.area)
        except NotOursError as fault:
            failure = Failure(each.area, fault.in_full(), fault.exit_code)
            summary.failed.append(failure)
            watch.failed(failure)
        else:
            left.append(each)
    return left


def _put_in_place(built: Built, staged: Output, output: Output) -> Failure | None:
    """Put a finished area in place, or keep the notebook that failed."""
    failure = built.failure
    try:
        if failure is None:
            record.publish(staged, output, built.area)
        elif failure.notebook is not None:
            kept = record.keep(staged, output, built.area, failure.notebook)
            return replace(failure, kept=project.shown(kept)) if kept else failure
    except Fault as fault:
        return failure or Failure(built.area, fault.in_full(), fault.exit_code)
    except OSError as error:
        return failure or Failure(built.area, f"the system refused: {refusal(error)}", Exit.REFUSED)
    return failure


def _count_the_rest_as_failed(due: Sequence[Parameters], stopped: StoppedError) -> None:
    """Count the areas that a stopped run did not come to as failures."""
    summary = stopped.summary
    done = {*summary.built, *(failure.area for failure in summary.failed)}
    message = f"not built: the run was stopped by {stopped.number.name}"
    summary.failed += [
        Failure(each.area, message, stopped.exit_code) for each in due if each.area not in done
    ]


@contextmanager
def _stoppable(summary: Summary) -> Iterator[None]:
    """Turn the first of the signals into a StoppedError; later ones do not disturb the tidying."""
    # Who started the command with `nohup` wants it to go on.
    heard = [each for each in _STOPPED if each != signal.SIGHUP or not _ignored(each)]

    def stop(number: int, frame: FrameType | None) -> None:
        for each in heard:
            signal.signal(each, signal.SIG_IGN)
        if number == signal.SIGHUP:
            _leave_the_terminal()
        raise StoppedError(number, summary)

    before = {number: signal.signal(number, stop) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignored(number: int) -> bool:
    return signal.getsignal(number) == signal.SIG_IGN


def _leave_the_terminal() -> None:
    """Write to a terminal no more: it is gone, and each word to it would be an error."""
    with Path(os.devnull).open("wb") as nowhere:
        for stream in (1, 2):
            # A terminal that is gone no longer says that it is one.
            if stat.S_ISCHR(os.fstat(stream).st_mode):
                os.dup2(nowhere.fileno(), stream)
