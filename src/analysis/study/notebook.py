"""What means something in a notebook, apart from what a run or an editor leaves in it."""

import hashlib
import json
import re
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from analysis import project
from analysis.data.problems import BadDataError, Problem, of_each, of_settings
from analysis.faults import UnknownNameError


def _joined(lines: Any) -> Any:  # noqa: ANN401
    return "".join(lines) if isinstance(lines, list) else lines


def _once(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(tags)))


Tag = Annotated[str, Field(pattern="^[^,]+$")]


class Metadata(BaseModel):
    """Of a cell's metadata, what decides how it is run."""

    model_config = ConfigDict(frozen=True)

    tags: Annotated[tuple[Tag, ...], AfterValidator(_once)] = ()


class Cell(BaseModel):
    """One cell: what it is, what it says, what is attached to it."""

    model_config = ConfigDict(frozen=True)

    cell_type: Literal["code", "markdown", "raw"]
    source: Annotated[str, BeforeValidator(_joined)]
    metadata: Metadata = Metadata()
    attachments: dict[str, dict[str, Any]] = Field(default_factory=dict)


class _Notebook(BaseModel):
    nbformat: Literal[4]
    cells: tuple[Cell, ...]


def path_of(name: str) -> Path:
    """Return where one of the project's notebooks lies."""
    return project.NOTEBOOKS / f"{name}.ipynb"


def read(path: Path) -> tuple[Cell, ...]:
    """Return the cells of a notebook, without the blank ones, which do nothing.

    Raises BadDataError where the file is no notebook of format 4.
    """
    try:
        cells = _Notebook.model_validate_json(path.read_bytes()).cells
    except FileNotFoundError:
        raise BadDataError([Problem(project.shown(path), "the file does not exist")]) from None
    except ValidationError as error:
        raise BadDataError(of_settings(project.shown(path), error)) from None
    return tuple(cell for cell in cells if cell.source.strip())


def check() -> list[Problem]:
    """Say what keeps a file from being one of the project's four notebooks."""
    return of_each(partial(read, path_of(name)) for name in project.NOTEBOOK_NAMES)


def digest(path: Path) -> str:
    """Return the SHA-256 of what means something in a notebook: the same before and after a run."""
    text = json.dumps([cell.model_dump() for cell in read(path)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def makers() -> dict[str, str]:
    """Return the notebook that writes each processed table, in the order in which they are written."""
    return {
        table: name
        for name in project.NOTEBOOK_NAMES
        for cell in read(path_of(name))
        for table in re.findall(r'run\.write\(\s*"(\w+)"', cell.source)
    }


def up_to(last: str) -> dict[str, list[str]]:
    """Return the tables that each notebook makes, in order, up to one; UnknownNameError if it makes none."""
    made: dict[str, list[str]] = {}
    for table, name in makers().items():
        made.setdefault(name, []).append(table)
    if last not in made:
        raise UnknownNameError("notebook that makes tables", last, list(made))
    names = list(made)
    return {name: made[name] for name in names[: names.index(last) + 1]}
