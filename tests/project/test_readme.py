"""What README says is so: its commands are run, in a copy, with nothing but a supported Python."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import made_up
from analysis import areas, project
from analysis.cli import app
from analysis.stats import proportions
from analysis.study.parameters import Parameters

README = (project.ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", README, flags=re.S)
    for line in block.splitlines()
]


def environment(home: Path) -> dict[str, str]:
    """The machine's environment less what this project's own set-up put there."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "PYTHONPATH"}
    }
    folders = [
        folder for folder in kept["PATH"].split(":") if not folder.startswith(str(project.ROOT))
    ]
    return kept | {"PATH": ":".join(folders), "JUPYTER_CONFIG_DIR": str(home), "BROWSER": "true"}


def placed(command: str, folder: Path) -> list[str]:
    return shlex.split(command.replace("/tmp/", f"{folder}/out/"))


@pytest.fixture
def set_up(copy, tmp_path):
    """A copy after the first of the two commands."""
    subprocess.run(["make", "report"], cwd=copy, env=environment(tmp_path), check=True)
    return copy


def test_the_commands_of_the_readme_do_what_it_says(set_up, tmp_path):
    page = set_up / "reports" / "north-of-london" / "index.html"
    assert "<title>Probation work in the north of London" in page.read_text(encoding="utf-8")
    first = page.read_bytes()
    assert COMMANDS[0] == "make report"
    for command in COMMANDS:
        if command.startswith("make"):
            continue
        done = subprocess.run(
            placed(command, tmp_path),
            cwd=set_up,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
    written = {
        str(path.relative_to(tmp_path / "out"))
        for path in tmp_path.glob("out/*/reports/*/index.html")
    }
    assert written == {
        "loose/reports/north-of-london/index.html",
        "inner/reports/inner-london/index.html",
        *(f"all/reports/{name}/index.html" for name in areas.load()),
    }
    assert (tmp_path / "out/all/reports/north-of-london/index.html").read_bytes() == first
    changed = subprocess.run(
        ["diff", "-r", project.RAW, set_up / "data" / "raw"], capture_output=True, check=False
    )
    assert changed.stdout == b""
    _opens_jupyterlab(set_up, tmp_path)


def _fetch(address: str) -> dict:
    """Ask a server that has said its address but may not listen for a moment yet."""
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(address) as answer:
                return json.load(answer)
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _opens_jupyterlab(folder: Path, home: Path) -> None:
    assert "make lab" in COMMANDS
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"open_browser": False, "ip": "127.0.0.1", "port": port}
    (home / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": settings}))
    lab = subprocess.Popen(
        ["make", "lab", *(["ROOT=1"] if os.geteuid() == 0 else [])],
        cwd=folder,
        env=environment(home),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert lab.stderr is not None
    try:
        found = next(
            match
            for line in lab.stderr
            if (
                match := re.search(
                    r"(http://(?:127\.0\.0\.1|localhost):\d+)/lab\?token=(\w+)", line
                )
            )
        )
        address, token = found.groups()
        listed = _fetch(f"{address}/api/contents?token={token}")["content"]
        assert {f"{name}.ipynb" for name in project.NOTEBOOK_NAMES} <= {
            entry["name"] for entry in listed
        }
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.stderr.close()
        lab.wait()


def test_make_test_runs_this_and_the_checks_of_style_and_types():
    # Run inside itself it would never end; that it passes is what this run says.
    assert "make test" in COMMANDS
    told = subprocess.run(
        ["make", "--dry-run", "test"], cwd=project.ROOT, capture_output=True, text=True, check=True
    ).stdout
    for step in ("ruff check .", "ruff format --check .", "mypy", "pytest"):
        assert step in told


def test_every_command_of_the_program_is_in_the_readme():
    names = [
        info.name or info.callback.__name__ for info in app.registered_commands if info.callback
    ]
    assert len(names) == 9
    for name in names:
        assert any(command.startswith(f".venv/bin/analysis {name}") for command in COMMANDS), name


def test_the_parameters_of_the_readme_are_those_of_a_run_with_their_defaults():
    table = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", README, flags=re.M)
    defaults = {name: str(value) for name, value in Parameters(area="x").model_dump().items()}
    assert {name: default.strip() for name, default, _ in table} == {
        name: defaults[name] for name in ("level", "method", "bounds", "cohort")
    }
    others = {name: [text.strip() for text in also.split(",")] for name, _, also in table}
    assert ["wilson", *others["method"]] == list(proportions.METHODS)


def test_the_areas_of_the_readme_are_accepted(tmp_path, monkeypatch):
    lines = "\n".join(re.findall(r"```toml\n(.*?)```", README, flags=re.S))
    added = ["outer-north", "leeds", "west"]
    assert list(tomllib.loads(lines)) == added
    path = tmp_path / "areas.toml"
    path.write_text(project.AREAS.read_text(encoding="utf-8") + "\n" + lines, encoding="utf-8")
    inspections = shutil.copytree(project.INSPECTIONS, tmp_path / "inspections")
    monkeypatch.setattr(project, "INSPECTIONS", inspections)
    made_up.write(inspections / "west-2031")
    assert list(areas.load(path))[-3:] == added


def test_what_the_readme_links_to_is_there():
    links = re.findall(r"\]\((?!https:)([^)]+)\)", README)
    assert links
    for link in links:
        assert (project.ROOT / link).exists(), link
