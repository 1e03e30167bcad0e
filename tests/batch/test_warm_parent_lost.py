"""The warm parent is killed in the middle of a batch, once and again."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from running import Project, assert_whole, steps

from analysis import project
from waiting import PATIENCE, wait_until

AREAS = ("barnet", "brent")


@pytest.fixture
def here(tmp_path) -> Project:
    return Project(project.ROOT, tmp_path / "out")


def warm_parents(process: subprocess.Popen[str]) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [
        int(child)
        for child in children
        if b"multiprocessing.forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def kill_the_warm_parent(process: subprocess.Popen[str], notebook: str) -> None:
    """Kill it as soon as an area is in a notebook."""
    next(step for step in steps(process) if step["notebook"] == notebook)
    (pid,) = warm_parents(process)
    os.kill(pid, signal.SIGKILL)


def test_areas_whose_warm_parent_is_killed_are_built_by_another(here):
    with here.running(*AREAS, "--workers", "1") as process:
        kill_the_warm_parent(process, "2_proportions")
        _, problems = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, problems
    assert "Traceback" not in problems
    assert_whole(here.reports, AREAS)
    assert here.record()["failures"] == []
    wait_until(lambda: not here.left(), "a process is left")


def test_an_area_that_loses_two_warm_parents_fails_in_words(here):
    with here.running("barnet", "--workers", "1") as process:
        kill_the_warm_parent(process, "2_proportions")
        kill_the_warm_parent(process, "1_clean")  # to which only an area begun again comes back
        _, problems = process.communicate(timeout=PATIENCE)
    assert process.returncode == 5
    assert "Traceback" not in problems
    (failure,) = here.record()["failures"]
    assert failure["message"] == (
        "the process that its kernels are forked from was lost, and so was the next"
    )
    wait_until(lambda: not here.left(), "a process is left")
