"""Each number in the page equals the number in the processed tables.

The expected texts are made here from the CSV files, apart from the code that made the page.
"""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from shipped import INSPECTION

AREA, LONDON = "north-of-london", "london"
OUTCOMES = {
    "protecting_the_public": "Protecting the public",
    "reducing_reoffending": "Reducing reoffending",
    "abiding_by_the_sentence": "Abiding by the sentence",
}


@pytest.fixture(scope="module")
def page(built):
    return html.parse(str(built.reports / AREA / "index.html")).getroot()


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def processed(built):
    return lambda name: records(built.processed / AREA / f"{name}.csv")


@pytest.fixture(scope="module")
def london_page(built_ends):
    """The one page that has the model of all of London."""
    return html.parse(str(built_ends.reports / LONDON / "index.html")).getroot()


@pytest.fixture(scope="module")
def london_processed(built_ends):
    return lambda name: records(built_ends.processed / LONDON / f"{name}.csv")


@pytest.fixture(scope="module")
def wording() -> dict[str, str]:
    rows = records(INSPECTION.folder / "questions.csv")
    return {row["question_id"]: row["question"] for row in rows}


def text(element) -> str:
    return " ".join(element.text_content().split())


def table(page, caption: str) -> list[list[str]]:
    """The rows of a table; where groups head them, each begins with the name of its own."""
    (found,) = [t for t in page.iter("table") if text(t.find("caption")) == caption]
    rows = []
    for body in found.iter("tbody"):
        group = [text(head) for head in body.xpath("tr/th[@scope='rowgroup']")]
        rows += [group + [text(cell) for cell in row] for row in body.xpath("tr[td]")]
    return rows


def capital(name: str) -> str:
    return name[0].upper() + name[1:]


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


def dec(value: str | float, digits: int) -> str:
    return f"{round(float(value), digits) + 0.0:.{digits}f}".replace("-", "−")


def slope(row: dict[str, str]) -> str:
    return f"{dec(row['estimate'], 3)} ({dec(row['ci_lower'], 3)} to {dec(row['ci_upper'], 3)})"


def rate(row: dict[str, str]) -> str:
    return f"{pct(row['rate'], 1)} ({span(row['ci_lower'], row['ci_upper'], 1)})"


def falling(rows: list[dict[str, str]], key: Callable[[dict[str, str]], float]):
    """Rows with the largest first; of equals the one that the file has first."""
    return sorted(rows, key=lambda row: -key(row))


def p(value: str) -> str:
    return "below 0.001" if float(value) < 0.001 else f"{float(value):.3f}"


def answers(processed, outcome: str) -> list[dict[str, str]]:
    """The rows of providers that have limits, the question with the lowest share of one first."""
    rows = [
        row
        for row in processed("proportions")
        if row["outcome"] == outcome and row["ci_lower"] and row["provider"] != "All"
    ]

    def lowest(row: dict[str, str]) -> float:
        return min(
            (int(own["sufficient_low"]) + int(own["sufficient_high"])) / 2 / int(own["relevant"])
            for own in rows
            if own["question_id"] == row["question_id"]
        )

    return sorted(rows, key=lowest)


def shares_table(page, outcome: str) -> list[list[str]]:
    title = f"{OUTCOMES[outcome]}: is work sufficient in more than half of cases?"
    return table(page, f"{title} The lowest share of a provider first")


def stated(finding: dict[str, str]) -> str:
    inferred = "" if finding["printed_denominator"] else "; denominator inferred"
    if finding["precision"] == "exact":
        return f"printed as a count{inferred}"
    of = " (of work that was not sufficient)" * (finding["polarity"] == "insufficient")
    return f"“{finding['printed_phrase']}”{of}{inferred}"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_proportions(page, processed, wording, outcome):
    expected = []
    for row in answers(processed, outcome):
        low, high, relevant = (
            int(row[name]) for name in ("sufficient_low", "sufficient_high", "relevant")
        )
        expected.append(
            [
                wording[row["question_id"]],
                row["provider"],
                f"{span(low / relevant, high / relevant)} ({span(row['ci_lower'], row['ci_upper'])})",
                count(row),
            ]
        )
    assert [row[:4] for row in shares_table(page, outcome)] == expected


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_how_the_source_states_each_figure(page, processed, wording, outcome):
    shown = table(page, f"{OUTCOMES[outcome]}: how the source states each figure")
    assert shown == [
        [
            wording[row["question_id"]],
            row["provider"],
            stated(row),
            row["note"] or "none",
            row["report_section"],
        ]
        for row in processed("findings")
        if row["outcome"] == outcome
    ]
    figures = {
        (wording[row["question_id"]], row["provider"]) for row in answers(processed, outcome)
    }
    assert figures <= {(question, provider) for question, provider, *_ in shown}


_NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?")


def value(number: str) -> float:
    return float(number.replace("−", "-").replace(",", ""))


def heading(bar):
    column = len(bar.xpath("ancestor::td/preceding-sibling::*"))
    return bar.xpath("ancestor::table/thead/tr/th")[column]


def ends(bar) -> tuple[float, float]:
    """From where to where the axis in the heading over a bar runs."""
    start, _, end = (text(label) for label in heading(bar)[0])
    # An end that names who is higher says by how much.
    last = value(_NUMBER.findall(end)[0])
    return (-last if re.match("[A-Za-z]", start) else value(_NUMBER.findall(start)[0])), last


def drawn(bar) -> dict[str, float]:
    """What a bar draws, as its axis counts: from a to b, with its point at p."""
    start, end = ends(bar)
    places = dict(place.split(":") for place in bar.get("style").removeprefix("--").split(";--"))
    return {name: start + float(at) / 100 * (end - start) for name, at in places.items()}


def said(bar) -> dict[str, str]:
    """What the text beside a bar says: `p`, `p (a to b)`, `a to b`, or of counts left open `… (a to b)`."""
    before, bracket, limits = text(bar.getnext()).partition(" (")
    found = _NUMBER.findall(limits.partition(")")[0] if bracket else before)
    interval = {"a": found[0], "b": found[-1]} if bracket or len(found) > 1 else {}
    band = bar.get("class").endswith("band")
    return interval if band else interval | {"p": _NUMBER.findall(before)[0]}


def test_each_bar_stands_before_its_interval_and_point_in_numbers_and_draws_those(page):
    bars = page.find_class("bar")
    assert len(bars) > 300
    for bar in bars:
        start, end = ends(bar)
        places, numbers = drawn(bar), said(bar)
        assert bar.text_content() == "", "a bar says nothing"
        assert ("p" in places) == ("p" in numbers)
        (caption,) = bar.xpath("ancestor::table/caption")
        if "interval" in text(caption) + text(heading(bar)):
            assert {"a", "b"} <= numbers.keys(), text(bar.getparent())
        for name, number in numbers.items():
            # To half a unit of the last digit, of the number and of both ends, and of the place.
            unit = 10.0 ** -len(number.partition(".")[2])
            within = 1.5 * unit + 0.0005 * (end - start)
            assert places[name] == pytest.approx(value(number), abs=within), text(bar.getparent())


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


def firm(verdict: dict[str, str]) -> str:
    """What follows a verdict beyond the sample that has a side."""
    if not verdict["strength"]:
        return ""
    if verdict["strength"] == "firm":
        return ", ● firm"
    choices = verdict["rests_on"].replace(";", ",").replace("family", "number of verdicts")
    return f", ◐ leaning: {choices}"


def test_each_verdict_follows_from_the_counts_and_the_interval(page, processed):
    verdicts = {(row["question_id"], row["provider"]): row for row in processed("verdicts")}
    totals = []
    for outcome, label in OUTCOMES.items():
        rows = answers(processed, outcome)
        expected = [
            [inside(row), side(row) + firm(verdicts[row["question_id"], row["provider"]])]
            for row in rows
        ]
        assert [row[4:6] for row in shares_table(page, outcome)] == expected
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


def test_the_differences(page, processed, wording):
    inferred = {
        (row["question_id"], row["provider"])
        for row in processed("findings")
        if not row["printed_denominator"]
    }
    bounds = {
        key: count(row) + ", inferred" * (key in inferred)
        for row in processed("proportions")
        for key in [(row["question_id"], row["provider"])]
    }
    mid_p = {row["question_id"]: row["mid_p"] for row in processed("difference_tests")}

    def limits(row: dict[str, str], which: str) -> str:
        return " to ".join(signed(row[f"ci_{end}{which}"]) for end in ("lower", "upper"))

    def surest(row: dict[str, str]) -> float:
        return max(float(row["ci_lower_simultaneous"]), -float(row["ci_upper_simultaneous"]))

    together, alone = [], []
    for row in falling(processed("differences"), surest):
        exact = row["precision"] == "exact"
        tests = (row["p_value"], mid_p[row["question_id"]], row["p_adjusted"])
        together.append(
            [
                wording[row["question_id"]],
                f"{signed(row['difference']) if exact else 'from words'} "
                f"({limits(row, '_simultaneous')})",
            ]
        )
        alone.append(
            [
                wording[row["question_id"]],
                bounds[row["question_id"], "CRC"],
                bounds[row["question_id"], "NPS"],
                limits(row, ""),
                *(p(test) if exact or float(test) < 0.001 else f"≤ {p(test)}" for test in tests),
            ]
        )
    caption = "CRC less NPS: the difference in the share of sufficient work, in percentage points."
    assert table(page, f"{caption} What is surest to differ first") == together
    caption = "CRC less NPS: each difference by itself, in percentage points, and its tests"
    assert table(page, caption) == alone


def test_the_sentence_on_the_differences(page, processed):
    def sides(which: str) -> tuple[int, int]:
        rows = processed("differences")
        return (
            sum(float(row[f"ci_upper{which}"]) < 0 for row in rows),
            sum(float(row[f"ci_lower{which}"]) > 0 for row in rows),
        )

    def apart(choice: str, setting: str) -> int:
        (row,) = [
            row
            for row in processed("difference_choices")
            if (row["choice"], row["setting"]) == (choice, setting)
        ]
        return int(row["lower"]) + int(row["higher"])

    of = len(processed("differences"))
    lower, higher = sides("_simultaneous")
    numbers = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

    def said(number: int) -> str:
        return numbers[number] if number < 10 else str(number)

    loosely = (
        f"With words read loosely they differ on {said(apart('words', 'loose'))}; with two relevant cases "
        "fewer as well, where their number was inferred, on "
        f"{said(apart('at_once', 'loose, 2 fewer'))}."
    )
    sentence = (
        f"Beyond the sample, of {of} questions that can be compared, the share of sufficient work is "
        f"lower for CRC than for NPS on {said(lower)}, higher on {said(higher)}, and on "
        f"{said(of - lower - higher)} the evidence does not settle it, with allowance for all {of} "
        f"comparisons. {loosely} Each taken by itself, they differ on {said(sum(sides('')))}."
    )
    opening = (
        f"Beyond the sample, of {of} questions that both answer, CRC did surely worse than NPS on "
        f"{said(lower)} and surely better on {said(higher)}. On {said(of - lower - higher)} they cannot "
        f"be told apart, with allowance for comparing so many. {loosely}"
    )
    assert [text(page).count(whole) for whole in (opening, sentence)] == [1, 1]


def test_the_boroughs(page, processed):
    context = {row["gss_code"]: row for row in processed("boroughs")}
    shrunken = {row["gss_code"]: row["shrunken"] for row in processed("reoffending_shrunken")}
    expected = {}
    for row in falling(processed("reoffending_boroughs"), lambda row: float(row["rate"])):
        own, first, last = context[row["gss_code"]], row["rank_lower"], row["rank_upper"]
        expected[row["name"]] = [
            row["name"],
            own["part"],
            rate(row),
            f"{row['rank']} ({first if first == last else f'{first} to {last}'})",
            f"{int(row['reoffenders']):,} of {int(row['offenders']):,}",
            pct(shrunken[row["gss_code"]], 1),
            pct(row["fitted"], 1),
            f"{dec(own['deprivation_score'], 1)} ({own['deprivation_rank']})",
        ]
    caption = "Reoffending and deprivation in {}, cohort 2012. The highest rate first"
    assert table(page, caption.format("London")) == list(expected.values())
    inside = {row["name"] for row in context.values() if row["in_area"] == "true"}
    assert table(page, caption.format("the north of London")) == [
        cells for name, cells in expected.items() if name in inside
    ]


def test_the_neighbours(page, processed):
    caption = (
        "Reoffending, cohort 2012, and deprivation of the neighbours of the north of London. "
        "The highest rate first"
    )

    def points(difference: str) -> str:
        shown = dec(100 * float(difference), 2)
        return shown if shown.startswith("−") else f"+{shown}"

    assert table(page, caption) == [
        [
            row["name"],
            row["adjoins"].replace(";", ","),
            f"{points(row['difference'])} "
            + (
                f"({points(row['difference_lower'])} to {points(row['difference_upper'])})"
                if row["difference_lower"]
                else "(not compared)"
            ),
            rate(row),
            f"{int(row['reoffenders']):,} of {int(row['offenders']):,}",
            f"{dec(row['deprivation_score'], 1)} ({row['deprivation_rank']})",
        ]
        for row in falling(processed("area_neighbours"), lambda row: float(row["rate"]))
    ]


def test_the_cohorts(page, processed):
    rows = processed("area_reoffending")
    order = {"local_authority": 0, "area": 1, "region": 2, "country": 3}
    latest = falling([row for row in rows if row["cohort"] == "2012"], lambda r: float(r["rate"]))
    assert table(page, "Share of offenders who reoffended, by cohort, with 95% intervals") == [
        [
            capital(place["name"]),
            *(
                f"{rate(row)} of {int(row['offenders']):,}"
                for row in sorted(rows, key=lambda row: row["cohort"])
                if row["name"] == place["name"]
            ),
        ]
        for place in sorted(latest, key=lambda row: order[row["geography"]])
    ]


@pytest.fixture(params=["area", "london"])
def modelled(request):
    """A scope of the models, its name, and the page and the processed tables that have it."""
    if request.param == "area":
        names = "page", "processed"
        return request.param, "the north of London", *map(request.getfixturevalue, names)
    names = "london_page", "london_processed"
    return request.param, "London", *map(request.getfixturevalue, names)


def test_the_models(modelled):
    scope, name, page, processed = modelled
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


def test_the_slopes_by_estimator(modelled):
    scope, name, page, processed = modelled
    caption = "The slope of deprivation by estimator, cohort 2012. The primary estimator first"
    assert [[row[0], row[2]] for row in table(page, caption)] == [
        [f"{capital(name)}, {row['boroughs']} local authorities", slope(row)]
        for row in processed("reoffending_model")
        if (row["scope"], row["term"]) == (scope, "deprivation")
    ]


def test_the_other_measures_and_the_diagnostics(london_page, london_processed):
    measures = table(london_page, "Score, rank and crime domain, London, cohort 2012")
    assert [row[3] for row in measures] == [
        dec(row["estimate"], 3) for row in london_processed("reoffending_measures")
    ]
    together = "deprivation score and crime domain"
    caption = (
        "The slopes of score, rank and crime domain in the primary model of London, cohort 2012; "
        "higher is more deprived in all. The score alone, as elsewhere, first"
    )
    slopes = {
        "deprivation": "deprivation score",
        "deprivation_rank_reversed": "deprivation rank",
        "crime": "crime domain",
    }
    assert [row[1:] for row in table(london_page, caption)] == [
        [slopes[row["term"]], slope(row)]
        for row in sorted(
            london_processed("reoffending_measures"), key=lambda r: r["measure"] == together
        )
        if row["term"] in slopes
    ]
    assert table(london_page, "Diagnostics of the primary model of London") == [
        [
            row["name"],
            f"{int(row['offenders']):,}",
            dec(row["pearson_residual"], 2),
            dec(row["leverage"], 2),
            dec(row["cooks_distance"], 2),
        ]
        for row in sorted(london_processed("reoffending_boroughs"), key=lambda row: row["name"])
    ]


def test_the_slopes_with_each_local_authority_left_out(london_page, london_processed):
    (full,) = [
        row
        for row in london_processed("reoffending_measures")
        if (row["measure"], row["term"]) == ("deprivation score", "deprivation")
    ]

    def move(row: dict[str, str]) -> float:
        return float(row["slope_without"]) - float(full["estimate"])

    caption = (
        "The slope of deprivation with each local authority of London left out, cohort 2012. "
        "The longest move first"
    )
    assert table(london_page, caption) == [
        [row["name"], dec(row["slope_without"], 3), dec(move(row) / float(full["std_error"]), 2)]
        for row in falling(london_processed("reoffending_boroughs"), lambda row: abs(move(row)))
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
    assert (
        "The case sample behind the page is a reconstruction: it meets every printed count" in whole
    )
    assert "RECONSTRUCTION. No case-level row was published" in whole
    assert "May not be read:" in whole
    assert "The cohort labelled 2012 is not that of the inspection report’s Figure 2.5" in whole
    assert "Figure 2.5 of the inspection report is about another cohort: adults, July 2013" in whole
    assert "Beside Figure 2.5 of the report: another cohort, as said above." in whole
