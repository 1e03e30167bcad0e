"""What is wrong with the input, all at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from analysis.faults import Exit, Fault


@dataclass(frozen=True)
class Problem:
    """One fault of one file: where it is, what stands there, what is allowed.

    `row` is the line of the file as an editor counts it (the header is line 1).
    """

    file: str
    allowed: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """Return the fault in one line."""
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        found = "" if self.value is None else f"{self.value!r}; "
        return f"{', '.join(place)}: {found}{self.allowed}"


def of_settings(file: str, error: ValidationError, section: str = "") -> list[Problem]:
    """Return what is wrong with settings that a file holds, or a section of it."""
    return [
        Problem(
            file,
            fault["msg"].removeprefix("Value error, "),
            column=".".join([*([section] if section else []), *map(str, fault["loc"])]) or None,
        )
        for fault in error.errors()
    ]


class BadDataError(Fault):
    """Input that cannot be used; `problems` holds every fault that was found."""

    exit_code = Exit.BAD_DATA

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the faults in the order in which they were found."""
        self.problems = tuple(problems)
        listed = "".join(f"\n  {problem}" for problem in self.problems)
        super().__init__(
            f"{len(self.problems)} problem(s) with the input; nothing was written:{listed}"
        )

    def __reduce__(self) -> tuple[type["BadDataError"], tuple[tuple[Problem, ...]]]:
        """Let it be raised in one process and shown by another."""
        return type(self), (self.problems,)


def of_each(checks: Iterable[Callable[[], object]]) -> list[Problem]:
    """Run each of some checks, which raise BadDataError, and return what all of them find."""
    problems: list[Problem] = []
    for check in checks:
        try:
            check()
        except BadDataError as error:
            problems += error.problems
    return problems
