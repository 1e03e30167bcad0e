"""Where things lie: the one place that knows the project's folders."""

from dataclasses import dataclass
from pathlib import Path

from analysis.faults import UsageFault

ROOT = Path(__file__).resolve().parents[2]
AREAS = ROOT / "areas.toml"
NOTEBOOKS = ROOT / "notebooks"
NOTEBOOK_NAMES = ("1_clean", "2_proportions", "3_reoffending", "4_report")
RAW = ROOT / "data" / "raw"
SOURCES = RAW / "sources.toml"
INSPECTIONS = RAW / "inspections"
REGIONS = RAW / "regions"
DATAPACKAGE = RAW / "datapackage.json"
CODEBOOK = ROOT / "docs" / "codebook.md"


@dataclass(frozen=True)
class Output:
    """The folders that receive the tables and the pages."""

    processed: Path
    reports: Path

    @classmethod
    def at(cls, out: str | Path = "") -> "Output":
        """Return the project's own folders, or `processed/` and `reports/` under `out`."""
        if not str(out):
            return cls(ROOT / "data" / "processed", ROOT / "reports")
        folder = path(out).resolve()
        return cls(folder / "processed", folder / "reports")


def path(written: str | Path) -> Path:
    """Return a path as it was written; `~` is a home folder, which shells leave alone after `--out=`."""
    try:
        return Path(written).expanduser()
    except RuntimeError:
        raise UsageFault(f"{written}: no home folder is known for it") from None


def shown(path: Path) -> str:
    """Return a path as messages show it: relative to the project where it lies inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
