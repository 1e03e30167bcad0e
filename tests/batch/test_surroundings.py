"""What lies around on a machine is no input: the same bytes with all of it, and no traceback without any."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from analysis import project
from analysis.data.hashing import tree
from analysis.kernels import surroundings
from analysis.report.outputs import PDF

COMMAND = Path(sys.executable).with_name("analysis")
AREA = "city-of-london"
BLACK = "axes.grid: True\nfigure.facecolor: black\nfont.size: 20\nsvg.fonttype: path\n"
OPTIONS = "import pandas as pd\npd.set_option('display.max_rows', 3, 'display.precision', 1)\n"


def put(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


@pytest.fixture
def cluttered(tmp_path) -> dict[str, str]:
    """Variables by which all comes in that is kept on the machines of people who do other work too."""
    home, other = tmp_path / "home", tmp_path / "other"
    for configuration in (home / ".config" / "matplotlib", other / "mpl", tmp_path / "cwd"):
        put(configuration, "matplotlibrc", BLACK)
    for place in (home / ".ipython", other / "ipython"):
        profile = place / "profile_default"
        put(profile, "startup/10-style.py", f"import seaborn\nseaborn.set_theme()\n{OPTIONS}")
        every = "c = get_config()\nc.InteractiveShell.ast_node_interactivity = 'all'\n"
        put(profile, "ipython_config.py", every)
    spec = {"argv": ["false"], "display_name": "x", "language": "python"}
    put(other, "jupyter/kernels/python3/kernel.json", json.dumps(spec))
    put(other, "modules/analysis/__init__.py", "raise SystemExit('the other analysis')")
    subprocess.run(["git", "init", "--quiet", str(other / "repository")], check=True)
    return {
        "GIT_DIR": str(other / "repository" / ".git"),
        "HOME": str(home),
        "IPYTHONDIR": str(other / "ipython"),
        "JUPYTER_PATH": str(other / "jupyter"),
        "MATPLOTLIBRC": str(other / "mpl" / "matplotlibrc"),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(other / "mpl"),
        "PYTHONPATH": str(other / "modules"),
        "PYTHONSTARTUP": put(other, "startup.py", OPTIONS),
        "XDG_CONFIG_HOME": str(home / ".config"),
    }


@pytest.mark.parametrize("provisioner", [None, "local-provisioner"], ids=["forked", "stock"])
def test_a_report_has_the_same_bytes_whatever_lies_around(
    built_ends, cluttered, tmp_path, provisioner
):
    if provisioner is not None:
        cluttered["JUPYTER_DEFAULT_PROVISIONER_NAME"] = provisioner
    done = subprocess.run(
        [COMMAND, "batch", AREA, "--out", str(tmp_path / "out")],
        cwd=tmp_path / "cwd",
        env=os.environ | cluttered,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for kind in ("reports", "processed"):
        wanted, found = tree(getattr(built_ends, kind) / AREA), tree(tmp_path / "out" / kind / AREA)
        wanted.pop(PDF, None)
        assert found == wanted


def test_variables_of_a_user_are_left_out_and_those_of_the_project_stay():
    kept = {"PATH": "/bin", "SOURCE_DATE_EPOCH": "0", "ANALYSIS_COMMIT": "x", "HOME": "/home/me"}
    kept |= {"JUPYTER_DEFAULT_PROVISIONER_NAME": "local-provisioner"}
    foreign = {"PYTHONWARNINGS": "error", "PYTHONHOME": "/x", "JUPYTER_CONFIG_DIR": "/x"}
    found = surroundings.environment(kept | foreign)
    assert found.items() >= kept.items()
    assert not found.keys() & foreign.keys()
    assert found["PYTHONPATH"] == str(project.ROOT / "src")
    assert surroundings.environment(found) == found  # in a process that was started from there
    assert surroundings.environment(kept, Path("/empty"))["HOME"] == "/empty"


def test_this_process_is_as_before_when_kernels_have_started(monkeypatch, tmp_path):
    monkeypatch.setenv("MPLBACKEND", "agg")
    before = dict(os.environ)
    with pytest.raises(ZeroDivisionError), surroundings.known(tmp_path):
        assert os.environ["HOME"] == str(tmp_path)
        assert "MPLBACKEND" not in os.environ
        1 / 0  # noqa: B018
    assert dict(os.environ) == before


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can become nobody"
)
@pytest.mark.parametrize(
    ("home", "command"),
    [((), ("batch", AREA, "--quiet", "--out=out")), (("HOME=/proc",), ("check", AREA))],
    ids=["missing", "unwritable"],
)
def test_who_has_no_home_and_no_name_can_use_the_command(home, command):
    see = "+dac_read_search"  # where this Python lies, as a rule, is root's alone
    nobody = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    nobody += [f"--inh-caps={see}", f"--ambient-caps={see}"]
    # Not within the folder of the tests, where only their user may enter.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        done = subprocess.run(
            [
                *nobody,
                "env",
                "-i",
                "PATH=/usr/bin:/bin",
                f"TMPDIR={folder}",
                *home,
                COMMAND,
                *command,
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_date_that_is_no_number_stops_a_command_before_a_library_reads_it():
    done = subprocess.run(
        [COMMAND, "report", AREA],
        env=os.environ | {"SOURCE_DATE_EPOCH": "2026-01-01"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("SOURCE_DATE_EPOCH is '2026-01-01'.")
