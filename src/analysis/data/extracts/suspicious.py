"""What is lawful in an extract and suspicious: sentences that the report repeats."""

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.data import codes
from analysis.data.extracts.counts import Group, Warned

FEW = 10  # cases of a provider
MUCH = 0.3  # of the judgements of a question
_CODES = list(codes.JUDGEMENTS)
_MISSING, _NOT_APPLICABLE = _CODES.index("missing"), _CODES.index("not_applicable")


def warned(
    questions: Sequence[str], not_asked: Sequence[str], providers: Group
) -> Iterator[Warned]:
    """Yield a sentence for each kind of suspicion, naming the questions or providers."""
    counts = providers.judgements.sum(axis=(0, 1))
    shares = counts / counts.sum(axis=1, keepdims=True)
    missing, not_applicable = shares[:, _MISSING], shares[:, _NOT_APPLICABLE]
    few = providers.sizes.sum(axis=0) < FEW
    for kind, what, names in (
        ("not_asked", "The extract has no column of, so that nobody was asked", not_asked),
        ("wholly_missing", "No judgement is recorded on", _chosen(questions, missing == 1)),
        (
            "much_missing",
            f"At least {MUCH:.0%} of the judgements are missing on",
            _chosen(questions, (missing >= MUCH) & (missing < 1)),
        ),
        (
            "wholly_not_applicable",
            "In no case is relevant",
            _chosen(questions, not_applicable == 1),
        ),
        ("few_cases", f"Fewer than {FEW} cases are of", _chosen(providers.levels, few)),
    ):
        if names:
            yield Warned(kind, f"{what}: {', '.join(names)}.")


def _chosen(names: Sequence[str], which: np.ndarray) -> list[str]:
    return [name for name, chosen in zip(names, which, strict=True) if chosen]
