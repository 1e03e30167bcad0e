"""The processed tables, declared: what the notebooks write and the page shows."""

from analysis.data import codes, columns, raw
from analysis.data.patterns import CODE, GSS, SLUG

_AREA = columns.text("Area of the run, a key of areas.toml", pattern=SLUG)

_QUESTION_ID = columns.text("Question, a key of the inspection's questions.csv")

_OUTCOME = columns.text("Outcome that the question belongs to", pattern=CODE)

_LEVEL = columns.number("Confidence level of the limits", "share", low=0, high=1)

_PRECISION = columns.coded("What is known of the counts", codes.PRECISIONS)

_LIMITS = {
    "ci_lower": columns.share(
        "Lower confidence limit; of the envelope where worded", nullable=True
    ),
    "ci_upper": columns.share(
        "Upper confidence limit; of the envelope where worded", nullable=True
    ),
}

_BOUNDS = {
    "sufficient_low": columns.whole("Fewest sufficient cases admitted", "cases", nullable=True),
    "sufficient_high": columns.whole("Most sufficient cases admitted", "cases", nullable=True),
}

_BOUNDS_ORDERED = [
    columns.ordered("sufficient_low", "sufficient_high"),
    columns.ordered("sufficient_high", "relevant"),
]

JUDGEMENT_TABLE = columns.table(
    "judgements",
    "Judgements",
    "The case extract, one row per case and question, in the codes of the codebook.",
    {
        "case_id": columns.text("Identifier of the case"),
        "provider": columns.text("Provider that supervises the case"),
        "question_id": _QUESTION_ID,
        "judgement": columns.coded(
            "Judgement; missing is not the same as not applicable",
            {
                code: f"Written {' / '.join(s or '(blank)' for s in spelled)}"
                for code, spelled in codes.JUDGEMENTS.items()
            },
        ),
    },
    key=["case_id", "question_id"],
)

BOUNDS = columns.table(
    "findings",
    "Findings with the chosen bounds",
    "The published findings behind the area's case sample, with the bounds of the chosen reading.",
    raw._FINDING
    | {
        "reading": columns.coded("Which reading of the printed phrases was chosen", codes.READINGS),
    }
    | _BOUNDS
    | {name: raw.FINDINGS.columns[name] for name in ("report_line", "report_section", "note")},
    key=["finding_id"],
    checks=_BOUNDS_ORDERED,
)

RATINGS = columns.table(
    "ratings",
    "The inspectorate's own verdicts",
    "How the inspection report rates each provider's work on each outcome, in the words it prints. "
    "Facts of the source: nothing here is computed, and no interval belongs to them.",
    {
        "area": _AREA,
        "outcome": columns.text("Outcome that is rated", pattern=CODE),
        "provider": columns.text("Provider whose work is rated"),
        "words": columns.text("The words, as printed"),
        "section": columns.text("Section of the report that prints them"),
        "line": columns.whole("Line of its text", "line", low=1),
    },
    key=["area", "outcome", "provider"],
)

_NAMED = {"gss_code": columns.GSS_CODE, "name": columns.NAME}

_COHORT = columns.whole("Year that labels the reoffending cohort", "year")

_OFFENDERS = columns.whole("Offenders in the cohort", "persons", low=1)

_REOFFENDERS = {
    "offenders": _OFFENDERS,
    "reoffenders": columns.whole("Offenders with a proven reoffence", "persons"),
}

_RATE = {
    "rate": columns.share("Reoffenders out of offenders"),
    "ci_lower": columns.share("Lower confidence limit of the rate"),
    "ci_upper": columns.share("Upper confidence limit of the rate"),
}

# What it is out of depends on the region; its file of data/raw/regions has it.
_RANK = "rank among the places that are ranked"

_DEPRIVATION = {
    "deprivation_score": columns.number("Overall deprivation, average score 2015", "score"),
    "deprivation_rank": columns.whole("Rank of that score; 1 is the most deprived", _RANK, low=1),
}

BOROUGHS = columns.table(
    "boroughs",
    "Local authorities of the region with their context",
    "One row per local authority of the area's region for the chosen cohort. Counts and published scores, "
    "which have no interval; the rates with theirs are in reoffending_boroughs.csv.",
    _NAMED
    | {
        "in_area": columns.flag("Whether the local authority belongs to the area"),
        "part": columns.text(
            "Part of the region, as its file of data/raw/regions has it; blank where it has none",
            nullable=True,
        ),
        "cohort": _COHORT,
    }
    | _REOFFENDERS
    | _DEPRIVATION
    | {
        "crime_score": columns.number("Crime domain, average score 2015", "score"),
        "crime_rank": _DEPRIVATION["deprivation_rank"],
    },
    key=["gss_code"],
    checks=[columns.ordered("reoffenders", "offenders")],
)

PROPORTIONS = columns.table(
    "proportions",
    "Proportions by question and provider",
    "Every question by provider and for all. For a worded finding the count and the proportion "
    "are blank and the limits are the envelope over every admitted count.",
    {
        "area": _AREA,
        "outcome": _OUTCOME,
        "stage": columns.text("Stage of the work", pattern=CODE),
        "question_id": _QUESTION_ID,
        "provider": columns.text(f"Provider, or {codes.ALL_PROVIDERS} for all together"),
        "sufficient": columns.whole("Cases judged sufficient", "cases", nullable=True),
        "relevant": columns.whole("Relevant cases: the denominator", "cases", nullable=True),
        "missing": columns.whole("Cases with no judgement recorded", "cases"),
        "proportion": columns.share("Sufficient out of relevant cases", nullable=True),
    }
    | _LIMITS
    | {
        "level": _LEVEL,
        "method": columns.text("Interval method"),
        "precision": _PRECISION,
    }
    | _BOUNDS
    | {"suppressed": columns.flag("Whether the figures are withheld to protect people")},
    key=["area", "question_id", "provider"],
    checks=_BOUNDS_ORDERED,
)


def _difference(description: str, *, nullable: bool = False) -> columns.Column:
    return columns.number(description, "difference of shares", low=-1, high=1, nullable=nullable)


DIFFERENCES = columns.table(
    "differences",
    "Differences between providers",
    "Provider a minus provider b on each question that both answer. For a pair with a worded side "
    "the counts of that side and the difference are blank, the limits are the envelope over every "
    "admitted pair of counts, and the p-value is the largest over them. The family is every row.",
    {
        "area": _AREA,
        "outcome": _OUTCOME,
        "question_id": _QUESTION_ID,
        "provider_a": columns.text("First provider"),
        "provider_b": columns.text("Second provider"),
        "sufficient_a": columns.whole("Cases of a judged sufficient", "cases", nullable=True),
        "relevant_a": columns.whole("Relevant cases of a", "cases"),
        "sufficient_b": columns.whole("Cases of b judged sufficient", "cases", nullable=True),
        "relevant_b": columns.whole("Relevant cases of b", "cases"),
        "difference": _difference("Proportion of a minus proportion of b", nullable=True),
        "ci_lower": _difference("Lower confidence limit"),
        "ci_upper": _difference("Upper confidence limit"),
        "ci_lower_simultaneous": _difference(
            "Lower limit of intervals that hold for the whole family at the level (Bonferroni)"
        ),
        "ci_upper_simultaneous": _difference("Upper limit of those intervals"),
        "level": _LEVEL,
        "method": columns.text("Interval method"),
        "p_value": columns.probability(
            "Fisher's exact test, two-sided; the largest of the counts admitted"
        ),
        "p_adjusted": columns.probability("p-value adjusted for the family of comparisons"),
        "adjustment": columns.text("Adjustment over all rows: every comparable question"),
        "precision": _PRECISION,
    },
    key=["area", "question_id", "provider_a", "provider_b"],
)

VERDICTS = columns.table(
    "verdicts",
    "Verdicts by question and provider",
    "On which side of half each provider's share of sufficient work lies: in the sample, and beyond "
    "it. Every question and provider with a figure; all providers together have no verdict. The interval "
    "behind each is that of the same question and provider in proportions.csv.",
    {
        "area": _AREA,
        "outcome": _OUTCOME,
        "question_id": _QUESTION_ID,
        "provider": columns.text("Provider"),
        "in_sample": columns.coded(
            "Of the relevant cases that were inspected", codes.IN_SAMPLE, heading="In the sample"
        ),
        "beyond": columns.coded(
            "Of all the cases that could have been drawn", codes.BEYOND, heading="Beyond the sample"
        ),
        "strength": columns.coded(
            "How firm the verdict beyond the sample is; blank where it is open",
            codes.STRENGTHS,
            nullable=True,
        ),
        "rests_on": columns.text(
            "The choices that a leaning verdict needs, separated by semicolons: "
            + ", ".join(codes.CHOICES),
            pattern=f"({'|'.join(codes.CHOICES)})(; ({'|'.join(codes.CHOICES)}))*",
            nullable=True,
        ),
    },
    key=["area", "question_id", "provider"],
)

VERDICT_CHOICES = columns.table(
    "verdict_choices",
    "Verdicts under other choices",
    "How many verdicts beyond the sample are what when one choice is changed, and all others are the "
    "run's own. Counts, which have no interval: what is unsure of them is what the rows tell.",
    {
        "area": _AREA,
        "choice": columns.coded("What is changed", codes.CHOICES),
        "setting": columns.text(
            "To what: a method, a reading, how many relevant cases fewer, or a level"
        ),
        "more": columns.whole("Verdicts of more than half", "verdicts"),
        "fewer": columns.whole("Verdicts of fewer than half", "verdicts"),
        "open": columns.whole("Open verdicts", "verdicts"),
        "changed": columns.whole(
            "Verdicts that are not those of the run's own choices", "verdicts"
        ),
    },
    key=["area", "choice", "setting"],
)

DIFFERENCE_CHOICES = columns.table(
    "difference_choices",
    "Differences under other choices",
    "On how many questions the simultaneous limits leave zero out, and on which side, when one choice is "
    "changed and all others are the run's own; and with the loose reading and fewer relevant cases at once. "
    "Counts, which have no interval.",
    {
        "area": _AREA,
        "provider_a": DIFFERENCES.columns["provider_a"],
        "provider_b": DIFFERENCES.columns["provider_b"],
        "choice": columns.coded("What is changed", codes.DIFFERENCE_CHOICES),
        "setting": columns.text("To what: a method, a reading, or how many relevant cases fewer"),
        "lower": columns.whole("Questions on which a is below b", "questions"),
        "higher": columns.whole("Questions on which a is above b", "questions"),
        "open": columns.whole("Questions on which that is open", "questions"),
        "changed": columns.whole(
            "Questions on which it is not as by the run's own choices", "questions"
        ),
    },
    key=["area", "provider_a", "provider_b", "choice", "setting"],
)

_TERM = {
    "term": columns.text(
        "Term of the model; deprivation is in standard deviations over the region"
    ),
    "estimate": columns.number("Coefficient on the logit scale", "log odds"),
    "std_error": columns.number("Standard error", "log odds", low=0),
    "ci_lower": columns.number("Lower confidence limit", "log odds"),
    "ci_upper": columns.number("Upper confidence limit", "log odds"),
    "level": _LEVEL,
    "df": columns.number(
        "Degrees of freedom of the limits; infinite for a normal limit", "degrees", low=0
    ),
    "dispersion": columns.number(
        "Variance relative to the binomial; blank for least squares", "ratio", low=0, nullable=True
    ),
}

_SCOPE = columns.text(
    "Local authorities that were fitted: area for those of the area, or the region by its name"
)

_BOROUGHS = columns.whole("Local authorities fitted", "local authorities", low=1)

REOFFENDING_MODEL = columns.table(
    "reoffending_model",
    "Models of reoffending on deprivation",
    "One row per scope, estimator and term. Reoffenders of offenders by local authority, logit "
    "link.",
    {
        "area": _AREA,
        "scope": _SCOPE,
        "boroughs": _BOROUGHS,
        "cohort": _COHORT,
        "estimator": columns.text("Estimator"),
    }
    | _TERM
    | {"primary": columns.flag("Whether this is the primary estimator")},
    key=["area", "scope", "estimator", "term"],
)

REOFFENDING_MEASURES = columns.table(
    "reoffending_measures",
    "The primary model with other measures of deprivation",
    "The slope of each deprivation measure, fitted by the primary estimator over the region.",
    {
        "area": _AREA,
        "scope": _SCOPE,
        "boroughs": _BOROUGHS,
        "cohort": _COHORT,
        "measure": columns.text("Measures of deprivation in the model"),
    }
    | _TERM,
    key=["area", "scope", "measure", "term"],
)

_PEARSON_RESIDUAL = columns.number(
    "Pearson residual divided by the root of the dispersion", "ratio"
)

REOFFENDING_BOROUGHS = columns.table(
    "reoffending_boroughs",
    "Local authorities in the primary model of the region",
    "Observed and fitted rates with diagnostics, one row per local authority.",
    _NAMED
    | {"cohort": _COHORT}
    | _REOFFENDERS
    | _RATE
    | {
        "fitted": columns.share("Rate that the model fits"),
        "pearson_residual": _PEARSON_RESIDUAL,
        "leverage": columns.number("Diagonal of the hat matrix", "share", low=0, high=1),
        "cooks_distance": columns.number(
            "Cook's distance; blank where the leverage is 1", "ratio", low=0, nullable=True
        ),
        "slope_without": columns.number(
            "Slope of deprivation with this row left out; blank where the others cannot tell it",
            "log odds",
            nullable=True,
        ),
        "rank": columns.whole("Rank of the rate; 1 is the highest", "rank", low=1),
        "rank_lower": columns.whole("Lower confidence limit of the rank", "rank", low=1),
        "rank_upper": columns.whole("Upper confidence limit of the rank", "rank", low=1),
    },
    key=["gss_code", "cohort"],
    checks=[
        columns.ordered("reoffenders", "offenders"),
        columns.ordered("rank_lower", "rank_upper"),
    ],
)

REOFFENDING_RESIDUALS = columns.table(
    "reoffending_residuals",
    "Residuals of the models of the region",
    "One row per local authority. The Pearson residuals are those of the primary model; the "
    "randomised quantile residuals those of the beta-binomial model with the same terms, standard "
    "normal if that model is true.",
    _NAMED
    | {
        "cohort": _COHORT,
        "fitted": columns.share("Rate that the primary model fits"),
        "fitted_lower": columns.share("Lower confidence limit of the fitted rate"),
        "fitted_upper": columns.share("Upper confidence limit of the fitted rate"),
        "level": _LEVEL,
        "pearson_residual": _PEARSON_RESIDUAL,
        "quantile_residual": columns.number("Randomised quantile residual", "standard deviations"),
        "seed": columns.whole("Seed of the randomisation", "seed"),
    },
    key=["gss_code", "cohort"],
)

REOFFENDING_FUNNEL = columns.table(
    "reoffending_funnel",
    "Control limits of the reoffending rates",
    "One row per local authority, kind of limits and level. The overall rate and the dispersion are "
    "those of a quasi-binomial model with an intercept alone, not of the deprivation model.",
    _NAMED
    | {
        "cohort": _COHORT,
        "offenders": _OFFENDERS,
        "rate": _RATE["rate"],
        "overall_rate": columns.share(
            "Rate that the limits lie about: all reoffenders of all offenders"
        ),
        "limits": columns.coded("What the limits allow for", codes.FUNNEL_LIMITS),
        "dispersion": columns.number(
            "Variance that the limits allow for, relative to the binomial", "ratio", low=1
        ),
        "level": columns.number(
            "Share of rates that the limits would hold", "share", low=0, high=1
        ),
        "limit_lower": columns.share("Lower control limit"),
        "limit_upper": columns.share("Upper control limit"),
    },
    key=["gss_code", "cohort", "limits", "level"],
    checks=[columns.ordered("limit_lower", "limit_upper")],
)

JOINT_SENSITIVITY = columns.table(
    "joint_sensitivity",
    "What the margins say about two questions together",
    "Mean number of cases sufficient on both of two questions, over reconstructed samples that all "
    "meet the published margins, by how far a case that is good on one question is good on others.",
    {
        "area": _AREA,
        "provider": columns.text("Provider of the cases"),
        "question_a": columns.text("First question"),
        "question_b": columns.text("Second question"),
        "coherence": columns.number(
            "Log odds per standard deviation of case quality", "log odds", low=0
        ),
        "draws": columns.whole("Samples drawn", "samples", low=1),
        "mean_both": columns.number("Mean number of cases sufficient on both", "cases", low=0),
        "lowest_possible": columns.whole("Fewest that the margins allow", "cases"),
        "highest_possible": columns.whole("Most that the margins allow", "cases"),
    },
    key=["area", "coherence"],
)

_CODES = rf"{GSS}(\+{GSS})*"

_PLACE = {
    "area": _AREA,
    **_NAMED,
    "geography": columns.coded(
        "What the row is about",
        {
            "local_authority": "A local authority of the area",
            "combined": "Two local authorities, at least one of the area, known only together",
            "area": "All local authorities of the area together, where they are several",
            "part": "A part of a region",
            "region": "A region",
            "country": "A country, or two together",
        },
    ),
}

AREA_POPULATION = columns.table(
    "area_population",
    "Residents of the area",
    "Mid-year population of the area's local authorities and of what stands beside them. A local "
    "authority whose mid-2014 figure is known only together with another's has none of its own. The "
    "source gives no interval.",
    _PLACE
    | {name: raw.POPULATION.columns[name] for name in ("gss_code", "year", "series", "population")},
    key=["area", "gss_code", "year", "series"],
)

AREA_ETHNICITY = columns.table(
    "area_ethnicity",
    "Ethnic group in the area",
    "Usual residents by ethnic group, 2011 census, in the area's local authorities and in what "
    "stands beside them. The shares of a place add up to 1. A census counts everybody: the source gives "
    "no interval.",
    _PLACE
    | {
        "broad_group": columns.coded(
            "Group that the page draws together",
            {
                "white_british": "White British",
                "other_white": "White: Irish, Gypsy or Irish Traveller, or other",
                "asian": "Asian or Asian British",
                "black_mixed_or_other": "Black, mixed or other ethnic group",
            },
        ),
        "ethnic_group": columns.coded(
            "Ethnic group of the census",
            {
                group: str(column.description)
                for group, column in raw.ETHNICITY.columns.items()
                if group not in {"gss_code", "name", "all_residents"}
            },
        ),
        "residents": columns.whole("Usual residents of the group", "persons"),
        "share": columns.share("Residents of the group out of all usual residents"),
    },
    key=["area", "gss_code", "ethnic_group"],
)

AREA_UNEMPLOYMENT = columns.table(
    "area_unemployment",
    "Unemployment in the area",
    "Unemployed people of 16 and over in the area's local authorities and in what stands beside "
    "them. Blank where the source is. Estimated from a survey; the source gives no interval.",
    _PLACE
    | {
        "year": raw.UNEMPLOYMENT.columns["year"],
        "rate": columns.share("Unemployed out of the economically active", nullable=True),
    },
    key=["area", "gss_code", "year"],
)

AREA_DEPRIVATION = columns.table(
    "area_deprivation",
    "Deprivation in the area",
    "Four measures of the Indices of Deprivation 2015 for the area's local authorities, with the "
    "rank of each among the upper-tier local authorities of England. The source gives no interval; "
    "rank_margin is what the computing of a rank leaves open.",
    _PLACE
    | {
        name: raw.DEPRIVATION.columns[name]
        for name in ("domain", "measure", "value", "rank", "rank_margin")
    },
    key=["area", "gss_code", "domain", "measure"],
)

AREA_REOFFENDING = columns.table(
    "area_reoffending",
    "Reoffending in the area over the cohorts",
    "Reoffenders of offenders, adult and juvenile, in the area's local authorities, in all of them "
    "together and in what stands beside them, for every cohort. All together have their codes joined by `+`, "
    "and no row where they are all of their region or one has no figure.",
    _PLACE
    | {
        "gss_code": columns.text("Code of the place; of several, their codes", pattern=_CODES),
        "cohort": _COHORT,
    }
    | _REOFFENDERS
    | _RATE
    | {"level": _LEVEL, "method": columns.text("Interval method")},
    key=["area", "gss_code", "cohort"],
    checks=[columns.ordered("reoffenders", "offenders")],
)

_BESIDE = {
    "difference_lower": _difference(
        "Lower simultaneous limit of the difference (Newcombe)", nullable=True
    ),
    "difference_upper": _difference(
        "Upper simultaneous limit of the difference (Newcombe)", nullable=True
    ),
    "beside": columns.coded("Where the interval of the difference lies", codes.BESIDE),
    "comparisons": columns.whole(
        "Comparisons over which the level of the differences is simultaneous", "comparisons"
    ),
    "dispersion": columns.number(
        "Variance that the limits of the difference allow for, relative to the binomial",
        "ratio",
        low=1,
    ),
    "level": _LEVEL,
}

AREA_BESIDE_COUNTRY = columns.table(
    "area_beside_country",
    "The area beside the country",
    "The rate of each local authority of the area in every cohort, beside that of the country. The limits "
    "of a difference allow for the overdispersion of the model of all cohorts and for the number of "
    f"places of the region compared in the cohort; a place with fewer than {codes.FEWEST} reoffenders, or "
    "others, is not compared, and has no limits.",
    {"area": _AREA, **_NAMED, "cohort": _COHORT}
    | _REOFFENDERS
    | {
        "rate": _RATE["rate"],
        "country": columns.text("Country that it is set beside"),
        "country_rate": columns.share("Rate of the country"),
        "difference": _difference("Rate of the place minus that of the country"),
    }
    | _BESIDE,
    key=["area", "gss_code", "cohort"],
    checks=[columns.ordered("reoffenders", "offenders")],
)

AREA_NEIGHBOURS = columns.table(
    "area_neighbours",
    "Neighbours of the area",
    "The local authorities of the region that adjoin the area from outside, with the reoffending of "
    "the chosen cohort and deprivation. Places across the region's river and outside it are not among "
    "them. The rate of the area is that of all its offenders together. The limits of a difference allow "
    "for the overdispersion that deprivation leaves and for the number of all pairs of neighbours in the "
    f"region; a place with fewer than {codes.FEWEST} reoffenders, or others, is not compared, and has no "
    "limits.",
    {
        "area": _AREA,
        **_NAMED,
        "adjoins": columns.text("Local authorities of the area that it adjoins, separated by `; `"),
        "cohort": _COHORT,
    }
    | _REOFFENDERS
    | _RATE
    | _DEPRIVATION
    | {
        "area_rate": columns.share("Rate of the area"),
        "area_lower": columns.share("Lower confidence limit of the rate of the area"),
        "area_upper": columns.share("Upper confidence limit of the rate of the area"),
        "difference": _difference("Rate of the area minus that of the neighbour"),
    }
    | _BESIDE
    | {"method": columns.text("Interval method of the rate")},
    key=["area", "gss_code"],
    checks=[columns.ordered("reoffenders", "offenders")],
)

CLAIMS_LEDGER = columns.table(
    "claims_checked",
    "Statements of the report, checked",
    "Each statement of the inspection report beside what the tables say of it. On which side of half "
    "findings lie is that of verdicts.csv; in other comparisons words are taken at their wider reading. "
    "How sure each verdict is stands beside it, in words.",
    {"area": _AREA}
    | raw.CLAIM
    | {
        "computed": columns.text("The figure computed from the raw tables", heading="Computed"),
        "verdict": columns.coded("Whether the claim holds", codes.VERDICTS),
        "tested_against": columns.coded(
            "What it was tested against, where it could be tested",
            codes.TESTED_AGAINST,
            heading="Tested against",
        ),
        "because": columns.text("Why, and what the tables leave open", heading="Why"),
    },
    key=["area", "claim_id"],
)

DIFFERENCE_TESTS = columns.table(
    "difference_tests",
    "Differences between providers: the mid-P of Fisher's test",
    "One row for each row of differences.csv. Fisher's exact test is careful: its p-value is more "
    "often too large than too small; the mid-P value counts half of what is exactly as probable as "
    "what was found. For a pair with a worded side it is the largest over every admitted pair of counts. "
    "The interval of each difference is in differences.csv.",
    {name: DIFFERENCES.columns[name] for name in DIFFERENCES.key}
    | {"mid_p": columns.probability("Mid-P value of Fisher's exact test, two-sided")},
    key=DIFFERENCES.key,
)

REOFFENDING_CURVES = columns.table(
    "reoffending_curves",
    "Rate that the primary model of the region fits, by deprivation",
    "For each part of the region, at 13 scores from the lowest to the highest that is there. The "
    "limits are those of the mean rate, at each score by itself.",
    {
        "part": BOROUGHS.columns["part"],
        "cohort": _COHORT,
        "deprivation_score": BOROUGHS.columns["deprivation_score"],
        "fitted": columns.share("Rate that the model fits"),
        "ci_lower": columns.share("Lower confidence limit of the fitted rate"),
        "ci_upper": columns.share("Upper confidence limit of the fitted rate"),
        "level": _LEVEL,
    },
    key=["part", "cohort", "deprivation_score"],
)

REOFFENDING_FUNNEL_CURVES = columns.table(
    "reoffending_funnel_curves",
    "Control limits by number of offenders",
    "The limits of reoffending_funnel.csv, for numbers of offenders from the fewest to the most.",
    {
        "sizes": columns.coded("Why the number of offenders is here", codes.FUNNEL_SIZES),
        "cohort": _COHORT,
        "offenders": columns.whole("Number of offenders", "persons", low=1),
    }
    | {
        name: REOFFENDING_FUNNEL.columns[name]
        for name in ("limits", "level", "limit_lower", "limit_upper")
    },
    key=["sizes", "cohort", "offenders", "limits", "level"],
    checks=[columns.ordered("limit_lower", "limit_upper")],
)


def _standardised(of: str) -> columns.Column:
    return columns.number(f"{of}, higher is more deprived", "standard deviations over the region")


DEPRIVATION_STANDARDISED = columns.table(
    "deprivation_standardised",
    "Deprivation as the models take it",
    "Score, rank and crime domain of each local authority of the region in standard deviations from the "
    "mean of all, divisor n - 1. Published scores, which have no interval.",
    {
        name: BOROUGHS.columns[name]
        for name in ("gss_code", "name", "deprivation_score", "deprivation_rank", "crime_score")
    }
    | {
        "score_standardised": _standardised("Deprivation score"),
        "rank_standardised": _standardised("Deprivation rank, reversed"),
        "crime_standardised": _standardised("Crime domain score"),
        "score_less_rank": columns.number(
            "Standardised score less standardised rank: how much less deprived it is by rank",
            "standard deviations over the region",
        ),
        "rank_at_score": columns.number(
            "The rank that is as many standard deviations from the mean as the score", _RANK
        ),
    },
    key=["gss_code"],
)

DEPRIVATION_CORRELATIONS = columns.table(
    "deprivation_correlations",
    "How far measures of deprivation go together",
    "Pearson's correlation of two measures over the local authorities of the region: all of them, and no "
    "sample, so that it has no interval.",
    {
        "measure_a": columns.coded("First measure", codes.TERMS),
        "measure_b": columns.coded("Second measure", codes.TERMS),
        "boroughs": columns.whole("Local authorities", "local authorities", low=2),
        "correlation": columns.number("Pearson's correlation", "correlation", low=-1, high=1),
    },
    key=["measure_a", "measure_b"],
)

DEPRIVATION_THIRDS = columns.table(
    "deprivation_thirds",
    "What a place in the ranking is worth",
    "The local authorities of the region in thirds by rank, and how far apart the scores in each are. "
    "Published scores, which have no interval.",
    {
        "third": columns.coded("Third of the local authorities of the region", codes.THIRDS),
        "boroughs": columns.whole("Local authorities", "local authorities", low=2),
        "score_lowest": columns.number("Lowest deprivation score", "score"),
        "score_highest": columns.number("Highest deprivation score", "score"),
        "rank_first": columns.whole("Rank of the most deprived", _RANK, low=1),
        "rank_last": columns.whole("Rank of the least deprived", _RANK, low=1),
        "score_per_place": columns.number(
            "Range of the scores divided by that of the ranks", "score per place", low=0
        ),
    },
    key=["third"],
)

REOFFENDING_COHORTS_MODEL = columns.table(
    "reoffending_cohorts_model",
    "Models of reoffending on deprivation over all cohorts",
    "One model of all years, in which each local authority is met once a year: generalised estimating "
    "equations with one correlation within a local authority.",
    {name: column for name, column in REOFFENDING_MODEL.columns.items() if name != "cohort"},
    key=REOFFENDING_MODEL.key,
)

REOFFENDING_WITHOUT_FEWEST = columns.table(
    "reoffending_without_fewest",
    "Models of the region without the local authority that has the fewest offenders",
    "The rows of reoffending_model.csv for the region, fitted to the others.",
    dict(REOFFENDING_MODEL.columns)
    | {
        "without_gss_code": columns.GSS_CODE,
        "without_name": columns.text("Local authority that is left out"),
    },
    key=REOFFENDING_MODEL.key,
)

REOFFENDING_SHRUNKEN = columns.table(
    "reoffending_shrunken",
    "Shrunken rates of the local authorities of the region",
    "The rates drawn together as far as chance explains their differences: the posterior mean under "
    "one beta distribution of the rates of all. The ranks of reoffending_boroughs.csv have the limits "
    "of the ranks of these rates.",
    _NAMED
    | {"cohort": _COHORT}
    | _REOFFENDERS
    | {
        "rate": _RATE["rate"],
        "shrunken": columns.share("Posterior mean of the rate"),
        "shrunken_lower": columns.share("Lower limit of the rate, from seeded draws"),
        "shrunken_upper": columns.share("Upper limit of the rate, from seeded draws"),
        "level": _LEVEL,
        "seed": columns.whole("Seed of the draws", "seed"),
    },
    key=["gss_code", "cohort"],
    checks=[
        columns.ordered("reoffenders", "offenders"),
        columns.ordered("shrunken_lower", "shrunken_upper"),
    ],
)

REOFFENDING_MORAN = columns.table(
    "reoffending_moran",
    "Whether neighbours are more alike than the model of the region says",
    "Moran's I of the Pearson residuals of the primary model over the pairs of local authorities that "
    "adjoin, with a permutation test, whose p-value says how sure that is.",
    {
        "cohort": _COHORT,
        "boroughs": _BOROUGHS,
        "pairs": columns.whole("Pairs of local authorities that adjoin", "pairs", low=1),
        "moran_i": columns.number("Moran's I", "correlation"),
        "expected": columns.number("What chance alone expects", "correlation"),
        "p_value": columns.probability("Two-sided p-value of the permutations"),
        "permutations": columns.whole("Permutations drawn", "permutations", low=1),
        "seed": columns.whole("Seed of the permutations", "seed"),
    },
    key=["cohort"],
)

PLANNING_POWER = columns.table(
    "planning_power",
    "What the sample could have shown",
    "The probability that samples of these sizes show a difference between two providers, where the "
    "two proportions lie as far above one half as below it. Computed exactly, so without an interval.",
    {
        "area": _AREA,
        "provider_a": columns.text("First provider"),
        "provider_b": columns.text("Second provider"),
        "cases_a": columns.whole("Cases of a", "cases", low=1),
        "cases_b": columns.whole("Cases of b", "cases", low=1),
        "shown_by": columns.coded("When a difference counts as shown", codes.SHOWN_BY),
        "difference": columns.share("True difference of the proportions"),
        "power": columns.share("Probability that the difference is shown"),
        "smallest": columns.share(
            "Smallest difference that is shown with a probability of 0.8; blank where none is",
            nullable=True,
        ),
        "level": _LEVEL,
    },
    key=["area", "provider_a", "provider_b", "shown_by", "difference"],
)

PLANNING_CASES = columns.table(
    "planning_cases",
    "How many relevant cases the next inspection needs",
    "The fewest relevant cases for which Wilson's interval of a proportion is no wider, at one half, "
    "where it is widest. Computed exactly, so without an interval.",
    {
        "area": _AREA,
        "half_width": columns.share("Half the width of the interval, at most"),
        "cases": columns.whole("Fewest relevant cases", "cases", low=1),
        "level": _LEVEL,
    },
    key=["area", "half_width"],
)

PROCESSED = {
    schema.name: schema
    for schema in (
        JUDGEMENT_TABLE,
        BOUNDS,
        RATINGS,
        BOROUGHS,
        PROPORTIONS,
        DIFFERENCES,
        DIFFERENCE_CHOICES,
        VERDICTS,
        VERDICT_CHOICES,
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
        AREA_BESIDE_COUNTRY,
        AREA_NEIGHBOURS,
        DIFFERENCE_TESTS,
        REOFFENDING_CURVES,
        REOFFENDING_FUNNEL_CURVES,
        DEPRIVATION_STANDARDISED,
        DEPRIVATION_CORRELATIONS,
        DEPRIVATION_THIRDS,
        REOFFENDING_COHORTS_MODEL,
        REOFFENDING_WITHOUT_FEWEST,
        REOFFENDING_SHRUNKEN,
        REOFFENDING_MORAN,
        PLANNING_POWER,
        PLANNING_CASES,
    )
}
