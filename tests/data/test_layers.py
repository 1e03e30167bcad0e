"""Imports run one way, and the code knows inspections and places from the data alone."""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from analysis import project
from analysis.data import context, sources
from shipped import INSPECTION, REGION

SOURCE = project.ROOT / "src" / "analysis"
FILES = sorted(SOURCE.rglob("*.py"))
# A module may import those of its own layer and of lower ones; areas and stats stand side by side.
LAYERS = {
    "faults": 0,
    "lean": 0,
    "programs": 0,
    "private": 0,
    "console": 1,
    "project": 1,
    "words": 1,
    "data": 2,
    "areas": 3,
    "stats": 3,
    "claims": 4,
    "report": 5,
    "study": 6,
    "kernels": 7,
    "batch": 8,
    "cli": 9,
    "__main__": 10,
}
# What a function of frames has no use for.
OUTSIDE = {
    "IPython",
    "csv",
    "glob",
    "io",
    "jinja2",
    "json",
    "matplotlib",
    "nbconvert",
    "nbformat",
    "nh3",
    "openpyxl",
    "os",
    "papermill",
    "pathlib",
    "pickle",
    "rich",
    "seaborn",
    "shutil",
    "tempfile",
    "tomllib",
    "typer",
}
FILE_MODULES = {"analysis.project", "analysis.data.sources", "analysis.data.tables"}


def module(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module(path): path for path in FILES}


def imports(tree: ast.AST) -> set[str]:
    """The full names of all that is imported, also within a function."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import is written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


PURE = [name for name in MODULES if name.startswith(("analysis.stats", "analysis.claims"))]


def unit(name: str) -> str:
    return name.split(".")[1]


def inside(names: set[str]) -> set[str]:
    """The modules of the project among imported names, whether a module or something in it."""
    return {
        known
        for name in names
        for known in (name, name.rpartition(".")[0])
        if known in MODULES and known != "analysis"
    }


def test_imports_are_seen():
    tree = ast.parse("import os.path\nfrom analysis.data import cases\ndef f():\n    import csv")
    assert imports(tree) == {"os.path", "analysis.data.cases", "csv"}
    assert inside(imports(tree)) == {"analysis.data", "analysis.data.cases"}


def test_every_unit_has_a_layer():
    assert {unit(name) for name in MODULES if name != "analysis"} == set(LAYERS)


@pytest.mark.parametrize("name", [name for name in MODULES if name != "analysis"])
def test_imports_run_one_way(name):
    here = unit(name)
    for imported in inside(imports(parsed(MODULES[name]))):
        there = unit(imported)
        assert there == here or LAYERS[there] < LAYERS[here], f"{name} imports {imported}"


def reached(name: str, seen: set[str]) -> set[str]:
    """The modules of the project that a module needs, with those that they need."""
    for imported in inside(imports(parsed(MODULES[name]))) - seen:
        seen.add(imported)
        reached(imported, seen)
    return seen


@pytest.mark.parametrize("name", PURE)
def test_stats_knows_no_file_no_plot_and_no_notebook(name):
    needed = reached(name, {name})
    outside = {
        imported.split(".")[0] for each in needed for imported in imports(parsed(MODULES[each]))
    }
    assert not outside & OUTSIDE
    assert set(MODULES) >= FILE_MODULES
    assert not needed & FILE_MODULES


@pytest.mark.parametrize("name", PURE)
def test_stats_reads_and_writes_nothing(name):
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(parsed(MODULES[name]))
        if isinstance(node, ast.Call)
    }
    assert not called & {"open", "print", "read_csv", "to_csv", "read_text", "write_text"}


def prose(tree: ast.Module) -> set[int]:
    """The constants that are docstrings."""
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def words_of(tree: ast.Module) -> Iterator[str]:
    """The texts and whole numbers of the code, docstrings left out, and its names."""
    docstrings = prose(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            if isinstance(node.value, str | int):
                yield str(node.value)
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def found_in(tree: ast.Module, known: Collection[str]) -> set[str]:
    """Which of the known words stand in the code, and which codes of places."""
    some = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)(?:{some}|[EWKN]\d{{2}}(?:\d{{6}})?)(?!\w)")
    return {word for text in words_of(tree) for word in pattern.findall(text)}


SETTINGS = INSPECTION.settings
KNOWN = {
    "provider": {*SETTINGS.providers, *SETTINGS.providers.values()},
    "outcome": {*SETTINGS.outcomes, *SETTINGS.outcomes.values()},
    # One of the stages has the name of a domain of deprivation.
    "stage": {*SETTINGS.stages, *SETTINGS.stages.values()} - {"overall"},
    "question": set(INSPECTION.question_ids),
    "local authority": set(sources.load("local_authorities")["name"]),
    "region": {REGION.title, str(REGION.river), *REGION.parts.values()},
}
COHORTS = set(map(str, context.cohorts()))
# What a run has where nobody says otherwise is a choice; the notebooks show it.
CHOSEN = {"analysis.study.parameters": {"2012"}}


def test_words_are_seen_wherever_they_stand_but_in_docstrings():
    tree = ast.parse(
        '"""NPS"""\nx = f"{y} of CRC"\nframe.sentence_plan = rosh_planned\n'
        'f("E09", "E12000007", "E0900", "CRCs", "in Tower Hamlets", year=2012)'
    )
    known = {
        "CRC",
        "NPS",
        "sentence_plan",
        "rosh_planned",
        "rosh_progress",
        "Tower Hamlets",
        "2012",
    }
    assert found_in(tree, known) == {
        *("CRC", "sentence_plan", "rosh_planned", "Tower Hamlets"),
        *("E09", "E12000007", "2012"),
    }


def test_there_are_words_to_look_for():
    assert {kind: len(words) for kind, words in KNOWN.items()} == {
        "provider": 2 + 2,
        "outcome": 3 + 3,
        "stage": 8 + 8 - 1,
        "question": 46,
        "local authority": 33,
        "region": 1 + 1 + 2,
    }
    assert {"2010", "2011", "2012"} == COHORTS


@pytest.mark.parametrize("name", MODULES)
def test_no_module_knows_an_inspection_or_a_place(name):
    assert found_in(parsed(MODULES[name]), set().union(*KNOWN.values())) == set()


@pytest.mark.parametrize("name", MODULES)
def test_no_module_knows_the_year_of_a_cohort_but_where_one_is_chosen(name):
    whole = {text for text in words_of(parsed(MODULES[name])) if text in COHORTS}
    assert whole == CHOSEN.get(name, set())


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("analysis.report")])
def test_the_page_computes_nothing(name):
    imported = inside(imports(parsed(MODULES[name])))
    assert not {there for there in imported if unit(there) in {"stats", "claims"}}
