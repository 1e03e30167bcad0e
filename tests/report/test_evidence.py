"""What a notebook shows of a report, and what it says of a table that there is none of."""

import pandas as pd
import pytest

from analysis.areas import Area
from analysis.data import processed, tables
from analysis.faults import UnknownNameError
from analysis.report.evidence import Report

AREA = Area(title="the east <b>", local_authorities=("Barnet",), providers={"A": "Service A"})
REPORT = Report(
    area=AREA,
    level=0.9,
    cohort=2011,
    questions=pd.DataFrame(),
    tables={
        "judgements": pd.DataFrame(
            {"case_id": ["1", "1", "2", "3"], "provider": ["B", "B", "A", "A"]}
        ),
        "differences": tables.empty(processed.DIFFERENCES),
    },
)


def test_a_notebook_shows_the_area_the_parameters_and_the_tables_with_their_rows():
    shown = REPORT._repr_mimebundle_()
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


def test_providers_are_named_in_the_order_of_the_sample_by_their_code_where_they_have_no_name():
    assert REPORT.providers == {"B": "B", "A": "Service A"}
