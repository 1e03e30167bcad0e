"""The project's commit and its date: what Git says, or whoever asked for the report.

Git is no part of a report: where it cannot say, the page says that the commit is not known.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from analysis import programs, project
from analysis.faults import UsageFault
from analysis.programs import ProgramError

logger = logging.getLogger(__name__)

UNKNOWN = "not known"
_COMMIT, _EPOCH = "ANALYSIS_COMMIT", "SOURCE_DATE_EPOCH"
LAST_SECOND = 253_402_300_799  # of the year 9999, after which no date can be written
_GIT_SECONDS = 10


@dataclass(frozen=True)
class Revision:
    """A commit and its date in seconds since 1970, None where it is not known.

    `unknown_because` says in words why Git could not tell the commit; blank where nobody asks.
    """

    commit: str
    epoch: int | None
    unknown_because: str = ""

    @property
    def made_on(self) -> datetime:
        """The date for files that must carry one: the start of 2016 where none is known."""
        if self.epoch is None:
            return datetime(2016, 1, 1, tzinfo=UTC)
        return datetime.fromtimestamp(self.epoch, UTC)

    @property
    def dated(self) -> str:
        """The day of the revision, in words where it is not known."""
        return UNKNOWN if self.epoch is None else self.made_on.date().isoformat()

    def variables(self) -> dict[str, str]:
        """Return the revision as environment variables, by which `current` finds it in any process."""
        return {_COMMIT: self.commit, _EPOCH: "" if self.epoch is None else str(self.epoch)}


def current() -> Revision:
    """Return the revision that was stated, else that of the project's repository.

    SOURCE_DATE_EPOCH, where it is set (reproducible-builds.org), is the date. Raises UsageFault
    where it is no number.
    """
    epoch = stated_epoch()
    if commit := os.environ.get(_COMMIT):
        return Revision(commit, epoch)
    try:
        commit, committed = _commit()
    except ProgramError as error:
        return Revision(UNKNOWN, epoch, str(error))
    return Revision(commit, committed if epoch is None else epoch)


def asked() -> Revision:
    """Return the current revision for a command, which says why where it is not known."""
    found = current()
    if found.unknown_because:
        logger.warning("The commit is not known, and the pages say so: %s.", found.unknown_because)
    return found


@contextmanager
def stating(revision: Revision) -> Iterator[None]:
    """Have this process and those that it starts state a revision as that of the project.

    So all of a report, and all areas of a batch, say the same, and Git is asked once.
    """
    before = {name: os.environ.get(name) for name in revision.variables()}
    os.environ.update(revision.variables())
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def stated_epoch() -> int | None:
    """Return the date that SOURCE_DATE_EPOCH states, if any; UsageFault where it is no number."""
    text = os.environ.get(_EPOCH, "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= LAST_SECOND:
        return int(text)
    raise UsageFault(
        f"{_EPOCH} is {text!r}. It is the date of a report as a whole number of seconds since 1970, "
        f"from 0 to {LAST_SECOND}, as `date +%s` prints it: set it to one, or unset it."
    )


def _commit() -> tuple[str, int | None]:
    """Return the commit, with a word on changes on top of it, and its date."""
    if not (project.ROOT / ".git").exists():
        return UNKNOWN, None  # an archive or a copy: that Git knows nothing of it is no fault
    # Plumbing, which no setting of a user changes (log.showSignature adds lines to what `log` prints).
    listed = _git("rev-list", "--timestamp", "--max-count=1", "HEAD")
    found = re.fullmatch(r"(\d{1,18}) ([0-9a-f]+)\s*", listed)
    if found is None:
        raise ProgramError("git ended without naming one")
    changed = _git("status", "--porcelain", "--untracked-files=normal")
    return f"{found[2]} with changes" if changed else found[2], int(found[1])


def _git(*arguments: str) -> str:
    # The repository is named, so that Git looks for none: not for one around the project, nor for the
    # one of a hook that GIT_DIR names. A checkout is often another user's, in a container: its code runs
    # already, so that there is nothing left to be kept from.
    command = [
        "git",
        "--git-dir",
        str(project.ROOT / ".git"),
        "--work-tree",
        str(project.ROOT),
        "-c",
        f"safe.directory={project.ROOT}",
        *arguments,
    ]
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    return programs.run(
        command,
        seconds=_GIT_SECONDS,
        folder=project.ROOT,
        environment=environment | {"GIT_OPTIONAL_LOCKS": "0"},
    )
