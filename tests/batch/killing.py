"""A publisher that is killed before each of its steps in turn, and what it leaves: run as a program.

A step is what Python reports to its audit hooks of what changes a disk: each writing, renaming, linking,
making and removing of a file or a folder; and the exchange of two folders. For each step, a line of JSON
holds the files as the kill left them, and as they are after the next run has begun.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from analysis.batch import exchange as exchanging
from analysis.batch import publish
from analysis.batch.publish import Change
from analysis.project import Output

OURS = ("index.html", "tables/a.csv", "tables/gone.csv")
_STEPS = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.exchange"}


def scene(folder: Path) -> Output:
    """A report and its tables as they lie there, with files of somebody else, and new ones to come."""
    shutil.rmtree(folder, ignore_errors=True)
    for room in ("reports", "processed"):
        for name in OURS:
            write(folder / room / "area" / name, "old")
        for name in OURS[:2]:
            write(folder / "staged" / room / "area" / name, "new")
        write(folder / room / "area" / "own" / "notes.docx", "mine")
        write(folder / room / "area" / "tables" / ".htaccess", "mine")
    return Output.at(folder)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def found(output: Output) -> dict[str, dict[str, str]]:
    """The files that a visitor sees, and all that lies in the folders."""
    return {
        room.name: {
            path.relative_to(room).as_posix(): path.read_text()
            for path in sorted(room.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }
        for room in (output.processed, output.reports)
    }


def publisher(output: Output, folder: Path) -> None:
    publish.replace(
        *(
            Change(folder / "staged" / room.name / "area", room / "area", OURS)
            for room in (output.processed, output.reports)
        )
    )


def killed_before(step: int, output: Output, folder: Path) -> bool:
    """Have a process publish and be killed before a step; False where it came to its end first."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            flags = arguments[2] if event == "open" else 0
            if event in _STEPS or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
                left -= 1
                if left == -1:  # the kill is a step too
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        publisher(output, folder)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL), ended
    return ended != 0


def main() -> None:
    folder, in_one_step = Path(sys.argv[1]), sys.argv[2] == "one"

    def exchange(one: Path, other: Path) -> bool:
        sys.audit("os.exchange")
        return in_one_step and exchanging.exchange(one, other)

    publish.exchange = exchange
    # A kill takes nothing from the disk; only a power cut would.
    os.fsync = lambda fd: None
    step = 0
    while True:
        output = scene(folder)
        killed = killed_before(step, output, folder)
        left = found(output)
        with publish.locked(output):
            mended = found(output)
        print(json.dumps({"step": step, "killed": killed, "left": left, "mended": mended}))
        if not killed:
            return
        step += 1


if __name__ == "__main__":
    main()
