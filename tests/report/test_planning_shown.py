"""What the page says of the power of a sample, and of the cases that another needs."""

from parts import every, only, paragraphs
from reports import report

from analysis.areas import Area
from analysis.report.content import Figure, Table
from analysis.report.sections import planning as section
from analysis.stats import planning


def shown(sizes):
    tables = {
        "planning_cases": planning.cases_table(sizes, area="x", level=0.95),
        "planning_power": planning.power_table(sizes, area="x", level=0.95),
    }
    return section.power(report(Area(title="the east", local_authorities=("Barnet",)), tables))


def test_without_a_sample_there_is_no_such_part():
    assert shown({}) == []


def test_two_providers():
    part = shown({"CRC": 40, "NPS": 21})
    could, needed = paragraphs(part)
    assert could == (
        "With 40 CRC and 21 NPS cases, all of them relevant, a true difference of 20 points between the "
        "providers would be shown in 34% of samples, and one of 35 points in 77% (95% intervals, each "
        "question by itself). Only from 37 points on is a difference shown four times in five. That "
        "nothing is shown is no sign that nothing is there."
    )
    assert needed.endswith(
        "21 for 20 points either way, 39 for 15 points either way, 93 for 10 points either way and 381 "
        "for 5 points either way."
    )
    figure = only(Figure, part)
    assert figure.alt.startswith(
        "The larger a difference, the more often samples of these sizes show it: "
    )
    assert "34% at 20 points and " in figure.alt
    behind, sizes = every(Table, part)
    assert behind.rows()[4][2:] == ["20", "34%"]
    assert sizes.rows() == [["20", "21"], ["15", "39"], ["10", "93"], ["5", "381"]]


def test_one_provider_has_the_cases_alone():
    part = shown({"CRC": 40})
    assert every(Figure, part) == []
    assert len(only(Table, part).rows()) == 4
