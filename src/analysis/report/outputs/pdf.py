"""A page as PDF, printed by Chromium where there is one."""

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from analysis import programs
from analysis.programs import ProgramError
from analysis.report.outputs import PDF
from analysis.report.outputs.edition import Edition
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
        printed = _printed(layout(edition.document), browser)
    except (OSError, ProgramError) as error:
        # A report is whole without: nothing that a browser does may keep it back.
        logger.warning("The report has no PDF: %s.", error)
        return
    stamp = f"{edition.made:%Y%m%d%H%M%S}".encode()
    (folder / PDF).write_bytes(_DATE.sub(rb"\g<1>" + stamp, printed))


def links(_: Mapping[str, pd.DataFrame]) -> list[Markup]:
    """Return no link: not every report has it."""
    return []


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
            f"--print-to-pdf={printed}",
            source.as_uri(),
        ]
        programs.run(command, seconds=_SECONDS, folder=Path(scratch))
        content = printed.read_bytes() if printed.exists() else b""
        if not content.startswith(b"%PDF"):
            raise ProgramError(f"{Path(browser).name} ended without writing one")
        return content
