"""What a user can mend: a message that says how, and an exit code that other programs can tell apart."""

import difflib
from collections.abc import Collection
from enum import IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """How a command ended. README lists these, with the same words."""

    DONE = 0, "done"
    REFUSED = (
        1,
        "the system refused (a full disk, a file that may not be read), or a fault of the program",
    )
    USAGE = 2, "the command was used wrongly"
    BAD_DATA = 3, "the input is not in order"
    NOTEBOOK_FAILED = 4, "a notebook failed"
    SOME_FAILED = 5, "a batch went on past areas that failed"
    HELD = 6, "another run is writing to the output folder"
    DIFFERENT = 7, "a report is not what its inputs give"
    HUNG_UP = 129, "stopped because its terminal was closed (SIGHUP)"
    INTERRUPTED = 130, "stopped by Ctrl-C"
    TERMINATED = 143, "stopped by SIGTERM"

    meaning: str

    def __new__(cls, code: int, meaning: str = "") -> "Exit":
        """Keep what the code means beside it."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member


class Fault(Exception):  # noqa: N818 - the base of the errors that are shown without a traceback
    """An error in words; the message is complete by itself."""

    exit_code: ClassVar[Exit]

    def in_full(self) -> str:
        """Return the message with all that was noted on the way."""
        return "\n".join([str(self), *getattr(self, "__notes__", ())])


class UsageFault(Fault):
    """A command that cannot be carried out as it was given."""

    exit_code = Exit.USAGE


class NotOursError(Fault):
    """Something in the output folder that this project did not put there is in its way."""

    exit_code = Exit.REFUSED


class UnknownNameError(UsageFault, ValueError):
    """A name that there is none of; the message has the nearest, and all there are."""

    def __init__(self, what: str, name: str, known: Collection[str]) -> None:
        """Name what was asked for, and what there is."""
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        super().__init__(f"No {what} {name!r}. {hint}There are: {', '.join(known) or 'none'}.")


def refusal(error: OSError) -> str:
    """Return why the system refused, and what it refused where the error says so; never blank."""
    why = error.strerror or str(error) or type(error).__name__
    return why if error.filename is None else f"{why}: {error.filename}"
