"""What the page says of the report's claims."""

import lxml.html
import pandas as pd
import pytest

from analysis.areas import Area
from analysis.claims.ledger import ledger as checked
from analysis.data import codes, processed, raw, sources, tables
from analysis.report import html
from analysis.report.evidence import Report
from analysis.report.sections import claims as shown

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


@pytest.fixture
def show(monkeypatch):
    """Show a ledger and give what was displayed, as text and as a tree."""

    def displayed(table, cases=1):
        parts: list[str] = []
        monkeypatch.setattr(html, "display", lambda part: parts.append(part.data))
        judged = pd.DataFrame({"case_id": range(cases), "provider": ["A"] * cases})
        area = Area(title="the north", local_authorities=("Barnet",))
        shown.ledger(
            Report(
                area, 0.95, 2012, pd.DataFrame(), {"claims_checked": table, "judgements": judged}
            )
        )
        text = "".join(parts)
        return text, lxml.html.fragment_fromstring(text, create_parent="div")

    return displayed


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


def test_claims_that_do_not_hold_are_seen_and_the_others_are_folded(show):
    text, tree = show(ledger(3, 2, 1))
    assert [caption.text for caption in tree.iter("caption")] == [
        "Claims that do not hold",
        "Claims that cannot be checked",
        "Claims that hold",
    ]
    assert [summary.text for summary in tree.iter("summary")] == [
        "The claim that cannot be checked",
        "The 3 claims that hold",
    ]
    open_, *folded = tree.iter("table")
    assert open_.getparent().tag == "div"
    assert [table.getparent().tag for table in folded] == ["details", "details"]
    assert [len(table.findall("tbody/tr")) for table in (open_, *folded)] == [2, 1, 3]
    assert "some &lt;17%&gt;" in text


def test_a_refuted_claim_is_told_with_all_that_belongs_to_it(show):
    _, tree = show(ledger(does_not_hold=1))
    (table,) = tree.iter("table")
    assert [cell.text for cell in table.iter("th")] == [
        "Claim",
        "As printed",
        "Computed",
        "Why",
        "Line",
        "Claim 1.",
    ]
    assert [cell.text for cell in table.iter("td")] == ["some <17%>", "1 of 9", "It is so.", "61"]


def test_without_a_refuted_claim_there_is_no_open_table(show):
    text, tree = show(ledger(2, 0, 0))
    assert "None was found that does not hold." in text
    assert [table.getparent().tag for table in tree.iter("table")] == ["details"]


def test_an_area_without_an_inspection_shows_no_claims_of_another(show):
    text, _ = show(tables.empty(processed.CLAIMS_LEDGER), cases=0)
    assert text == ""


def test_the_whole_ledger_is_small(show):
    tables_by_name = {name: sources.load(name) for name in raw.RAW}
    text, tree = show(checked(tables_by_name["claims"], tables_by_name, area="north-of-london"))
    assert len(text.encode()) < LARGEST
    assert len(tree.findall(".//tbody/tr")) == len(tables_by_name["claims"])
