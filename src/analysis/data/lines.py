"""Texts that have to stand in one line: of a title, a heading, a cell of a table."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from analysis.data.patterns import UNPRINTABLE

_BLANK = {"Zs", "Cf"}  # spaces, and marks that are not seen


def fault(text: str) -> str | None:
    """Return what is wrong with a text that is to stand in one line, None where nothing is."""
    if re.search(UNPRINTABLE, text):
        return "must be one line, without line breaks and control characters"
    return None


def _filled(text: str) -> str:
    if found := fault(text):
        raise ValueError(found)
    if all(unicodedata.category(character) in _BLANK for character in text):
        raise ValueError("must not be blank")
    return text


Line = Annotated[str, AfterValidator(_filled)]  # of settings: with something to be read in it
