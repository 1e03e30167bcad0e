"""One lock for all: conda and the .venv resolve to the same versions. All of it offline."""

import re
import tomllib

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

from analysis import project

LOCK = (project.ROOT / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((project.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHON = {"python_version": "3.11", "python_full_version": "3.11.7"}


def locked() -> dict[str, str]:
    """The versions that the lock gives on Python 3.11, by canonical name."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ; ([^\\\n]+?))? \\$", LOCK, flags=re.M)
    return {
        canonicalize_name(name): version
        for name, version, marker in pins
        if not marker or Marker(marker).evaluate(PYTHON)
    }


def wanted() -> list[Requirement]:
    groups = PYPROJECT["project"]["optional-dependencies"].values()
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
    assert versions == {"python": "3.11.*", "pip": "None"}
    allowed = Requirement(f"python{PYPROJECT['project']['requires-python']}").specifier
    fits = {
        version: allowed.contains(version) for version in ("3.10.9", "3.11.0", "3.11.13", "3.12.0")
    }
    assert fits == {"3.10.9": False, "3.11.0": True, "3.11.13": True, "3.12.0": False}


def test_the_lock_holds_a_version_of_each_dependency_that_is_allowed():
    versions = locked()
    for requirement in wanted():
        version = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} has {version}"


def test_the_card_is_served_by_the_lock():
    ordered = {"jupyterlab", "pandas", "statsmodels", "seaborn", "papermill", "nbconvert", "pytest"}
    assert ordered <= set(locked())


def test_every_locked_version_is_hashed():
    blocks = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.M)[1:]
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_records_no_address():
    assert not re.search(r"https?://|file:|--index-url|--find-links", LOCK)
    assert not (project.ROOT / "uv.lock").exists()


def test_what_is_installed_is_what_is_locked():
    from importlib.metadata import version  # noqa: PLC0415

    for requirement in wanted():
        name = canonicalize_name(requirement.name)
        assert version(name) == locked()[name]
