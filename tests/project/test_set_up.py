"""The set-up takes any supported Python, in any folder, and is made again when it has to be.

All but one of these tests set up with made-up Pythons, which install nothing. Wherever they run there is a
space in the path.
"""

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from analysis import project
from analysis.data import sources

MAKEFILE = (project.ROOT / "Makefile").read_text(encoding="utf-8")
(LISTED,) = re.findall(r"^SUPPORTED := (.*)$", MAKEFILE, flags=re.M)
SUPPORTED = LISTED.split()
NAMES = [*(f"python{version}" for version in SUPPORTED), "python3"]
MAKE = shutil.which("make") or "make"
TOOLS = ("awk", "cat", "grep", "sed", "sh")

# Answers as a Python of a version would, and makes environments whose programs do nothing.
MADE_UP = """
import shutil, sys
from pathlib import Path

version, lacking, name, *arguments = sys.argv[1:]
if "-c" in arguments:
    sys.version_info = tuple(map(int, version.split(".")))
    sys.version = version + " (made up)"
    sys._base_executable = name
    sys.modules.update(dict.fromkeys(lacking.split()))
    exec(arguments[-1])
else:
    assert arguments[:-1] == ["-m", "venv", "--clear"], arguments
    programs = Path(arguments[-1], "bin")
    shutil.rmtree(programs.parent, ignore_errors=True)
    programs.mkdir(parents=True)
    for name in ("python", "uv"):
        (programs / name).write_text("#!/bin/sh\\n[ -t 0 ] || cat >/dev/null\\n")
        (programs / name).chmod(0o755)
"""


class Machine:
    """A folder of programs, none of them Python at first, and a project to set up."""

    def __init__(self, folder: Path) -> None:
        self.programs, self.tools = folder / "my programs", folder / "my tools"
        self.project = folder / "my project"
        for each in (self.programs, self.tools, self.project):
            each.mkdir()
        for name in ("Makefile", "requirements.lock", "pyproject.toml"):
            shutil.copy(project.ROOT / name, self.project)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found is not None
            (self.tools / tool).symlink_to(found)
        (folder / "made_up.py").write_text(MADE_UP, encoding="utf-8")

    def program(self, name: str, *lines: str) -> Path:
        path = self.programs / name
        assert not path.is_symlink(), "what a link leads to is not this test's to write"
        path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def python(self, name: str, version: str, lacking: str = "") -> Path:
        made_up = self.programs.parent / "made_up.py"
        return self.program(
            name, f'exec "{sys.executable}" -I "{made_up}" {version} "{lacking}" "$0" "$@"'
        )

    def stand_in(self, name: str) -> Path:
        """A program of the kind that pyenv puts in the place of Pythons that are not chosen."""
        return self.program(name, f'echo "pyenv: {name}: command not found" >&2', "exit 127")

    def make(self, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MAKE, *arguments],
            cwd=self.project,
            env=environment() | {"PATH": path or f"{self.programs}:{self.tools}"},
            capture_output=True,
            text=True,
            check=False,
        )

    def set_up(self, *arguments: str) -> Path | None:
        """Return the Python with which `make env` set up; None where it had nothing to do."""
        marker = self.project / ".venv" / "marker"
        done = self.make("env", *arguments)
        assert done.returncode == 0, done.stderr
        told = re.fullmatch(r"(?:Setting up \.venv with (.*)\n)?", done.stdout)
        assert told is not None, done.stdout
        # What was there before is gone exactly where it is said to be set up.
        assert marker.exists() == (told[1] is None)
        marker.touch()
        return Path(told[1]) if told[1] else None


def environment() -> dict[str, str]:
    """The environment without what a `make test PYTHON=...` hands on to other makes."""
    handed = {"PYTHON", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL"}
    return {name: value for name, value in os.environ.items() if name not in handed}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_the_makefile_and_the_package_support_the_same_pythons():
    package = tomllib.loads((project.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    allowed = SpecifierSet(package["project"]["requires-python"])
    fitting = [f"3.{minor}" for minor in range(20) if f"3.{minor}.1" in allowed]
    assert SUPPORTED == fitting[::-1] == ["3.14", "3.13", "3.12", "3.11"]


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ({"python3.11": "3.11.4", "python3.13": "3.13.0", "python3": "3.11.4"}, "python3.13"),
        ({"python3.9": "3.9.1", "python3.14": "3.14.2", "python3.12": "3.12.1"}, "python3.14"),
        ({"python3.10": "3.10.1", "python3.15": "3.15.0", "python3": "3.12.8"}, "python3"),
        # What a program is called is not what it is.
        ({"python3.13": "3.9.1", "python3.11": "3.11.4"}, "python3.11"),
    ],
)
def test_the_newest_supported_python_on_the_path_is_taken(machine, there, taken):
    for name, version in there.items():
        machine.python(name, version)
    assert machine.set_up() == machine.programs / taken


def test_a_program_that_is_no_python_or_sets_up_no_environments_is_passed_over(machine):
    machine.stand_in("python3.14")
    machine.python("python3.13", "3.13.1", lacking="ensurepip")
    machine.python("python3.12", "3.12.1", lacking="venv")
    machine.python("python3.11", "3.11.1")
    assert machine.set_up() == machine.programs / "python3.11"


def test_where_there_is_none_it_says_what_it_looked_for_and_how_to_choose(machine):
    machine.stand_in("python3.13")
    machine.python("python3.12", "3.12.1", lacking="ensurepip")
    machine.python("python3", "3.10.2")
    for target in ("report", "test", "env", "test-other"):
        done = machine.make(target)
        assert done.returncode != 0
        assert done.stdout == ""
        told = dict(re.findall(r"^  (\S+): (.*)$", done.stderr, flags=re.M))
        assert list(told) == NAMES
        assert told == {
            "python3.14": "is not there",
            "python3.13": "pyenv: python3.13: command not found",
            "python3.12": "cannot set up environments; on Debian python3-venv is missing",
            "python3.11": "is not there",
            "python3": "is Python 3.10.2",
        }
        assert f"Supported are {LISTED};" in done.stderr
        assert "PYTHON=/path/to/python3.13" in done.stderr
    assert not list(machine.project.glob(".venv*"))


def test_another_python_is_chosen_by_name_or_path_and_stays_until_another_is(machine):
    newest = machine.python("python3.13", "3.13.0")
    older = machine.python("python3.12", "3.12.1")
    elsewhere = machine.python("python3.11", "3.11.4").rename(machine.project / "a python")
    assert machine.set_up("PYTHON=python3.12") == older
    assert machine.set_up("PYTHON=python3.12") is None
    assert machine.set_up() == newest
    assert machine.set_up() is None
    assert machine.set_up(f"PYTHON={elsewhere}") == elsewhere
    machine.python("python3.13", "3.13.1")
    assert machine.set_up() == newest
    machine.python("python3.13", "3.13.2")
    assert machine.set_up() == newest, "the same program is another Python after an upgrade"
    newest.unlink()
    assert machine.set_up() == older


@pytest.mark.parametrize("name", ["python3.9", "nothing-of-the-kind"])
def test_a_chosen_python_that_will_not_do_is_refused_though_there_is_another(machine, name):
    machine.python("python3.13", "3.13.0")
    machine.python("python3.9", "3.9.18")
    done = machine.make("env", f"PYTHON={name}")
    assert done.returncode != 0
    reason = {"python3.9": "is Python 3.9.18"}.get(name, "is not there")
    assert re.findall(r"^  (\S+): (.*)$", done.stderr, flags=re.M) == [(name, reason)]
    assert not (machine.project / ".venv").exists()


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_it_is_set_up_again_after_a_change_of_what_is_installed_but_not_of_dates(machine, name):
    python = machine.python("python3.12", "3.12.1")
    assert machine.set_up() == python
    for year in (1990, 2099):
        seconds = datetime(year, 1, 1, tzinfo=UTC).timestamp()
        for path in (machine.project / name, machine.project / ".venv" / ".ready"):
            os.utime(path, (seconds, seconds))
            assert machine.set_up() is None
    changed = machine.project / name
    before = changed.stat()
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    os.utime(changed, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert machine.set_up() == python
    assert machine.set_up() is None


def test_it_is_set_up_again_where_the_project_was_moved_or_copied(machine):
    python = machine.python("python3.12", "3.12.1")
    assert machine.set_up() == python
    original = machine.project
    machine.project = original.rename(original.with_name("renamed project"))
    assert machine.set_up() == python
    assert machine.set_up() is None
    machine.project = shutil.copytree(machine.project, original)
    assert machine.set_up() == python


def test_after_a_set_up_that_failed_none_counts_as_made(machine):
    python = machine.python("python3.12", "3.12.1")
    assert machine.set_up() == python
    lock = machine.project / "requirements.lock"
    recorded = lock.read_bytes()
    lock.write_bytes(b"")
    made_up = machine.programs.parent / "made_up.py"
    made_up.write_text(MADE_UP.replace("[ -t 0 ] ||", "exit 1;"), encoding="utf-8")
    assert machine.make("env").returncode != 0
    made_up.write_text(MADE_UP, encoding="utf-8")
    lock.write_bytes(recorded)
    assert machine.set_up() == python


def test_a_mirror_that_only_pip_knows_is_one_for_uv_too_unless_uv_has_its_own(machine, monkeypatch):
    settings = machine.programs.parent / "pip.conf"
    settings.write_text(
        "[global]\nindex-url = https://mirror/simple\ntrusted-host = mirror\n"
        "extra-index-url = https://one/simple\n  https://two/simple\n"
        "[install]\nfind-links = /wheels\n"
    )
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))  # the last that pip reads
    monkeypatch.setenv("PIP_INDEX_URL", "https://nearer/simple")
    monkeypatch.setenv("UV_FIND_LINKS", "/own")
    made_up = machine.programs.parent / "made_up.py"
    python = f'case "$1" in -c) exec "{sys.executable}" "$@";; esac\n[ -t 0 ] || cat >/dev/null\n'
    written = MADE_UP.replace(
        "(programs / name).chmod(0o755)",
        "(programs / name).chmod(0o755)\n"
        f"    (programs / 'python').write_text({'#!/bin/sh' + chr(10) + python!r})\n"
        "    (programs / 'uv').write_text('#!/bin/sh\\nset >\"$0.log\"\\n')",
    )
    made_up.write_text(written, encoding="utf-8")
    machine.python("python3.12", "3.12.1")
    machine.set_up()
    log = (machine.project / ".venv" / "bin" / "uv.log").read_text()
    assert dict(re.findall(r"^(UV_(?!SYSTEM)\w+)='(.*)'$", log, flags=re.M)) == {
        "UV_DEFAULT_INDEX": "https://nearer/simple",
        "UV_INDEX": "https://one/simple https://two/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INSECURE_HOST": "mirror",
        "UV_FIND_LINKS": "/own",
    }


def test_the_other_python_has_an_environment_of_its_own_that_git_passes_over(machine):
    machine.python("python3.13", "3.13.0")
    machine.python("python3.12", "3.12.1")
    machine.set_up()
    done = machine.make("--dry-run", "test-other", "PYTHON=python3.12")
    assert done.returncode == 0, done.stderr
    for step in ("analysis report", "analysis verify", "pytest"):
        assert f".venv-3.12/bin/{step}" in done.stdout
    assert ".venv/bin" not in done.stdout
    assert machine.set_up() is None
    for folder in (".venv", ".venv-3.12"):
        subprocess.run(["git", "check-ignore", "-q", f"{folder}/"], cwd=project.ROOT, check=True)


def test_help_says_what_each_target_does_and_report_is_made_where_none_is_named(machine):
    (listed,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.M)
    done = machine.make("help")
    assert done.returncode == 0
    told = dict(re.findall(r"^make ([a-z-]+) +(\S.* .*)$", done.stdout, flags=re.M))
    assert list(told) == listed.split()
    assert "PYTHON=" in done.stdout
    assert machine.make("--dry-run").stdout == machine.make("--dry-run", "report").stdout


def git(*arguments: str | Path, cwd: Path = project.ROOT) -> bytes:
    return subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True).stdout


def test_serve_says_in_words_that_its_port_is_taken(machine):
    machine.python("python3.11", "3.11.9")
    machine.set_up()
    (machine.project / ".venv" / "bin" / "python").unlink()
    (machine.project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (machine.project / "reports").mkdir()
    (machine.project / "reports" / "index.html").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = machine.make("serve", f"PORT={port}")
    assert done.returncode != 0
    assert f"Port {port} cannot be had" in done.stdout
    assert "make serve PORT=8001" in done.stdout
    assert "Traceback" not in done.stderr


def test_lab_runs_as_root_where_it_is_told_to(machine):
    assert "jupyter lab --allow-root notebooks" in machine.make("-n", "lab", "ROOT=1").stdout
    assert "--allow-root" not in machine.make("-n", "lab").stdout


def test_a_checkout_has_the_recorded_bytes_whatever_git_is_told_of_line_endings(tmp_path):
    for value in ("true", "input", "false"):
        clone = tmp_path / value
        settings = ("-c", f"core.autocrlf={value}", "-c", "core.eol=crlf")
        git("clone", "--quiet", *settings, project.ROOT, clone)
        assert git("status", "--porcelain", cwd=clone) == b""
        listed = git("ls-files", "-z", cwd=clone).decode().rstrip("\0").split("\0")
        assert sum(name.startswith("data/raw/") for name in listed) > 10
        for name in listed:
            assert (clone / name).read_bytes() == git("cat-file", "blob", f"HEAD:{name}"), name


def test_git_shows_a_raw_file_whose_line_endings_were_changed_and_brings_it_back(tmp_path):
    clone = tmp_path / "clone"
    git("clone", "--quiet", "-c", "core.autocrlf=true", project.ROOT, clone)
    path = clone / "data" / "raw" / "population.csv"
    recorded = path.read_bytes()
    path.write_bytes(recorded.replace(b"\n", b"\r\n"))
    assert sources.check(clone / "data" / "raw") != []
    assert git("status", "--porcelain", cwd=clone) == b" M data/raw/population.csv\n"
    git("checkout", "--quiet", "--", path, cwd=clone)
    assert path.read_bytes() == recorded


def test_a_report_is_made_in_a_renamed_folder_with_a_python_in_another_all_with_spaces(
    machine, copy
):
    """The one set-up that is real."""
    machine.project = copy.rename(copy.with_name("before the move"))
    machine.python("python3.12", "3.12.1")
    machine.set_up()
    machine.project = machine.project.rename(copy.with_name("after the move"))
    python = machine.programs / "python"
    python.symlink_to(sys._base_executable)  # type: ignore[attr-defined]
    done = machine.make("report", f"PYTHON={python}", path=os.environ["PATH"])
    assert done.returncode == 0, done.stderr
    assert f"Setting up .venv with {python}\n" in done.stdout
    assert (machine.project / "reports" / "north-of-london" / "index.html").exists()
