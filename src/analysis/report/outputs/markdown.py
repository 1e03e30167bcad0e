"""The page as one Markdown file, with pipe tables: text for editors, diffs and plain readers.

Text stays text, whatever it says: every mark that CommonMark or GitHub reads is escaped. A figure is
its caption and the words that stand in for it; a formula is written on one line.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import indent
from urllib.parse import quote
from xml.etree.ElementTree import Element

import pandas as pd
from markupsafe import Markup

from analysis.report.content import phrase
from analysis.report.outputs.edition import Edition
from analysis.report.page.document import Document
from analysis.report.page.fragments import HEADINGS, INLINE

FILE = "report.md"
# Marks that mean something within a line, and what starts an address that GitHub would link.
_MARKS = re.compile(r"[\\`*_\[\]<>&|~$@#]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# What makes a list or a rule of a paragraph that it begins: a bullet, a colon, a number with a stop.
_START = re.compile(r"(?=[-+:])|(\d+)(?=[.)](?:\s|$))")
_AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "cite": "*"}
# A formula that needs no brackets beside a sign: a number, a letter, or one with a power or an index.
_TERM = re.compile(r"\d+|\w([_^]\w)?")
_SPACED = frozenset("=±+−<>≤≥≈")


def write(edition: Edition, folder: Path) -> None:
    """Write the document as Markdown."""
    (folder / FILE).write_text(markdown(edition.document), encoding="utf-8", newline="")


def links(_: Mapping[str, pd.DataFrame]) -> list[Markup]:
    """Return the link to the file."""
    return [phrase('<a href="{file}">This page as plain text</a> (Markdown)', file=FILE)]


def markdown(document: Document) -> str:
    """Return a document as Markdown, with a blank line between blocks."""
    blocks = [*document.header, *document.main, *document.footer]
    return "\n\n".join(part for block in blocks for part in _block(block)) + "\n"


# ---- Blocks -------------------------------------------------------------------------------------


def _block(block: Element) -> Iterator[str]:
    """Return a block as Markdown blocks, each without a blank line around it."""
    match block.tag:
        case tag if tag in HEADINGS:
            yield f"{'#' * int(tag[1])} {_line(block)}"
        case "ul" | "ol":
            yield _list(block)
        case "table":
            yield from _table(block)
        case "figure":
            yield from _figure(block)
        case "pre":
            yield indent("".join(block.itertext()), "    ").rstrip()
        case "blockquote":
            yield "\n>\n".join(indent(part, "> ") for part in _children(block))
        case "hr":
            yield "---"
        case _:
            yield from _children(block)


def _children(block: Element) -> Iterator[str]:
    """Return the blocks within a block; a run of text among them is a paragraph."""
    run = _escaped(block.text)
    for child in block:
        if child.tag in INLINE:
            run += _inline(child)
        else:
            yield from _paragraph(run)
            yield from _block(child)
            run = ""
        run += _escaped(child.tail)
    yield from _paragraph(run)


def _paragraph(run: str) -> Iterator[str]:
    if line := " ".join(run.split()):
        start = _START.match(line)
        yield line if start is None else f"{start[0]}\\{line[start.end() :]}"


def _list(block: Element) -> str:
    items = []
    for number, item in enumerate(block, start=int(block.get("start", "1"))):
        mark = f"{number}. " if block.tag == "ol" else "- "
        inner = indent("\n\n".join(_children(item)), " " * len(mark))
        items.append(mark + inner.lstrip())
    return "\n".join(items)


def _table(table: Element) -> Iterator[str]:
    head, *body = ([_line(cell) for cell in row] for row in table.iter("tr"))
    # A row that heads a group has one cell, and a row of Markdown needs all of them.
    body = [
        [f"**{row[0]}**", *[""] * (len(head) - 1)] if len(row) < len(head) else row for row in body
    ]
    numeric = table.get("class", "").split()
    marks = ["---:" if f"n{place}" in numeric else "---" for place in range(1, len(head) + 1)]
    yield f"**{_line(table.find('caption'))}**"
    yield "\n".join(f"| {' | '.join(row)} |" for row in (head, marks, *body))


def _figure(figure: Element) -> Iterator[str]:
    for part in figure:
        if part.tag in {"img", "svg"}:
            words = part.get("alt") or part.get("aria-label")
            yield f"In words: {' '.join(_escaped(words).split())}"
        elif part.tag == "figcaption" and part.find("strong") is None:
            yield f"**{_line(part)}**"
        else:
            yield from _children(part)


# ---- Lines --------------------------------------------------------------------------------------


def _line(element: Element | None) -> str:
    """Return all that an element holds, on one line."""
    return "" if element is None else " ".join(_run(element).split())


def _run(element: Element) -> str:
    return _escaped(element.text) + "".join(
        _inline(child) + _escaped(child.tail) for child in element
    )


def _inline(element: Element) -> str:
    inner = _run(element)
    match element.tag:
        case tag if tag in _AROUND and inner.strip():
            # A mark does not count beside a space within it.
            before, after = (" " if inner[at].isspace() else "" for at in (0, -1))
            return f"{before}{_AROUND[tag]}{inner.strip()}{_AROUND[tag]}{after}"
        case "a" if address := element.get("href"):
            plain = quote(address, safe="/:?#@!$&'*+,;=%~").replace("&", "\\&")
            return f"[{inner}]({plain})"
        case "br":
            return " "
        case "span" if element.get("class") == "axis":  # of bars, which are not written
            return ""
        case "math":
            return _escaped(_formula(element))
        case _:
            return inner


def _formula(element: Element) -> str:
    """Return a formula on one line: fractions with a stroke, powers with ^, indices with _."""
    parts = [_formula(child) for child in element]
    match element.tag, *map(_grouped, parts):
        case "mfrac", above, below:
            return f"{above} / {below}"
        case "msqrt", *_:
            return f"√{_grouped(''.join(parts))}"
        case "msup", base, power:
            return f"{base}^{power}"
        case "msub", base, index:
            return f"{base}_{index}"
        case "msubsup", base, index, power:
            return f"{base}_{index}^{power}"
    whole = "".join([element.text or "", *parts])
    return f" {whole} " if element.tag == "mo" and whole in _SPACED else whole


def _grouped(formula: str) -> str:
    return formula if _TERM.fullmatch(formula) else f"({formula})"


def _escaped(text: str | None) -> str:
    return _MARKS.sub(r"\\\g<0>", text or "")
