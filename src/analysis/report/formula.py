"""Formulas in MathML, as the page and a notebook show them."""

from html import unescape
from typing import Literal
from xml.etree import ElementTree

from latex2mathml.converter import Converter
from markupsafe import Markup

# Operators that latex2mathml calls identifiers, which browsers would set without any space.
_OPERATORS = frozenset("±∓×÷·≤≥≠≈≡≪≫∼∝∈∉→←↔⇒⇔∩∪")


def mathml(tex: str, *, display: Literal["inline", "block"] = "inline") -> Markup:
    """Set a formula as MathML; a `ValueError` names a formula that cannot be read."""
    try:
        formula = Converter(display=display).convert_to_element(tex)
    except Exception as error:  # latex2mathml raises errors of many unrelated kinds
        raise ValueError(f"a formula that cannot be read: {tex.strip()!r}") from error
    for element in formula.iter():
        element.text = unescape(element.text or "")
        if "\\" in element.text:
            raise ValueError(f"a formula with an unknown command {element.text}: {tex.strip()!r}")
        if element.tag == "mi" and element.text in _OPERATORS:
            element.tag = "mo"
    del formula.attrib["xmlns"]
    return Markup(ElementTree.tostring(formula, encoding="unicode", method="html"))
