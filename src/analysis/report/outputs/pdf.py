"""A page as PDF, printed by Chromium where there is one: A4, numbered, its folded tables in an appendix."""

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pandas as pd
from markupsafe import Markup

from analysis import programs
from analysis.programs import ProgramError
from analysis.report.outputs import PDF
from analysis.report.outputs.edition import Edition
from analysis.report.page.document import Document, Entry
from analysis.report.page.fragments import text
from analysis.report.page.layout import layout

logger = logging.getLogger(__name__)

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60
# Chromium would make an address on this machine of a link to a file beside the page.
_BESIDE = re.compile(r' href="(?!#|https?:|mailto:)[^"]*"')
_DATE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}")


def write(edition: Edition, folder: Path) -> None:
    """Print the page to PDF; no file where no browser is installed, and a warning where it fails."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        return
    try:
        printed = _printed(layout(appended(edition.document)), browser)
    except (OSError, ProgramError) as error:
        # A report is whole without: nothing that a browser does may keep it back.
        logger.warning("The report has no PDF: %s.", error)
        return
    stamp = f"{edition.made:%Y%m%d%H%M%S}".encode()
    (folder / PDF).write_bytes(_DATE.sub(rb"\g<1>" + stamp, printed))


def links(_: Mapping[str, pd.DataFrame]) -> list[Markup]:
    """Return no link: not every report has it."""
    return []


def appended(document: Document) -> Document:
    """Return a document with all that is folded in an appendix, and a link to it where it was."""
    folded = [block for block in document.main if block.tag == "details"]
    if not folded:
        return document
    # An underscore, which no slug holds, keeps the ids apart from those of headings.
    names = {id(block): f"appendix_{number}" for number, block in enumerate(folded, start=1)}
    title = Entry("appendix_tables", "Appendix: tables")
    heading = Element("h2", id=title.id)
    heading.text = title.text
    return replace(
        document,
        contents=[*document.contents, title],
        main=[
            *(
                _referred(block, names[id(block)]) if block in folded else block
                for block in document.main
            ),
            heading,
            *(part for block in folded for part in _unfolded(block, names[id(block)])),
        ],
    )


def _referred(folded: Element, name: str) -> Element:
    paragraph = Element("p", {"class": "source"})
    paragraph.text = "In the appendix: "
    link = SubElement(paragraph, "a", href=f"#{name}")
    link.text = text(folded[0])
    return paragraph


def _unfolded(folded: Element, name: str) -> Iterator[Element]:
    summary, *rest = deepcopy(folded)
    heading = Element("h3", id=name)
    heading.text = text(summary)
    yield from [heading, *rest]


def _printed(page: str, browser: str) -> bytes:
    # Chromium's sandbox refuses to run as root; the page holds no script.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    # A browser that was stopped may still be writing to its profile.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        source, printed = Path(scratch) / "page.html", Path(scratch) / PDF
        source.write_text(_BESIDE.sub("", page), encoding="utf-8")
        command = [
            browser,
            "--headless",
            *sandbox,
            "--disable-gpu",
            f"--user-data-dir={scratch}/profile",
            "--no-pdf-header-footer",
            "--generate-pdf-document-outline",
            f"--print-to-pdf={printed}",
            source.as_uri(),
        ]
        programs.run(command, seconds=_SECONDS, folder=Path(scratch))
        content = printed.read_bytes() if printed.exists() else b""
        if not content.startswith(b"%PDF"):
            raise ProgramError(f"{Path(browser).name} ended without writing one")
        return content
