"""What kind of file an extract is, told by its bytes and not by its name."""

import re
import zipfile
from collections.abc import Set
from pathlib import Path

from analysis.data.extracts import packages
from analysis.data.extracts.delimited import Delimited
from analysis.data.extracts.pieces import Source
from analysis.data.problems import BadDataError, Problem
from analysis.faults import refusal

READ = (
    "read are CSV (comma, semicolon or tab), Excel (.xlsx), SPSS (.sav), Stata (.dta) and Parquet"
)
_HEAD = 1 << 12
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE = "open it, and save the sheet as an Excel workbook (.xlsx) or as CSV UTF-8"
# How files begin, in lower case, and what is said of them.
_NOT_READ = (
    (_OLD_OFFICE, f"is an old Excel workbook (.xls); {_SAVE}"),
    (
        rb"<\?mso-application|<\?xml[^>]*>\s*(<\?mso[^>]*>\s*)?<workbook",
        f"is an Excel workbook as XML of 2003; {_SAVE}",
    ),
    (
        rb"<(!doctype html|html|head|body|table|meta|style|\?xml|!--)",
        f"is a web page, whatever its name says; {_SAVE}",
    ),
    (rb"%pdf", f"is a PDF; {READ}"),
    (
        rb"\x1f\x8b|7z\xbc\xaf|rar!|bzh[1-9]|pk\x03\x04",
        f"is an archive, or damaged; unpack it first; {READ}",
    ),
)


def opened(path: Path, keys: Set[str], sheet: str | None = None) -> Source:
    """Return an extract of which the header is read, whatever kind of file it is.

    `keys` are the names that a column of case ids may have, as they are compared. Raises
    BadDataError for a file that is not there, or that is of a kind that is not read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return _opened(path, head, keys, sheet)
    except FileNotFoundError:
        fault = "the file does not exist"
    except OSError as error:
        fault = f"cannot be read: {refusal(error)}"
    raise BadDataError([Problem(path.name, fault)])


def _opened(path: Path, head: bytes, keys: Set[str], sheet: str | None) -> Source:
    suffix = path.suffix.lower()
    if zipfile.is_zipfile(path) and head.startswith(b"PK"):
        if fault := _not_xlsx(path):
            raise BadDataError([Problem(path.name, fault)])
        from analysis.data.extracts.workbook import Workbook  # noqa: PLC0415 - slow to import

        return Workbook(path, keys, sheet)
    if head.startswith((b"$FL2", b"$FL3")):
        return packages.spss(path)
    if head.startswith(b"<stata_dta>") or suffix == ".dta":
        return packages.stata(path)
    if head.startswith(b"PAR1"):
        return packages.parquet(path)
    if fault := _refused(path, head):
        raise BadDataError([Problem(path.name, fault)])
    if sheet is not None:
        raise BadDataError([Problem(path.name, "has no sheets; --sheet is for workbooks")])
    return Delimited(path, keys)


def _not_xlsx(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            kind = packed.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        return f"cannot be unpacked ({error}); {READ}"
    if b"opendocument.spreadsheet" in kind:
        return f"is an OpenDocument sheet (.ods); {_SAVE}"
    if "xl/workbook.bin" in names:
        return f"is a binary Excel workbook (.xlsb); {_SAVE}"
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        return f"is an archive; unpack it first; {READ}"
    return None


def _refused(path: Path, head: bytes) -> str | None:
    """Return what is said of a file that looks like none that is read, or None."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_OLD_OFFICE) and _ENCRYPTED in path.read_bytes():
        return "is behind a password; save it without one, where only you may read it"
    return next((fault for form, fault in _NOT_READ if re.match(form, start)), None)
