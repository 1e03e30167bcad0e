"""One lock for all: conda and the .venv resolve to the same versions. All of it offline."""

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

from analysis import project

LOCK = (project.ROOT / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((project.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize("python", ["3.11.7", "3.12.1", "3.13.0", "3.14.0"])


def locked(python: str | None = None) -> dict[str, str]:
    """The versions that the lock gives on a Python, else on this one, by canonical name."""
    here = {name: str(value) for name, value in default_environment().items()}
    if python is not None:
        here |= {"python_version": python.rpartition(".")[0], "python_full_version": python}
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ; ([^\\\n]+?))? \\$", LOCK, flags=re.M)
    return {
        canonicalize_name(name): version
        for name, version, marker in pins
        if not marker or Marker(marker).evaluate(here)
    }


def wanted() -> list[Requirement]:
    extras = PYPROJECT["project"]["optional-dependencies"]
    groups = [extras[name] for name in ("test", "setup")]  # the others are for those who want them
    return [
        Requirement(text)
        for text in [
            *PYPROJECT["project"]["dependencies"],
            *(text for group in groups for text in group),
        ]
    ]


def environment() -> tuple[list[str], list[str]]:
    """The conda specs and the pip lines of environment.yml, which is plain enough to read so."""
    text = (project.ROOT / "environment.yml").read_text(encoding="utf-8")
    entries = re.findall(r"^( +)- (.+)$", text.partition("dependencies:")[2], flags=re.M)
    shallow = min(len(indent) for indent, _ in entries)
    conda = [spec for indent, spec in entries if len(indent) == shallow and spec != "pip:"]
    pip = [spec for indent, spec in entries if len(indent) > shallow]
    return conda, pip


def test_conda_takes_every_python_package_from_the_lock_and_python_itself_to_match():
    conda, pip = environment()
    assert pip == ["-r requirements.lock"]
    specs = [MatchSpec(spec) for spec in conda]
    versions = {spec.name.normalized: str(spec.version) for spec in specs}
    assert versions == {"python": ">=3.11,<3.15", "pip": "None"}
    assert f"python{PYPROJECT['project']['requires-python']}" in conda


@EACH
def test_the_lock_holds_a_version_of_each_dependency_that_is_allowed(python):
    versions = locked(python)
    for requirement in wanted():
        version = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} has {version}"


@EACH
def test_the_card_is_served_by_the_lock(python):
    ordered = {"jupyterlab", "pandas", "statsmodels", "seaborn", "papermill", "nbconvert", "pytest"}
    assert ordered <= set(locked(python))


def test_the_lock_is_written_for_the_oldest_python_and_all_after_it():
    assert "--universal --python-version 3.11 " in LOCK.partition("==")[0]


def test_every_locked_version_is_hashed():
    blocks = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.M)[1:]
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_records_no_address():
    assert not re.search(r"https?://|file:|--index-url|--find-links", LOCK)
    assert not (project.ROOT / "uv.lock").exists()


def test_what_is_installed_is_what_is_locked():
    for requirement in wanted():
        name = canonicalize_name(requirement.name)
        assert version(name) == locked()[name]
