"""Hashes, of files and of sets of hashed files."""

import hashlib
from collections.abc import Mapping
from pathlib import Path


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(hashes: Mapping[str, str]) -> str:
    """Return one SHA-256 over a set of hashed files, by name."""
    listed = "".join(f"{hashed}  {name}\n" for name, hashed in sorted(hashes.items()))
    return hashlib.sha256(listed.encode()).hexdigest()


def tree(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its path within it; none if it is not there."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
