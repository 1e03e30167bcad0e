"""What several tests look at: reports built once with real kernels, a browser, a copy of the project."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, sync_playwright

from analysis import areas, project
from analysis.batch import pipeline
from analysis.data import context, inspection, processed, regions, sources, tables
from analysis.data.region import Region
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
def browser() -> Iterator[Browser]:
    """A real Chromium, started once; without one its tests are passed over, but not at the gate."""
    found = shutil.which("chromium")
    if found is None:
        reason = "Chromium is not installed: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as driver:
        launched = driver.chromium.launch(
            executable_path=found, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield launched
        launched.close()


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
def elsewhere(copy, monkeypatch) -> Path:
    """The project's files in a copy that a test may change."""
    root = project.ROOT
    for name in ("ROOT", "AREAS", "NOTEBOOKS", "RAW", "SOURCES"):
        monkeypatch.setattr(project, name, copy / getattr(project, name).relative_to(root))
    return copy


@pytest.fixture
def report_of():
    """A report with the real models of an area and a cohort, and no case sample.

    `instead` makes another region, and its local authorities, of those of the area.
    """

    def made(area: str = "north-of-london", cohort: int = 2012, *, instead=None) -> Report:
        own = areas.get(area)
        codes = context.gss_codes()
        places = {name: codes[name] for name in own.local_authorities}
        lies_in = regions.holding(places.values())
        boroughs = context.boroughs(lies_in, places.values(), cohort)
        if instead is not None:
            lies_in, boroughs = instead(lies_in, boroughs)
        models = models_of(boroughs, lies_in, area)
        neighbours = area_context.neighbours(
            sources.load("neighbours"),
            boroughs,
            area=area,
            level=0.95,
            method="wilson",
            dispersion=borough_models.dispersion(models["reoffending_model"], lies_in),
        )
        return Report(
            area=own,
            inspection=None,
            region=lies_in,
            beside=None
            if lies_in.inspection is None
            else inspection.settings_of(lies_in.inspection),
            places=places,
            level=0.95,
            cohort=cohort,
            tables={
                "boroughs": boroughs,
                "judgements": tables.empty(processed.JUDGEMENT_TABLE),
                "proportions": tables.empty(processed.PROPORTIONS),
                "differences": tables.empty(processed.DIFFERENCES),
                "claims_checked": tables.empty(processed.CLAIMS_LEDGER),
                "area_neighbours": neighbours,
                "planning_cases": tables.empty(processed.PLANNING_CASES),
                "planning_power": tables.empty(processed.PLANNING_POWER),
                **models,
            },
        )

    return made


def models_of(boroughs: pd.DataFrame, lies_in: Region, area: str) -> dict[str, pd.DataFrame]:
    """The tables of the models, by name."""
    funnel = borough_models.funnel(boroughs)
    cohorts = sources.load("reoffending")
    cohorts = cohorts[cohorts["gss_code"].isin(boroughs["gss_code"])]
    return {
        "reoffending_cohorts_model": borough_models.cohorts_model(
            boroughs, lies_in, cohorts, area=area, level=0.95
        ),
        "reoffending_without_fewest": borough_models.without_fewest(
            boroughs, lies_in, area=area, level=0.95
        ),
        "reoffending_shrunken": borough_models.shrunken(boroughs, level=0.95),
        "reoffending_moran": borough_models.moran(boroughs, lies_in, sources.load("neighbours")),
        "reoffending_model": borough_models.models(boroughs, lies_in, area=area, level=0.95),
        "reoffending_boroughs": borough_models.by_borough(boroughs, lies_in, level=0.95),
        "reoffending_measures": borough_models.measures(boroughs, lies_in, area=area, level=0.95),
        "reoffending_curves": borough_models.curves(boroughs, lies_in, level=0.95),
        "reoffending_funnel": funnel,
        "reoffending_funnel_curves": borough_models.funnel_curves(funnel),
        "deprivation_standardised": borough_models.standardised(boroughs),
        "deprivation_correlations": borough_models.correlations(boroughs),
        "deprivation_thirds": borough_models.thirds(boroughs),
        "reoffending_residuals": borough_models.residuals(boroughs, lies_in),
    }
