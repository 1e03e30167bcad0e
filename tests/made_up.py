"""An inspection made up for the tests: nothing of it was ever inspected or published."""

from pathlib import Path

SETTINGS = """
title = "A made-up inspection of the west"
publisher = "Made-up Inspectorate"
date = "May 2031"
local_authorities = ["Ealing", "Harrow"]

[outcomes]
keeping_safe = "Keeping people safe"
moving_on = "Moving on"
making_good = "Making good the harm"
fair_treatment = "Fair treatment"

[stages]
start = "The first month"
middle = "The work"
ending = "The end of the order"

[providers]
Northside = "Northside Probation Partnership"
Lakes = "Lakes Rehabilitation Trust"
"""

QUESTIONS = """question_id,outcome,stage,question
harm_known,keeping_safe,start,Risk of harm known within a month
visits_made,keeping_safe,middle,Home visits made as planned
work_found,moving_on,middle,Help to find work
letters_written,making_good,ending,Letters to those harmed
heard,fair_treatment,start,People said that they were heard
"""

_HEADER = (
    "finding_id,question_id,outcome,stage,provider,unit,finding,polarity,precision,printed_phrase,"
    "printed_numerator,printed_denominator,relevant,relevant_basis,bounds_rule,sufficient_low,"
    "sufficient_high,sufficient_low_tight,sufficient_high_tight,report_line,report_section,"
    "also_stated,note"
)
# finding, question, outcome, stage, provider; sufficient at least and at most of relevant; the words.
_FINDINGS = [
    ("F1", "harm_known", "keeping_safe", "start", "Northside", 12, 12, 20, "12 of 20"),
    ("F2", "harm_known", "keeping_safe", "start", "Lakes", 5, 5, 18, "5 of 18"),
    ("F3", "visits_made", "keeping_safe", "middle", "Northside", 11, 14, 20, "most visits"),
    ("F4", "visits_made", "keeping_safe", "middle", "Lakes", 9, 9, 18, "9 of 18"),
    ("F5", "work_found", "moving_on", "middle", "Northside", 0, 9, 20, "fewer than half"),
    ("F6", "work_found", "moving_on", "middle", "Lakes", 18, 18, 18, "all of them"),
    ("F7", "letters_written", "making_good", "ending", "Northside", 3, 3, 7, "3 of 7"),
    ("F8", "heard", "fair_treatment", "start", "Lakes", 10, 17, 18, "over half"),
]


def finding(*cells: object) -> str:
    """One row of findings.csv."""
    name, question, outcome, stage, provider, low, high, relevant, phrase = cells
    exact = low == high
    printed = f"{low},{relevant}" if exact else ","
    return (
        f"{name},{question},{outcome},{stage},{provider},case,{question},sufficient,"
        f"{'exact' if exact else 'worded'},{phrase},{printed},{relevant},printed,rule,"
        f"{low},{high},{low},{high},1,Findings,,"
    )


FINDINGS = "\n".join([_HEADER, *(finding(*cells) for cells in _FINDINGS)]) + "\n"


def write(folder: Path, **files: str | None) -> Path:
    """Write the folder of the made-up inspection; `files` replace files by their stem, None leaves out."""
    every: dict[str, str | None] = {
        "inspection": SETTINGS,
        "questions": QUESTIONS,
        "findings": FINDINGS,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in (every | files).items():
        if text is not None:
            suffix = "toml" if stem == "inspection" else "csv"
            (folder / f"{stem}.{suffix}").write_text(text, encoding="utf-8")
    return folder
