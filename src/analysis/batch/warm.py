"""What the warm parent imports before it forks: all that a kernel or the building of an area needs.

No thread, no context of ZeroMQ and no open figure may be left behind: a fork would copy them dead.
"""

import gc
import importlib
from contextlib import suppress

from analysis import areas
from analysis.data import schemas, sources

_NEEDED = (
    "analysis.batch.building",
    "analysis.batch.pipeline",
    "analysis.cli",
    "gptables",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "papermill",
    "scipy.optimize",
    "scipy.stats",
    "seaborn",
    "statsmodels.api",
)


def _prepare() -> None:
    """Do what is the same for every area: its results stay at hand in what is forked."""
    areas.load()
    for name in schemas.RAW:
        sources.raw(name)


for _name in _NEEDED:
    importlib.import_module(_name)
# What is wrong with the input is told by those that need it.
with suppress(Exception):
    _prepare()
gc.collect()
gc.freeze()
