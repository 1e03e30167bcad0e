"""Reports for the tests: of an area and an inspection that are made up, or of real ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.areas import Area
from analysis.data import context, inspection, regions, tables
from analysis.data.inspection import Inspection, Settings
from analysis.data.raw import CLAIMS, CONTEXT, FINDINGS
from analysis.report.evidence import Report

SHIPPED = "north-of-london-2016"


def asked(questions: pd.DataFrame, providers: Mapping[str, str], **settings: Any) -> Inspection:
    """An inspection of these questions and providers, without a folder."""
    codes = questions["outcome"].unique()
    found = Settings(
        title="An inspection",
        publisher="The inspectorate",
        date="May 2031",
        outcomes={code: code.replace("_", " ").capitalize() for code in codes},
        stages={code: code.capitalize() for code in questions["stage"].unique()},
        providers=providers,
    ).model_copy(update=settings)
    findings, claims, facts = (tables.empty(each) for each in (FINDINGS, CLAIMS, CONTEXT))
    folder = Path("/nowhere/made-up")
    return Inspection("made-up", folder, found, questions, findings, claims, facts, None)


def report(
    area: Area,
    frames: Mapping[str, pd.DataFrame],
    *,
    inspected: Inspection | None = None,
    level: float = 0.95,
    cohort: int = 2012,
) -> Report:
    """A report on an area of London with these tables, set beside the shipped inspection."""
    codes = context.gss_codes()
    return Report(
        area=area,
        inspection=inspected,
        region=regions.load("london"),
        beside=inspection.settings_of(SHIPPED),
        places={name: codes[name] for name in area.local_authorities},
        level=level,
        cohort=cohort,
        tables=frames,
    )
