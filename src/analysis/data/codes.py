"""The codes of the codebook: what may stand in a column, and what it means."""

from enum import Enum


class Withheld(Enum):
    """A figure that is withheld to protect people: neither 0 nor blank, nor any number."""

    WITHHELD = "[c]"

    def __str__(self) -> str:
        """Return how it is written."""
        return self.value


WITHHELD = Withheld.WITHHELD

ALL_PROVIDERS = "All"
BOTH = "both"  # of a finding about the providers together

PRECISIONS = {
    "exact": "The count is known",
    "worded": "The source gives words; only the lowest and highest admitted count are known",
    "not_available": "No count, or no denominator, was published or recorded",
}

READINGS = {
    "tight": "The narrower reading of a printed phrase",
    "loose": "The wider reading of a printed phrase",
}

# What is true of the relevant cases that were inspected, and of all that could have been drawn.
IN_SAMPLE = {
    "more": "Sufficient in more than half of the relevant cases that were inspected",
    "fewer": "Sufficient in fewer than half of them",
    "half": "Sufficient in exactly half of them",
    "not_told": "The words admit counts on more than one side of half, or half itself",
}
BEYOND = {
    "more": "The interval lies above half",
    "fewer": "The interval lies below half",
    "open": "The interval takes in half: it cannot be told from half",
}
STRENGTHS = {
    "firm": "The verdict stays when each choice is changed by itself",
    "leaning": "The verdict changes with one of the choices",
}
# What a verdict may rest on; each is changed by itself.
CHOICES = {
    "method": "Another method of the interval",
    "words": "The loose reading of printed words",
    "denominator": "One or two relevant cases fewer where their number was not printed",
    "family": "A level that allows for the number of verdicts",
}

# What the differences between providers may rest on: as above, and the worst of two at once.
AT_ONCE = "at_once"
DIFFERENCE_CHOICES = {
    "method": "Another method of the interval of a difference",
    "words": CHOICES["words"],
    "denominator": CHOICES["denominator"],
    AT_ONCE: "The loose reading, and two relevant cases fewer where their number was not printed",
}

VERDICTS = {
    "holds": "What is computed from the tables agrees with the claim",
    "does_not_hold": "What is computed from the tables contradicts the claim",
    "depends": "It holds by one measure or reading and not by another; each is named with its result",
    "cannot_be_checked": "The tables do not say, or admit both answers",
}
TESTED_AGAINST = {
    "open_data": "Figures from outside the report, in data/raw",
    "report_figures": "Other figures and findings of the report alone; what does not hold contradicts "
    "the report itself",
    "itself": "The claim alone: nothing is held that could contradict it",
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

# Rates of fewer events than this are marked as unreliable by the Office for National Statistics.
FEWEST = 20
# The rate of a place beside that of another.
BELOW, ABOVE, NOT_APART, TOO_FEW = "below", "above", "not_apart", "too_few"
BESIDE = {
    BELOW: "The interval of the difference lies below zero",
    ABOVE: "The interval of the difference lies above zero",
    NOT_APART: "The interval of the difference takes in zero",
    TOO_FEW: f"Not compared: fewer than {FEWEST} reoffenders, or others, on one of the sides",
}

# What the models of reoffending were fitted to, besides a region by its own code.
AREA = "area"

# Terms of the models, as a page names them; those of the parts of a region are named by the region.
SLOPE = "deprivation"
RANK_SLOPE = "deprivation_rank_reversed"
CRIME_SLOPE = "crime"
TERMS = {
    "intercept": "intercept",
    SLOPE: "deprivation score",
    RANK_SLOPE: "deprivation rank, reversed",
    CRIME_SLOPE: "crime domain score",
}

PRIMARY, PLAIN = "quasi_binomial", "binomial"
ESTIMATORS = {
    PRIMARY: "quasi-binomial",
    "beta_binomial": "beta-binomial",
    PLAIN: "plain binomial",
    "ols_logit": "least squares",
}
REPEATED = "gee"

BY_SCORE = "deprivation score"
BY_RANK = "deprivation rank of {}"  # what the region ranks among
BY_SCORE_AND_CRIME = "deprivation score and crime domain"
BY_CRIME = "crime domain alone"
# The terms of the primary model, besides those of the parts of a region, by measure of deprivation.
MEASURES = {
    BY_SCORE: (SLOPE,),
    BY_RANK: (RANK_SLOPE,),
    BY_SCORE_AND_CRIME: (SLOPE, CRIME_SLOPE),
    BY_CRIME: (CRIME_SLOPE,),
}

# The levels of a funnel plot by convention: about two and three standard errors.
FUNNEL_LEVELS = (0.95, 0.998)
CHANCE, OVERDISPERSED = "binomial", "overdispersed"
FUNNEL_LIMITS = {
    CHANCE: "Chance alone",
    OVERDISPERSED: "Chance and the overdispersion between local authorities",
}
FUNNEL_SIZES = {
    "curve": "A number of offenders that the curve is drawn through",
    "listed": "A number of offenders that the table of the page lists",
}

# When two groups show that they differ.
SHOWN_BY = {
    "newcombe": "Newcombe's interval of the difference leaves out zero",
    "fisher": "The p-value of Fisher's exact test is at most 1 less the level",
}

# Local authorities by their place in the ranking.
THIRDS = {
    "most_deprived": "The third of highest rank",
    "middle": "The third in the middle",
    "least_deprived": "The third of lowest rank",
}
