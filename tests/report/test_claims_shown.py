"""What the page says of the report's claims."""

import pandas as pd
import pytest
from reports import SHIPPED, report

from analysis.areas import Area
from analysis.data import codes, inspection, processed, tables
from analysis.report.content import Paragraph, Table
from analysis.report.sections import claims as shown
from analysis.study.run import start

HOLDS, DOES_NOT_HOLD, CANNOT_BE_CHECKED = codes.VERDICTS
LARGEST = 20_500  # bytes: the page has much else to carry


def ledger(holds=0, does_not_hold=0, cannot_be_checked=0):
    verdicts = [HOLDS] * holds + [DOES_NOT_HOLD] * does_not_hold
    verdicts += [CANNOT_BE_CHECKED] * cannot_be_checked
    rows = [
        {
            "area": "x",
            "claim_id": f"K{number:03}",
            "claim": f"Claim {number}.",
            "printed": "some <17%>",
            "report_line": 60 + number,
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
            (12, 2, 3),
            "Of 17 checkable claims in the inspection report, 12 hold, two do not hold and three "
            "cannot be checked.",
        ),
        (
            (1, 1, 1),
            "Of three checkable claims in the inspection report, one holds, one does not hold and "
            "one cannot be checked.",
        ),
        (
            (2, 0, 1),
            "Of three checkable claims in the inspection report, two hold and one cannot be "
            "checked. None was found that does not hold.",
        ),
        ((0, 1, 0), "Of one checkable claim in the inspection report, one does not hold."),
    ],
)
def test_the_counts_in_a_sentence(numbers, sentence):
    assert shown.counts(ledger(*numbers)) == sentence


def test_claims_that_do_not_hold_are_seen_and_the_others_are_folded():
    sentence, *listed = part(ledger(3, 2, 1))
    assert sentence == Paragraph(shown.counts(ledger(3, 2, 1)))
    assert [(table.caption, table.folded, len(table.rows())) for table in listed] == [
        ("Claims that do not hold", None, 2),
        ("Claims that cannot be checked", "The claim that cannot be checked", 1),
        ("Claims that hold", "The 3 claims that hold", 3),
    ]


def test_a_refuted_claim_stands_with_all_that_belongs_to_it():
    _, table = part(ledger(does_not_hold=1))
    assert [cell.heading for cell in table.cells] == [
        "Claim",
        "As printed",
        "Computed",
        "Why",
        "Line",
    ]
    assert table.rows() == [["Claim 1.", "some <17%>", "1 of 9", "It is so.", "61"]]
    assert "some &lt;17%&gt;" in table.html()


def test_without_a_refuted_claim_there_is_no_open_table():
    sentence, table = part(ledger(2, 0, 0))
    assert "None was found that does not hold." in sentence.text
    assert table.folded == "The 2 claims that hold"


def test_an_area_without_an_inspection_shows_no_claims_of_another():
    assert part(tables.empty(processed.CLAIMS_LEDGER)) == []


def test_the_whole_ledger_is_small():
    checks = start(area="north-of-london").claims()
    whole = part(checks)
    assert len(whole.html().encode()) < LARGEST
    rows = [row for block in whole if isinstance(block, Table) for row in block.rows()]
    assert len(rows) == len(inspection.load(SHIPPED).claims)
