"""What is withheld for its own sake: rules 2, 3 and 4.

Every function takes whole counts, with a last axis as in codes.JUDGEMENTS where there is one: sufficient,
insufficient, not applicable, missing.
"""

import numpy as np

from analysis.stats.disclosure.rows import Flags, Ints


def row_withheld(judgements: Ints, threshold: int) -> Flags:
    """Return where a row is withheld: unless sufficient and insufficient both reach the threshold (rule 2).

    0% and 100% are withheld too, so that what is withheld may be anything from 0 on.
    """
    return np.any(judgements[..., :2] < threshold, axis=-1)


def rest_withheld(judgements: Ints, threshold: int) -> Flags:
    """Return where not applicable and missing are withheld: unless each reaches the threshold, or both are 0.

    Rule 3. The relevant cases of a row that shows leave the sum of the two in the open, never the split.
    """
    rest = judgements[..., 2:]
    return np.any(rest < threshold, axis=-1) & np.any(rest > 0, axis=-1)


def size_withheld(sizes: Ints, threshold: int) -> Flags:
    """Return where the number of cases of a group is withheld: below the threshold (rule 4)."""
    return sizes < threshold


def not_asked(judgements: Ints) -> bool:
    """Return whether a question has no answer of anybody, which shows as it is (rule 2)."""
    return not judgements[..., :3].any()
