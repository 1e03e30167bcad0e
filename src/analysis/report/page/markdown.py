"""Markdown cells as HTML, with formulas in MathML."""

from functools import lru_cache
from typing import Literal

from markupsafe import escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from analysis.report.formula import mathml
from analysis.report.page import fragments
from analysis.report.page.fragments import Fragment


def read(source: str) -> Fragment:
    """Read a Markdown cell. The title is no part of one: papermill fills no such cell."""
    fragment = fragments.parsed(*_rendered(source))
    if fragment.element.find(".//h1") is None:
        return fragment
    title = "an h1 in Markdown: the title must be an output of the notebook"
    return Fragment(fragment.element, (*fragment.problems, title))


@lru_cache(maxsize=256)
def _rendered(source: str) -> tuple[str, tuple[str, ...]]:
    """Return Markdown as sanitised HTML, and its problems. The cells of all areas are alike."""
    renderer = _Renderer()
    html = MarkdownWithMath(renderer=renderer).render(source)
    clean, lost = fragments.cleaned(html)
    return clean, (*renderer.problems, *lost)


class _Renderer(IPythonRenderer):
    """Markdown to HTML with formulas in MathML, and neither anchor links nor highlighting."""

    def __init__(self) -> None:
        """Start with no problems found."""
        super().__init__(escape=False, exclude_anchor_links=True)
        self.problems: list[str] = []

    def inline_math(self, body: str) -> str:
        return self._formula(body, "inline")

    def block_math(self, body: str) -> str:
        return self._formula(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def block_code(self, code: str, info: str | None = None) -> str:
        if info and info.startswith("mermaid"):
            self.problems.append("a mermaid diagram, which the page cannot show")
        return f"<pre><code>{escape(code)}</code></pre>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        self.problems.append(f"a picture in Markdown ({text!r}): pictures come as figures")
        return str(escape(text))

    def _formula(self, tex: str, display: Literal["inline", "block"]) -> str:
        try:
            return mathml(tex, display=display)
        except ValueError as problem:
            self.problems.append(str(problem))
            return str(escape(tex))
