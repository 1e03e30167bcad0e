"""Texts of settings that have to stand in one line: of a title, a heading, a cell of a table."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from analysis.data.patterns import UNPRINTABLE

_BLANK = {"Zs", "Cf"}  # spaces, and marks that are not seen


def _line(text: str) -> str:
    if re.search(UNPRINTABLE, text):
        raise ValueError("must be one line, without line breaks and control characters")
    if all(unicodedata.category(character) in _BLANK for character in text):
        raise ValueError("must not be blank")
    return text


Line = Annotated[str, AfterValidator(_line)]
