"""Programs that a report can do without: run for so long and no longer, with nothing left behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class ProgramError(Exception):
    """A program that did not do what it was asked; the message says why, and names it."""


def run(
    command: Sequence[str],
    *,
    seconds: float,
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program in a folder and return what it printed.

    Whatever it started ends with it. Raises ProgramError where it cannot be started, takes longer
    than `seconds`, or ends with another code than 0.
    """
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ProgramError(f"{name} cannot be started: {error.strerror}") from None
    with process:
        try:
            printed, complaint = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise ProgramError(f"{name} did not end in {seconds} seconds") from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        lines = complaint.strip().splitlines() or [f"it ended with code {process.returncode}"]
        raise ProgramError(f"{name} failed: {lines[0]}")
    return printed
