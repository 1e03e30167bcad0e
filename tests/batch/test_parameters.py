"""Parameters are named, typed and checked, every fault at once, before any kernel starts."""

import pytest

from analysis.areas import UnknownAreaError
from analysis.study import parameters
from analysis.study.parameters import ParameterError

DEFAULTS = {"level": 0.95, "method": "wilson", "bounds": "tight", "cohort": 2012, "out": ""}


def test_an_area_alone_has_the_defaults():
    assert parameters.parse("north-of-london").model_dump() == DEFAULTS | {
        "area": "north-of-london"
    }


def test_written_values_are_typed():
    run = parameters.parse(
        "north-of-london", ["level=0.8", "method=mid_p", "bounds=loose", "cohort=2010"]
    )
    assert (run.level, run.method, run.bounds, run.cohort) == (0.8, "mid_p", "loose", 2010)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("levle=0.9", "levle: no such parameter; there are level, method, bounds, cohort"),
        ("level=wide", "level = 'wide': Input should be a valid number"),
        ("level=1", "level = '1': Input should be less than 1"),
        ("level=95", "level = '95': Input should be less than 1"),
        ("level=nan", "level = 'nan': Input should be"),
        ("method=wald", "method = 'wald': must be one of wilson, clopper_pearson, jeffreys"),
        ("bounds=medium", "bounds = 'medium': must be one of tight, loose"),
        ("cohort=2013", "cohort = '2013': must be one of 2010, 2011, 2012"),
        ("cohort=2012.5", "cohort = '2012.5': Input should be a valid integer"),
        ("level", "level: write a parameter as NAME=VALUE"),
        ("out=elsewhere", "out: not a parameter to be set here"),
        ("area=london", "area: not a parameter to be set here"),
    ],
)
def test_a_fault_is_named_with_what_is_allowed(written, told):
    with pytest.raises(ParameterError) as caught:
        parameters.parse("north-of-london", [written])
    assert str(caught.value).startswith(told)


def test_every_fault_is_told_at_once():
    with pytest.raises(ParameterError) as caught:
        parameters.parse("north-of-london", ["level=2", "method=wald", "colour=red"])
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    "values",
    [{"level": "0.95"}, {"cohort": "2012"}, {"cohort": 2012.0}, {"method": 1}, {"extra": 1}],
)
def test_a_notebook_gives_values_of_the_right_type(values):
    with pytest.raises(ParameterError):
        parameters.check(**DEFAULTS | {"area": "north-of-london"} | values)


def test_an_unknown_area_is_told_with_those_there_are():
    with pytest.raises(UnknownAreaError, match=r"Did you mean north-of-london\?"):
        parameters.parse("north-of-londn")


@pytest.mark.parametrize("area", ["../escape", "North of London", "a/b", ""])
def test_an_area_is_a_plain_name_that_cannot_leave_its_folder(area):
    with pytest.raises(ParameterError, match="No area "):
        parameters.parse(area)
