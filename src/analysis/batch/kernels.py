"""Kernels forked from a warm parent: imports are paid once, and each notebook has its own process.

The warm parent is the standard library's fork server, which imports `analysis.batch.warm` and then
does nothing but fork. `ForkedProvisioner` is what jupyter_client asks for a kernel: papermill,
nbclient and jupyter_client are as they come. Where forking is not to be had, the stock provisioner
starts kernels the stock way.
"""

import asyncio
import fcntl
import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import connection, forkserver
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

PROVISIONER = "analysis-forked"
_WARM = "analysis.batch.warm"
_LAUNCHER = ["-m", "ipykernel_launcher"]
# Signals from a pipe, by which a child ends with its parent, are Linux's own.
FORKING = sys.platform == "linux"


def context() -> ForkServerContext | SpawnContext:
    """Give the way in which processes are started: forked from the warm parent where that can be."""
    if not FORKING:
        return multiprocessing.get_context("spawn")
    warm = multiprocessing.get_context("forkserver")
    warm.set_forkserver_preload([_WARM])
    if forkserver.get_inherited_fds() is not None:
        # A child of the fork server is meant to use that very server, but Python 3.11 starts another.
        forkserver._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
    return warm


def warm_up() -> None:
    """Start the warm parent, which then imports while this process goes on."""
    if FORKING:
        context()
        # One thread each: the areas keep the processors busy. And no module from the working folder.
        os.environ |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONSAFEPATH": "1"}
        forkserver.ensure_running()


def use() -> None:
    """Let this process's kernels be forked, unless the environment names another provisioner."""
    if FORKING:
        os.environ.setdefault(KernelProvisionerFactory.default_provisioner_name_env, PROVISIONER)


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
        os._exit(1)


class ForkedProvisioner(LocalProvisioner):
    """Starts IPython kernels by forking the warm parent, and others as the stock provisioner does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401
        """Fork a kernel that does what the command would."""
        if cmd[1:3] != _LAUNCHER:
            return await super().launch_kernel(cmd, **kwargs)
        process = context().Process(
            target=_become_kernel, args=(cmd[3:], kwargs.get("cwd", Path.cwd()), kwargs["env"])
        )
        process.start()
        self.process = _Forked(process)  # type: ignore[assignment]
        self.pid = self.pgid = process.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel's end without the stock provisioner's tenths of a second."""
        if isinstance(self.process, _Forked):
            await asyncio.to_thread(self.process.wait)
        return await super().wait()


class _Forked:
    """A forked process, with what the stock provisioner asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.pid is not None and self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _become_kernel(
    arguments: Sequence[str], folder: str | Path, environment: Mapping[str, str]
) -> None:
    """Do in a forked process what `python -m ipykernel_launcher` does in one of its own."""
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415 - there already, in the warm parent

    os.setsid()
    end_with_parent()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["ipykernel_launcher", *arguments]
    _forget()
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(list(arguments))
    _settle(app.shell)
    app.start()


def _forget() -> None:
    """Give this process a state of chance of its own, not the one that all children would share."""
    import numpy as np  # noqa: PLC0415

    random.seed()
    np.random.seed()


def _settle(shell: Any) -> None:  # noqa: ANN401
    """Do what libraries do when they are imported in a kernel: these were imported before it."""
    import pandas as pd  # noqa: PLC0415

    shell.enable_matplotlib("inline")
    pd.set_option("display.max_columns", 20)
