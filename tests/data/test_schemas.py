"""The codebook: what is declared agrees with the raw files and with what other tools read."""

import pytest

from analysis import project
from analysis.data import codes, inspection, processed, raw, tables
from analysis.data.problems import BadDataError
from shipped import INSPECTION

OWN = inspection.declared(INSPECTION.settings) | {"cases": raw.cases(INSPECTION.question_ids)}
RAW = raw.RAW | OWN
DECLARED = RAW | processed.PROCESSED
# A table of findings is among either.
EVERY = [
    pytest.param(name, table, id=f"{place} {name}")
    for place, declared in {"raw": RAW, "processed": processed.PROCESSED}.items()
    for name, table in declared.items()
]

# What other tools read: a change here breaks them.
CONTRACTS = {
    "questions": "question_id, outcome, stage, question",
    "proportions": (
        "area, outcome, stage, question_id, provider, sufficient, relevant, missing, proportion, "
        "ci_lower, ci_upper, level, method, precision, sufficient_low, sufficient_high, suppressed"
    ),
    "differences": (
        "area, outcome, question_id, provider_a, provider_b, sufficient_a, relevant_a, "
        "sufficient_b, relevant_b, difference, ci_lower, ci_upper, ci_lower_simultaneous, "
        "ci_upper_simultaneous, level, method, p_value, p_adjusted, adjustment, precision"
    ),
    "verdicts": "area, outcome, question_id, provider, in_sample, beyond, strength, rests_on",
    "reoffending_model": (
        "area, scope, boroughs, cohort, estimator, term, estimate, std_error, ci_lower, ci_upper, "
        "level, df, dispersion, primary"
    ),
    "reoffending_boroughs": (
        "gss_code, name, cohort, offenders, reoffenders, rate, ci_lower, ci_upper, fitted, "
        "pearson_residual, leverage, cooks_distance, slope_without, rank, rank_lower, rank_upper"
    ),
    "reoffending_cohorts_model": (
        "area, scope, boroughs, estimator, term, estimate, std_error, ci_lower, ci_upper, level, df, "
        "dispersion, primary"
    ),
}


@pytest.mark.parametrize("table", CONTRACTS)
def test_the_columns_that_other_tools_read(table):
    assert list(DECLARED[table].columns) == CONTRACTS[table].split(", ")


def test_the_columns_of_a_case_extract():
    schema = raw.cases(["first", "second"])
    assert [name for name, column in schema.columns.items() if column.required] == [
        "case_id",
        "provider",
        "first",
        "second",
    ]
    assert [name for name, column in schema.columns.items() if not column.required] == [
        "sentence_type",
        "gender",
        "ethnicity",
        "age_group",
        "borough",
        "office",
    ]


@pytest.mark.parametrize("name", raw.RAW)
def test_a_raw_file_agrees_with_its_declaration(name):
    table = tables.read(project.RAW / f"{name}.csv", raw.RAW[name])
    assert len(table) > 0


@pytest.mark.parametrize("name", OWN)
def test_a_file_of_the_inspection_agrees_with_its_declaration(name):
    assert len(tables.read(INSPECTION.folder / f"{name}.csv", OWN[name])) > 0


def test_every_raw_csv_has_a_declaration():
    assert {path.stem for path in project.RAW.glob("*.csv")} == set(raw.RAW)
    assert {path.stem for path in INSPECTION.folder.glob("*.csv")} == set(OWN)


def test_without_settings_a_question_may_have_any_outcome_and_with_them_one_of_theirs(tmp_path):
    path = tmp_path / "questions.csv"
    path.write_text("question_id,outcome,stage,question\nq,moving_on,start,Q\n", encoding="utf-8")
    coded = raw.coded(raw.QUESTIONS, outcome={"keeping_safe": "Keeping people safe"})
    assert len(tables.read(path, raw.QUESTIONS)) == 1
    with pytest.raises(BadDataError) as caught:
        tables.read(path, coded)
    assert [str(problem) for problem in caught.value.problems] == [
        "questions.csv, row 2, column outcome: 'moving_on'; must be one of keeping_safe"
    ]


@pytest.mark.parametrize(("name", "schema"), EVERY)
def test_a_table_says_what_it_is_and_what_identifies_a_row(name, schema):
    assert schema.name == name
    assert schema.title
    assert schema.description.endswith(".")
    assert set(schema.key) <= set(schema.columns)
    assert schema.key
    # The part of a region is blank where the region has none.
    assert {name for name in schema.key if schema.columns[name].nullable} <= {"part"}


@pytest.mark.parametrize(("name", "schema"), EVERY)
def test_a_column_has_a_meaning_and_a_unit_or_codes_unless_it_is_text(name, schema):
    for heading, column in schema.columns.items():
        assert column.description, (name, heading)
        assert column.dtype == "str" or column.unit, (name, heading)


def test_a_reference_leads_to_the_key_of_another_raw_table():
    found = [
        (name, *reference) for name, schema in RAW.items() for reference in schema.foreign_keys()
    ]
    assert ("findings", "question_id", "questions", "question_id") in found
    assert ("neighbours", "neighbour_gss_code", "local_authorities", "gss_code") in found
    for name, column, target, key in found:
        assert column in RAW[name].columns
        assert RAW[target].key == (key,)


def test_no_two_judgements_share_a_spelling():
    spellings = [spelled for every in codes.JUDGEMENTS.values() for spelled in every]
    assert len(spellings) == len(set(spellings))
    assert all(spelled == " ".join(spelled.casefold().split()) for spelled in spellings)


@pytest.mark.parametrize("slug", ["london", "north-of-london", "2016", "a1-b2"])
def test_a_slug_is_lower_case_letters_digits_and_hyphens(tmp_path, slug):
    assert not refused(tmp_path, slug)


@pytest.mark.parametrize("slug", ["London", "north_of", "-a", "a-", "a--b", "../a", "a/b", "é"])
def test_what_is_no_slug(tmp_path, slug):
    assert refused(tmp_path, slug)


def refused(folder, slug):
    values = dict.fromkeys(processed.JOINT_SENSITIVITY.columns, "1") | {"area": slug}
    path = folder / "joint.csv"
    path.write_text(f"{','.join(values)}\n{','.join(values.values())}\n", encoding="utf-8")
    try:
        tables.read(path, processed.JOINT_SENSITIVITY)
    except BadDataError as error:
        assert {problem.column for problem in error.problems} == {"area"}
        return True
    return False
