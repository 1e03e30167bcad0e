"""The raw tables, declared: what may lie in data/raw.

From these come the validation of every file read, `docs/codebook.md` and
`data/raw/datapackage.json`.
"""

import operator
from collections.abc import Iterable, Mapping
from dataclasses import replace

from analysis.data import codes, columns, phrases
from analysis.data.patterns import CODE, GSS

_FINDING = {
    "finding_id": columns.text("Identifier of the finding in this project"),
    "question_id": columns.text("Question that the finding answers"),
    "outcome": columns.text("Outcome under which the report prints the finding", pattern=CODE),
    "stage": columns.text("Stage under which the report prints the finding", pattern=CODE),
    "provider": columns.text(
        "Provider whose work was judged; `both` for a finding about the two together"
    ),
    "unit": columns.coded(
        "What was counted",
        {
            "case": "One of the inspected cases",
            "court_report": "A report written for a court; not one of the inspected cases",
            "work_as_a_whole": "A summary judgement over questions; never a proportion",
        },
    ),
    "finding": columns.text("What was judged, in this project's words"),
    "polarity": columns.coded(
        "Which way the printed figure counts",
        {"sufficient": "It counts sufficient work", "insufficient": "It counts insufficient work"},
    ),
    "precision": columns.coded(
        "Whether the report prints a count", {k: codes.PRECISIONS[k] for k in ("exact", "worded")}
    ),
    "printed_phrase": columns.text("The phrase of the report that carries the figure"),
    "printed_numerator": columns.whole("Count printed in the report", "cases", nullable=True),
    "printed_denominator": columns.whole(
        "Denominator printed in the report", "cases", low=1, nullable=True
    ),
    "relevant": columns.whole(
        "Denominator used here: the printed one, or the inferred one", "cases", low=1, nullable=True
    ),
    "relevant_basis": columns.text("Where the denominator comes from"),
    "bounds_rule": columns.text(
        "Rule that turned the phrase into bounds of what it counts: "
        + "; ".join(f"`{rule}` {meaning}" for rule, meaning in phrases.RULES.items())
    ),
}

FINDINGS = columns.table(
    "findings",
    "Published findings",
    "Every quantified finding about inspected cases in the inspection report. The bounds on the "
    "number of sufficient cases are a convention of this project, not a published figure.",
    _FINDING
    | {
        "sufficient_low": columns.whole(
            "Fewest sufficient cases, loose reading", "cases", nullable=True
        ),
        "sufficient_high": columns.whole(
            "Most sufficient cases, loose reading", "cases", nullable=True
        ),
        "sufficient_low_tight": columns.whole(
            "Fewest sufficient cases, tight reading", "cases", nullable=True
        ),
        "sufficient_high_tight": columns.whole(
            "Most sufficient cases, tight reading", "cases", nullable=True
        ),
        "report_line": columns.whole(
            "Line of the report's text that prints the finding", "line", low=1
        ),
        "report_section": columns.text("Section of the report"),
        "also_stated": columns.text("Where else the report states it", nullable=True),
        "note": columns.text("What a reader of the figure must know", nullable=True),
    },
    key=["finding_id"],
    checks=[
        columns.ordered("sufficient_low", "sufficient_low_tight"),
        columns.ordered("sufficient_low_tight", "sufficient_high_tight"),
        columns.ordered("sufficient_high_tight", "sufficient_high"),
        columns.ordered("sufficient_high", "relevant"),
    ],
    references={"question_id": "questions.question_id"},
)

QUESTIONS = columns.table(
    "questions",
    "Questions",
    "The questions on which cases are judged, in the order in which they are reported. A case "
    "extract has one column per question.",
    {
        "question_id": columns.text(
            "Identifier of the question; the column name in a case extract",
            pattern=CODE,
        ),
        "outcome": columns.text("Outcome that the question belongs to", pattern=CODE),
        "stage": columns.text(
            "Stage of the work; where the report prints a question under two stages, the one printed first",
            pattern=CODE,
        ),
        "question": columns.text("The question, worded as what sufficient work looks like"),
    },
    key=["question_id"],
)

CONTEXT = columns.table(
    "context",
    "Published facts about the system",
    "Facts that the report prints about caseloads, performance, staffing, earlier inspections and the "
    "sample.",
    {
        "fact_id": columns.text("Identifier of the fact in this project"),
        "subject": columns.text("Who or what the fact is about"),
        "measure": columns.text("What was measured"),
        "qualifier": columns.text(
            "Printed qualifier: over, about, up to, some, just over", nullable=True
        ),
        "value": columns.number("The figure", "as in column unit"),
        "unit": columns.text("Unit of the figure"),
        "period": columns.text("Period or date of the figure"),
        "source": columns.text("Where the report takes the fact from"),
        "report_section": columns.text("Section of the report"),
        "report_line": columns.whole("Line of the report's text", "line", low=1),
    },
    key=["fact_id"],
)

CLAIM = {
    "claim_id": columns.text("Identifier of the claim in this project", pattern=r"K\d{3}"),
    "claim": columns.text("The claim, in this project's words", heading="Statement"),
    "printed": columns.text("The figure or short phrase as printed", heading="As printed"),
    "report_line": columns.whole("Line of the report's text", "line", low=1),
    "report_section": columns.text(
        "Section and heading of the report, separated by ` > `", heading="Section and heading"
    ),
}

CLAIMS = columns.table(
    "claims",
    "Statements of the report",
    "Statements of the inspection report that figures could bear out or contradict: shares, "
    "rankings, sums, comparisons, and summaries of its own findings.",
    CLAIM
    | {
        "computation": columns.text(
            "Function of analysis.claims that computes it; blank where nothing can be computed",
            pattern=r"[a-z][a-z_]*",
            nullable=True,
        ),
        "arguments": columns.text(
            "Arguments of the function: `name=value; name=value`", pattern="[^=]+=.+", nullable=True
        ),
        "note": columns.text(
            "What the tables leave open: another period or cohort, a reading, or why nothing can be "
            "computed",
            nullable=True,
        ),
    },
    key=["claim_id"],
    checks=[
        columns.Rule(
            ("computation", "note"),
            "a claim without a computation needs a note that says why",
            lambda computation, note: bool(computation or note),
        )
    ],
)

REOFFENDING = columns.table(
    "reoffending",
    "Proven reoffending by local authority",
    "Adult and juvenile offenders together: released from custody, convicted at court without "
    "custody, or cautioned in a twelve-month cohort, and followed for one year. A country leaves "
    "out offenders with no known area of residence.",
    {
        "gss_code": columns.GSS_CODE,
        "name": columns.NAME,
        "geography": columns.coded(
            "Level of the area",
            {
                "country": "A country",
                "region": "A region",
                "local_authority": "A local authority",
            },
        ),
        "cohort": columns.whole(
            "Year that labels the cohort; January to December is inferred", "year"
        ),
        "offenders": columns.whole("Offenders in the cohort", "persons", low=1),
        "reoffenders": columns.whole("Offenders with a proven reoffence", "persons"),
        "reoffences": columns.whole("Proven reoffences", "offences"),
        "published_rate_pct": columns.number("Rate as published", "percent", low=0, high=100),
        "published_ci_lower_pct": columns.number(
            "Lower 95% limit as published", "percent", low=0, high=100
        ),
        "published_ci_upper_pct": columns.number(
            "Upper 95% limit as published", "percent", low=0, high=100
        ),
    },
    key=["gss_code", "cohort"],
    checks=[columns.ordered("reoffenders", "offenders")],
)

DEPRIVATION = columns.table(
    "deprivation_2015",
    "Indices of deprivation 2015",
    "Score and rank of the upper-tier local authorities of England, overall and in the crime domain. "
    "All ranks are computed from the values.",
    {
        "gss_code": columns.GSS_CODE,
        "name": columns.NAME,
        "area_type": columns.coded(
            "Kind of local authority",
            ("unitary_authority", "metropolitan_district", "london_borough", "shire_county"),
        ),
        "domain": columns.coded(
            "What the index covers",
            {"overall": "The seven domains together", "crime": "The crime domain alone"},
        ),
        "measure": columns.coded(
            "Summary over the small areas of the authority",
            {
                "average_rank": "Population-weighted mean of the small areas' ranks",
                "average_score": "Population-weighted mean of the small areas' scores",
            },
        ),
        "value": columns.number("Value of the measure; higher is more deprived", "score or rank"),
        "rank": columns.whole("Rank of the value; 1 is the most deprived", "rank", low=1),
        "rank_margin": columns.whole(
            "Other authorities so close that rounding or weighting could move the rank",
            "authorities",
        ),
        "basis": columns.coded(
            "Where the value comes from",
            {
                "published": "As published for the district",
                "computed": "Population-weighted mean of the county's districts",
            },
        ),
    },
    key=["gss_code", "domain", "measure"],
)

POPULATION = columns.table(
    "population",
    "Resident population",
    "Mid-year population estimates. Of some neighbouring places only the sum is available.",
    {
        "gss_code": columns.text(
            "ONS code of the area; two joined by + where only the sum is available",
            pattern=rf"{GSS}(\+{GSS})?",
        ),
        "name": columns.NAME,
        "year": columns.whole("Mid-year of the estimate", "year"),
        "series": columns.coded(
            "Which issue of the estimate",
            {
                "original": "As first issued",
                "revised": "Later revised series",
                "rounded": "Rounded to 100 by the publisher",
            },
        ),
        "population": columns.whole("Usual residents", "persons", low=1),
    },
    key=["gss_code", "year", "series"],
)

ETHNICITY = columns.table(
    "ethnicity_2011",
    "Ethnic group, 2011 census",
    "Usual residents of the districts of England and Wales by ethnic group; regions and countries are "
    "sums of the districts.",
    {"gss_code": columns.GSS_CODE, "name": columns.NAME}
    | {
        group: columns.whole(meaning, "persons")
        for group, meaning in {
            "white_british": "White: English, Welsh, Scottish, Northern Irish or British",
            "white_irish": "White: Irish",
            "white_gypsy_or_irish_traveller": "White: Gypsy or Irish Traveller",
            "white_other": "White: other",
            "mixed": "Mixed or multiple ethnic groups",
            "asian": "Asian or Asian British",
            "black": "Black, African, Caribbean or Black British",
            "other": "Other ethnic group",
            "all_residents": "All usual residents",
        }.items()
    },
    key=["gss_code"],
)

UNEMPLOYMENT = columns.table(
    "unemployment",
    "Unemployment rate",
    "Model-free survey rate of the Annual Population Survey. Blank where it is blank in the source.",
    {
        "gss_code": columns.GSS_CODE,
        "name": columns.NAME,
        "year": columns.whole("Calendar year", "year"),
        "unemployment_rate_pct": columns.number(
            "Unemployed people of 16 and over",
            "percent of the economically active",
            low=0,
            high=100,
            nullable=True,
        ),
    },
    key=["gss_code", "year"],
)

LOCAL_AUTHORITIES = columns.table(
    "local_authorities",
    "Local authorities of a region",
    "The local authorities of a region, and the part of it that each lies in.",
    {
        "gss_code": columns.GSS_CODE,
        "name": columns.NAME,
        "part": columns.text("Part of the region, by its code in data/raw/regions", pattern=CODE),
    },
    key=["gss_code"],
)

NEIGHBOURS = columns.table(
    "neighbours",
    "Neighbours in a region",
    "Each pair of local authorities of a region whose boundaries share a line, once, the lower code "
    "first. Boundaries end at the water's edge: places that face each other across a wide river are "
    "not neighbours here. Neighbours outside the region are left out.",
    {
        "gss_code": columns.GSS_CODE,
        "name": columns.NAME,
        "neighbour_gss_code": columns.text("ONS code of the neighbour", pattern=GSS),
        "neighbour_name": columns.text("Name of the neighbour"),
    },
    key=["gss_code", "neighbour_gss_code"],
    checks=[
        # A pair stands once, so none can hold in one direction only, and none with itself.
        columns.Rule(
            ("gss_code", "neighbour_gss_code"),
            "gss_code must come before neighbour_gss_code",
            operator.lt,
        )
    ],
    references={
        "gss_code": "local_authorities.gss_code",
        "neighbour_gss_code": "local_authorities.gss_code",
    },
)


def cases(question_ids: Iterable[str]) -> columns.Table:
    """Return the declaration of a case extract with these questions."""
    spellings = {
        code: " / ".join(s or "(blank)" for s in spelled)
        for code, spelled in codes.JUDGEMENTS.items()
    }
    return columns.table(
        "cases",
        "Case extract",
        "One row per inspected case, one column per question. The shipped extract is a "
        "RECONSTRUCTION from the published findings: no case-level row was ever published. Every "
        "printed count is met exactly and every worded count lies in its bounds; all else is "
        "arbitrary, so no association between questions and no breakdown of cases may be read "
        "from it.",
        {
            "case_id": columns.text(
                "Identifier of the case; begins with `reconstructed` where it is one"
            ),
            "provider": columns.text("Provider that supervises the case"),
        }
        | {
            question_id: columns.Column(
                "Judgement on the question of that name", spellings=spellings, nullable=True
            )
            for question_id in question_ids
        }
        | {
            name: columns.text(description, nullable=True, required=False)
            for name, description in codes.CASE_DETAILS.items()
        },
        key=["case_id"],
    )


# The tables of an inspection's folder, and those of data/raw itself.
INSPECTION = {table.name: table for table in (QUESTIONS, FINDINGS, CLAIMS, CONTEXT)}
RAW = {
    table.name: table
    for table in (
        REOFFENDING,
        DEPRIVATION,
        POPULATION,
        ETHNICITY,
        UNEMPLOYMENT,
        LOCAL_AUTHORITIES,
        NEIGHBOURS,
    )
}


def coded(table: columns.Table, **meanings: Mapping[str, str]) -> columns.Table:
    """Return a table whose named columns allow these codes alone, as an inspection has them."""
    found = {
        name: replace(column, codes=meanings[name], pattern=None) if name in meanings else column
        for name, column in table.columns.items()
    }
    return replace(table, columns=found)
