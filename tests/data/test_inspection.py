"""An inspection is a folder: any outcomes, stages, providers and codes, and every fault of it at once."""

import shutil

import pytest

import made_up
from analysis import project
from analysis.data import cases, inspection, sources
from analysis.data.problems import BadDataError
from analysis.faults import Exit, UnknownNameError
from analysis.study import inspections
from shipped import INSPECTION


@pytest.fixture
def west(tmp_path):
    """Where a test writes the folder of the inspection that is made up."""
    return tmp_path / "west"


def loaded(folder, **files):
    return inspection.load(str(made_up.write(folder, **files)))


def faults(folder, **files):
    with pytest.raises(BadDataError) as caught:
        loaded(folder, **files)
    assert caught.value.exit_code is Exit.BAD_DATA
    return [str(problem) for problem in caught.value.problems]


def changed(text, *pairs):
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


# ---- Those that there are -----------------------------------------------------------------------


def test_the_shipped_inspection():
    settings = INSPECTION.settings
    assert (INSPECTION.name, settings.date) == ("north-of-london-2016", "December 2016")
    assert list(settings.outcomes.values()) == [
        "Protecting the public",
        "Reducing reoffending",
        "Abiding by the sentence",
    ]
    assert list(settings.providers) == ["CRC", "NPS"]
    assert len(INSPECTION.question_ids) == 46
    assert (len(INSPECTION.findings), len(INSPECTION.claims)) == (65, 116)
    assert cases.sizes(INSPECTION.judgements()) == {"CRC": 40, "NPS": 21}
    assert INSPECTION.eligible({"CRC": 40, "NPS": 21}) == {}


def test_the_shipped_inspections_are_in_order():
    assert inspections.check() == []


def test_an_inspection_of_other_outcomes_stages_and_providers_is_read_whole(west):
    found = loaded(west)
    assert (found.name, found.folder) == ("west", west)
    assert found.settings.outcomes == {
        "keeping_safe": "Keeping people safe",
        "moving_on": "Moving on",
        "making_good": "Making good the harm",
        "fair_treatment": "Fair treatment",
    }
    assert list(found.settings.stages) == ["start", "middle", "ending"]
    assert list(found.settings.providers) == ["Northside", "Lakes"]
    assert found.question_ids == [
        *("harm_known", "visits_made", "work_found", "letters_written", "heard")
    ]
    assert found.findings["precision"].tolist() == [
        *("exact", "exact", "worded", "exact"),
        *("worded", "exact", "exact", "worded"),
    ]
    assert found.claims.empty
    assert found.context.empty
    assert found.extract is None
    assert found.judgements().empty


ONE = """
title = "One question of one provider"
publisher = "P"
date = "2031"
[outcomes]
keeping_safe = "Keeping people safe"
[stages]
start = "The first month"
[providers]
Northside = "Northside Probation Partnership"
"""
ONE_QUESTION = "question_id,outcome,stage,question\nharm_known,keeping_safe,start,Risk known\n"
HEADER = made_up.FINDINGS.split("\n", 1)[0]


def findings(*rows):
    return "\n".join([HEADER, *rows, ""])


def exact(finding_id, provider="Northside", question="harm_known"):
    return made_up.finding(
        finding_id, question, "keeping_safe", "start", provider, 2, 2, 5, "2 of 5"
    )


def test_an_inspection_may_have_one_outcome_and_one_provider(west):
    found = loaded(west, inspection=ONE, questions=ONE_QUESTION, findings=findings(exact("F1")))
    assert list(found.settings.outcomes) == ["keeping_safe"]
    assert found.findings["provider"].tolist() == ["Northside"]


def test_no_finding_is_of_both_where_there_is_one_provider(west):
    files = {"inspection": ONE, "questions": ONE_QUESTION}
    assert faults(west, **files, findings=findings(exact("F1", "both"))) == [
        "west/findings.csv, row 2, column provider: 'both'; must be one of Northside"
    ]


def test_an_inspection_may_have_five_outcomes_and_five_providers(west):
    outcomes = [f"outcome_{n}" for n in range(5)]
    providers = [f"Provider {n}" for n in range(5)]
    settings = changed(
        ONE,
        ('keeping_safe = "Keeping people safe"', "\n".join(f'{o} = "O"' for o in outcomes)),
        (
            'Northside = "Northside Probation Partnership"',
            "\n".join(f'"{p}" = "P"' for p in providers),
        ),
    )
    questions = ["question_id,outcome,stage,question"]
    questions += [f"question_{n},{outcome},start,Q" for n, outcome in enumerate(outcomes)]
    rows = [
        made_up.finding(
            f"F{n}", f"question_{n}", outcomes[n], "start", providers[n], 1, 1, 2, "half"
        )
        for n in range(5)
    ]
    found = loaded(
        west, inspection=settings, questions="\n".join(questions), findings=findings(*rows)
    )
    assert list(found.settings.outcomes) == outcomes
    assert found.findings["provider"].tolist() == list(found.settings.providers) == providers


# ---- Cases --------------------------------------------------------------------------------------

CASES = "case_id,provider,harm_known\n1,Northside,Yes\n2,Northside,No\n3,Northside,\n"
OPEN = "disclosure_threshold = 0\n[outcomes]"


def sampled(settings=ONE, text=CASES, **files):
    return {
        "inspection": settings,
        "questions": ONE_QUESTION,
        "findings": None,
        "cases": text,
    } | files


def test_cases_without_findings_are_read_where_nobody_in_them_needs_protecting(west):
    found = loaded(west, **sampled(changed(ONE, ("[outcomes]", OPEN))))
    assert found.judgements()["judgement"].tolist() == ["sufficient", "insufficient", "missing"]
    assert found.findings.empty


@pytest.mark.parametrize("threshold", ["", "disclosure_threshold = 5\n"])
def test_cases_are_refused_where_disclosure_control_would_be_needed(west, threshold):
    settings = changed(ONE, ("[outcomes]", f"{threshold}[outcomes]"))
    assert faults(west, **sampled(settings)) == [
        "west/cases.csv: is confidential, for it is no reconstruction, and disclosure control is not "
        "built yet; where nobody in it needs protecting, inspection.toml says disclosure_threshold = 0"
    ]


OWN = '\n[judgements]\nsufficient = ["A", "B"]\ninsufficient = ["C"]\nnot_applicable = ["9"]\n'


def test_judgements_may_have_codes_of_their_own_and_blank_is_missing_all_the_same(west):
    rows = "1,Northside,a\n2,Northside,C\n3,Northside,9\n4,Northside,\n5,Northside,B\n"
    settings = changed(ONE, ("[outcomes]", OPEN)) + OWN
    found = loaded(west, **sampled(settings, f"case_id,provider,harm_known\n{rows}"))
    assert found.judgements()["judgement"].tolist() == [
        *("sufficient", "insufficient", "not_applicable", "missing", "sufficient"),
    ]


def test_a_code_for_what_is_missing_stands_beside_blank(west):
    settings = changed(ONE, ("[outcomes]", OPEN)) + OWN + 'missing = ["-"]\n'
    rows = "case_id,provider,harm_known\n1,Northside,-\n2,Northside,\n3,Northside,A\n"
    found = loaded(west, **sampled(settings, rows))
    assert found.judgements()["judgement"].tolist() == ["missing", "missing", "sufficient"]


def test_columns_toml_says_how_cases_are_written_and_inspection_toml_then_does_not(west):
    files = sampled(changed(ONE, ("[outcomes]", OPEN)), CASES.replace("case_id", "Ref"))
    west.mkdir(parents=True, exist_ok=True)
    (west / "columns.toml").write_text('[columns]\nRef = "case_id"\n')
    assert loaded(west, **files).extract.cases == 3
    files["inspection"] += OWN
    assert faults(west, **files)[0] == (
        "west/inspection.toml, column judgements: stands in columns.toml, where there is one"
    )


def test_corrections_are_read_in_place_of_what_cases_have(west):
    files = sampled(changed(ONE, ("[outcomes]", OPEN)))
    west.mkdir(parents=True, exist_ok=True)
    correction = 'case = "3"\nquestion = "harm_known"\nold = ""\nnew = "No"\nreason = "Found"\n'
    (west / "corrections.toml").write_text(f"[[correction]]\n{correction}")
    found = loaded(west, **files)
    assert found.judgements()["judgement"].tolist() == ["sufficient", *2 * ["insufficient"]]


def test_a_judgement_in_no_known_code_is_told_with_its_place(west):
    settings = changed(ONE, ("[outcomes]", OPEN)) + OWN
    assert faults(west, **sampled(settings, changed(CASES, (",Yes", ",A"), (",No\n", ",D\n")))) == [
        "west/cases.csv, row 3, column harm_known: 'D'; must be one of A, B, C, 9, blank"
    ]


@pytest.mark.parametrize("repeated", ["c", ""])
def test_a_code_stands_for_one_judgement(west, repeated):
    settings = ONE + changed(OWN, ('["A", "B"]', f'["A", "{repeated}"]'))
    assert faults(west, inspection=settings, questions=ONE_QUESTION, findings=None) == [
        f"west/inspection.toml, column judgements: '{repeated}': a spelling stands for one judgement"
    ]


def test_a_provider_that_the_settings_do_not_have_is_told_in_cases_and_in_findings(west):
    settings = changed(ONE, ("[outcomes]", OPEN))
    rows = findings(exact("F1"), exact("F2", "Harbour"))
    assert faults(west, **sampled(settings, f"{CASES}4,Mill,Yes\n", findings=rows)) == [
        "west/findings.csv, row 3, column provider: 'Harbour'; must be one of Northside",
        "west/cases.csv, row 5, column provider: 'Mill'; must be one of Northside",
    ]


@pytest.mark.parametrize(("eligible", "refused"), [(2, True), (3, False), (40, False)])
def test_no_fewer_cases_are_eligible_than_were_sampled(west, eligible, refused):
    settings = changed(ONE, ("[outcomes]", OPEN)) + f"[eligible]\nNorthside = {eligible}\n"
    if not refused:
        found = loaded(west, **sampled(settings))
        assert found.eligible({"Northside": 3}) == {"Northside": (eligible, 3)}
        return
    assert faults(west, **sampled(settings)) == [
        "west/inspection.toml, column eligible.Northside: '2'; must be at least the cases of the "
        "sample, and of one of its providers: {'Northside': 3}"
    ]


def test_cases_are_eligible_of_providers_of_the_sample_alone(west):
    settings = changed(ONE, ("[outcomes]", OPEN)) + "[eligible]\nHarbour = 9\n"
    (fault,) = faults(west, **sampled(settings))
    assert fault.startswith("west/inspection.toml, column eligible.Harbour: '9'; ")


def test_a_reconstruction_that_contradicts_a_finding_is_told_with_it(west):
    settings = changed(ONE, ("[outcomes]", "reconstructed = true\n[outcomes]"))
    # Printed: 2 of 5. Drawn: 1 of 2, and one that is missing.
    assert faults(west, **sampled(settings, findings=findings(exact("F1")))) == [
        "west/cases.csv, column harm_known: '1 of 2'; Northside must have 2 sufficient of 5 relevant "
        "cases (F1: 2 of 5)"
    ]


def test_its_tables_are_read_without_the_sample_that_contradicts_them(west):
    settings = changed(ONE, ("[outcomes]", "reconstructed = true\n[outcomes]"))
    made_up.write(west, **sampled(settings, findings=findings(exact("F1"))))
    found = inspection.published(str(west))
    assert (found.extract, len(found.findings)) == (None, 1)


# ---- Outcomes by name ---------------------------------------------------------------------------


def test_an_outcome_has_its_title(west):
    assert loaded(west).outcome("moving_on") == "Moving on"


@pytest.mark.parametrize(("code", "hint"), [("keeping", "Did you mean keeping_safe? "), ("z", "")])
def test_an_outcome_that_there_is_not_is_told_with_those_that_there_are(west, code, hint):
    with pytest.raises(UnknownNameError) as caught:
        loaded(west).outcome(code)
    assert str(caught.value) == (
        f"No outcome {code!r}. {hint}There are: keeping_safe, moving_on, making_good, fair_treatment."
    )


# ---- What is wrong with a folder ----------------------------------------------------------------


@pytest.mark.parametrize("column", ["outcome", "stage"])
def test_a_question_of_an_unknown_outcome_or_stage(west, column):
    code, known = {
        "outcome": ("moving_on", "keeping_safe, moving_on, making_good, fair_treatment"),
        "stage": ("ending", "start, middle, ending"),
    }[column]
    row = made_up.QUESTIONS.splitlines().index(
        next(line for line in made_up.QUESTIONS.splitlines() if f",{code}," in line)
    )
    written = changed(made_up.QUESTIONS, (f",{code},", ",nowhere,"))
    assert faults(west, questions=written) == [
        f"west/questions.csv, row {row + 1}, column {column}: 'nowhere'; must be one of {known}"
    ]


def test_a_finding_of_an_unknown_question(west):
    written = changed(made_up.FINDINGS, ("F4,visits_made", "F4,visits_paid"))
    assert faults(west, findings=written) == [
        "west/findings.csv, row 5, column question_id: 'visits_paid'; is not in questions.csv"
    ]


def test_an_outcome_without_a_question(west):
    settings = changed(made_up.SETTINGS, ("[stages]", 'hope = "Hope"\n\n[stages]'))
    assert faults(west, inspection=settings) == [
        "west/inspection.toml, column outcomes.hope: has no question in questions.csv"
    ]


def test_a_provider_that_nobody_inspected(west):
    settings = made_up.SETTINGS + 'Harbour = "Harbour Probation"\n'
    assert faults(west, inspection=settings) == [
        "west/inspection.toml, column providers.Harbour: was not inspected: no finding and no case is "
        "of this provider"
    ]


def test_a_finding_of_the_providers_together_is_of_each(west):
    settings = made_up.SETTINGS + 'Harbour = "Harbour Probation"\n'
    written = changed(made_up.FINDINGS, (",Lakes,", ",both,"))
    assert list(loaded(west, inspection=settings, findings=written).settings.providers) == [
        *("Northside", "Lakes", "Harbour")
    ]


def test_neither_findings_nor_cases(west):
    assert faults(west, findings=None) == [
        "west/inspection.toml: neither findings.csv nor cases.csv lies beside it: one is needed"
    ]


def test_no_questions(west):
    assert faults(west, questions=None) == ["west/questions.csv: the file does not exist"]


def test_a_local_authority_that_data_raw_does_not_know(west):
    settings = changed(made_up.SETTINGS, ('"Harrow"', '"Harow"'))
    assert faults(west, inspection=settings) == [
        "west/inspection.toml, column local_authorities: 'Harow'; is no local authority of data/raw"
    ]


def test_a_file_whose_name_is_misspelt(west):
    assert faults(west, claim="claim_id\n") == [
        "west/claim.csv: is no file of an inspection; it may have inspection.toml, questions.csv, "
        "findings.csv, claims.csv, context.csv, cases.csv"
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ('title = "A', 'titel = "A', "title", "Field required"),
        ('date = "May 2031"', "date = 2031-05-01", "date", "valid string"),
        ("[outcomes]", "colour = 1\n[outcomes]", "colour", "Extra inputs are not permitted"),
        ("keeping_safe =", '"Keeping Safe" =', "outcomes", "Keeping Safe: a code is lower-case"),
        ("Northside =", "All =", "providers", "All: stands for several providers together"),
        ("Northside =", "BOTH =", "providers", "BOTH: stands for several providers together"),
        ("[outcomes]", "[eligible]\nLakes = 0\n[outcomes]", "eligible.Lakes", "greater than 0"),
        ("[outcomes]", "[judgements]\ngood = []\n[outcomes]", "judgements", "good: must be one of"),
        (
            "[outcomes]",
            "disclosure_threshold = -1\n[outcomes]",
            "disclosure_threshold",
            "equal to 0",
        ),
    ],
)
def test_a_setting_that_is_not_as_declared(west, old, new, place, told):
    (fault, *_) = faults(west, inspection=changed(made_up.SETTINGS, (old, new)))
    assert fault.startswith(f"west/inspection.toml, column {place}: ")
    assert told in fault


@pytest.mark.parametrize("section", ["outcomes", "stages", "providers"])
def test_a_section_without_an_entry(west, section):
    start, _, rest = made_up.SETTINGS.partition(f"[{section}]")
    _, mark, end = rest.partition("\n\n")
    settings = f"{start}[{section}]{mark}{end}"
    told = [fault for fault in faults(west, inspection=settings) if f"column {section}:" in fault]
    assert told == [
        f"west/inspection.toml, column {section}: Dictionary should have at least 1 item after "
        "validation, not 0"
    ]


@pytest.mark.parametrize("content", [b"[x", b'title = "\xff"', b"[a]\n[a]\n"])
def test_settings_that_are_not_toml(west, content):
    made_up.write(west)
    (west / "inspection.toml").write_bytes(content)
    with pytest.raises(BadDataError, match=r"west/inspection\.toml: is not TOML: "):
        inspection.load(str(west))


def test_a_byte_order_mark_is_no_fault(west):
    made_up.write(west)
    for path in west.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert inspection.load(str(west)).question_ids[0] == "harm_known"


def test_every_fault_is_told_at_once_as_far_as_the_files_can_be_read(west):
    settings = changed(
        made_up.SETTINGS, ("[stages]", 'hope = "Hope"\n\n[stages]'), ('"Harrow"', '"Harow"')
    )
    written = changed(
        made_up.FINDINGS, ("F1,harm_known", "F1,harm_knewn"), (",Lakes,case", ",Mill,case")
    )
    rows = "case_id,provider,harm_known\n1,Mill,perhaps\n"
    unreadable = [
        "west/findings.csv, row 3, column provider: 'Mill'; must be one of Northside, Lakes, both",
        "west/cases.csv, row 2, column provider: 'Mill'; must be one of Northside, Lakes",
        "west/cases.csv, row 2, column harm_known: 'perhaps'; must be Yes, No, Not applicable or "
        "blank (docs/codebook.md lists every spelling)",
    ]
    assert faults(west, inspection=settings, findings=written, cases=rows) == [
        *unreadable,
        "west/inspection.toml, column local_authorities: 'Harow'; is no local authority of data/raw",
        "west/cases.csv: is confidential, for it is no reconstruction, and disclosure control is not "
        "built yet; where nobody in it needs protecting, inspection.toml says disclosure_threshold = 0",
        "west/inspection.toml, column outcomes.hope: has no question in questions.csv",
    ]
    misspelt = sampled(questions=ONE_QUESTION.replace("start", "stert"), text=rows)
    assert faults(west.with_name("east"), **misspelt)[:3] == [
        "east/questions.csv, row 2, column stage: 'stert'; must be one of start",
        "east/cases.csv, row 2, column provider: 'Mill'; must be one of Northside",
        "east/cases.csv, row 2, column harm_known: 'perhaps'; must be Yes, No, Not applicable or "
        "blank (docs/codebook.md lists every spelling)",
    ]
    without = changed(made_up.FINDINGS, ("12,12,12,12", "13,12,12,12"))
    told = faults(west, inspection="title = 1", questions="question_id\nA B\n", findings=without)
    assert {fault.split(",")[0].split(":")[0] for fault in told} == {
        *("west/inspection.toml", "west/questions.csv", "west/findings.csv")
    }


# ---- Where it lies ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nowhere", "", "..", "north-of-london"])
def test_a_name_that_there_is_not_is_told_with_those_that_there_are(name):
    with pytest.raises(BadDataError) as caught:
        inspection.load(name)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{name}: must be one of north-of-london-2016, or the path of a folder"
    ]


def test_a_path_that_is_no_folder_of_an_inspection(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(BadDataError, match=r": the folder must hold inspection\.toml$"):
            inspection.find(path.as_posix())


def test_a_path_that_is_not_whole_begins_at_the_project(monkeypatch, tmp_path):
    monkeypatch.setattr(project, "ROOT", tmp_path)
    made_up.write(tmp_path / "kept" / "west")
    monkeypatch.chdir("/")
    assert inspection.find("kept/west") == tmp_path / "kept" / "west"


@pytest.fixture
def raw(tmp_path, monkeypatch):
    """A copy of data/raw that a test may change, in the place of the project's."""
    folder = shutil.copytree(project.RAW, tmp_path / "raw")
    monkeypatch.setattr(project, "RAW", folder)
    monkeypatch.setattr(project, "SOURCES", folder / "sources.toml")
    monkeypatch.setattr(project, "INSPECTIONS", folder / "inspections")
    return folder


def test_a_file_within_data_raw_must_be_the_recorded_one(raw):
    path = raw / "inspections" / INSPECTION.name / "claims.csv"
    path.write_text(changed(path.read_text("utf-8"), ("2.3 million", "2.4 million")), "utf-8")
    with pytest.raises(BadDataError) as caught:
        inspection.load(INSPECTION.name)
    (fault,) = caught.value.problems
    name = f"inspections/{INSPECTION.name}/claims.csv"
    assert (fault.file, fault.value) == (name, sources.sha256(path))
    assert fault.allowed.endswith(
        f"accept a deliberate change with: analysis accept data/raw/{name}"
    )
    assert inspections.check() == [fault]
    sources.accept(path, raw)
    assert inspections.check() == []


def test_a_folder_of_data_raw_is_one_of_the_names_and_guarded_as_a_whole_or_not_at_all(raw):
    folder = made_up.write(raw / "inspections" / "west")
    assert inspections.check() == []
    with pytest.raises(
        BadDataError, match="must be one of north-of-london-2016, west, or the path"
    ):
        inspection.find("east")
    with (raw / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[files."inspections/west/findings.csv"]\nperiod = "May 2031"\nnote = "Made up."\n'
            'sources = ["inspection_report"]\n'
            f'sha256 = "{sources.sha256(folder / "findings.csv")}"\n'
        )
    made_up.write(folder, questions=f"{made_up.QUESTIONS}\n")
    assert [str(problem) for problem in inspections.check()] == [
        "inspections/west/questions.csv: has no entry in data/raw/sources.toml"
    ]


def test_an_inspection_that_changes_is_read_again(west):
    assert loaded(west).outcome("moving_on") == "Moving on"
    renamed = changed(made_up.SETTINGS, ("Moving on", "Moving ahead"))
    assert loaded(west, inspection=renamed).outcome("moving_on") == "Moving ahead"
