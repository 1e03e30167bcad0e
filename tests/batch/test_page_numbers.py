"""Each number in the page equals the number in the processed tables.

The expected texts are made here from the CSV files, apart from the code that made the page.
"""

import csv
import re

import pytest
from lxml import html

AREA = "north-of-london"
OUTCOMES = {
    "protecting_the_public": "Protecting the public",
    "reducing_reoffending": "Reducing reoffending",
    "abiding_by_the_sentence": "Abiding by the sentence",
}


@pytest.fixture(scope="module")
def page(built):
    return html.parse(str(built.reports / AREA / "index.html")).getroot()


@pytest.fixture(scope="module")
def processed(built):
    def rows(name: str) -> list[dict[str, str]]:
        path = built.processed / AREA / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


def text(element) -> str:
    return " ".join(element.text_content().split())


def table(page, caption: str) -> list[list[str]]:
    (found,) = [t for t in page.iter("table") if text(t.find("caption")) == caption]
    return [[text(cell) for cell in row] for row in found.find("tbody")]


def pct(share: str | float, digits: int = 0) -> str:
    return f"{100 * float(share):.{digits}f}%"


def span(low: str | float, high: str | float, digits: int = 0) -> str:
    first, last = pct(low, digits), pct(high, digits)
    return first if first == last else f"{first} to {last}"


def count(row: dict[str, str], side: str = "") -> str:
    low, high, whole = (
        row[f"{name}{side}"] for name in ("sufficient_low", "sufficient_high", "relevant")
    )
    return f"{low} of {whole}" if low == high else f"{low} to {high} of {whole}"


def signed(difference: str) -> str:
    whole = round(100 * float(difference))
    return f"+{whole}" if whole > 0 else str(whole).replace("-", "−")


def dec(value: str, digits: int) -> str:
    return f"{float(value):.{digits}f}".replace("-", "−")


def p(value: str) -> str:
    return "below 0.001" if float(value) < 0.001 else f"{float(value):.3f}"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_proportions(page, processed, outcome):
    shown = table(page, f"{OUTCOMES[outcome]}: sufficient work by question and provider")
    expected = [
        [
            row["provider"],
            count(row),
            span(
                int(row["sufficient_low"]) / int(row["relevant"]),
                int(row["sufficient_high"]) / int(row["relevant"]),
            ),
            span(row["ci_lower"], row["ci_upper"]),
        ]
        for row in processed("proportions")
        if row["outcome"] == outcome and row["ci_lower"]
    ]
    assert [row[1:5] for row in shown] == expected


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_words_spoken_for_each_figure(page, processed, outcome):
    (alt,) = [
        image.get("alt")
        for image in page.iter("img")
        if image.get("alt").startswith(f"{OUTCOMES[outcome]}. ")
    ]
    spoken = re.findall(r"(\w+): ([\d to]+ of \d+)(, from words)?, interval ([\d%to ]+)\.", alt)
    expected = [
        (
            row["provider"],
            count(row),
            "" if row["precision"] == "exact" else ", from words",
            span(row["ci_lower"], row["ci_upper"]),
        )
        for row in processed("proportions")
        if row["outcome"] == outcome and row["ci_lower"] and row["provider"] != "All"
    ]
    assert spoken == expected


def side(row: dict[str, str]) -> str:
    if float(row["ci_lower"]) > 0.5:
        return "▲ more"
    return "▼ fewer" if float(row["ci_upper"]) < 0.5 else "○ open"


def inside(row: dict[str, str]) -> str:
    low, high, half = (
        *(int(row[f"sufficient_{bound}"]) for bound in ("low", "high")),
        int(row["relevant"]) / 2,
    )
    if low > half:
        return "▲ more"
    return "▼ fewer" if high < half else ("= half" if low == high else "? not told")


def counted(found: list[str]) -> str:
    order = ["▲ more", "▼ fewer", "= half", "? not told", "○ open"]
    return ", ".join(f"{mark} on {found.count(mark)}" for mark in order if mark in found)


def test_each_verdict_follows_from_the_counts_and_the_interval(page, processed):
    totals = []
    for outcome, label in OUTCOMES.items():
        rows = [
            row
            for row in processed("proportions")
            if row["outcome"] == outcome and row["ci_lower"] and row["provider"] != "All"
        ]
        shown = table(page, f"{label}: is work sufficient in more than half of cases?")
        assert [[row[1], row[2].split(",")[0], *row[3:5]] for row in shown] == [
            [row["provider"], count(row), inside(row), side(row)] for row in rows
        ]
        for provider, size in (("CRC", 40), ("NPS", 21)):
            own = [row for row in rows if row["provider"] == provider]
            totals.append(
                [
                    *(label, f"{provider}, {size} cases"),
                    *(counted([judge(row) for row in own]) for judge in (inside, side)),
                ]
            )
    summary = table(page, "Is work sufficient in more than half of cases?")
    assert [row[:4] for row in summary] == totals


def test_the_page_says_how_many_verdicts_rest_on_a_choice(page, processed):
    sided = [row for row in processed("verdicts") if row["strength"]]
    rests = [row["rests_on"].split("; ") for row in sided if row["strength"] == "leaning"]
    assert f"Of {len(sided)} verdicts beyond the sample that have a side, {len(rests)} rest on" in (
        text(page)
    )
    assert f"and the number of verdicts ({sum('family' in own for own in rests)})." in text(page)


def test_the_verdicts_under_other_choices(page, processed):
    shown = table(page, "Verdicts beyond the sample, with one choice changed at a time")
    assert [row[2:] for row in shown] == [
        [str(int(row["more"]) + int(row["fewer"])), row["open"], row["changed"]]
        for row in processed("verdict_choices")
    ]


def test_the_differences(page, processed):
    shown = table(page, "Differences between providers")
    bounds = {(row["question_id"], row["provider"]): count(row) for row in processed("proportions")}
    for row, cells in zip(processed("differences"), shown, strict=True):
        exact = row["precision"] == "exact"
        assert cells[1] == f"{row['provider_a']}: {bounds[row['question_id'], row['provider_a']]}"
        assert cells[2] == f"{row['provider_b']}: {bounds[row['question_id'], row['provider_b']]}"
        assert cells[3] == (signed(row["difference"]) if exact else "known in bounds only")
        for at, which in ((4, "_simultaneous"), (5, "")):
            low, high = (signed(row[f"ci_{end}{which}"]) for end in ("lower", "upper"))
            assert cells[at] == f"{low} to {high}"
        for at, which in ((6, "p_value"), (8, "p_adjusted")):
            most = "" if exact or float(row[which]) < 0.001 else "at most "
            assert cells[at] == f"{most}{p(row[which])}"


def test_the_sentence_on_the_differences(page, processed):
    def sides(which: str) -> tuple[int, int]:
        rows = processed("differences")
        return (
            sum(float(row[f"ci_upper{which}"]) < 0 for row in rows),
            sum(float(row[f"ci_lower{which}"]) > 0 for row in rows),
        )

    of = len(processed("differences"))
    lower, higher = sides("_simultaneous")
    numbers = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

    def said(number: int) -> str:
        return numbers[number] if number < 10 else str(number)

    sentence = (
        f"Beyond the sample, of {of} questions that can be compared, the share of sufficient work is "
        f"lower for CRC than for NPS on {said(lower)}, higher on {said(higher)}, and on "
        f"{said(of - lower - higher)} the evidence does not settle it, with allowance for all {of} "
        f"comparisons. Each taken by itself, they differ on {said(sum(sides('')))}."
    )
    assert text(page).count(sentence) == 2


def test_the_boroughs(page, processed):
    context = {row["gss_code"]: row for row in processed("boroughs")}
    expected = {
        row["name"]: [
            row["name"],
            context[row["gss_code"]]["part"],
            f"{int(row['reoffenders']):,} of {int(row['offenders']):,}",
            pct(row["rate"], 1),
            span(row["ci_lower"], row["ci_upper"], 1),
            pct(row["fitted"], 1),
            dec(context[row["gss_code"]]["deprivation_score"], 1),
            context[row["gss_code"]]["deprivation_rank"],
        ]
        for row in processed("reoffending_boroughs")
    }
    assert table(page, "Reoffending and deprivation in London, cohort 2012") == list(
        expected.values()
    )
    inside = {row["name"] for row in context.values() if row["in_area"] == "true"}
    assert table(page, "Reoffending and deprivation in the north of London, cohort 2012") == [
        cells for name, cells in expected.items() if name in inside
    ]


@pytest.mark.parametrize(("scope", "name"), [("area", "the north of London"), ("london", "London")])
def test_the_models(page, processed, scope, name):
    shown = table(page, f"Models of reoffending on deprivation, {name}, cohort 2012")
    expected = [
        [
            row["boroughs"],
            dec(row["estimate"], 3),
            dec(row["std_error"], 3),
            f"{dec(row['ci_lower'], 3)} to {dec(row['ci_upper'], 3)}",
            "normal" if row["df"] == "inf" else dec(row["df"], 0),
            dec(row["dispersion"], 2) if row["dispersion"] else "not available",
        ]
        for row in processed("reoffending_model")
        if row["scope"] == scope
    ]
    assert [[row[1], *row[3:]] for row in shown] == expected


def test_the_other_measures_and_the_diagnostics(page, processed):
    measures = table(page, "Score, rank and crime domain, London, cohort 2012")
    assert [row[3] for row in measures] == [
        dec(row["estimate"], 3) for row in processed("reoffending_measures")
    ]
    shown = table(page, "Diagnostics of the primary model of London")
    for cells, row in zip(shown, processed("reoffending_boroughs"), strict=True):
        assert cells == [
            row["name"],
            f"{int(row['offenders']):,}",
            dec(row["pearson_residual"], 2).replace("−0.00", "0.00"),
            dec(row["leverage"], 2),
            dec(row["cooks_distance"], 2),
            dec(row["slope_without"], 3),
        ]


def test_every_published_finding_is_in_the_page(page, processed):
    """As a row with its counts, or among those that give no proportion, with its phrase."""
    whole = text(page)
    findings = processed("findings")
    assert len(findings) == 65
    for finding in findings:
        if finding["precision"] == "worded" or not finding["sufficient_low"]:
            assert f"“{' '.join(finding['printed_phrase'].split())}”" in whole
    tables = [
        table(page, f"{label}: findings that give no proportion") for label in OUTCOMES.values()
    ]
    assert sum(map(len, tables)) == sum(not finding["sufficient_low"] for finding in findings)


def test_the_page_says_that_the_sample_is_a_reconstruction_and_that_the_cohort_is_another(page):
    whole = text(page)
    assert "No case-level record was ever published." in whole
    assert "is a reconstruction" in whole
    assert "May not be read:" in whole
    assert "They are not the cohort of the inspection report’s Figure 2.5" in whole
    assert "cohort 2012 (not that of Figure 2.5), with control limits" in whole
