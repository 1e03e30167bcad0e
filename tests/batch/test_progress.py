"""What a batch says: on a terminal, elsewhere, quietly, and in JSON."""

import io
import json

import pytest
from rich.console import Console

from analysis.batch import progress
from analysis.batch.many import Summary
from analysis.batch.planning import Planned
from analysis.batch.record import Failure
from analysis.batch.workers import Step
from analysis.faults import Exit
from analysis.project import Output
from analysis.study.parameters import Parameters

FAILURE = Failure(
    "brent",
    "ZeroDivisionError: division by zero",
    Exit.NOTEBOOK_FAILED,
    "3_reoffending",
    9,
    "kept.ipynb",
)
TOLD = "brent: 3_reoffending, code cell 9: ZeroDivisionError: division by zero (kept: kept.ipynb)"


def planned(area: str, *reasons: str) -> Planned:
    return Planned(Parameters(area=area), reasons)


PLAN = [
    planned("barnet", "input data/raw/reoffending.csv changed"),
    planned("brent", *(f"input {number} changed" for number in range(1, 6))),
    planned("camden"),
]


def said(kind: type[progress.Quiet], *, explain: bool = False, terminal: bool = False):
    """What is said of a batch of three: one built, one failed, one unchanged."""
    out, err = (
        Console(file=io.StringIO(), width=200, force_terminal=terminal, soft_wrap=True)
        for _ in range(2)
    )
    watch = kind(out, err, Output.at("/out"), explain=explain)
    with progress.watching(watch) as told:
        told.planned(PLAN)
        told.step(Step("barnet", "2_proportions", 3, 8))
        told.built("barnet", 1.26)
        told.failed(FAILURE)
    watch.ended(Summary({"barnet": 1.26}, ["camden"], [FAILURE], 4.0))
    return written(out).splitlines(), written(err)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_elsewhere_each_area_has_a_line_and_the_end_sums_up():
    out, err = said(progress.Lines)
    assert out == [
        "barnet: /out/reports/barnet/index.html (1 of 2, 1.3 s)",
        "3 areas: 1 built, 1 unchanged, 1 failed, in 4.0 s",
    ]
    assert err.splitlines() == [TOLD, "1 of 3 areas failed: brent", f"  {TOLD}"]


def test_quietly_only_failures_are_told():
    assert said(progress.Quiet) == ([], f"{TOLD}\n")


def test_why_areas_are_built_is_told_for_each_with_the_first_reasons():
    out, _ = said(progress.Quiet, explain=True)
    assert out == [
        "barnet: input data/raw/reoffending.csv changed",
        "brent: input 1 changed; input 2 changed; input 3 changed; and 2 more",
        "camden: up to date",
    ]


def test_json_has_an_event_in_each_line():
    out, err = said(progress.Json)
    events = list(map(json.loads, out))
    assert err == ""
    assert [event["event"] for event in events] == [
        *("planned", "planned", "planned", "step", "built", "failed", "ended")
    ]
    assert events[2] == {"event": "planned", "area": "camden", "reasons": []}
    assert events[3] == {
        **{"event": "step", "area": "barnet", "notebook": "2_proportions"},
        **{"cell": 3, "cells": 8},
    }
    assert events[4]["page"] == "/out/reports/barnet/index.html"
    assert (events[5]["notebook"], events[5]["cell"]) == ("3_reoffending", 9)
    assert events[6] == {
        **{"event": "ended", "built": ["barnet"], "unchanged": ["camden"], "failed": ["brent"]},
        **{"seconds": 4.0},
    }


def test_on_a_terminal_there_is_a_bar_for_the_batch_and_a_line_for_a_running_area():
    out = Console(file=io.StringIO(), width=120, force_terminal=True)
    watch = progress.Bars(out, out, Output.at("/out"), explain=False)
    watch.planned(PLAN)
    watch.step(Step("barnet", "2_proportions", 3, 8))
    shown = rendered(watch)
    assert "All areas" in shown
    assert "0/2" in shown
    assert "barnet  2_proportions" in shown
    assert "3/8" in shown
    assert "0:00:00" in shown
    watch.built("barnet", 1.26)
    shown = rendered(watch)
    assert "1/2" in shown
    assert "barnet" not in shown
    assert said(progress.Bars, terminal=True)[0][-1].startswith("3 areas: 1 built")


def rendered(watch: progress.Bars) -> str:
    page = Console(file=io.StringIO(), width=120)
    page.print(watch.bars.get_renderable())
    return written(page)


@pytest.mark.parametrize(
    ("built", "told"),
    [
        ({"barnet": 1.0}, ["1 area: 1 built, 0 unchanged, 0 failed, in 9.0 s"]),
        (
            {"a": 1.0, "b": 4.0, "c": 3.0, "d": 2.0},
            [
                "4 areas: 4 built, 0 unchanged, 0 failed, in 9.0 s",
                "slowest: b 4.0 s, c 3.0 s, d 2.0 s",
            ],
        ),
    ],
)
def test_the_slowest_are_named_where_there_are_several(built, told):
    out = Console(file=io.StringIO(), width=200)
    progress.Lines(out, out, Output.at("/out"), explain=False).ended(Summary(built, seconds=9.0))
    assert written(out).splitlines() == told
