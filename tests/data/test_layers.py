"""Imports run one way, and the code knows inspections and places from the data alone."""

import ast
import re
from pathlib import Path

import pytest

from analysis import project
from analysis.data import context, inspection, regions

SOURCE = project.ROOT / "src" / "analysis"
FILES = sorted(SOURCE.rglob("*.py"))
# A module may import those of its own layer and of lower ones; areas and stats stand side by side.
LAYERS = {
    "faults": 0,
    "project": 0,
    "words": 0,
    "data": 1,
    "areas": 2,
    "stats": 2,
    "claims": 3,
    "report": 4,
    "study": 5,
    "kernels": 6,
    "batch": 7,
    "cli": 8,
    "__main__": 9,
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


def names_in(tree: ast.Module, names: set[str]) -> set[str]:
    """Which of the names stand in the code: as a word of a text, as a variable or an attribute."""
    docstrings = prose(tree)
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                found |= set(re.findall(r"\w+", node.value)) & names
        elif isinstance(node, ast.Name):
            found |= {node.id} & names
        elif isinstance(node, ast.Attribute):
            found |= {node.attr} & names
    return found


SHIPPED = inspection.load("north-of-london-2016")
LONDON = regions.load("london")
# What an inspection and a region are made of, and no module may know.
OF_INSPECTIONS = {
    *SHIPPED.settings.providers,
    *SHIPPED.settings.outcomes,
    *SHIPPED.question_ids,
} | (set(SHIPPED.settings.stages) - {"delivery", "impact", "overall"})  # English words too
PLACES = {*LONDON.tiles, *LONDON.beside, *regions.members(LONDON)["gss_code"]}
BOROUGHS = {name for name in regions.members(LONDON)["name"] if " " not in name}


def test_names_are_seen():
    tree = ast.parse('"""NPS"""\nx = f"{y} of CRC"\nframe.sentence_plan = rosh_planned')
    names = {"CRC", "NPS", "sentence_plan", "rosh_planned", "rosh_progress"}
    assert names_in(tree, names) == {"CRC", "sentence_plan", "rosh_planned"}


def test_there_are_names_to_look_for():
    assert {"CRC", "NPS", "reducing_reoffending", "escalation"} < OF_INSPECTIONS
    assert {"E09000001", "E13000001", "K04000001"} < PLACES
    assert {"Barnet", "Westminster"} < BOROUGHS


@pytest.mark.parametrize("name", MODULES)
def test_no_module_knows_an_inspection_or_a_place(name):
    known = names_in(parsed(MODULES[name]), OF_INSPECTIONS | PLACES | BOROUGHS)
    assert known == set()


@pytest.mark.parametrize("name", MODULES)
def test_no_module_knows_a_code_of_london_or_the_year_of_a_cohort(name):
    constants = [
        node.value for node in ast.walk(parsed(MODULES[name])) if isinstance(node, ast.Constant)
    ]
    texts = [value for value in constants if isinstance(value, str)]
    assert not [text for text in texts if re.search(r"\bE(09|12|13)(0{6}\d+)?\b", text)]
    numbers = {value for value in constants if isinstance(value, int)}
    # The default of a parameter is a choice, which the notebooks show and a run may change.
    assert name == "analysis.study.parameters" or not numbers & set(context.cohorts())


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("analysis.report")])
def test_the_page_computes_nothing(name):
    imported = inside(imports(parsed(MODULES[name])))
    assert not {there for there in imported if unit(there) in {"stats", "claims"}}
