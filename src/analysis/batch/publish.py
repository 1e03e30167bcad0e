"""Putting finished files in place: locked, staged, and whole at every moment."""

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from errno import EXDEV
from pathlib import Path

from analysis import private
from analysis.batch.exchange import exchange
from analysis.faults import Exit, Fault, NotOursError
from analysis.project import Output, shown

_STAGING = ".staging-"
_EXCHANGE = ".exchange-"
# Within the folder of an exchange: the names that are the project's, what comes, and, where it takes
# two steps, what goes. After an exchange in one step what goes lies where what comes has lain.
_OURS, _NEW, _OLD = "ours.json", "new", "old"


class OutputHeldError(Fault):
    """Another run holds the output folder."""

    exit_code = Exit.HELD


@contextmanager
def locked(output: Output) -> Iterator[None]:
    """Hold the output folders for one run; the system lets go when the process ends.

    What killed runs left is put in order first.
    """
    _make(output.processed)
    lock = private.open_lock(output.processed / ".lock")
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputHeldError(
                f"Another run is writing to {output.processed.parent}; wait for it, or use --out."
            ) from None
        for parent in (output.processed, output.reports):
            private.clear(parent, _STAGING)
            private.clear(parent, _EXCHANGE, _settle)
        yield
    finally:
        os.close(lock)


@contextmanager
def staging(output: Output) -> Iterator[Path]:
    """A private folder, gone afterwards."""
    _make(output.processed)
    with private.folder(output.processed, _STAGING) as folder:
        yield folder


@dataclass(frozen=True)
class Change:
    """A finished folder, and the one whose place it is to take.

    `ours` are the files of the latter, by their paths within it, that may go. Whatever else lies there
    comes along.
    """

    staged: Path
    target: Path
    ours: Collection[str]


def replace(*changes: Change) -> None:
    """Put finished folders in place, each in one step, all of them or none.

    Each is first made ready beside its target, on the target's own file system and safe on its disk,
    with what lies in the target and is not ours. When anything fails before the steps, what was there
    stays as it was; a run that is killed between two steps leaves one folder new and one old, each
    of them whole. `staged` is left without files. Raises NotOursError, before anything is changed,
    where something that is not ours is in the way.
    """
    with ExitStack() as stack:
        swaps = [stack.enter_context(_ready(change)) for change in changes]
        try:
            for swap in swaps:
                swap.do()
        except BaseException:  # also a run that is told to stop
            for swap in reversed(swaps):
                swap.undo()
            raise
        for swap in swaps:
            _flush_folder(swap.target.parent)


def require_replaceable(target: Path) -> None:
    """Raise NotOursError where a folder cannot be replaced without touching what lies elsewhere."""
    if target.is_symlink():
        what = "is a symbolic link, and what lies at its other end is not touched"
    elif target.exists() and not target.is_dir():
        what = "is no folder"
    elif mounts := _mounts(target):
        places = ", ".join(shown(mount) for mount in mounts)
        what = f"cannot be replaced in one step: another file system is mounted at {places}"
    else:
        return
    raise NotOursError(f"{shown(target)} {what}. Move it away, or use --out.")


def write(path: Path, text: str) -> None:
    """Put one file in place, whole."""
    _make(path.parent)
    with private.folder(path.parent, _STAGING) as folder:
        beside = folder / path.name
        beside.write_text(text, encoding="utf-8", newline="")
        _flush(beside)
        beside.replace(path)


@dataclass(frozen=True)
class _Swap:
    """A step: `new`, whose inode is `inode`, takes the place of `target`."""

    new: Path
    target: Path
    old: Path
    inode: int

    def do(self) -> None:
        if not os.path.lexists(self.target):
            self.new.rename(self.target)
        elif not exchange(self.new, self.target):
            # In two steps there is a moment without a folder, but none with half of one.
            self.target.rename(self.old)
            self.new.rename(self.target)

    def undo(self) -> None:
        """Do the opposite, as far as anything was done."""
        if self._done():
            if self.new.exists():
                exchange(self.new, self.target)
                return
            self.target.rename(self.new)
        if self.old.exists():
            self.old.rename(self.target)

    def _done(self) -> bool:
        return self.target.exists() and self.target.stat().st_ino == self.inode


@contextmanager
def _ready(change: Change) -> Iterator[_Swap]:
    target = change.target
    _make(target.parent)
    require_replaceable(target)
    with private.folder(target.parent, _EXCHANGE, _settle) as folder:
        new, old = folder / _NEW / target.name, folder / _OLD / target.name
        new.parent.mkdir()
        old.parent.mkdir()
        staged = [path.relative_to(change.staged).as_posix() for path in _below(change.staged)[1]]
        names = folder / _OURS
        names.write_text(json.dumps(sorted({*change.ours, *staged})), encoding="utf-8")
        _move(change.staged, new)
        for file in [names, *(new / name for name in staged)]:
            _flush(file)
        if target.exists():
            _take_along(target, new, change.ours)
        for each in [folder, new.parent, new, *_below(new)[0]]:
            _flush_folder(each)
        yield _Swap(new, target, old, new.stat().st_ino)


def _move(staged: Path, new: Path) -> None:
    try:
        staged.rename(new)
    except OSError as error:
        if error.errno != EXDEV:
            raise
        shutil.copytree(staged, new, symlinks=True)


def _take_along(target: Path, new: Path, ours: Collection[str]) -> None:
    """Have in `new` what lies in `target` and is not ours, and its folders as they are there."""
    folders, files = _below(target)
    foreign = [path for path in files if path.relative_to(target).as_posix() not in ours]
    in_the_way = [
        *(path for path in foreign if os.path.lexists(new / path.relative_to(target))),
        *(path for path in folders if (new / path.relative_to(target)).is_file()),
    ]
    if in_the_way:
        listed = "".join(f"\n  {shown(path)}" for path in in_the_way)
        raise NotOursError(
            "These were not written by this project, and lie where it would write. Move them away, "
            f"or use --out:{listed}"
        )
    own = {parent for name in ours for parent in (target / name).parents}
    needed = {parent for path in foreign for parent in path.parents}
    for path in folders:
        if path in needed or path not in own:
            (new / path.relative_to(target)).mkdir(exist_ok=True)
    for path in foreign:
        _link(path, new / path.relative_to(target))
    for path in reversed([target, *folders]):
        if (there := new / path.relative_to(target)).is_dir():
            _make_like(there, path)


def _link(path: Path, there: Path) -> None:
    """Have a file at another place too: the very file where links can be had, else a copy."""
    try:
        os.link(path, there, follow_symlinks=False)
    except OSError as error:
        if error.errno == EXDEV:  # another file system that was mounted there by now
            raise
        shutil.copy2(path, there, follow_symlinks=False)


def _make_like(folder: Path, other: Path) -> None:
    """Give a folder the owner, the mode and the access list of the one whose place it takes."""
    found = other.stat()
    with suppress(OSError):
        os.chown(folder, found.st_uid, found.st_gid)
    shutil.copystat(other, folder)
    os.utime(folder)


def _settle(folder: Path) -> None:
    """Leave nothing in the folder of an exchange that is not ours, at whatever step the run ended.

    What somebody has put into the target since it was read lies in what was taken away: it goes back.
    """
    for old in (folder / _OLD).glob("*"):
        if not os.path.lexists(folder.parent / old.name):
            old.rename(folder.parent / old.name)
    try:
        ours = set(json.loads((folder / _OURS).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return  # the run had not begun to move anything
    for left in [*(folder / _OLD).glob("*"), *(folder / _NEW).glob("*")]:
        target = folder.parent / left.name
        if not target.is_dir() or target.is_symlink():
            continue
        for path in _below(left)[1]:
            if path.relative_to(left).as_posix() not in ours:
                _give_back(path, target / path.relative_to(left))


def _give_back(path: Path, there: Path) -> None:
    if not os.path.lexists(there):
        there.parent.mkdir(parents=True, exist_ok=True)
        path.rename(there)
        return
    mine, other = path.lstat(), there.lstat()
    if not os.path.samestat(mine, other) and mine.st_mtime_ns >= other.st_mtime_ns:
        path.replace(there)


def _below(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the folders and the files below a folder, in order; a link is a file."""
    folders, files = [], []
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            inner = _below(entry)
            folders += [entry, *inner[0]]
            files += inner[1]
        else:
            files.append(entry)
    return folders, files


def _mounts(target: Path) -> list[Path]:
    """Return where other file systems are mounted at a folder or below it, as far as the system says."""
    try:
        lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return []
    real = target.parent.resolve() / target.name
    # A space, and what else would part the fields, is written as \040.
    fields = [line.split(b" ")[4].decode("unicode_escape").encode("latin-1") for line in lines]
    points = [Path(os.fsdecode(field)) for field in fields]
    return [point for point in points if real in (point, *point.parents)]


def _make(folder: Path) -> None:
    """Make a folder; a link to one may come before what it names."""
    folder.resolve().mkdir(parents=True, exist_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _flush_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every file system can; the files themselves are safe
            os.fsync(folder)
    finally:
        os.close(folder)
