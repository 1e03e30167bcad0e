"""Waiting for what other processes do, and no longer than a test may take."""

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 120  # seconds, for what takes a few


def wait_until(so: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


def is_alive(pid: int | str) -> bool:
    """Whether there is such a process; what has ended and is not yet asked for is none."""
    try:
        stat = Path("/proc", str(pid), "stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
