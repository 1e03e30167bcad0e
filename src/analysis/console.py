"""Standard output and standard error, whoever reads them: a person, a file, another program, nobody."""

import io
import os
import sys

from rich.console import Console

_UNCUT = 10_000  # columns, where no screen limits them


class Stream(Console):
    """A console for plain lines and tables.

    Where it is no terminal, tables are as wide as their texts. Where its reader goes away, as `head`
    does, no more is said, and the work goes on.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        """Take standard output or standard error."""
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True)
        if not self.file.isatty():
            self.width = _UNCUT

    @property
    def redraws(self) -> bool:
        """Whether lines can be drawn again: on a terminal, and nowhere else on FORCE_COLOR's word."""
        return self.is_terminal and self.file.isatty()

    def on_broken_pipe(self) -> None:
        """Say no more; Python's own flush at the end must not fail either."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def escape_what_cannot_be_written() -> None:
    """Have letters that an output has no bytes for written as escapes, in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
