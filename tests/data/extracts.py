"""Made-up extracts: a file in, its counts or its faults out."""

import pytest

from analysis.data import codes
from analysis.data.extracts import reading
from analysis.data.problems import BadDataError

QUESTIONS = ["tidy_desk", "kind_word"]
HEADER = "case_id,provider,tidy_desk,kind_word"


def extract(folder, *rows, header=HEADER, name="extract.csv"):
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def read(path, questions=QUESTIONS, sheet=None, **expected):
    return reading.read(path, reading.Expected(questions, **expected), sheet=sheet)


def judged(path, **expected):
    """The judgements of an extract, by question and then by case."""
    return read(path, **expected).judgements["judgement"].tolist()


def ids(path, **expected):
    found = read(path, **expected).judgements
    return found.loc[found["question_id"] == found["question_id"].iloc[0], "case_id"].tolist()


def faults(path, **expected):
    with pytest.raises(BadDataError) as caught:
        read(path, **expected)
    assert caught.value.exit_code == 3
    return [str(problem) for problem in caught.value.problems]


def warnings(path, **expected):
    return {each.kind: each.sentence for each in read(path, **expected).warnings}


def counted(counts, group="provider", **chosen):
    """The counts of judgements by question and level."""
    table = counts.tally(group, **chosen)
    return {
        (row["question_id"], row[group]): tuple(row[code] for code in codes.JUDGEMENTS)
        for row in table.to_dict("records")
    }
