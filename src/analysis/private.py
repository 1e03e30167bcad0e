"""Private folders of a run: held by a lock as long as it lives, cleared by the next where it was killed.

The system lets go of a lock when a process ends, however it ends, and knows of it in every container. A
process number means another process there, and sooner or later here too.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = ".lock"

# What is done with a folder before it goes away; an OSError keeps the folder.
Settle = Callable[[Path], None]


@contextmanager
def folder(parent: Path, prefix: str, settle: Settle = lambda folder: None) -> Iterator[Path]:
    """A folder that no other run touches while this one lives; gone afterwards."""
    while True:
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            lock = _hold(made, fcntl.LOCK_EX)
        except FileNotFoundError:
            continue  # another run cleared it before it was held
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            raise
        break
    try:
        yield made
    finally:
        _remove(made, lock, settle)


def clear(parent: Path, prefix: str, settle: Settle = lambda folder: None) -> None:
    """Clear the folders that no living run holds."""
    for left in sorted(parent.glob(f"{prefix}*")):
        if left.is_symlink():
            continue
        try:
            lock = _hold(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # held, somebody else's, or gone by now
        _remove(left, lock, settle)


def _hold(made: Path, how: int) -> int:
    lock = open_lock(made / _LOCK)
    try:
        fcntl.flock(lock, how)
        if not os.fstat(lock).st_nlink:
            raise FileNotFoundError(f"{made} was cleared")
    except OSError:
        os.close(lock)
        raise
    return lock


def open_lock(path: Path) -> int:
    """Open a file to be locked, and make it where there is none; no link is followed."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


def _remove(made: Path, lock: int, settle: Settle) -> None:
    try:
        settle(made)
    except OSError:
        return  # it stays as it is, for the next run
    else:
        shutil.rmtree(made, ignore_errors=True)
    finally:
        os.close(lock)
