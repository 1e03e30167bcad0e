"""The surroundings that kernels start from: the same on every machine, whatever lies around there.

Settings, startup files and folders of modules that a user or an administrator keeps for other work would
change figures and tables, and no digest would show it.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from analysis import project

# What these begin with names settings and places of Git, IPython, Jupyter, Matplotlib and Python.
_FOREIGN = ("GIT_", "IPYTHON", "JUPYTER_", "MATPLOTLIB", "MPL", "PYTHON", "XDG_CONFIG", "XDG_DATA")
_HARMLESS = {
    "JUPYTER_DEFAULT_PROVISIONER_NAME",
    "JUPYTER_ALLOW_INSECURE_WRITES",  # for file systems without permissions
    "PYTHONDONTWRITEBYTECODE",
}
# Whoever has no home folder, as in a container, has not even the entry of a user that Python looks for.
_NO_HOME = "/nonexistent"


@contextmanager
def known(home: Path | None = None) -> Iterator[None]:
    """Have this process and those that it starts see nothing of what lies around.

    `home` is an empty folder, in which IPython and Jupyter look for what a user keeps.
    """
    before = dict(os.environ)
    _replace(environment(before, home))
    try:
        yield
    finally:
        _replace(before)


def environment(found: Mapping[str, str], home: Path | None = None) -> dict[str, str]:
    """Return environment variables without those by which settings of a user come in."""
    kept = {
        name: value
        for name, value in found.items()
        if name in _HARMLESS or not name.startswith(_FOREIGN)
    }
    if home is not None:
        kept["HOME"] = str(home)
    elif "HOME" not in kept:
        kept["HOME"] = _NO_HOME
    return kept | {
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this very Python
        "MATPLOTLIBRC": str(_defaults_of_matplotlib()),
        "MPLCONFIGDIR": str(_fonts()),
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": str(project.ROOT / "src"),
        "PYTHONSAFEPATH": "1",
        "XDG_CACHE_HOME": str(_fonts()),
    }


def _replace(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


@cache
def _defaults_of_matplotlib() -> Path:
    """Return the settings that Matplotlib comes with; it is not imported for that."""
    found = find_spec("matplotlib")
    assert found is not None and found.origin is not None, "held by the lock"
    return Path(found.origin).with_name("mpl-data") / "matplotlibrc"


@cache
def _fonts() -> Path:
    """Return a folder where Matplotlib and Fontconfig note which fonts there are, as it takes seconds."""
    own = Path(sys.prefix, "var", "matplotlib")
    with suppress(OSError):  # an environment may be there to be read only
        own.mkdir(parents=True, exist_ok=True)
    if os.access(own, os.W_OK):
        return own
    shared = Path(tempfile.gettempdir(), f"analysis-fonts-{os.getuid()}")
    shared.mkdir(mode=0o700, exist_ok=True)
    if shared.lstat().st_uid == os.getuid():
        return shared
    return Path(tempfile.mkdtemp(prefix="analysis-fonts-"))  # somebody else had that name
