"""TOML in: what is wrong with a file of it is a problem in words."""

import tomllib
from pathlib import Path
from typing import Any

from analysis.data.problems import BadDataError, Problem
from analysis.faults import refusal


def read(path: Path, file: str) -> dict[str, Any]:
    """Return what a file says, which messages call `file`; BadDataError where it is not TOML."""
    return parsed(text(path, file), file)


def text(path: Path, file: str) -> str:
    """Return the text of a file, which messages call `file`; a byte-order mark is allowed.

    Raises BadDataError where it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        fault = "the file does not exist"
    except OSError as error:
        fault = f"cannot be read: {refusal(error)}"
    except UnicodeDecodeError as error:
        fault = f"is not TOML: {error}"
    raise BadDataError([Problem(file, fault)])


def parsed(text: str, file: str) -> dict[str, Any]:
    """Return what the text of a file says; BadDataError where it is not TOML."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        fault = "too many brackets within each other"
    except ValueError as error:  # also a number of thousands of digits
        fault = str(error)
    raise BadDataError([Problem(file, f"is not TOML: {fault}")])
