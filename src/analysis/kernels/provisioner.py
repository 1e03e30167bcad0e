"""Kernels forked from the warm parent: each notebook has a process of its own, and no imports to pay.

`ForkedProvisioner` is what jupyter_client asks for a kernel; papermill, nbclient and jupyter_client
are as they come. Where forking is not to be had, the stock provisioner starts kernels the stock way.
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import entry_points
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets.config import Config

from analysis.faults import UsageFault
from analysis.kernels import forking

PROVISIONER = "analysis-forked"
_LAUNCHER = ["-m", "ipykernel_launcher"]
_LOOK_AGAIN_MS = 10
# Sockets in the file system: no port to collide on, and none that others on the network can reach.
SETTINGS = Config(
    {"KernelManager": {"transport": "ipc", "client_factory": f"{__name__}.PromptClient"}}
)


class NotSetUpError(UsageFault):
    """The project is not installed in the environment that runs it."""


def require_registered() -> None:
    """Refuse an environment that does not know the provisioner: it was set up for an earlier state."""
    group = KernelProvisionerFactory.GROUP_NAME
    if forking.FORKING and not entry_points(group=group, name=PROVISIONER):
        raise NotSetUpError("The environment was set up for another state of the project: make env")


def use() -> None:
    """Let this process's kernels be forked, unless the environment names another provisioner."""
    if forking.FORKING:
        os.environ.setdefault(KernelProvisionerFactory.default_provisioner_name_env, PROVISIONER)


class ForkedProvisioner(LocalProvisioner):
    """Starts IPython kernels by forking the warm parent, and others as the stock provisioner does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401
        """Fork a kernel that does what the command would."""
        if cmd[1:3] != _LAUNCHER:
            return await super().launch_kernel(cmd, **kwargs)
        process = forking.context().Process(
            target=_become_kernel, args=(cmd[3:], kwargs.get("cwd", Path.cwd()), kwargs["env"])
        )
        process.start()
        self.process = _Forked(process)  # type: ignore[assignment]
        self.pid = self.pgid = process.pid
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel; a manager that is about to kill it need not interrupt it first.

        An idle kernel would complain of the interrupt.
        """
        doomed = self.parent is not None and self.parent.shutting_down
        if not (doomed and signum == signal.SIGINT):
            await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see it gone: whoever finds it alive looks again a tenth of a second later."""
        await super().kill(restart)
        if isinstance(self.process, _Forked):
            await asyncio.to_thread(self.process.wait)


class PromptClient(AsyncKernelClient):
    """A kernel's client that does not wait where there is nothing to wait for.

    The stock client looks for the kernel's sockets every tenth of a second, and when all is ready it
    listens for two tenths more, so that no message is left that answers nobody. nbclient passes over
    those: each message says what it answers.
    """

    def start_channels(self, *channels: bool) -> None:
        """Open the channels to a kernel, which as a rule has yet to open its own ends."""
        self.context.reconnect_ivl = _LOOK_AGAIN_MS
        super().start_channels(*channels)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for an answer, and for any message on the channel of outputs, its welcome as a rule.

        Raises RuntimeError, as the stock client does, when the kernel dies or `timeout` seconds pass.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    self.kernel_info()
                    with suppress(Empty):
                        answer = await self.get_shell_msg(timeout=1)
                        await self.get_iopub_msg(timeout=1)
                        self._handle_kernel_info_reply(answer)
                        return
                    if not await self._async_is_alive():
                        raise RuntimeError("the kernel died before it answered")
        except TimeoutError:
            raise RuntimeError(f"the kernel did not answer in {timeout} seconds") from None


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
    forking.end_with_parent()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["ipykernel_launcher", *arguments]
    _reseed()
    app = IPKernelApp.instance(parent_handle=os.getppid())
    # Nobody looks back into the history of a kernel that lives for seconds.
    app.initialize([*arguments, "--HistoryManager.enabled=False"])
    _set_up(app.shell)
    app.start()


def _reseed() -> None:
    """Have this process draw its own random numbers, not those that all children would share."""
    import numpy as np  # noqa: PLC0415

    random.seed()
    np.random.seed()


def _set_up(shell: Any) -> None:  # noqa: ANN401
    """Do what libraries do when they are imported in a kernel: these were imported before it."""
    import pandas as pd  # noqa: PLC0415

    shell.enable_matplotlib("inline")
    pd.set_option("display.max_columns", 20)
