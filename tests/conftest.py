"""The reports that several tests look at, built once for all of them with real kernels."""

import shutil
import subprocess
from pathlib import Path

import pytest

from analysis import project
from analysis.batch import parameters, pipeline
from analysis.project import Output


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Output:
    """The north of London: an area with a case sample."""
    output = Output.at(tmp_path_factory.mktemp("built"))
    pipeline.build(parameters.parse("north-of-london"), output)
    return output


@pytest.fixture(scope="session")
def built_without_sample(tmp_path_factory) -> Output:
    """Inner London: an area without a case sample."""
    output = Output.at(tmp_path_factory.mktemp("built_without_sample"))
    pipeline.build(parameters.parse("inner-london"), output)
    return output


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the project as a checkout of the working tree would be."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=project.ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in listing.splitlines():
        target = tmp_path / "project" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (project.ROOT / name).exists():
            shutil.copy2(project.ROOT / name, target)
    # With its history, so that a report made from the copy names the same commit.
    shutil.copytree(project.ROOT / ".git", tmp_path / "project" / ".git")
    return tmp_path / "project"
