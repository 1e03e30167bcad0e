"""Whether a release can be set beside an earlier one of the same extract (rule 9).

Who has both knows of each row that shows in both, as a difference, the cases that came in and those that
went. The record of a release keeps no id and no answer, but keyed digests: only who holds the key, which
lies in the same private record, can tell that a case is the same.
"""

import hashlib
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from analysis.stats.disclosure import rules
from analysis.stats.disclosure.rows import Flags, Ints

CASE = ""  # the column of the digests of a case as such, whatever was answered
_BYTES = 16


def digests(cases: pd.DataFrame, questions: Sequence[str], *, key: bytes) -> pd.DataFrame:
    """Return a keyed digest of each case and question, in hexadecimal, and of each case as such (CASE).

    `cases` has a row per case: its id, the place and the level of each breakdown that it counts for, and
    the judgements, all as text. A digest takes in all that is no question, so that a case that
    moves to another provider is another one. Keyed BLAKE2b (RFC 7693). Raises ValueError for a key of
    fewer than 16 bytes, which could be tried out.
    """
    if len(key) < _BYTES:
        raise ValueError(f"the key has {len(key)} bytes; it needs at least {_BYTES}")
    own = cases.drop(columns=list(questions)).to_numpy(dtype=str)
    bases = [_fed(hashlib.blake2b(key=key, digest_size=_BYTES), fields) for fields in own]
    found = {CASE: [base.hexdigest() for base in bases]}
    for question in questions:
        answers = cases[question].to_numpy(dtype=str)
        found[question] = [
            _fed(base.copy(), (question, answer)).hexdigest()
            for base, answer in zip(bases, answers, strict=True)
        ]
    return pd.DataFrame(found, index=cases.index)


def kept(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return which digests stood in the earlier release; none of a question that it did not ask."""
    return pd.DataFrame(
        {
            name: digest.isin(before[name]) if name in before else np.zeros(len(now), dtype=bool)
            for name, digest in now.items()
        },
        index=now.index,
    )


def differenced(before: Ints, now: Ints, stayed: Ints, *, shown: Flags, threshold: int) -> Flags:
    """Return of which rows two releases give away a small number of cases.

    Counts have a last axis as in codes.JUDGEMENTS: of the earlier release, of this one, and of
    what stayed from one to the other. `shown` has a last axis of two parts, the row and its counts of not
    applicable and missing, true where they show in both. The cases that were added, and those
    that were removed, must be none or satisfy rules 2 and 3 as if they were a row.
    """
    found = np.zeros(shown.shape[:-1], dtype=bool)
    for moved in (now - stayed, before - stayed):
        small = rules.row_withheld(moved, threshold) & shown[..., 0]
        small |= rules.rest_withheld(moved, threshold) & shown[..., 1]
        found |= small & moved.any(axis=-1)
    return found


def sizes_differenced(
    before: Ints, now: Ints, stayed: Ints, *, shown: Flags, threshold: int
) -> Flags:
    """Return of which groups two releases give away a small number of cases, by their sizes (rule 4)."""
    found = np.zeros(shown.shape, dtype=bool)
    for moved in (now - stayed, before - stayed):
        found |= shown & (moved > 0) & rules.size_withheld(moved, threshold)
    return found


def _fed(digest: "hashlib.blake2b", fields: Collection[str]) -> "hashlib.blake2b":
    for field in fields:
        text = field.encode()
        digest.update(len(text).to_bytes(8, "big"))
        digest.update(text)
    return digest
