"""A document as one self-contained, accessible HTML page."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

from analysis.report.content import Part
from analysis.report.drawing import palette
from analysis.report.page import document, fragments, labels
from analysis.report.page.document import Document

# End tags that HTML lets a table leave out: a twentieth of a long page.
_NEEDLESS = re.compile(r"</t[dhr]>(?=\s*(?:<t[dhr]\b|</t(?:r|head|body|able)>))")


def page(part: Part) -> str:
    """Return the whole page of a part, or raise a `PageError`."""
    return layout(document.of_part(part))


def layout(document: Document) -> str:
    """Return the whole page of a document."""
    whole = _template().render(
        title=document.title,
        header=fragments.markup(document.header),
        way=document.way,
        contents=document.contents,
        labels=labels.css(document.main),
        colours=Markup(palette.css()),
        main=fragments.markup(document.main),
        footer=fragments.markup(document.footer),
    )
    return _NEEDLESS.sub("", whole)


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    return environment.get_template("index.html.j2")
