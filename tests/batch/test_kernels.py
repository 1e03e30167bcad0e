"""A forked kernel is a kernel like any other: the same outputs, interrupts and deaths."""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from analysis.faults import Exit
from analysis.kernels import forking, provisioner

STOCK = "local-provisioner"
NAME = KernelProvisionerFactory.default_provisioner_name_env


@pytest.fixture
def chosen(monkeypatch) -> Iterator[Callable[[str], None]]:
    """Choose who starts kernels."""

    def choose(name: str) -> None:
        monkeypatch.setenv(NAME, name)
        KernelProvisionerFactory.clear_instance()

    yield choose
    KernelProvisionerFactory.clear_instance()


def executed(
    *sources: str, folder: Path, timeout: int = 60, **options: Any
) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))
    client = NotebookClient(
        notebook,
        timeout=timeout,
        record_timing=False,
        shutdown_kernel="immediate",
        config=provisioner.SETTINGS,
        **options,
    )
    try:
        with chdir(folder):  # as papermill does: the sockets lie there
            client.execute()
    finally:
        # At exit nbclient would look once more for a kernel that never answered, and complain.
        atexit.unregister(client._cleanup_kernel)
    return notebook


SHOWN = (
    "import pandas as pd\npd.DataFrame({f'column {n}': range(70) for n in range(25)})",
    "pd.DataFrame({'a': [1.5, None], 'b': ['x', 'y']})",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3]);",
    "fig, axes = plt.subplots()\naxes.bar(['a', 'b'], [1, 2])\nplt.show()",
    "plt.gcf().dpi, plt.rcParams['figure.figsize'], plt.rcParams['font.size']",
    "print('text')\nimport sys\nprint('a warning', file=sys.stderr)",
    "import warnings\nwarnings.warn('said once')",
    "!echo from the shell",
    "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<b>x</b>'), Markdown('*y*'))",
    "import seaborn as sns\nsns.lineplot(x=[1, 2], y=[3, 4]);",
    "sorted(name for name in globals() if not name.startswith('_'))",
    "__name__, sys.argv[0].endswith('ipykernel_launcher.py') or sys.argv[0], 'x' in dir()",
    "import os\nos.getcwd() == os.environ.get('PWD') or os.path.basename(os.getcwd())",
    "import logging\nlogging.getLogger().warning('logged')",
    "sys.stdin.read()",
    "1 / 1",
)


def test_every_output_is_that_of_a_stock_kernel(chosen, tmp_path):
    chosen(STOCK)
    stock = executed(*SHOWN, folder=tmp_path)
    chosen(provisioner.PROVISIONER)
    forked = executed(*SHOWN, folder=tmp_path)
    for one, other in zip(stock.cells, forked.cells, strict=True):
        if "argv" in one.source:
            continue
        assert plain(other.outputs) == plain(one.outputs), one.source
    assert plain(forked.cells[0].outputs)  # and not two empty notebooks


def plain(outputs: list) -> list:
    """Outputs without what changes from process to process: numbers of processes and of objects."""
    return [
        {
            key: value if key != "text" else value.replace(first_number(value), "N")
            for key, value in output.items()
        }
        for output in outputs
    ]


def first_number(text: str) -> str:
    """The number in the name that IPython gives a cell's file, as in a warning's place."""
    _, mark, rest = text.partition("ipykernel_")
    return mark + rest.partition("/")[0] if mark else "\0"


def test_a_forked_kernel_is_forked_and_in_a_process_of_its_own(chosen, tmp_path):
    chosen(provisioner.PROVISIONER)
    source = "import os\nprint(os.getpid(), os.getppid(), os.getsid(0))"
    told = [executed(source, folder=tmp_path).cells[0].outputs[0].text for _ in range(2)]
    (one, parent, session), (other, same_parent, _) = (map(int, text.split()) for text in told)
    assert one == session != other
    assert parent == same_parent != os.getpid()


def test_each_kernel_draws_its_own_random_numbers(chosen, tmp_path):
    chosen(provisioner.PROVISIONER)
    source = "import random, numpy\nprint(random.random(), numpy.random.random())"
    told = [executed(source, folder=tmp_path).cells[0].outputs[0].text.split() for _ in range(2)]
    assert told[0][0] != told[1][0]
    assert told[0][1] != told[1][1]


def test_a_cell_that_fails_hangs_or_ends_the_kernel_is_told_as_by_a_stock_kernel(chosen, tmp_path):
    chosen(provisioner.PROVISIONER)
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        executed("1 / 0", folder=tmp_path)
    with pytest.raises(CellTimeoutError):
        executed("while True: pass", folder=tmp_path, timeout=2)
    with pytest.raises(DeadKernelError):
        executed("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", folder=tmp_path)


@pytest.mark.parametrize("name", [STOCK, provisioner.PROVISIONER])
def test_nothing_that_the_first_cell_shows_is_missed(chosen, tmp_path, name):
    chosen(name)
    for _ in range(5):
        (cell,) = executed("print('first')", folder=tmp_path).cells
        assert [output.text for output in cell.outputs] == ["first\n"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["false"], "the kernel died before it answered"),
        (["sleep", "60"], "the kernel did not answer in 2 seconds"),
    ],
)
def test_a_kernel_that_never_answers_is_given_up(monkeypatch, tmp_path, command, told):
    folder = tmp_path / "kernels" / "mute"
    folder.mkdir(parents=True)
    spec = {"argv": command, "display_name": "mute", "language": "none"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=told):
        executed("1", folder=tmp_path, kernel_name="mute", startup_timeout=2)


def test_an_interrupt_reaches_the_cell_and_the_kernel_goes_on(chosen, monkeypatch, tmp_path):
    chosen(provisioner.PROVISIONER)
    monkeypatch.chdir(tmp_path)  # the sockets lie there
    manager = KernelManager(transport="ipc")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        hanging = client.execute("import time\ntime.sleep(600)")
        time.sleep(1)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=30)
        assert reply["parent_header"]["msg_id"] == hanging
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert client.execute_interactive("1 + 1", timeout=30)["content"]["status"] == "ok"
        # A manager interrupts what it is about to kill, of which an idle kernel would complain.
        going_on = client.execute("time.sleep(2)")
        manager.shutting_down = True
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=30)
        assert reply["parent_header"]["msg_id"] == going_on
        assert reply["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_warm_parent_has_one_thread_and_no_figure_and_is_not_ended_by_ctrl_c():
    forking.warm_up()
    ours, theirs = forking.context().Pipe()
    process = forking.context().Process(target=tell_of_parent, args=(theirs,))
    process.start()
    threads, figures, contexts = ours.recv()
    process.join()
    assert (threads, figures, contexts) == (1, [], None)


def tell_of_parent(told) -> None:
    import matplotlib.pyplot as plt  # noqa: PLC0415
    import zmq  # noqa: PLC0415

    threads = len(list(Path(f"/proc/{os.getppid()}/task").iterdir()))
    os.kill(os.getppid(), signal.SIGINT)
    told.send((threads, plt.get_fignums(), zmq.Context._instance))


def test_the_warm_parent_came_to_its_last_line():
    """Its import begins by switching the collector off and ends by switching it on."""
    enabled, thresholds, problem = forking.call(state_of_parent)
    assert (enabled, thresholds, problem) == (True, (100_000, 50, 100), None)
    forking.require_warm()


def state_of_parent() -> tuple[bool, tuple[int, int, int], str | None]:
    warm = sys.modules[
        "analysis.kernels.warm"
    ]  # as it came from the parent: nothing is imported here
    return gc.isenabled(), gc.get_threshold(), warm.PROBLEM


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        # A library renames a module of its own.
        (('"pandas.io.formats.csvs"', '"pandas.io.formats.gone"'), "No module named"),
        # A fault of the program in what is prepared once for all areas.
        (("backend_registry.list_all()", "backend_registry.list_none()"), "has no attribute"),
    ],
)
@pytest.mark.parametrize("command", ["batch", "report"])
def test_a_warm_parent_that_is_not_ready_stops_the_command_in_words(
    copy, tmp_path, command, change, problem
):
    warm = copy / "src" / "analysis" / "kernels" / "warm.py"
    text = warm.read_text(encoding="utf-8")
    assert change[0] in text
    warm.write_text(text.replace(*change), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "analysis", command, "barnet", "--out", str(tmp_path / "out")],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == Exit.USAGE
    assert "The warm parent" in done.stderr
    assert problem in done.stderr
    assert "make env" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "reports").exists()


def test_an_environment_without_the_provisioner_is_told_how_to_mend_it(monkeypatch):
    provisioner.require_registered()
    monkeypatch.setattr(provisioner, "entry_points", lambda **_: ())
    with pytest.raises(provisioner.NotSetUpError, match="make env") as caught:
        provisioner.require_registered()
    assert caught.value.exit_code == Exit.USAGE
