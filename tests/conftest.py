"""What several tests look at: reports built once with real kernels, a copy of the project."""

import shutil
import subprocess
from pathlib import Path

import pytest

from analysis import areas, project
from analysis.batch import pipeline
from analysis.data import context, processed, sources, tables
from analysis.project import Output
from analysis.report.evidence import Report
from analysis.stats import area_context, borough_models
from analysis.study import parameters


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Output:
    """The north of London: an area with a case sample."""
    output = Output.at(tmp_path_factory.mktemp("built"))
    pipeline.build(parameters.parse("north-of-london"), output)
    return output


@pytest.fixture(scope="session")
def built_without_sample(tmp_path_factory) -> Output:
    """Inner London: an area without a case sample."""
    output = Output.at(tmp_path_factory.mktemp("built_without_sample"))
    pipeline.build(parameters.parse("inner-london"), output)
    return output


@pytest.fixture(scope="session")
def built_ends(tmp_path_factory) -> Output:
    """All of London, the longest of pages without a sample, and the City, a single local authority."""
    output = Output.at(tmp_path_factory.mktemp("built_ends"))
    for area in ("london", "city-of-london"):
        pipeline.build(parameters.parse(area), output)
    return output


@pytest.fixture(scope="session")
def copied():
    """Make a clone of the project, with what is not committed yet, in a folder."""

    def make(target: Path) -> Path:
        subprocess.run(["git", "clone", "--quiet", project.ROOT, target], check=True)
        for option in ("--cached", "--others"):
            listing = subprocess.run(
                ["git", "ls-files", option, "--exclude-standard"],
                cwd=project.ROOT,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            for name in listing.splitlines():
                if (project.ROOT / name).exists():
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(project.ROOT / name, target / name)
                else:
                    (target / name).unlink(missing_ok=True)
        return target

    return make


@pytest.fixture
def copy(tmp_path, copied) -> Path:
    """A clone of the project."""
    return copied(tmp_path / "project")


@pytest.fixture
def report_of():
    """Give a report with the real models of an area and a cohort, and no case sample."""

    def made(area: str = "north-of-london", cohort: int = 2012) -> Report:
        boroughs = context.boroughs(areas.gss_codes(areas.get(area)), cohort)
        return Report(
            area=areas.get(area),
            level=0.95,
            cohort=cohort,
            questions=sources.load("questions"),
            tables={
                "boroughs": boroughs,
                "judgements": tables.empty(processed.JUDGEMENT_TABLE),
                "differences": tables.empty(processed.DIFFERENCES),
                "area_neighbours": area_context.neighbours(
                    sources.load("neighbours"), boroughs, area=area, level=0.95, method="wilson"
                ),
                "reoffending_model": borough_models.models(boroughs, area=area, level=0.95),
                "reoffending_boroughs": borough_models.by_borough(boroughs, level=0.95),
                "reoffending_measures": borough_models.measures(boroughs, area=area, level=0.95),
                "reoffending_curves": borough_models.curves(boroughs, level=0.95),
                "reoffending_funnel": (funnel := borough_models.funnel(boroughs)),
                "reoffending_funnel_curves": borough_models.funnel_curves(funnel),
                "deprivation_standardised": borough_models.standardised(boroughs),
                "deprivation_correlations": borough_models.correlations(boroughs),
                "deprivation_thirds": borough_models.thirds(boroughs),
                "reoffending_residuals": borough_models.residuals(boroughs),
            },
        )

    return made
