"""Starting without what libraries import where it is installed and do without where it is not."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# jsonschema would spend seconds on a grammar of addresses with foreign letters, each time that nbformat is
# imported, and a notebook has none to check.
GRAMMAR = "rfc3987_syntax"


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Have some packages count as not installed; those that are imported already are left alone."""
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
