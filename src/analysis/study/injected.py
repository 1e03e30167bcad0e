"""Parameters that papermill puts into a notebook, of a name that nothing in the notebook has."""

import ast
import sys
from collections.abc import Sequence
from typing import Any

from analysis.study.parameters import Parameters

_MARK = "# Parameters\n"  # the first line of the cell that papermill adds


def unknown() -> dict[str, Any]:
    """Return such parameters of the running notebook, with their values; none outside of one.

    A mistyped name would leave the default in force, and papermill itself only writes a warning.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return {}
    names = unknown_names(shell.history_manager.input_hist_parsed)
    return {name: shell.user_ns[name] for name in names if name in shell.user_ns}


def unknown_names(cells: Sequence[str]) -> list[str]:
    """Return the names that the last cell of papermill's sets, and that no cell before it does.

    `cells` are the sources that have run, in order. A parameter of a run is never unknown.
    """
    added = [number for number, source in enumerate(cells) if source.startswith(_MARK)]
    if not added:
        return []
    before = [source for source in cells[: added[-1]] if not source.startswith(_MARK)]
    known = {*Parameters.model_fields, *(name for source in before for name in _assigned(source))}
    return [name for name in _assigned(cells[added[-1]]) if name not in known]


def _assigned(source: str) -> list[str]:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    targets = [
        target
        for each in body
        if isinstance(each, ast.Assign | ast.AnnAssign)
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
    ]
    return [target.id for target in targets if isinstance(target, ast.Name)]
