"""What a user can mend: a message that says how, and an exit code of its own."""

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
