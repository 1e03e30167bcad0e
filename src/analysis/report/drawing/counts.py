"""Cases in absolute numbers: a stacked bar under each question."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from analysis import words
from analysis.report.drawing import marks, palette
from analysis.report.drawing.palette import EDGE, GAP, LINE, WIDTH


@dataclass(frozen=True)
class Count:
    """A stacked bar of cases: sufficient at least and at most, of those that are relevant."""

    question: str
    low: int
    high: int
    relevant: int


def counts(stacks: Sequence[Count]) -> Figure:
    """Draw cases as stacked bars of absolute numbers, each under its question.

    A count known only in bounds has a part between those that are certain. A part too narrow for
    its number goes without; the note beside the bar has the counts.
    """
    headings = [marks.wrapped(stack.question, (1 - 2 * EDGE) * WIDTH) for stack in stacks]
    lines = sum(len(heading) + 1.55 for heading in headings)
    notes = [words.out_of(stack.low, stack.high, stack.relevant) for stack in stacks]
    key = [(palette.SUFFICIENT, "sufficient"), (palette.INSUFFICIENT, "not sufficient")]
    if any(stack.low < stack.high for stack in stacks):
        key = [
            (palette.SUFFICIENT, "certainly sufficient"),
            (palette.PALE, "words leave open"),
            (palette.INSUFFICIENT, "certainly not sufficient"),
        ]
    top = ((len(key) + 1) // 2) * LINE + 0.14
    with mpl.rc_context(palette.PLAIN):
        fig = plt.figure(figsize=(WIDTH, lines * LINE + top))
        width = 1 - 2 * EDGE - 0.01 - (marks.inches(notes) + GAP) / WIDTH
        axes = fig.add_axes((EDGE, 0, width, 1 - top / fig.get_figheight()))
        axes.set(xlim=(0, max(stack.relevant for stack in stacks)), ylim=(lines, 0))
        axes.axis("off")
        marks.key(fig, key, columns=2)
        parts: dict[str, list[tuple[float, float, float]]] = {}
        y = 0.0
        for stack, heading, note in zip(stacks, headings, notes, strict=True):
            for line in heading:
                marks.write(axes, 0, y + 0.5, line)
                y += 1
            ends = pairwise((0, stack.low, stack.high, stack.relevant))
            for colour, (x0, x1) in zip(
                (palette.SUFFICIENT, palette.PALE, palette.INSUFFICIENT), ends, strict=True
            ):
                if x1 > x0:
                    parts.setdefault(colour, []).append((x0, x1, y + 0.5))
                    marks.write_upon(axes, x0, x1, y + 0.5, str(x1 - x0), colour)
            marks.write(axes, stack.relevant, y + 0.5, note, shift=(4, 0))
            y += 1.55
        frames = [(x0, y - 0.47, x1, y + 0.47) for x0, x1, y in parts.pop(palette.PALE, [])]
        marks.frames(axes, frames, color=palette.QUIET, linewidth=0.8)
        for colour, own in parts.items():
            starts, stops, at = zip(*own, strict=True)
            marks.segments(axes, starts, stops, at, at, color=colour, linewidth=LINE * 72)
    return fig
