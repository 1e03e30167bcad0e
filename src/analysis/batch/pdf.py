"""A page as PDF, printed by Chromium where there is one."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

FILE = "report.pdf"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60


def write(page: Path, target: Path) -> bool:
    """Print a page to PDF; False where no browser is installed or it fails."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        return False
    # Chromium's sandbox refuses to run as root; the page holds no script.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                browser,
                "--headless",
                *sandbox,
                "--disable-gpu",
                f"--user-data-dir={profile}",
                "--no-pdf-header-footer",
                f"--print-to-pdf={target}",
                page.as_uri(),
            ],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    return done.returncode == 0 and target.exists()
