"""What the warm parent imports before it forks: all that a kernel or the building of an area needs.

No thread, no context of ZeroMQ and no open figure may be left behind: a fork would copy them dead.
"""

import gc
import importlib
import os
import pkgutil
import traceback
from contextlib import suppress
from pathlib import Path

from analysis import lean
from analysis.faults import Fault

# What imports leave behind stays: looking for garbage among it would find none.
gc.disable()

_NEEDED = (
    *(f"analysis.{name}" for name in ("cli", "batch.pipeline", "batch.workers")),
    *(f"encodings.{name}" for name in ("unicode_escape", "utf_8_sig")),
    "gptables",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics.ast_mod",
    "IPython.core.logger",
    "IPython.core.magics.execution",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.kernelspec",
    "jinja2.ext",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "mistune.plugins.def_list",
    "mistune.plugins.task_lists",
    "mistune.plugins.url",
    "multiprocessing.popen_forkserver",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "pandas.io.formats.html",
    "papermill",
    "sqlite3",
    "tornado.platform.asyncio",
)

# Nobody attaches one to a kernel of a batch, yet each kernel would set one up.
_DEBUGGER = "debugpy"


def _import() -> None:
    # Matplotlib would read a matplotlibrc of the working folder, before any other.
    os.chdir(Path(__file__).parent)
    # What fails here is a PROBLEM.
    from IPython.core import application  # noqa: PLC0415

    from analysis import claims, report, stats  # noqa: PLC0415

    # What an administrator keeps there for the whole machine would change what notebooks show.
    application.SYSTEM_CONFIG_DIRS.clear()
    with lean.without(_DEBUGGER, lean.GRAMMAR):
        for name in _NEEDED:
            importlib.import_module(name)
        for room in (report, stats, claims):
            for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
                importlib.import_module(module.name)


def _prepare() -> None:
    """Do what is the same for every area: its results stay at hand in what is forked."""
    import nbformat  # noqa: PLC0415 - by now it does without what it can do without
    import pandas as pd  # noqa: PLC0415
    from matplotlib.backends.registry import backend_registry  # noqa: PLC0415

    from analysis import areas, project  # noqa: PLC0415
    from analysis.data import context, raw, regions, sources  # noqa: PLC0415
    from analysis.kernels import forking  # noqa: PLC0415
    from analysis.report.drawing import svg, tiles  # noqa: PLC0415
    from analysis.stats import borough_models  # noqa: PLC0415
    from analysis.study import inputs, manifest  # noqa: PLC0415

    backend_registry.list_all()
    nbformat.validate(nbformat.v4.new_notebook())
    areas.load()
    for name in raw.RAW:
        sources.load(name)
        inputs.rows(project.RAW / f"{name}.csv")
    inputs.load()
    manifest.packages()
    svg.draw(tiles.tiles(pd.Series({"E1": "1%"}), [], {"E1": ("ONE", 0, 0)}))
    options = forking.options()
    if options is not None:
        level = options["level"]
        for name in regions.names():
            lies_in = regions.load(name)
            boroughs = context.boroughs(lies_in, (), options["cohort"])
            borough_models.models(boroughs, lies_in, area="", level=level)
            borough_models.measures(boroughs, lies_in, area="", level=level)
            borough_models.by_borough(boroughs, lies_in, level=level)
            borough_models.residuals(boroughs, lies_in)
            borough_models.funnel(boroughs)
            borough_models.without_fewest(boroughs, lies_in, area="", level=level)
            cohorts, pairs = sources.load("reoffending"), sources.load("neighbours")
            cohorts = cohorts[cohorts["gss_code"].isin(boroughs["gss_code"])]
            borough_models.cohorts_model(boroughs, lies_in, cohorts, area="", level=level)
            borough_models.moran(boroughs, lies_in, pairs)


PROBLEM: str | None = None  # what kept this module from its work, for whoever asks
try:
    _import()
    with suppress(Fault, OSError):  # Those that need the input say what is wrong with it.
        _prepare()
except Exception as error:
    place = traceback.extract_tb(error.__traceback__)[-1]
    PROBLEM = f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"
gc.collect()
gc.freeze()
# What is forked lives for seconds: it need not look for garbage as often as a program of days.
gc.set_threshold(100_000, 50, 100)
gc.enable()
