"""The codes of the codebook: what may stand in a column, and what it means."""

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

# Places that are shown beside every area, and what each is (codes of the Office for National
# Statistics).
BESIDE = {
    "E13000001": "part",
    "E13000002": "part",
    "E12000007": "region",
    "E92000001": "country",
    "K04000001": "country",
}
