"""Which rows of data/raw reach an area: all that its report may rest on, and all that it is shown.

A changed figure then calls for the reports that it reaches and for no others. Plain Python, so that
a batch with nothing to do need not wait for pandas.
"""

from collections.abc import Collection, Mapping
from typing import Any

# Places that are shown beside every area, and what each is (codes of the Office for National
# Statistics).
BESIDE = {
    "E13000001": "part",
    "E13000002": "part",
    "E12000007": "region",
    "E92000001": "country",
    "K04000001": "country",
}
# The model of London rests on every local authority, and so does each area's place in it.
_WHOLE = {"london_local_authorities", "neighbours"}
_BY_PLACE = {"population", "ethnicity_2011", "unemployment"}
# The columns by which it is told whether a row reaches an area.
TELLING = ("gss_code", "cohort", "measure")
_LONDON = "E09"  # how the codes of London's local authorities begin


def reaches(
    table: str, row: Mapping[Any, object], places: Collection[str], *, cohort: int, claims: bool
) -> bool:
    """Tell whether a row of a raw table reaches an area.

    `places` are the GSS codes of the area's local authorities, `cohort` the year of the run, and
    `claims` whether the area has an inspection report, whose claims are checked on every table.
    """
    if claims or table in _WHOLE:
        return True
    codes = str(row.get("gss_code")).split("+")
    own = any(code in places or code in BESIDE for code in codes)
    if table in _BY_PLACE:
        return own
    if table == "reoffending":
        return own or int(str(row["cohort"])) == cohort
    if table == "deprivation_2015":
        return own or (row["measure"] == "average_score" and codes[0].startswith(_LONDON))
    return False
