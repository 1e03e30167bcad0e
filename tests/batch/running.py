"""Batches as processes: started, watched in the middle, and what they leave."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from analysis.study import manifest
from waiting import PATIENCE, is_alive

MARK = "ANALYSIS_TEST_RUN"


class Project:
    """A checkout, and a folder that its batches write to."""

    def __init__(self, root: Path, out: Path) -> None:
        self.root, self.out, self.mark = root, out, uuid4().hex
        self.reports = out / "reports"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "analysis", "batch", *arguments, "--out", str(self.out)]

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": str(self.root / "src"),
            "COLUMNS": "200",
            MARK: self.mark,
        }

    def batch(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A batch in a session of its own, killed at the end if it has not ended."""
        process = subprocess.Popen(
            self.command(*arguments, "--json"),
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def left(self) -> list[int]:
        """The processes that this project's batches have started and that are still there."""
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._is_own(entry)]

    def _is_own(self, entry: Path) -> bool:
        try:
            return is_alive(entry.name) and self.mark.encode() in (entry / "environ").read_bytes()
        except OSError:
            return False

    def record(self) -> dict:
        return json.loads((self.reports / manifest.FILE).read_text(encoding="utf-8"))

    def front_page(self) -> str:
        return (self.reports / "index.html").read_text(encoding="utf-8")


def events(process: subprocess.Popen[str]) -> Iterator[dict]:
    assert process.stdout is not None
    return map(json.loads, process.stdout)


def steps(process: subprocess.Popen[str]) -> Iterator[dict]:
    return (event for event in events(process) if event["event"] == "step")


def assert_whole(reports: Path, areas: Sequence[str]) -> None:
    """Every file of the reports is the one that its manifest names."""
    for area in areas:
        recorded = manifest.read(reports / area)
        assert manifest.outputs(reports / area) == recorded.outputs
