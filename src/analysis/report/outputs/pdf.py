"""A page as PDF, printed by Chromium where there is one."""

import os
import re
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

FILE = "report.pdf"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60
# Chromium would make an address on this machine of a link to a file beside the page.
_BESIDE = re.compile(r' href="(?!#|https?:|mailto:)[^"]*"')
_DATE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}")


def write(page: str, target: Path, made: datetime) -> bool:
    """Print a page to PDF, dated `made`; False where no browser is installed or it fails."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        return False
    # Chromium's sandbox refuses to run as root; the page holds no script.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as scratch:
        source, printed = Path(scratch) / "page.html", Path(scratch) / FILE
        source.write_text(_BESIDE.sub("", page), encoding="utf-8")
        done = subprocess.run(
            [
                browser,
                "--headless",
                *sandbox,
                "--disable-gpu",
                f"--user-data-dir={scratch}/profile",
                "--no-pdf-header-footer",
                f"--print-to-pdf={printed}",
                source.as_uri(),
            ],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode != 0 or not printed.exists():
            return False
        stamp = f"{made:%Y%m%d%H%M%S}".encode()
        target.write_bytes(_DATE.sub(rb"\g<1>" + stamp, printed.read_bytes()))
    return True
