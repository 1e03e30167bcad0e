"""Processes forked from a warm parent, which pays for the imports once.

The warm parent is the fork server of the standard library: it imports `analysis.kernels.warm` and then
does nothing but fork.
"""

import fcntl
import importlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import connection, forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess, SpawnContext
from pathlib import Path
from typing import Any, TypeVar

from analysis import private
from analysis.faults import UsageFault
from analysis.kernels import surroundings

T = TypeVar("T")

_WARM = "analysis.kernels.warm"
_OPTIONS = "ANALYSIS_OPTIONS"
# Not the name that earlier versions used: they know a living run by its process number.
_SCRATCH = "analysis-tmp-"
# A socket's path has at most 103 characters on some systems; the names of the scratch and of a socket
# within it take 41.
_LONGEST = 60
# Signals from a pipe, by which a child ends with its parent, are Linux's own.
FORKING = sys.platform == "linux"


def _ensure_running() -> None:
    with surroundings.known():
        forkserver._forkserver.ensure_running()


class _Process(ForkServerProcess):
    """A process forked from the warm parent, which can have others forked from it in its turn.

    The standard library means a child of the fork server to use that very server, but starts another
    for it; and since Python 3.14 the server forks only for those who hold a key, which it gives to no
    child. So the key goes with the process.
    """

    def start(self) -> None:
        """Have the process forked."""
        _ensure_running()
        self._key = getattr(forkserver._forkserver, "_forkserver_authkey", None)
        super().start()

    def run(self) -> None:
        """Do in the process what it was started for."""
        forkserver._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
        forkserver._forkserver._forkserver_authkey = self._key  # type: ignore[attr-defined]
        super().run()


class _Context(ForkServerContext):
    Process = _Process


def context() -> ForkServerContext | SpawnContext:
    """Return the way in which processes are started: forked from the warm parent where that can be."""
    if not FORKING:
        return multiprocessing.get_context("spawn")
    warm = _Context()
    warm.set_forkserver_preload([_WARM])
    return warm


def warm_up(options: Mapping[str, Any] | None = None) -> None:
    """Start the warm parent, which then imports while this process goes on.

    With the options of an area it also computes what is the same for all areas.
    """
    if FORKING:
        if options is not None:
            os.environ[_OPTIONS] = json.dumps(options)
        context()
        # One thread each: the areas keep the processors busy.
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        _ensure_running()


@contextmanager
def scratch() -> Iterator[Path]:
    """Keep all that a run writes for itself in a folder of its own, gone when it ends.

    There are its sockets, its connection files and what libraries ask of the temporary folder. What
    a killed run left behind goes too.
    """
    parent = Path(tempfile.gettempdir())
    if len(os.fsencode(parent)) > _LONGEST:
        parent = Path("/tmp")
    private.clear(parent, _SCRATCH)
    with private.folder(parent, _SCRATCH) as folder, _temporary(folder):
        yield folder


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    """Have this process, and those that it starts from here on, keep what is temporary in a folder."""
    before, found = os.environ.get("TMPDIR"), tempfile.tempdir
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    # Where the processes of multiprocessing have their sockets; by itself it would make a folder that
    # stays where the process is killed.
    config: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    sockets = config.get("tempdir")
    config["tempdir"] = str(folder)
    try:
        yield
    finally:
        _end_warm_parent(folder)
        config["tempdir"] = sockets
        tempfile.tempdir = found
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before


def _end_warm_parent(folder: Path) -> None:
    """End the warm parent where its socket lies in a folder that goes away: nobody could ask it again."""
    server: Any = forkserver._forkserver
    address = server._forkserver_address
    if address is not None and Path(os.fsdecode(address)).parent == folder:
        os.kill(server._forkserver_pid, signal.SIGKILL)
        server._stop()


class NotWarmError(UsageFault):
    """The warm parent could not import or prepare what it is to share."""


def require_warm() -> None:
    """Wait for the warm parent; NotWarmError where it did not come to its end.

    Without it every report would be the same, but each process would pay for its own imports: twice
    the time, and no word of why. The lock holds the libraries, so that something is wrong with the
    environment or with the code.
    """
    if FORKING and (problem := call(_problem)):
        raise NotWarmError(
            f"The warm parent, from which the notebooks' kernels are forked, is not ready: {problem}. "
            "If nothing was changed in the code, the environment is that of another state: make env"
        )


def _problem() -> str | None:
    return importlib.import_module(_WARM).PROBLEM


def call(function: Callable[..., T], *arguments: object) -> T:
    """Call a function in a process forked from the warm parent, and return or raise what it does.

    For what needs imports of seconds, which the warm parent has paid for already.
    """
    answer, asker = context().Pipe(duplex=False)
    process = context().Process(target=_answer, args=(asker, function, arguments))
    process.start()
    asker.close()
    try:
        result, error = answer.recv()
    except EOFError:
        raise ChildProcessError(f"{function.__name__} ended without an answer") from None
    finally:
        process.join()
        answer.close()
    if error is not None:
        raise error
    return result


def _answer(asker: connection.Connection, function: Callable[..., T], arguments: Any) -> None:  # noqa: ANN401
    if FORKING:
        end_with_parent()
    try:
        asker.send((function(*arguments), None))
    except Exception as error:  # raised again by the one who asked
        asker.send((None, error))


def options() -> dict[str, Any] | None:
    """Return, in the warm parent, the options that it was started for, if any."""
    text = os.environ.get(_OPTIONS)
    return None if text is None else json.loads(text)


def end_with_parent() -> None:
    """Have the system end this process when the one that asked for it ends, however it ends.

    The fork server is the parent that the system knows; the one that asked holds the other end of a
    pipe. A thread would do, were there no code that holds the interpreter's lock for minutes.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None, "called in a child"
    pipe = parent.sentinel
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if connection.wait([pipe], 0):
        os.kill(os.getpid(), signal.SIGKILL)
