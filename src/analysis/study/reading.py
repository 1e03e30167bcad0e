"""A file of data/raw that a notebook opens past its run is an error: no change of it would be seen."""

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from analysis.data.problems import BadDataError, Problem

_OURS = "analysis.study"  # what records, or checks
_guarded: set[str] = set()


def guard(*folders: Path) -> None:
    """In a kernel, refuse every file below these folders but to what a run reads; elsewhere do nothing.

    Settings, in TOML, are read by all; what depends on them records it.

    Python itself asks before it opens a file, whichever library wants to (`sys.addaudithook`).
    """
    from IPython import get_ipython  # noqa: PLC0415 - which a kernel has, and nothing else needs

    if get_ipython() is None:
        return
    if not _guarded:
        sys.addaudithook(_refuse)
    _guarded.update(map(os.path.realpath, folders))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
        return
    path = Path(os.fsdecode(arguments[0]))
    if path.suffix == ".toml" or _guarded.isdisjoint(map(str, path.resolve().parents)):
        return
    frame: FrameType | None = sys._getframe()
    while frame := frame and frame.f_back:
        if frame.f_globals.get("__name__", "").startswith(_OURS):
            return
    allowed = f'is read past the run: write run.raw("{path.stem}"), or take it from run.inspection'
    raise BadDataError([Problem(path.name, allowed)])
