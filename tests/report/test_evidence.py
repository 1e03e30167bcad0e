"""What a notebook shows of a report, and what it says of a table that there is none of."""

from dataclasses import replace

import pandas as pd
import pytest
from reports import asked, report

from analysis.areas import Area
from analysis.data import processed, tables
from analysis.faults import UnknownNameError

AREA = Area(title="the east <b>", local_authorities=("Barnet",))
REPORT = report(
    AREA,
    {
        "judgements": pd.DataFrame(
            {"case_id": ["1", "1", "2", "3"], "provider": ["B", "B", "A", "A"]}
        ),
        "differences": tables.empty(processed.DIFFERENCES),
    },
    level=0.9,
    cohort=2011,
)


def test_a_notebook_shows_the_area_the_parameters_and_the_tables_with_their_rows():
    shown = REPORT._repr_mimebundle_()
    assert isinstance(shown, dict)
    assert shown["text/plain"] == (
        "Report on the east <b>: level 90%, cohort 2011\n"
        "judgements | Judgements | 4\n"
        "differences | Differences between providers | 0"
    )
    assert (
        "<caption>Report on the east &lt;b&gt;: level 90%, cohort 2011</caption>"
        in shown["text/html"]
    )


def test_a_notebook_completes_the_names_of_the_tables():
    assert REPORT._ipython_key_completions_() == ["judgements", "differences"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "diferences",
            "No table 'diferences'. Did you mean differences? There are: judgements, differences.",
        ),
        ("weather", "No table 'weather'. There are: judgements, differences."),
    ],
)
def test_a_table_that_there_is_none_of_is_refused_with_the_nearest(name, message):
    with pytest.raises(UnknownNameError) as refused:
        REPORT[name]
    assert str(refused.value) == message


def test_providers_and_outcomes_are_those_of_the_inspection_in_its_order():
    questions = pd.DataFrame({"outcome": ["y", "x", "y"], "stage": "s"})
    found = replace(REPORT, inspection=asked(questions, {"B": "Service B", "A": "Service A"}))
    assert list(found.providers.items()) == [("B", "Service B"), ("A", "Service A")]
    assert list(found.outcomes) == ["y", "x"]
    assert (REPORT.providers, REPORT.outcomes) == ({}, {})
