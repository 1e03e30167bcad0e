"""What a user can mend: a message that says how, and an exit code of its own."""

import difflib
from collections.abc import Collection
from typing import ClassVar


class Fault(Exception):  # noqa: N818 - the base of the errors that are told without a traceback
    """An error that is told in words; the message is complete by itself."""

    exit_code: ClassVar[int]

    def told(self) -> str:
        """Give the message with all that was noted on the way."""
        return "\n".join([str(self), *getattr(self, "__notes__", ())])


class UsageFault(Fault):
    """A command that cannot be carried out as it was given."""

    exit_code = 2


class UnknownNameError(UsageFault, ValueError):
    """A name that there is none of; the message has the nearest, and all there are."""

    def __init__(self, what: str, name: str, known: Collection[str]) -> None:
        """Name what was asked for, and what there is."""
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        super().__init__(f"No {what} {name!r}. {hint}There are: {', '.join(known) or 'none'}.")
