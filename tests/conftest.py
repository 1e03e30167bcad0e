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
    """A clone of the project, with what is not committed yet."""
    target = tmp_path / "project"
    subprocess.run(["git", "clone", "--quiet", project.ROOT, target], check=True)
    for option in ("--cached", "--others"):
        listing = subprocess.run(
            ["git", "ls-files", option, "--exclude-standard"],
            cwd=project.ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for name in listing.splitlines():
            if (project.ROOT / name).exists():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(project.ROOT / name, target / name)
            else:
                (target / name).unlink(missing_ok=True)
    return target
