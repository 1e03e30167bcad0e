"""The claims of an inspection name what there is: every fault of the folder at once, never a KeyError."""

import pytest
from typer.testing import CliRunner

import made_up
from analysis import cli
from analysis.claims import arguments, ledger
from analysis.claims.common import Kind, Names
from analysis.data import inspection
from analysis.data.problems import BadDataError
from analysis.faults import Exit
from analysis.study import inspections
from shipped import INSPECTION

HEADER = "claim_id,claim,printed,report_line,report_section,computation,arguments,note\n"
FACTS = """fact_id,subject,measure,qualifier,value,unit,period,source,report_section,report_line
P1,Lakes,offices,,4,of 9 offices,2031,report,Offices,7
P2,Lakes,staff,,0,persons,2031,report,Offices,8
P3,Lakes,share,,50,percent,2031,report,Offices,9
"""


def claims(*computed):
    """claims.csv with a claim for each computation and its arguments."""
    rows = (
        f'K{at:03},A claim.,words,{at},Offices,{computation},"{given}",'
        for at, (computation, given) in enumerate(computed, start=1)
    )
    return HEADER + "\n".join(rows) + "\n"


def faults(folder, *computed, **files):
    made_up.write(folder, **{"claims": claims(*computed), "context": FACTS} | files)
    with pytest.raises(BadDataError) as caught:
        inspections.load(str(folder))
    assert caught.value.exit_code is Exit.BAD_DATA
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def west(tmp_path):
    return tmp_path / "west"


def test_claims_whose_arguments_are_in_order_are_computed(west):
    made_up.write(
        west,
        context=FACTS,
        claims=claims(
            ("falling", "figures=of P1, P1, P2"),
            ("lower_share", "findings=F1; than=F6"),
            ("provider_ahead", "ahead=Northside; behind=Lakes"),
            ("boroughs_inspected", "printed=P2"),
            ("least_deprived", "places=Harrow"),
            ("population", "places=inspected; printed=P1"),
        ),
    )
    found = inspections.load(str(west))
    computed = ledger.ledger(found.claims, inspections.evidence(found), area="west")
    assert computed["computed"].tolist()[:2] == [
        "9 > 4 > 0",
        "In the sample: 12 of 20, against 18 of 18",
    ]


@pytest.mark.parametrize(
    ("computation", "given", "told"),
    [
        ("falling", "figures=P1, P9", "'figures=P9'; must be one of P1, P2, P3, of P1"),
        ("falling", "figures=of P2, P1", "'figures=of P2'; must be one of P1, P2, P3, of P1"),
        ("growing", "before=P1; after=P2; times=twice", "'times=twice'; must be a number"),
        (
            "provider_ahead",
            "ahead=Northside; behind=Mill",
            "'behind=Mill'; must be one of Northside, Lakes",
        ),
        (
            "questions_on_a_side",
            "provider=Lakes; outcome=hope; side=more",
            "'outcome=hope'; must be one of keeping_safe, moving_on, making_good, fair_treatment",
        ),
        (
            "weakest_questions",
            "provider=Lakes; outcome=keeping_safe; questions=harm_knewn",
            "'questions=harm_knewn'; must be one of harm_known, visits_made, work_found, "
            "letters_written, heard",
        ),
        (
            "side_of_half",
            "provider=Lakes; questions=heard; side=above",
            "'side=above'; must be one of more, fewer",
        ),
        (
            "uncounted_words",
            "findings=F9",
            "'findings=F9'; must be one of F1, F2, F3, F4, F5, F6, F7, F8",
        ),
        (
            "inspected_in_part",
            "part=upper; printed=P1",
            "'part=upper'; must be one of inner, outer",
        ),
        ("most_populous", "place=Barnet", "'place=Barnet'; must be one of Ealing, Harrow"),
        (
            "least_deprived",
            "places=Harrow, Brent",
            "'places=Brent'; must be one of Ealing, Harrow",
        ),
        (
            "white_share",
            "place=Eeling; printed=P1",
            "'place=Eeling'; is no place that ethnicity_2011.csv has; did you mean Ealing?",
        ),
        (
            "boroughs_of_region",
            "beside=Leeds; printed=P1",
            "'beside=Leeds'; is no local authority of the region that ethnicity_2011.csv has",
        ),
        (
            "most_diverse",
            "place=Harrow; among=Kent",
            "'among=Kent'; must be one of inspected, London",
        ),
        ("falling", "figure=P1", "'figure=P1'; falling takes figures=..."),
        (
            "falling",
            "figures=P1; figures=P2",
            "'figures=P1; figures=P2'; falling takes figures=...",
        ),
        ("share", "", "''; share takes parts=...; whole=...; printed=..."),
        ("mostly_deprived", "places=Harrow", "'places=Harrow'; mostly_deprived takes no arguments"),
    ],
)
def test_an_argument_that_names_what_there_is_not(west, computation, given, told):
    assert faults(west, (computation, given)) == [
        f"west/claims.csv, row 2, column arguments: {told}"
    ]


@pytest.mark.parametrize(
    ("computation", "given", "why"),
    [
        ("share", "parts=P1; whole=P2; printed=P3", "P2 is 0, and nothing can be divided by it"),
        ("growing", "before=P2; after=P1; times=2", "P2 is 0, and nothing can be divided by it"),
        ("within_range", "figure=P1; ends=P1", "a range has two ends, not 1"),
        ("scores_below_a_mark", "scores=P1, P2; poor=P1", "4 of 2 scores are no part of them"),
        ("whole_cases", "finding=F1", "F1 is not printed as a share: rule"),
        (
            "weakest_questions",
            "provider=Lakes; outcome=keeping_safe; questions=heard",
            "there must be figures on some of these questions and on others",
        ),
        (
            "weakest_questions",
            "provider=Lakes; outcome=making_good; questions=heard",
            "no finding on cases of Lakes has a figure",
        ),
        (
            "most_diverse",
            "place=Brent; among=inspected",
            "Brent is not among the places that it is set beside",
        ),
    ],
)
def test_arguments_of_which_together_nothing_can_be_computed(west, computation, given, why):
    assert faults(west, (computation, given)) == [
        f"west/claims.csv, row 2, column arguments: {given!r}; {why}"
    ]


def test_what_is_about_inspected_places_needs_some(west):
    nowhere = made_up.SETTINGS.replace('local_authorities = ["Ealing", "Harrow"]', "")
    assert faults(west, ("boroughs_inspected", "printed=P1"), inspection=nowhere) == [
        "west/claims.csv, row 2, column computation: 'boroughs_inspected'; needs a local authority of "
        "inspection.toml"
    ]
    assert faults(west, ("least_deprived", "places=Harrow"), inspection=nowhere) == [
        "west/claims.csv, row 2, column arguments: 'places=Harrow'; is no local authority of "
        "inspection.toml that deprivation_2015.csv has"
    ]


def test_the_command_lists_every_fault_of_a_folder(west):
    settings = made_up.SETTINGS.replace('"Harrow"', '"Harow"') + (
        '[appendix.ethnicity]\nprinted = "Figure 1"\ndifference = "{white} against {region}."\n'
        '[appendix.key_facts]\nprinted = "Facts"\ndifference = "as printed."\nsection = "Key"\n'
        '[appendix.weather]\nprinted = "Figure 2"\ndifference = "none."\n'
        '[appendix.cohorts]\nprinted = "Figure 3"\ndifference = "another { cohort."\n'
    )
    made_up.write(
        west,
        inspection=settings,
        findings=made_up.FINDINGS.replace("F4,visits_made", "F4,visits_paid"),
        context=FACTS.replace("P3,Lakes,share,,50", "P3,Lakes,share,,half"),
        # A field of several lines: rows are counted as an editor counts them.
        claims=claims(
            ("falling", "figures=P3, P4"),
            ("rising", "figures=P1"),
            ("most_populous", "place=Harow"),
            ("lower_share", "findings=F1, F10; than=F2"),
        ).replace("A claim.", '"A\nclaim."', 1),
    )
    done = CliRunner().invoke(cli.app, ["check", "--inspection", str(west)])
    assert isinstance(done.exception, BadDataError)
    assert [str(problem) for problem in done.exception.problems] == [
        "west/context.csv, row 4, column value: 'half'; a number is needed",
        "west/inspection.toml, column local_authorities: 'Harow'; is no local authority of data/raw",
        "west/inspection.toml, column appendix.ethnicity.difference: '{white}'; the fields are "
        "{region}, {white_british}",
        "west/inspection.toml, column appendix.weather: is no part of the page; there are "
        + ", ".join(inspection.APPENDIX),
        "west/inspection.toml, column appendix.cohorts.difference: 'another { cohort.'; a brace that "
        "is no field's is written twice; the fields are {region}",
        "west/findings.csv, row 5, column question_id: 'visits_paid'; is not in questions.csv",
        "west/claims.csv, row 2, column arguments: 'figures=P4'; must be one of P1, P2, P3, of P1",
        "west/claims.csv, row 4, column computation: 'rising'; is no function of analysis.claims; "
        "did you mean varying?",
        "west/claims.csv, row 5, column arguments: 'place=Harow'; must be one of Ealing",
        "west/claims.csv, row 6, column arguments: 'findings=F10'; must be one of F1, F2, F3, F4, F5, "
        "F6, F7, F8",
    ]


def test_a_section_that_no_fact_is_in_has_nothing_to_show(west):
    shown = '[appendix.{}]\nprinted = "Table 1"\ndifference = "as printed."\nsection = "{}"\n'
    settings = made_up.SETTINGS + shown.format("earlier_inspection", "Office")
    made_up.write(west, inspection=settings, context=FACTS)
    assert inspections.load(str(west)).settings.appendix["earlier_inspection"].section == "Office"
    for section in ("Key facts", ""):
        files = {"inspection": made_up.SETTINGS + shown.format("key_facts", section)}
        assert faults(west, **files) == [
            f"west/inspection.toml, column appendix.key_facts.section: {section!r}; must stand in the "
            "report_section of a fact of context.csv"
        ]


@pytest.mark.parametrize("stem", ["findings", "context", "questions"])
def test_what_depends_on_a_file_that_cannot_be_read_is_not_called_wrong(west, stem):
    told = faults(
        west,
        ("lower_share", "findings=F1; than=F99"),
        ("falling", "figures=P1, P99"),
        ("weakest_questions", "provider=Lakes; outcome=moving_on; questions=harm"),
        **{stem: '"never closed'},
    )
    about = {"findings": "F99", "context": "P99", "questions": "=harm'"}
    assert any(f"west/{stem}.csv, row 1: " in fault for fault in told)
    for each, name in about.items():
        assert any(name in fault for fault in told) is (each != stem)


@pytest.mark.parametrize("name", ledger.COMPUTATIONS)
def test_every_argument_of_a_computation_is_declared(name):
    found = arguments.declared(ledger.COMPUTATIONS[name])
    tables = found.pop("tables")
    assert tables is None or tables.kind is Kind.INSPECTED
    assert all(isinstance(names, Names) for names in found.values())


def test_the_shipped_claims_are_in_order():
    assert inspections.check() == []
    assert inspections.misnamed(INSPECTION.folder) == []
