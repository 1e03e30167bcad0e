"""What a batch says while it runs and when it ends: bars on a terminal, lines elsewhere, or JSON."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from analysis import project
from analysis.batch.many import Summary, Watch
from analysis.batch.planning import Planned
from analysis.batch.record import Failure
from analysis.batch.workers import Step
from analysis.data.problems import Problem
from analysis.project import Output

_SLOWEST = 3
_REASONS = 3  # listed for an area; the rest are only counted


class Quiet:
    """Reports failures alone."""

    def __init__(self, out: Console, err: Console, output: Output, *, explain: bool) -> None:
        """Take where to write, where pages are put, and whether to say why areas are built."""
        self.out, self.err, self.output, self.explain = out, err, output, explain
        self.due = self.done = 0

    def planned(self, plan: Sequence[Planned]) -> None:
        """Say why each area is built or is not, where that was asked for."""
        self.due = sum(bool(each.reasons) for each in plan)
        if self.explain:
            for each in plan:
                self.out.print(Text(f"{each.parameters.area}: {_why(each)}"))

    def passed_over(self, problems: Sequence[Problem]) -> None:
        """Name each."""
        for problem in problems:
            self.err.print(Text(f"passed over: {problem}"))

    def step(self, step: Step) -> None:
        """Say nothing."""

    def built(self, area: str, seconds: float) -> None:
        """Count the area."""
        self.done += 1

    def failed(self, failure: Failure) -> None:
        """Say what failed, where, and where to look."""
        self.done += 1
        self.err.print(Text(str(failure)))

    def ended(self, summary: Summary) -> None:
        """Say nothing: what failed has been shown."""


class Lines(Quiet):
    """Reports each area that is finished in a line of its own, and sums up."""

    def built(self, area: str, seconds: float) -> None:
        """Say which page is in place."""
        super().built(area, seconds)
        page = project.shown(self.output.reports / area / "index.html")
        self.out.print(Text(f"{area}: {page} ({self.done} of {self.due}, {seconds:.1f} s)"))

    def ended(self, summary: Summary) -> None:
        """Sum up."""
        for line in _summed_up(summary):
            self.out.print(Text(line))
        for line in _failures(summary):
            self.err.print(Text(line))


class Bars(Lines):
    """Shows a bar for the batch and a line for each area that is being built, with its seconds."""

    def __init__(self, out: Console, err: Console, output: Output, *, explain: bool) -> None:
        """Lay out the bars."""
        super().__init__(out, err, output, explain=explain)
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            console=err,
        )
        self._whole = self.bars.add_task("All areas", unit="areas", visible=False)
        self._tasks: dict[str, TaskID] = {}

    def planned(self, plan: Sequence[Planned]) -> None:
        """Show the bar of the whole."""
        super().planned(plan)
        self.bars.update(self._whole, total=self.due, visible=self.due > 0)

    def step(self, step: Step) -> None:
        """Move an area's line on."""
        if step.area not in self._tasks:
            self._tasks[step.area] = self.bars.add_task(step.area, unit="")
        self.bars.update(
            self._tasks[step.area],
            description=f"{step.area}  {step.notebook}",
            completed=step.cell,
            total=step.cells,
            unit="cells",
        )

    def built(self, area: str, seconds: float) -> None:
        """Take away the area's line and move the whole."""
        Quiet.built(self, area, seconds)
        self._finish(area)

    def failed(self, failure: Failure) -> None:
        """Say what failed above the bars."""
        super().failed(failure)
        self._finish(failure.area)

    def _finish(self, area: str) -> None:
        if area in self._tasks:
            self.bars.remove_task(self._tasks.pop(area))
        self.bars.update(self._whole, completed=self.done)


class Json(Quiet):
    """Reports everything in lines of JSON on standard output, for other programs."""

    def _say(self, event: str, **values: object) -> None:
        # In ASCII, which every output can write.
        self.out.print(Text(json.dumps({"event": event} | values)))

    def planned(self, plan: Sequence[Planned]) -> None:
        """Say of each area whether it is built, and why."""
        for each in plan:
            self._say("planned", area=each.parameters.area, reasons=list(each.reasons))

    def step(self, step: Step) -> None:
        """Say how far an area is."""
        self._say("step", **asdict(step))

    def built(self, area: str, seconds: float) -> None:
        """Say that an area is in place."""
        page = project.shown(self.output.reports / area / "index.html")
        self._say("built", area=area, seconds=round(seconds, 3), page=page)

    def failed(self, failure: Failure) -> None:
        """Say that an area was not built."""
        self._say("failed", **asdict(failure))

    def ended(self, summary: Summary) -> None:
        """Sum up."""
        self._say(
            "ended",
            built=list(summary.built),
            unchanged=summary.unchanged,
            failed=[failure.area for failure in summary.failed],
            seconds=round(summary.seconds, 3),
        )


@contextmanager
def watching(watch: Quiet) -> Iterator[Watch]:
    """Show what there is to be shown as long as the batch runs."""
    if isinstance(watch, Bars):
        with watch.bars:
            yield watch
    else:
        yield watch


def _why(planned: Planned) -> str:
    if not planned.reasons:
        return "up to date"
    listed = "; ".join(planned.reasons[:_REASONS])
    more = len(planned.reasons) - _REASONS
    return f"{listed}; and {more} more" if more > 0 else listed


def _summed_up(summary: Summary) -> Iterator[str]:
    parts = [
        f"{len(summary.built)} built",
        f"{len(summary.unchanged)} unchanged",
        f"{len(summary.failed)} failed",
    ]
    yield f"{_areas(_count(summary))}: {', '.join(parts)}, in {summary.seconds:.1f} s"
    if len(summary.built) > 1:
        slowest = sorted(summary.built.items(), key=lambda each: -each[1])[:_SLOWEST]
        yield "slowest: " + ", ".join(f"{area} {seconds:.1f} s" for area, seconds in slowest)


def _failures(summary: Summary) -> Iterator[str]:
    if summary.failed:
        names = ", ".join(failure.area for failure in summary.failed)
        yield f"{len(summary.failed)} of {_areas(_count(summary))} failed: {names}"
        yield from (f"  {failure}" for failure in summary.failed)


def _count(summary: Summary) -> int:
    return len(summary.built) + len(summary.unchanged) + len(summary.failed)


def _areas(count: int) -> str:
    return "1 area" if count == 1 else f"{count} areas"
