"""What each cell of a table is headed by, where a small screen stacks the cells and shows no head."""

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from markupsafe import Markup

from analysis.report.page.fragments import text

# Letters, digits and what means nothing in a string of CSS; all else is written by its number.
_MEANS_MORE = re.compile(r"[^A-Za-z0-9 ,.()%-]")


def css(blocks: Iterable[Element]) -> Markup:
    """Return a rule for each table: its headings, as the custom properties `--h2`, `--h3` and so on."""
    return Markup("\n").join(_rule(table) for block in blocks for table in block.iter("table"))


def _rule(table: Element) -> Markup:
    named = ";".join(
        f'--h{number}:"{_MEANS_MORE.sub(_numbered, heading)}"'
        for number, heading in enumerate(_headings(table), start=1)
        if number > 1
    )
    return Markup(f"#{table.get('id')}{{{named}}}")


def _headings(table: Element) -> Iterator[str]:
    for heading in table.findall("thead/tr/th"):
        # An axis below the heading stays in sight.
        words = Element("th")
        words.text = heading.text
        words.extend(part for part in heading if part.get("class") != "axis")
        yield text(words)


def _numbered(found: re.Match[str]) -> str:
    return f"\\{ord(found[0]):x} "
