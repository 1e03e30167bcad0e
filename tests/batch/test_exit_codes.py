"""One enumeration of exit codes: every way in which a command ends is one of it, and README has them."""

import ast
import re
import signal

import pytest

from analysis import project
from analysis.batch import many, notebooks, publish, verify
from analysis.data.problems import BadDataError
from analysis.faults import Exit, Fault, UsageFault

SOURCES = sorted((project.ROOT / "src" / "analysis").rglob("*.py"))
ENDING = {"exit", "_exit", "Exit", "SystemExit", "Failure"}  # what takes an exit code


def bare_codes(source: str) -> list[int]:
    """The lines on which an exit code is a bare number."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = (
                node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            )
            values = [*node.args[:3], *(each.value for each in node.keywords if each.arg != "cell")]
            suspects = values if name in ENDING else []
        elif isinstance(node, ast.Assign) and "exit_code" in ast.unparse(node.targets[0]):
            suspects = [node.value]
        else:
            continue
        found += [
            node.lineno
            for each in suspects
            if isinstance(each, ast.Constant) and isinstance(each.value, int)
        ]
    return sorted(found)


def test_bare_codes_are_seen():
    source = "sys.exit(1)\nos._exit(2)\nFailure(area, text, 1)\nexit_code = 3\nsys.exit(Exit.USAGE)"
    assert bare_codes(source + "\nprint(1)\nFailure(area, text, Exit.REFUSED, name, 9)") == [
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_exit_code_is_a_bare_number(path):
    assert bare_codes(path.read_text(encoding="utf-8")) == []


def test_readme_lists_every_code_with_its_meaning():
    text = (project.ROOT / "README.md").read_text(encoding="utf-8")
    _, _, section = text.partition("## Exit codes")
    listed = re.findall(r"^\| (\d+) \| (.*) \|$", section.partition("\n## ")[0], flags=re.M)
    assert listed == [(str(int(each)), each.meaning) for each in Exit]


def test_each_class_of_fault_has_its_own_code():
    expected: dict[type[Fault], int] = {
        UsageFault: 2,
        BadDataError: 3,
        notebooks.NotebookError: 4,
        publish.OutputHeldError: 6,
        verify.DifferentError: 7,
    }
    assert {fault: fault.exit_code for fault in expected} == expected


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_batch_ends_as_shells_expect(number):
    assert many.StoppedError(number, many.Summary()).exit_code == 128 + number
