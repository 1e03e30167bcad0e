"""Published sections stay as they are until somebody means to change them.

`approved.json` holds a digest of the words of each section, alternative texts and captions among them,
and one of its whole bytes. After a change that is meant, look at the page, then approve it:

    .venv/bin/python tests/report/test_unchanged.py reports/AREA ...
"""

import hashlib
import json
import sys
from pathlib import Path

import lxml.html
import pytest

APPROVED = Path(__file__).with_name("approved.json")
# What names the commit, the digests and the raw files changes with every change of theirs.
PASSED_OVER = {"Downloads", "Sources and licence"}


def sections(page: str) -> dict[str, list[str]]:
    """The digests of words and of bytes by heading, of the sections below h2 and h3."""
    parts: dict[str, list[str]] = {}
    heading = above = "Opening"
    for element in lxml.html.document_fromstring(page).xpath(
        "//header/*[not(self::nav)] | //main/*"
    ):
        if element.tag == "h2":
            heading = above = element.text_content()
        elif element.tag == "h3":
            heading = f"{above} > {element.text_content()}"
        if above not in PASSED_OVER:
            parts.setdefault(heading, []).append(lxml.html.tostring(element, encoding="unicode"))
    return {
        heading: [_digest(" ".join(map(_words, bodies))), _digest("".join(bodies))]
        for heading, bodies in parts.items()
    }


def _words(body: str) -> str:
    element = lxml.html.fragment_fromstring(body, create_parent=True)
    alternatives = element.xpath(".//svg/@aria-label | .//img/@alt")
    return " ".join([element.text_content(), *alternatives])


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def page(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("area", "fixture"),
    [
        ("north-of-london", "built"),
        ("inner-london", "built_without_sample"),
        ("london", "built_ends"),
        ("city-of-london", "built_ends"),
    ],
)
def test_a_section_is_the_approved_one(area, fixture, request):
    output = request.getfixturevalue(fixture)
    approved = json.loads(APPROVED.read_text(encoding="utf-8"))[area]
    found = sections(page(output.reports / area))
    assert list(found) == list(approved)
    for heading, (words, whole) in approved.items():
        assert found[heading][0] == words, f"the words of {heading!r} changed"
        assert found[heading][1] == whole, f"{heading!r} changed, but not its words"


if __name__ == "__main__":
    kept = json.loads(APPROVED.read_text(encoding="utf-8")) if APPROVED.exists() else {}
    kept |= {Path(folder).name: sections(page(Path(folder))) for folder in sys.argv[1:]}
    APPROVED.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
