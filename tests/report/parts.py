"""What tests look at in a part of the page."""

from typing import TypeVar

from analysis.report.content import Paragraph, Part

T = TypeVar("T")


def every(kind: type[T], part: Part) -> list[T]:
    """Return the blocks of a kind, in order."""
    return [block for block in part if isinstance(block, kind)]


def only(kind: type[T], part: Part) -> T:
    """Return the one block of a kind."""
    (block,) = every(kind, part)
    return block


def paragraphs(part: Part) -> list[str]:
    """Return the texts of the paragraphs."""
    return [str(block.text) for block in every(Paragraph, part)]
