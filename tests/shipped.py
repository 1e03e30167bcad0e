"""The shipped inspection and its region, as many tests take them."""

import pandas as pd

from analysis.data import context, inspection, regions

INSPECTION = inspection.load("north-of-london-2016")
INSPECTED = [context.gss_codes()[name] for name in INSPECTION.settings.local_authorities]
REGION = regions.load("london")
LONDON = regions.members(REGION)["gss_code"].tolist()


def boroughs(codes: list[str], cohort: int = 2012) -> pd.DataFrame:
    """The local authorities of London, some of which are those of an area."""
    return context.boroughs(REGION, codes, cohort)
