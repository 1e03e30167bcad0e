"""The notebooks' door: `from analysis import study`, then `run = study.start(area=...)`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.study.run import Run


def start(**values: Any) -> "Run":  # noqa: ANN401
    """Check a notebook's parameters and start its run; ParameterError has every fault.

    `values` are the parameters by name: area, level, method, bounds, cohort, out.
    """
    # A batch that looks whether there is anything to do passes here, and waits for no pandas.
    from analysis.study import run  # noqa: PLC0415

    return run.start(**values)
