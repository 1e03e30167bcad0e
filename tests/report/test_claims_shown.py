"""What the page says of the report's claims."""

import pandas as pd
import pytest
from reports import SHIPPED, report

from analysis.areas import Area
from analysis.data import codes, inspection, processed, tables
from analysis.report.content import Paragraph, Table
from analysis.report.sections import claims as shown
from analysis.study.run import start

HOLDS, DOES_NOT_HOLD, DEPENDS, CANNOT_BE_CHECKED = codes.VERDICTS
OPEN_DATA, REPORT_FIGURES, ITSELF = codes.TESTED_AGAINST
LARGEST = 38_000  # bytes: the page has much else to carry


def ledger(holds=0, does_not_hold=0, cannot_be_checked=0, depends=0, against=OPEN_DATA):
    verdicts = [HOLDS] * holds + [DOES_NOT_HOLD] * does_not_hold + [DEPENDS] * depends
    verdicts += [CANNOT_BE_CHECKED] * cannot_be_checked
    rows = [
        {
            "area": "x",
            "claim_id": f"K{number:03}",
            "claim": f"Claim {number}.",
            "printed": "some <17%>",
            "report_line": 60 + number,
            "report_section": "2. Work > Staffing",
            "tested_against": against,
            "computed": f"{number} of 9",
            "verdict": verdict,
            "because": "It is so.",
        }
        for number, verdict in enumerate(verdicts, start=1)
    ]
    return pd.DataFrame(rows, columns=list(processed.CLAIMS_LEDGER.columns))


def part(table):
    area = Area(title="the north", local_authorities=("Barnet",))
    return shown.ledger(report(area, {"claims_checked": table}))


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            (12, 2, 3, 4),
            "Of 21 statements in the inspection report, 12 hold, two do not hold, four depend on the "
            "measure or reading and three cannot be checked.",
        ),
        (
            (1, 1, 1, 1),
            "Of four statements in the inspection report, one holds, one does not hold, one depends "
            "on the measure or reading and one cannot be checked.",
        ),
        (
            (2, 0, 1),
            "Of three statements in the inspection report, two hold and one cannot be checked. None "
            "was found that does not hold.",
        ),
        ((0, 1, 0), "Of one statement in the inspection report, one does not hold."),
    ],
)
def test_the_counts_in_a_sentence(numbers, sentence):
    assert shown.counts(ledger(*numbers)) == sentence


def test_the_shares_that_could_be_tested_and_against_what():
    open_data = ledger(2, 1, 1)
    own = ledger(1, 0, 1, 1, against=REPORT_FIGURES)
    # 3 and 2 of 7; what cannot be checked was tested against nothing.
    assert shown.tested(pd.concat([open_data, own])) == (
        "Against open data 43% (3) could be tested, and only against the report’s own other figures "
        "29% (2)."
    )
    by_construction = ledger(1, 0, 2, against=ITSELF)
    # 3, 2 and 1 of 10
    assert shown.tested(pd.concat([open_data, own, by_construction])) == (
        "Against open data 30% (3) could be tested, and only against the report’s own other figures "
        "20% (2). The words of 10% (1) are all that is printed of what they say, so that they hold by "
        "construction."
    )


def test_the_opening_has_the_result_in_short():
    table = pd.concat([ledger(5, 2, 1, 1), ledger(0, 1, against=REPORT_FIGURES)])
    assert shown.told(table) == (
        "10 statements: five hold, three do not hold (one of them by the report’s own figures), one "
        "depends on the measure or reading and one cannot be checked."
    )


def test_what_does_not_hold_is_seen_and_the_others_are_folded():
    table = pd.concat([ledger(3, 2, 1, 2), ledger(0, 1, against=REPORT_FIGURES)])
    sentence, against, *listed = part(table)
    assert sentence == Paragraph(shown.counts(table))
    assert against == Paragraph(shown.tested(table))
    assert [(each.caption, each.folded, len(each.rows())) for each in listed] == [
        ("Statements that do not hold", None, 2),
        (
            "Statements that the report itself contradicts",
            "The statement that the report itself contradicts",
            1,
        ),
        (
            "Statements that depend on the measure or reading",
            "The 2 statements that depend on the measure or reading",
            2,
        ),
        ("Statements that cannot be checked", "The statement that cannot be checked", 1),
        ("Statements that hold", "The 3 statements that hold", 3),
    ]


def test_a_refuted_statement_stands_with_all_that_belongs_to_it():
    _, _, table = part(ledger(does_not_hold=1))
    assert [cell.heading for cell in table.cells] == [
        "Statement",
        "As printed",
        "Computed",
        "Why",
        "Tested against",
        "Section and heading",
    ]
    assert table.rows() == [
        ["Claim 1.", "some <17%>", "1 of 9", "It is so.", "open data", "2. Work > Staffing"]
    ]
    assert "some &lt;17%&gt;" in table.html()


def test_without_a_refuted_statement_there_is_no_open_table():
    sentence, _, table = part(ledger(2, 0, 0))
    assert "None was found that does not hold." in sentence.text
    assert table.folded == "The 2 statements that hold"


def test_an_area_without_an_inspection_shows_no_claims_of_another():
    assert part(tables.empty(processed.CLAIMS_LEDGER)) == []


def test_the_whole_ledger_is_small():
    nothing = (tables.empty(processed.VERDICTS), tables.empty(processed.DIFFERENCES))
    checks = start(area="north-of-london").claims(*nothing)
    whole = part(checks)
    assert len(whole.html().encode()) < LARGEST
    rows = [row for block in whole if isinstance(block, Table) for row in block.rows()]
    assert len(rows) == len(inspection.load(SHIPPED).claims)
