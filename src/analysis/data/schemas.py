"""The codebook: one declaration per table, with the type, meaning, unit and codes of each column.

From these come the validation of every file read or written, `docs/codebook.md` and
`data/raw/datapackage.json`.
"""

from collections.abc import Iterable, Iterator, Mapping

import pandera.pandas as pa

from analysis.data.patterns import GSS, SLUG

ALL_PROVIDERS = "All"

OUTCOMES = {
    "protecting_the_public": "Protecting the public from harm by the person supervised",
    "reducing_reoffending": "Reducing the likelihood of reoffending",
    "abiding_by_the_sentence": "The person supervised keeps to the terms of the sentence",
}
STAGES = {
    "overall": "The work as a whole",
    "court_reports": "Reports written for courts",
    "allocation": "Deciding which provider supervises",
    "assessment_planning": "Assessment and planning",
    "delivery": "Delivery of the work",
    "reviewing": "Reviewing progress",
    "impact": "Impact and likely impact",
    "escalation": "Escalation of risk between providers",
}
PRECISIONS = {
    "exact": "The count is known",
    "worded": "The source gives words; only the lowest and highest admitted count are known",
    "not_available": "No count, or no denominator, was published or recorded",
}
READINGS = {
    "tight": "The narrower reading of a printed phrase",
    "loose": "The wider reading of a printed phrase",
}
VERDICTS = {
    "holds": "What is computed from the tables agrees with the claim",
    "does_not_hold": "What is computed from the tables contradicts the claim",
    "cannot_be_checked": "The tables do not say, or admit both answers",
}
# A judgement is compared in lower case, with surrounding and repeated spaces removed.
JUDGEMENTS = {
    "sufficient": ("yes", "y", "true", "1", "sufficient"),
    "insufficient": ("no", "n", "false", "0", "insufficient"),
    "not_applicable": ("not applicable", "not_applicable", "n/a", "na", "not relevant"),
    "missing": ("",),
}
CASE_DETAILS = {
    "sentence_type": "Community order, suspended sentence order or licence",
    "gender": "Gender as recorded",
    "ethnicity": "Ethnicity as recorded",
    "age_group": "Age group as recorded",
    "borough": "Borough of supervision",
    "office": "Office of supervision",
}


def _text(
    description: str, *, pattern: str | None = None, nullable: bool = False, required: bool = True
) -> pa.Column:
    checks = []
    if pattern:
        checks = [pa.Check.str_matches(f"^({pattern})$", error=f"must match {pattern}")]
    return pa.Column(str, checks, nullable=nullable, required=required, description=description)


def _coded(description: str, codes: Mapping[str, str] | Iterable[str]) -> pa.Column:
    meanings = dict(codes) if isinstance(codes, Mapping) else dict.fromkeys(codes, "")
    allowed = f"must be one of {', '.join(meanings)}"
    return pa.Column(
        str,
        pa.Check.isin(list(meanings), error=allowed),
        description=description,
        metadata={"codes": meanings},
    )


def _bounded(low: float | None, high: float | None) -> list[pa.Check]:
    checks = []
    if low is not None:
        checks.append(pa.Check.ge(low, error=f"must be at least {low}"))
    if high is not None:
        checks.append(pa.Check.le(high, error=f"must be at most {high}"))
    return checks


def _whole(
    description: str,
    unit: str,
    *,
    low: int | None = 0,
    high: int | None = None,
    nullable: bool = False,
) -> pa.Column:
    return pa.Column(
        "Int64" if nullable else "int64",
        _bounded(low, high),
        nullable=nullable,
        description=description,
        metadata={"unit": unit},
    )


def _number(
    description: str,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    nullable: bool = False,
) -> pa.Column:
    return pa.Column(
        float,
        _bounded(low, high),
        nullable=nullable,
        description=description,
        metadata={"unit": unit},
    )


def _flag(description: str) -> pa.Column:
    return pa.Column(bool, description=description, metadata={"unit": "true or false"})


def _share(description: str, *, nullable: bool = False) -> pa.Column:
    return _number(description, "share between 0 and 1", low=0, high=1, nullable=nullable)


def _ordered(low: str, high: str) -> pa.Check:
    """Refuse a row whose lower figure is above its upper one; a missing column is told as such."""
    return pa.Check(
        lambda frame: (
            not {low, high} <= set(frame) or (frame[low] <= frame[high]).fillna(True).astype(bool)
        ),
        error=f"{low} must not be above {high}",
    )


def _table(  # noqa: PLR0917 - name, title and meaning of a table read best in this order
    name: str,
    title: str,
    description: str,
    columns: Mapping[str, pa.Column],
    key: Iterable[str],
    checks: Iterable[pa.Check] = (),
    references: Mapping[str, str] | None = None,
) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        dict(columns),
        checks=list(checks),
        name=name,
        title=title,
        description=description,
        unique=list(key),
        strict=True,
        ordered=True,
        metadata={"references": dict(references or {})},
    )


def references(schema: pa.DataFrameSchema) -> Iterator[tuple[str, str, str]]:
    """Give each column whose values must stand in another table: column, that table, its column."""
    for column, reference in schema.metadata["references"].items():
        table, _, key = reference.partition(".")
        yield column, table, key


_GSS_CODE = _text("ONS code of the area", pattern=GSS)
_NAME = _text("Name of the area")
_FINDING = {
    "finding_id": _text("Identifier of the finding in this project"),
    "question_id": _text("Question that the finding answers"),
    "outcome": _coded("Outcome under which the report prints the finding", OUTCOMES),
    "stage": _coded("Stage under which the report prints the finding", STAGES),
    "provider": _text(
        "Provider whose work was judged; `both` for a finding about the two together"
    ),
    "unit": _coded(
        "What was counted",
        {
            "case": "One of the inspected cases",
            "court_report": "A report written for a court; not one of the inspected cases",
            "work_as_a_whole": "A summary judgement over questions; never a proportion",
        },
    ),
    "finding": _text("What was judged, in this project's words"),
    "polarity": _coded(
        "Which way the printed figure counts",
        {"sufficient": "It counts sufficient work", "insufficient": "It counts insufficient work"},
    ),
    "precision": _coded(
        "Whether the report prints a count", {k: PRECISIONS[k] for k in ("exact", "worded")}
    ),
    "printed_phrase": _text("The phrase of the report that carries the figure"),
    "printed_numerator": _whole("Count printed in the report", "cases", nullable=True),
    "printed_denominator": _whole(
        "Denominator printed in the report", "cases", low=1, nullable=True
    ),
    "relevant": _whole(
        "Denominator used here: the printed one, or the inferred one", "cases", low=1, nullable=True
    ),
    "relevant_basis": _text("Where the denominator comes from"),
}

PUBLISHED_FINDINGS = _table(
    "published_findings",
    "Published findings",
    "Every quantified finding about inspected cases in the inspection report. The bounds on the "
    "number of sufficient cases are a convention of this project, not a published figure.",
    _FINDING
    | {
        "bounds_rule": _text(
            "Rule that turned the phrase into bounds; `none` where it admits no usable bound"
        ),
        "sufficient_low": _whole("Fewest sufficient cases, loose reading", "cases", nullable=True),
        "sufficient_high": _whole("Most sufficient cases, loose reading", "cases", nullable=True),
        "sufficient_low_tight": _whole(
            "Fewest sufficient cases, tight reading", "cases", nullable=True
        ),
        "sufficient_high_tight": _whole(
            "Most sufficient cases, tight reading", "cases", nullable=True
        ),
        "report_line": _whole("Line of the report's text that prints the finding", "line", low=1),
        "report_section": _text("Section of the report"),
        "also_stated": _text("Where else the report states it", nullable=True),
        "note": _text("What a reader of the figure must know", nullable=True),
    },
    key=["finding_id"],
    checks=[
        _ordered("sufficient_low", "sufficient_low_tight"),
        _ordered("sufficient_low_tight", "sufficient_high_tight"),
        _ordered("sufficient_high_tight", "sufficient_high"),
        _ordered("sufficient_high", "relevant"),
    ],
    references={"question_id": "questions.question_id"},
)

QUESTIONS = _table(
    "questions",
    "Questions",
    "The questions on which cases are judged, in the order in which they are reported. A case "
    "extract has one column per question.",
    {
        "question_id": _text(
            "Identifier of the question; the column name in a case extract",
            pattern=r"[a-z][a-z0-9_]*",
        ),
        "outcome": _coded("Outcome that the question belongs to", OUTCOMES),
        "stage": _coded(
            "Stage of the work; where the report prints a question under two stages, the one printed first",
            STAGES,
        ),
        "question": _text("The question, worded as what sufficient work looks like"),
    },
    key=["question_id"],
)

PUBLISHED_CONTEXT = _table(
    "published_context",
    "Published facts about the system",
    "Facts that the report prints about caseloads, performance, staffing, the 2014 inspection "
    "and the sample.",
    {
        "fact_id": _text("Identifier of the fact in this project"),
        "subject": _text("Who or what the fact is about"),
        "measure": _text("What was measured"),
        "qualifier": _text("Printed qualifier: over, about, up to, some, just over", nullable=True),
        "value": _number("The figure", "as in column unit"),
        "unit": _text("Unit of the figure"),
        "period": _text("Period or date of the figure"),
        "source": _text("Where the report takes the fact from"),
        "report_section": _text("Section of the report"),
        "report_line": _whole("Line of the report's text", "line", low=1),
    },
    key=["fact_id"],
)

_CLAIM = {
    "claim_id": _text("Identifier of the claim in this project", pattern=r"K\d{3}"),
    "claim": _text("The claim, in this project's words"),
    "printed": _text("The figure or short phrase as printed"),
    "report_line": _whole("Line of the report's text", "line", low=1),
}

CLAIMS = _table(
    "claims",
    "Claims of the report",
    "Statements of the inspection report that figures could bear out or contradict: shares, "
    "rankings, sums, comparisons, and summaries of its own findings.",
    _CLAIM
    | {
        "report_section": _text("Section of the report"),
        "computation": _text(
            "Function of analysis.claims that computes it; blank where nothing can be computed",
            pattern=r"[a-z][a-z_]*",
            nullable=True,
        ),
        "arguments": _text(
            "What the function is told: `name=value; name=value`", pattern="[^=]+=.+", nullable=True
        ),
        "note": _text(
            "What the tables leave open: another period or cohort, a reading, or why nothing can be "
            "computed",
            nullable=True,
        ),
    },
    key=["claim_id"],
    checks=[
        pa.Check(
            lambda frame: (
                not {"computation", "note"} <= set(frame)
                or frame["computation"].notna() | frame["note"].notna()
            ),
            error="a claim without a computation needs a note that says why",
        )
    ],
)

REOFFENDING = _table(
    "reoffending",
    "Proven reoffending by local authority",
    "Adult and juvenile offenders together: released from custody, convicted at court without "
    "custody, or cautioned in a twelve-month cohort, and followed for one year. This is not the "
    "cohort of the report's Figure 2.5 (adults, July 2013 to June 2014). England leaves out "
    "offenders with no known area of residence.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "geography": _coded(
            "Level of the area",
            {"country": "England", "region": "London", "local_authority": "London local authority"},
        ),
        "cohort": _whole("Year that labels the cohort; January to December is inferred", "year"),
        "offenders": _whole("Offenders in the cohort", "persons", low=1),
        "reoffenders": _whole("Offenders with a proven reoffence", "persons"),
        "reoffences": _whole("Proven reoffences", "offences"),
        "published_rate_pct": _number("Rate as published", "percent", low=0, high=100),
        "published_ci_lower_pct": _number(
            "Lower 95% limit as published", "percent", low=0, high=100
        ),
        "published_ci_upper_pct": _number(
            "Upper 95% limit as published", "percent", low=0, high=100
        ),
    },
    key=["gss_code", "cohort"],
    checks=[_ordered("reoffenders", "offenders")],
)

DEPRIVATION = _table(
    "deprivation_2015",
    "Indices of deprivation 2015",
    "Score and rank of the 152 upper-tier local authorities of England, overall and in the crime "
    "domain. All ranks out of 152 are computed from the values.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "area_type": _coded(
            "Kind of local authority",
            ("unitary_authority", "metropolitan_district", "london_borough", "shire_county"),
        ),
        "domain": _coded(
            "What the index covers",
            {"overall": "The seven domains together", "crime": "The crime domain alone"},
        ),
        "measure": _coded(
            "Summary over the small areas of the authority",
            {
                "average_rank": "Population-weighted mean of the small areas' ranks",
                "average_score": "Population-weighted mean of the small areas' scores",
            },
        ),
        "value": _number("Value of the measure; higher is more deprived", "score or rank"),
        "rank_of_152": _whole("Rank of the value; 1 is the most deprived", "rank", low=1, high=152),
        "rank_margin": _whole(
            "Other authorities so close that rounding or weighting could move the rank",
            "authorities",
        ),
        "basis": _coded(
            "Where the value comes from",
            {
                "published": "As published for the district",
                "computed": "Population-weighted mean of the county's districts",
            },
        ),
    },
    key=["gss_code", "domain", "measure"],
)

POPULATION = _table(
    "population",
    "Resident population",
    "Mid-year population estimates. City of London with Hackney, and Merton with Sutton, are "
    "available for 2014 only combined.",
    {
        "gss_code": _text(
            "ONS code of the area; two joined by + where only the sum is available",
            pattern=rf"{GSS}(\+{GSS})?",
        ),
        "name": _NAME,
        "year": _whole("Mid-year of the estimate; 2013 is inferred from its total", "year"),
        "series": _coded(
            "Which issue of the estimate",
            {
                "original": "As issued in June 2015 and printed in the report",
                "revised": "Later revised series",
                "rounded": "Rounded to 100 by the publisher",
            },
        ),
        "population": _whole("Usual residents", "persons", low=1),
    },
    key=["gss_code", "year", "series"],
)

ETHNICITY = _table(
    "ethnicity_2011",
    "Ethnic group, 2011 census",
    "Usual residents of the districts of England and Wales by ethnic group; London, England, and "
    "England and Wales are sums of the districts.",
    {"gss_code": _GSS_CODE, "name": _NAME}
    | {
        group: _whole(meaning, "persons")
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

UNEMPLOYMENT = _table(
    "unemployment",
    "Unemployment rate",
    "Model-free survey rate of the Annual Population Survey for the calendar years on either side "
    "of the report's July 2014 to June 2015, which was not found. Blank in the source for the "
    "City of London.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "year": _whole("Calendar year", "year"),
        "unemployment_rate_pct": _number(
            "Unemployed people of 16 and over",
            "percent of the economically active",
            low=0,
            high=100,
            nullable=True,
        ),
    },
    key=["gss_code", "year"],
)

LOCAL_AUTHORITIES = _table(
    "london_local_authorities",
    "Inner and outer London",
    "The 32 London boroughs and the City of London, as the report divides them.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "inner_or_outer": _coded(
            "Part of London", {"inner": "Inner London", "outer": "Outer London"}
        ),
    },
    key=["gss_code"],
)

INSPECTED_BOROUGHS = _table(
    "inspected_boroughs",
    "Inspected boroughs",
    "The eight boroughs of the inspection, as the report lists them.",
    {"gss_code": _GSS_CODE, "name": _NAME},
    key=["gss_code"],
    references={"gss_code": "london_local_authorities.gss_code"},
)

NEIGHBOURS = _table(
    "neighbours",
    "Neighbours in London",
    "Each pair of London local authorities whose boundaries share a line, once, the lower code "
    "first. Boundaries end at the water's edge: places that face each other across the Thames are "
    "not neighbours here. Neighbours outside London are left out.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "neighbour_gss_code": _text("ONS code of the neighbour", pattern=GSS),
        "neighbour_name": _text("Name of the neighbour"),
    },
    key=["gss_code", "neighbour_gss_code"],
    checks=[
        # A pair stands once, so none can hold in one direction only, and none with itself.
        pa.Check(
            lambda frame: (
                not {"gss_code", "neighbour_gss_code"} <= set(frame)
                or (frame["gss_code"] < frame["neighbour_gss_code"]).fillna(True).astype(bool)
            ),
            error="gss_code must come before neighbour_gss_code",
        )
    ],
    references={
        "gss_code": "london_local_authorities.gss_code",
        "neighbour_gss_code": "london_local_authorities.gss_code",
    },
)


def cases(question_ids: Iterable[str]) -> pa.DataFrameSchema:
    """Give the declaration of a case extract with these questions."""
    spellings = {
        code: " / ".join(s or "(blank)" for s in spelled) for code, spelled in JUDGEMENTS.items()
    }
    return _table(
        "cases",
        "Case extract",
        "One row per inspected case, one column per question. The shipped extract is a "
        "RECONSTRUCTION from the published findings: no case-level row was ever published. Every "
        "printed count is met exactly and every worded count lies in its bounds; all else is "
        "arbitrary, so no association between questions and no breakdown of cases may be read "
        "from it.",
        {
            "case_id": _text("Identifier of the case; begins with `reconstructed` where it is one"),
            "provider": _text("Provider that supervises the case"),
        }
        | {
            question_id: pa.Column(
                str,
                nullable=True,
                description="Judgement on the question of that name",
                metadata={"codes": spellings},
            )
            for question_id in question_ids
        }
        | {
            name: _text(description, nullable=True, required=False)
            for name, description in CASE_DETAILS.items()
        },
        key=["case_id"],
    )


RAW = {
    schema.name: schema
    for schema in (
        PUBLISHED_FINDINGS,
        QUESTIONS,
        PUBLISHED_CONTEXT,
        CLAIMS,
        REOFFENDING,
        DEPRIVATION,
        POPULATION,
        ETHNICITY,
        UNEMPLOYMENT,
        LOCAL_AUTHORITIES,
        INSPECTED_BOROUGHS,
        NEIGHBOURS,
    )
}

_AREA = _text("Area of the run, a key of areas.toml", pattern=SLUG)
_QUESTION_ID = _text("Question, a key of data/raw/questions.csv")
_OUTCOME = _coded("Outcome that the question belongs to", OUTCOMES)
_LEVEL = _number("Confidence level of the limits", "share", low=0, high=1)
_PRECISION = _coded("What is known of the counts", PRECISIONS)
_LIMITS = {
    "ci_lower": _share("Lower confidence limit; of the envelope where worded", nullable=True),
    "ci_upper": _share("Upper confidence limit; of the envelope where worded", nullable=True),
}

JUDGEMENT_TABLE = _table(
    "judgements",
    "Judgements",
    "The case extract, one row per case and question, in the codes of the codebook.",
    {
        "case_id": _text("Identifier of the case"),
        "provider": _text("Provider that supervises the case"),
        "question_id": _QUESTION_ID,
        "judgement": _coded(
            "Judgement; missing is not the same as not applicable",
            {
                code: f"Written {' / '.join(s or '(blank)' for s in spelled)}"
                for code, spelled in JUDGEMENTS.items()
            },
        ),
    },
    key=["case_id", "question_id"],
)

BOUNDS = _table(
    "findings",
    "Findings with the chosen bounds",
    "The published findings behind the area's case sample, with the bounds of the chosen reading.",
    _FINDING
    | {
        "reading": _coded("Which reading of the printed phrases was chosen", READINGS),
        "sufficient_low": _whole("Fewest sufficient cases admitted", "cases", nullable=True),
        "sufficient_high": _whole("Most sufficient cases admitted", "cases", nullable=True),
        "report_line": _whole("Line of the report's text that prints the finding", "line", low=1),
        "note": _text("What a reader of the figure must know", nullable=True),
    },
    key=["finding_id"],
    checks=[_ordered("sufficient_low", "sufficient_high"), _ordered("sufficient_high", "relevant")],
)

BOROUGHS = _table(
    "boroughs",
    "Local authorities of London with their context",
    "One row per London local authority for the chosen cohort.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "in_area": _flag("Whether the local authority belongs to the area"),
        "inner_or_outer": _coded("Part of London", ("inner", "outer")),
        "cohort": _whole("Year that labels the reoffending cohort", "year"),
        "offenders": _whole("Offenders in the cohort", "persons", low=1),
        "reoffenders": _whole("Offenders with a proven reoffence", "persons"),
        "deprivation_score": _number("Overall deprivation, average score 2015", "score"),
        "deprivation_rank": _whole(
            "Rank of that score; 1 is the most deprived", "rank of 152", low=1
        ),
        "crime_score": _number("Crime domain, average score 2015", "score"),
        "crime_rank": _whole("Rank of that score; 1 is the most deprived", "rank of 152", low=1),
    },
    key=["gss_code"],
    checks=[_ordered("reoffenders", "offenders")],
)

PROPORTIONS = _table(
    "proportions",
    "Proportions by question and provider",
    "Every question by provider and for all. For a worded finding the count and the proportion "
    "are blank and the limits are the envelope over every admitted count.",
    {
        "area": _AREA,
        "outcome": _OUTCOME,
        "stage": _coded("Stage of the work", STAGES),
        "question_id": _QUESTION_ID,
        "provider": _text(f"Provider, or {ALL_PROVIDERS} for all together"),
        "sufficient": _whole("Cases judged sufficient", "cases", nullable=True),
        "relevant": _whole("Relevant cases: the denominator", "cases", nullable=True),
        "missing": _whole("Cases with no judgement recorded", "cases"),
        "proportion": _share("Sufficient out of relevant cases", nullable=True),
    }
    | _LIMITS
    | {
        "level": _LEVEL,
        "method": _text("Interval method"),
        "precision": _PRECISION,
        "sufficient_low": _whole("Fewest sufficient cases admitted", "cases", nullable=True),
        "sufficient_high": _whole("Most sufficient cases admitted", "cases", nullable=True),
        "suppressed": _flag("Whether the figures are withheld to protect people"),
    },
    key=["area", "question_id", "provider"],
    checks=[_ordered("sufficient_low", "sufficient_high"), _ordered("sufficient_high", "relevant")],
)


def _difference(description: str) -> pa.Column:
    return _number(description, "difference of shares", low=-1, high=1, nullable=True)


DIFFERENCES = _table(
    "differences",
    "Differences between providers",
    "Provider a minus provider b on each question that both answer. For a pair with a worded side "
    "the counts of that side and the difference are blank, the limits are the envelope over every "
    "admitted pair of counts, and no p-value is given.",
    {
        "area": _AREA,
        "outcome": _OUTCOME,
        "question_id": _QUESTION_ID,
        "provider_a": _text("First provider"),
        "provider_b": _text("Second provider"),
        "sufficient_a": _whole("Cases of a judged sufficient", "cases", nullable=True),
        "relevant_a": _whole("Relevant cases of a", "cases"),
        "sufficient_b": _whole("Cases of b judged sufficient", "cases", nullable=True),
        "relevant_b": _whole("Relevant cases of b", "cases"),
        "difference": _difference("Proportion of a minus proportion of b"),
        "ci_lower": _difference("Lower confidence limit"),
        "ci_upper": _difference("Upper confidence limit"),
        "level": _LEVEL,
        "method": _text("Interval method"),
        "p_value": _share("Fisher's exact test, two-sided", nullable=True),
        "p_adjusted": _share("p-value adjusted for the family of comparisons", nullable=True),
        "adjustment": _text("Adjustment over the questions with exact counts on both sides"),
        "precision": _PRECISION,
    },
    key=["area", "question_id", "provider_a", "provider_b"],
)

_TERM = {
    "term": _text("Term of the model; deprivation is in standard deviations over London"),
    "estimate": _number("Coefficient on the logit scale", "log odds"),
    "std_error": _number("Standard error", "log odds", low=0),
    "ci_lower": _number("Lower confidence limit", "log odds"),
    "ci_upper": _number("Upper confidence limit", "log odds"),
    "level": _LEVEL,
    "df": _number(
        "Degrees of freedom of the limits; infinite for a normal limit", "degrees", low=0
    ),
    "dispersion": _number(
        "Variance relative to the binomial; blank for least squares", "ratio", low=0, nullable=True
    ),
}
_SCOPE = _coded(
    "Boroughs that were fitted",
    {"area": "The local authorities of the area", "london": "The 33 London local authorities"},
)
_COHORT = _whole("Year that labels the reoffending cohort", "year")
_BOROUGHS = _whole("Local authorities fitted", "local authorities", low=1)

REOFFENDING_MODEL = _table(
    "reoffending_model",
    "Models of reoffending on deprivation",
    "One row per scope, estimator and term. Reoffenders of offenders by local authority, logit "
    "link. Not the cohort of the report's Figure 2.5.",
    {
        "area": _AREA,
        "scope": _SCOPE,
        "boroughs": _BOROUGHS,
        "cohort": _COHORT,
        "estimator": _text("Estimator"),
    }
    | _TERM
    | {"primary": _flag("Whether this is the primary estimator")},
    key=["area", "scope", "estimator", "term"],
)

REOFFENDING_MEASURES = _table(
    "reoffending_measures",
    "The primary model with other measures of deprivation",
    "The slope of each deprivation measure, fitted by the primary estimator over London.",
    {
        "area": _AREA,
        "scope": _SCOPE,
        "boroughs": _BOROUGHS,
        "cohort": _COHORT,
        "measure": _text("Measures of deprivation in the model"),
    }
    | _TERM,
    key=["area", "scope", "measure", "term"],
)

REOFFENDING_BOROUGHS = _table(
    "reoffending_boroughs",
    "Local authorities in the primary model of London",
    "Observed and fitted rates with diagnostics, one row per local authority.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "cohort": _COHORT,
        "offenders": _whole("Offenders in the cohort", "persons", low=1),
        "reoffenders": _whole("Offenders with a proven reoffence", "persons"),
        "rate": _share("Reoffenders out of offenders"),
        "ci_lower": _share("Lower confidence limit of the rate"),
        "ci_upper": _share("Upper confidence limit of the rate"),
        "fitted": _share("Rate that the model fits"),
        "pearson_residual": _number(
            "Pearson residual divided by the root of the dispersion", "ratio"
        ),
        "leverage": _number("Diagonal of the hat matrix", "share", low=0, high=1),
        "cooks_distance": _number("Cook's distance", "ratio", low=0),
        "slope_without": _number("Slope of deprivation with this row left out", "log odds"),
    },
    key=["gss_code", "cohort"],
    checks=[_ordered("reoffenders", "offenders")],
)

REOFFENDING_RESIDUALS = _table(
    "reoffending_residuals",
    "Residuals of the models of London",
    "One row per local authority. The Pearson residuals are those of the primary model; the "
    "randomised quantile residuals those of the beta-binomial model with the same terms, standard "
    "normal if that model is true.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "cohort": _COHORT,
        "fitted": _share("Rate that the primary model fits"),
        "pearson_residual": _number(
            "Pearson residual divided by the root of the dispersion", "ratio"
        ),
        "quantile_residual": _number("Randomised quantile residual", "standard deviations"),
        "seed": _whole("Seed of the randomisation", "seed"),
    },
    key=["gss_code", "cohort"],
)

REOFFENDING_FUNNEL = _table(
    "reoffending_funnel",
    "Control limits of the reoffending rates",
    "One row per local authority, kind of limits and level. The overall rate and the dispersion are "
    "those of a quasi-binomial model with an intercept alone, not of the deprivation model.",
    {
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "cohort": _COHORT,
        "offenders": _whole("Offenders in the cohort", "persons", low=1),
        "rate": _share("Reoffenders out of offenders"),
        "overall_rate": _share("Rate that the limits lie about: all reoffenders of all offenders"),
        "limits": _coded(
            "What the limits allow for",
            {
                "binomial": "Chance alone",
                "overdispersed": "Chance and the overdispersion between local authorities",
            },
        ),
        "dispersion": _number(
            "Variance that the limits allow for, relative to the binomial", "ratio", low=1
        ),
        "level": _number("Share of rates that the limits would hold", "share", low=0, high=1),
        "limit_lower": _share("Lower control limit"),
        "limit_upper": _share("Upper control limit"),
    },
    key=["gss_code", "cohort", "limits", "level"],
    checks=[_ordered("limit_lower", "limit_upper")],
)

JOINT_SENSITIVITY = _table(
    "joint_sensitivity",
    "What the margins say about two questions together",
    "Mean number of cases sufficient on both of two questions, over reconstructed samples that all "
    "meet the published margins, by how far a case that is good on one question is good on others.",
    {
        "area": _AREA,
        "provider": _text("Provider of the cases"),
        "question_a": _text("First question"),
        "question_b": _text("Second question"),
        "coherence": _number("Log odds per standard deviation of case quality", "log odds", low=0),
        "draws": _whole("Samples drawn", "samples", low=1),
        "mean_both": _number("Mean number of cases sufficient on both", "cases", low=0),
        "lowest_possible": _whole("Fewest that the margins allow", "cases"),
        "highest_possible": _whole("Most that the margins allow", "cases"),
    },
    key=["area", "coherence"],
)

_PLACE = {
    "area": _AREA,
    "gss_code": _GSS_CODE,
    "name": _NAME,
    "geography": _coded(
        "What the row is about",
        {
            "local_authority": "A local authority of the area",
            "combined": "Two local authorities, at least one of the area, known only together",
            "part": "Inner or outer London",
            "region": "London",
            "country": "England, or England and Wales",
        },
    ),
}

AREA_POPULATION = _table(
    "area_population",
    "Residents of the area",
    "Mid-year population of the area's local authorities beside London and England. A local "
    "authority whose mid-2014 figure is known only together with another's has none of its own.",
    _PLACE
    | {
        "gss_code": POPULATION.columns["gss_code"],
        "year": POPULATION.columns["year"],
        "series": POPULATION.columns["series"],
        "population": POPULATION.columns["population"],
    },
    key=["area", "gss_code", "year", "series"],
)

AREA_ETHNICITY = _table(
    "area_ethnicity",
    "Ethnic group in the area",
    "Usual residents by ethnic group, 2011 census, in the area's local authorities beside London, "
    "England, and England and Wales. The shares of a place add up to 1.",
    _PLACE
    | {
        "broad_group": _coded(
            "Group that the page draws together",
            {
                "white_british": "White British",
                "other_white": "White: Irish, Gypsy or Irish Traveller, or other",
                "asian": "Asian or Asian British",
                "black_mixed_or_other": "Black, mixed or other ethnic group",
            },
        ),
        "ethnic_group": _coded(
            "Ethnic group of the census",
            {
                group: str(column.description)
                for group, column in ETHNICITY.columns.items()
                if group not in {"gss_code", "name", "all_residents"}
            },
        ),
        "residents": _whole("Usual residents of the group", "persons"),
        "share": _share("Residents of the group out of all usual residents"),
    },
    key=["area", "gss_code", "ethnic_group"],
)

AREA_UNEMPLOYMENT = _table(
    "area_unemployment",
    "Unemployment in the area",
    "Unemployed people of 16 and over in the area's local authorities beside inner and outer "
    "London, London and England. The report's period, July 2014 to June 2015, falls between the "
    "two years. Blank where the source is.",
    _PLACE
    | {
        "year": UNEMPLOYMENT.columns["year"],
        "rate": _share("Unemployed out of the economically active", nullable=True),
    },
    key=["area", "gss_code", "year"],
)

AREA_DEPRIVATION = _table(
    "area_deprivation",
    "Deprivation in the area",
    "Four measures of the Indices of Deprivation 2015 for the area's local authorities, with the "
    "rank of each among the 152 upper-tier local authorities of England.",
    _PLACE
    | {
        name: DEPRIVATION.columns[name]
        for name in ("domain", "measure", "value", "rank_of_152", "rank_margin")
    },
    key=["area", "gss_code", "domain", "measure"],
)

AREA_REOFFENDING = _table(
    "area_reoffending",
    "Reoffending in the area over the cohorts",
    "Reoffenders of offenders, adult and juvenile, in the area's local authorities beside London "
    "and England, for every cohort. Not the cohort of the report's Figure 2.5.",
    _PLACE
    | {
        "cohort": _COHORT,
        "offenders": _whole("Offenders in the cohort", "persons", low=1),
        "reoffenders": _whole("Offenders with a proven reoffence", "persons"),
        "rate": _share("Reoffenders out of offenders"),
        "ci_lower": _share("Lower confidence limit of the rate"),
        "ci_upper": _share("Upper confidence limit of the rate"),
        "level": _LEVEL,
        "method": _text("Interval method"),
    },
    key=["area", "gss_code", "cohort"],
    checks=[_ordered("reoffenders", "offenders")],
)

AREA_NEIGHBOURS = _table(
    "area_neighbours",
    "Neighbours of the area",
    "The local authorities of London that adjoin the area from outside, with the reoffending of the "
    "chosen cohort and deprivation. Places across the Thames and outside London are not among them. "
    "The rate of the area is that of all its offenders together.",
    {
        "area": _AREA,
        "gss_code": _GSS_CODE,
        "name": _NAME,
        "adjoins": _text("Local authorities of the area that it adjoins, separated by `; `"),
        "cohort": _COHORT,
        "offenders": _whole("Offenders in the cohort", "persons", low=1),
        "reoffenders": _whole("Offenders with a proven reoffence", "persons"),
        "rate": _share("Reoffenders out of offenders"),
        "ci_lower": _share("Lower confidence limit of the rate"),
        "ci_upper": _share("Upper confidence limit of the rate"),
        "deprivation_score": _number("Overall deprivation, average score 2015", "score"),
        "deprivation_rank": _whole(
            "Rank of that score; 1 is the most deprived", "rank of 152", low=1
        ),
        "area_rate": _share("Rate of the area"),
        "difference": _number(
            "Rate of the area minus that of the neighbour", "difference of shares", low=-1, high=1
        ),
        "difference_lower": _number(
            "Lower confidence limit of the difference (Newcombe)",
            "difference of shares",
            low=-1,
            high=1,
        ),
        "difference_upper": _number(
            "Upper confidence limit of the difference (Newcombe)",
            "difference of shares",
            low=-1,
            high=1,
        ),
        "level": _LEVEL,
        "method": _text("Interval method of the rate"),
    },
    key=["area", "gss_code"],
    checks=[_ordered("reoffenders", "offenders")],
)

CLAIMS_LEDGER = _table(
    "claims_checked",
    "Claims of the report, checked",
    "Each claim of the inspection report beside what the tables say of it. Findings in words are "
    "taken at their wider reading.",
    {"area": _AREA}
    | _CLAIM
    | {
        "computed": _text("The figure computed from the raw tables"),
        "verdict": _coded("Whether the claim holds", VERDICTS),
        "because": _text("Why, and what the tables leave open"),
    },
    key=["area", "claim_id"],
)

PROCESSED = {
    schema.name: schema
    for schema in (
        JUDGEMENT_TABLE,
        BOUNDS,
        BOROUGHS,
        PROPORTIONS,
        DIFFERENCES,
        JOINT_SENSITIVITY,
        REOFFENDING_MODEL,
        REOFFENDING_MEASURES,
        REOFFENDING_BOROUGHS,
        REOFFENDING_RESIDUALS,
        REOFFENDING_FUNNEL,
        CLAIMS_LEDGER,
        AREA_POPULATION,
        AREA_ETHNICITY,
        AREA_UNEMPLOYMENT,
        AREA_DEPRIVATION,
        AREA_REOFFENDING,
        AREA_NEIGHBOURS,
    )
}
